// Checkers: what must hold in every simulation, whatever happens in it. Tests run them beside their
// own expectations. Each returns an empty text when all is well, else what is wrong and where. How
// they look: at the world, and at the trace as an account that must agree with it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/trace/trace.h"
#include "sim/world/history.h"
#include "sim/world/world.h"

namespace mailscope::test {

/// No accepted mail is lost: each of these Message-IDs is in a store, in a queue, in an outbox, or,
/// whole, on a device.
std::string check_nothing_lost(const World& world, const std::vector<std::string>& message_ids);

/// Accepted mail is delivered at least once, or bounced, or still queued: each recipient of this
/// message has it in a mailbox, or it stands in a queue or an outbox for him, or a server has given
/// him up and told the sender so (or recorded why nobody is told). RFC 5321 §6.1.
std::string check_responsibility(const World& world, const Trace& trace,
                                 const std::string& message_id,
                                 const std::vector<std::string>& recipients);

/// How many copies of this message the recipient has in the mailboxes of his server.
int copies_for(const World& world, const std::string& message_id, const std::string& recipient);

/// How many copies of this message there are in the stores' mailboxes.
int copies_in_stores(const World& world, const std::string& message_id);

/// Folding the trace's kStoreChange events gives the stores: mailboxes, names, uids and flags.
std::string check_store_fold(const World& world, const Trace& trace);

/// A POP3 session removes nothing from the store but after QUIT.
std::string check_pop3_removes_after_quit(const Trace& trace);

/// Follows every IMAP session of a run: what the server believes of its session's numbering must be
/// what it has told the client, and what the client believes must be what it has been told so far.
class ImapNumberingChecker {
 public:
  /// To be called after every dispatch (or every few, when nothing is asked between).
  std::string after_step(const World& world, const Trace& trace);

 private:
  /// A numbering as a listener to the lines would keep it: uids by position, 0 where not yet told.
  struct Told {
    std::vector<uint32_t> uids;
    bool selected = false;
    void take(std::string_view line);
    void take_vanished(std::string_view uids);
  };
  struct Session {
    Told by_server;   // after every line said
    Told to_client;   // after every line that has arrived
    HostId client;
  };
  void read_event(const Trace& trace, const Event& event);

  uint32_t events_read_ = 0;
  std::map<uint32_t, Session> sessions_;  // by connection
};

/// Runs a history until `until` a dispatch at a time with every checker beside it; the first
/// complaint. The Message-IDs are those that must not be lost at any moment.
std::string run_checked(History& history, Instant until,
                        const std::vector<std::string>& message_ids = {});

}  // namespace mailscope::test
