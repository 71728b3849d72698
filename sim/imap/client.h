// The IMAP client engine: one session of a mail program that keeps a cache of a mailbox in its
// LocalStore. It synchronises when it has selected the mailbox, carries out the person's orders one
// command at a time, and waits in IDLE (RFC 2177) between them when it may. It keeps its own
// numbering: sequence numbers shift with every EXPUNGE it is told of (RFC 3501 §7.4.1).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/agent/context.h"
#include "sim/agent/outbox.h"
#include "sim/agent/session_outcome.h"
#include "sim/imap/client_entry.h"
#include "sim/imap/protocol.h"
#include "sim/wire/imap_fragments.h"
#include "sim/wire/imap_response.h"

namespace mailscope {

struct ImapClientConfig {
  std::string user;
  std::string password;
  std::string folder = "INBOX";
  bool headers_first = true;   // bodies when a person opens them; else everything at once
  bool use_idle = true;        // stay and listen; else log out when there is nothing more to do
  Duration patience = seconds(120);
  /// RFC 2177 §3: IDLE is begun anew before the server's 30 minutes are over.
  Duration idle_renewal = seconds(29 * 60);
  ImapEntryConfig entry = {};
};

/// Something a person wants done, by the device's own key of the message.
struct ImapOrder {
  enum class Kind : uint8_t { kSync, kFetchBody, kAddFlags, kRemoveFlags, kDelete, kMove, kLogout };
  Kind kind = Kind::kSync;
  uint32_t key = 0;       // LocalEntry::key
  Uid uid;                // of the message, as known when the order was given
  FlagBits flags = 0;
  std::string folder;     // kMove: where to
};

class ImapClient {
 public:
  explicit ImapClient(std::shared_ptr<const ImapClientConfig> config)
      : config_(std::move(config)),
        fragments_(imap::Sender::kServer, kLimits) {}

  void open(Context& context, Outbox& out);
  void receive(std::string_view bytes) { fragments_.append(bytes); }
  [[nodiscard]] bool ready() const;
  void turn(Context& context, Outbox& out);
  void timer(Context& context, Outbox& out);
  void closed(Context& context, Outbox& out, CloseReason reason);
  void secured(Context& context, Outbox& out);
  [[nodiscard]] size_t pending_octets() const { return fragments_.pending(); }
  [[nodiscard]] bool finished() const { return outcome_.kind != SessionOutcome::Kind::kRunning; }
  [[nodiscard]] uint64_t digest() const;

  /// Adds an order; it is carried out in a coming turn.
  void give(ImapOrder order) { orders_.push_back(std::move(order)); }

  [[nodiscard]] imap::State state() const { return state_; }
  [[nodiscard]] const SessionOutcome& outcome() const { return outcome_; }
  [[nodiscard]] bool idling() const { return doing_ == Doing::kIdle; }
  /// What this session believes: the UIDs by sequence number; 0 where it has not been told.
  [[nodiscard]] const std::vector<Uid>& numbering() const { return uids_; }
  /// Orders not yet begun.
  [[nodiscard]] const std::vector<ImapOrder>& orders() const { return orders_; }

 private:
  enum class Doing : uint8_t {
    kGreeting, kEntry, kSelect, kFetchNew, kFetchFlags, kFetchBody, kStore,
    kMarkDeleted, kExpunge, kCopy, kCreate, kIdleWait, kIdle, kIdleDone, kLogout, kNothing
  };

  void set_state(Context& context, imap::State state);
  /// Octets of a response, outside its literals and in them.
  static constexpr imap::FragmentLimits kLimits{8u << 20, 256u << 20};

  /// Says a command under the next tag.
  void say(Outbox& out, const std::string& command, Doing doing, uint8_t flags = 0);
  void take(Context& context, Outbox& out, const imap::Response& response);
  /// Says what the entry wants said, or goes on when it is over.
  void go_in(Context& context, Outbox& out, std::optional<ImapClientEntry::Command> command);
  void take_untagged(Context& context, const imap::Response& response);
  void take_fetch(Context& context, const imap::Response& response);
  void take_expunge(Context& context, uint32_t number);
  void take_tagged(Context& context, Outbox& out);
  void take_failure(Context& context, Outbox& out, const imap::Response& response);
  /// Drops cached messages that the server no longer has: known once all flags were fetched.
  void drop_vanished(Context& context);
  /// What to do now that no command is running.
  void next(Context& context, Outbox& out);
  void begin_sync(Context& context, Outbox& out);
  void begin_order(Context& context, Outbox& out);
  void finish_order() { orders_.erase(orders_.begin()); }
  void record_view(Context& context, ViewChange change, uint32_t number, Uid uid,
                   std::string_view text) const;
  void end(Context& context, Outbox& out, SessionOutcome::Kind kind, std::string_view text);

  std::shared_ptr<const ImapClientConfig> config_;
  imap::Fragments fragments_;
  imap::State state_ = imap::State::kConnecting;
  Doing doing_ = Doing::kGreeting;
  uint32_t tag_ = 0;
  ImapClientEntry entry_;
  std::vector<Uid> uids_;        // by sequence number - 1
  uint32_t exists_ = 0;
  uint32_t synced_exists_ = 0;   // how many had been told of when the last look for new mail began
  bool first_sync_ = true;
  std::vector<ImapOrder> orders_;
  SessionOutcome outcome_;
};

}  // namespace mailscope
