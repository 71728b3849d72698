// Relay: the mail a server has taken responsibility for and must pass on. One job for each message
// and domain. A job leaves the queue only when the next server has said 250 for every recipient.
// RFC 5321 §4.5.4.1 (retry), §5.1 (finding the next server), §6.1 (responsibility).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/time.h"
#include "sim/mail/envelope.h"

namespace mailscope {

struct RelayJob {
  enum class State : uint8_t {
    kWaiting,   // for next_try
    kMx,        // asking for the domain's MX records
    kAddress,   // asking for the address of exchangers[exchanger]
    kSending,
    kDone,      // every recipient accepted
    kFailed,    // refused for good, or too old; kept so that nothing is lost unseen
  };
  uint32_t id = 0;
  State state = State::kWaiting;
  MailTransaction mail;
  std::string domain;
  std::vector<std::string> exchangers;  // host names, best first
  size_t exchanger = 0;
  uint32_t attempts = 0;
  Instant taken_at;
  Instant next_try;
  std::string last_error;
};

struct Relay {
  std::vector<RelayJob> jobs;
  uint32_t next_id = 1;
};

/// RFC 5321 §4.5.4.1: at least 30 minutes between attempts, give up after 4 to 5 days.
constexpr Duration kRelayRetry = seconds(30 * 60);
constexpr Duration kRelayGiveUp = seconds(5 * 24 * 3600);

}  // namespace mailscope
