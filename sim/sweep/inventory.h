// Inventory: where every message of a world is, by its Message-ID. What the sweep compares before
// and after a cut.
#pragma once

#include <map>
#include <string>

#include "sim/world/world.h"

namespace mailscope::sweep {

struct Whereabouts {
  uint32_t stored = 0;       // in mailboxes of servers
  uint32_t most_in_one = 0;  // in the one mailbox that holds most of them
  uint32_t on_devices = 0;   // whole, on devices
  uint32_t waiting = 0;      // in outboxes of mail programs: no server has accepted it
  uint32_t queued = 0;       // accepted by a server and not yet passed on
  bool bounced = false;      // some stored message is a report about it
  bool unwanted = false;     // a person has deleted it, here or there: it may go

  [[nodiscard]] bool somewhere() const {
    return stored + on_devices + waiting + queued > 0 || bounced;
  }
};

using Inventory = std::map<std::string, Whereabouts>;
/// `known`: messages to look for in reports although nothing else is left of them here.
Inventory take_inventory(const World& world, const Inventory& known = {});

/// It is a server's report about another message (RFC 3464).
bool is_report(const Message& message);

/// Empty when every store is sound: uids ascend and stay below UIDNEXT, and no maildrop is locked
/// by a session that is over. Else what is wrong.
std::string check_stores(const World& world);
/// Empty when no POP3 or SMTP session is left open and nothing waits for a turn that never comes.
std::string check_sessions(const World& world);

/// Empty when POP3 sessions removed mail only after a QUIT that arrived.
std::string check_expunges(const Trace& trace);

}  // namespace mailscope::sweep
