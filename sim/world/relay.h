// Relay: the mail a server has taken responsibility for and must pass on, as plain data and pure
// functions. One job for each message and domain. A job leaves the queue only when for every
// recipient another server has said 250, a mailbox here has the message, or its sender has been
// told. What a server does with its queue, and when, is in world_relay.cpp.
// RFC 5321 §4.5.4.1 (retry), §5.1 (finding the next server), §6.1 (responsibility).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/ids.h"
#include "sim/base/time.h"
#include "sim/mail/envelope.h"
#include "sim/mail/report.h"
#include "sim/world/dns.h"

namespace mailscope {

/// How patient a server is with what it could not pass on. The defaults are RFC 5321 §4.5.4.1's:
/// two attempts in the first hour, then one every two or three hours, for 4 to 5 days.
struct RelayConfig {
  /// From the first attempt to the second, from that to the third, and so on; the last one stays.
  std::vector<Duration> retry = {seconds(30 * 60), seconds(2 * 3600)};
  Duration give_up = seconds(5 * 24 * 3600);  // since the message came
  Duration warn_after = seconds(4 * 3600);    // the sender is told of the delay; 0: never
  size_t return_whole = size_t{256} << 10;    // a longer message comes back as its header alone
};

struct RelayJob {
  enum class State : uint8_t {
    kWaiting,  // for next_try
    kMx,       // asking for the domain's MX records
    kAddress,  // asking for the address of exchangers[exchanger]
    kSending,  // in `session`
  };
  uint32_t id = 0;
  State state = State::kWaiting;
  MailTransaction mail;                   // its forward-paths: who is still to be served
  std::vector<DeliveryProblem> problems;  // the last one met, for each forward-path
  std::string domain;
  std::vector<DnsRecord> exchangers;  // MX records, in the order in which they are tried
  size_t exchanger = 0;
  std::vector<HostId> addresses;  // of exchangers[exchanger]
  size_t address = 0;
  bool hope = false;  // in this attempt something was in the way that may pass
  AgentId session;
  uint32_t transaction = 0;  // which of the session's transactions this job is
  uint32_t attempts = 0;
  Instant taken_at;
  Instant next_try;
  Instant last_try = kNever;  // when the last attempt ended
  bool warned = false;        // the sender knows of the delay, or does not want to
};

/// What a session means for one of the jobs it carried.
enum class AfterSession : uint8_t {
  kSettled,     // it has left the queue
  kWait,        // all recipients left were answered: try again later
  kNextHost,    // some had no answer, and another host may take them
  kNoHostLeft,  // some had no answer, and there is no other host
};

struct Relay {
  std::vector<RelayJob> jobs;  // in the order in which they were taken
  uint32_t next_id = 1;
  uint32_t next_report = 1;

  /// Null when it is not here any more. Valid until a job is added or removed.
  RelayJob* find(uint32_t id);
  void remove(uint32_t id);
  /// Some job of this domain is being looked up or sent.
  [[nodiscard]] bool busy_with(std::string_view domain) const;
  /// It has ever held or reported anything.
  [[nodiscard]] bool used() const { return next_id > 1 || next_report > 1; }
  [[nodiscard]] uint64_t digest() const;
};

/// The same stands in the way of all its recipients.
void set_problems(RelayJob& job, const DeliveryProblem& problem);

/// On one line: the reply, or its beginning when it has several, or the reason.
std::string problem_text(const DeliveryProblem& problem);

/// Its status is of class 5: trying again would not help (RFC 3463 §2).
bool is_permanent(const DeliveryProblem& problem);

/// The domain of an address in small letters; empty when it has none.
std::string domain_of(std::string_view address);

/// One job's mail for each domain among the recipients, in the order in which they first occur: the
/// recipients of a domain travel together (RFC 5321 §4.5.4.1).
std::vector<MailTransaction> split_by_domain(const MailTransaction& mail);

/// What is left of a transaction with only the recipients at these places, with what was asked for
/// them.
MailTransaction with_recipients(const MailTransaction& mail, const std::vector<size_t>& places);

/// May the sender be told? `what` is one of RecipientDsn's bits; where nothing was asked for,
/// failure and delay are told (RFC 3461 §4.1, §5.2.5, §5.2.6).
bool wants_report(const MailTransaction& mail, size_t recipient, uint8_t what);

/// The hosts that a mail server is to try for a domain (RFC 5321 §5.1).
struct Route {
  enum class Kind : uint8_t {
    kHosts,
    kNullMx,  // the domain takes no mail (RFC 7505)
    kLoop,    // the best of them is the server itself
  };
  Kind kind = Kind::kHosts;
  std::vector<DnsRecord> exchangers;
};

/// Sorts by preference; among equals chance decides, by `seed`. What is not better than the server
/// itself, known as `self`, is left out. `mx` must not be empty.
Route route_from_mx(const std::vector<DnsRecord>& mx, std::string_view self, uint64_t seed);

/// When the next attempt is due after `attempts` of them; the last one at the time of giving up.
Instant next_try_at(const RelayConfig& config, Instant taken_at, uint32_t attempts, Instant now);

}  // namespace mailscope
