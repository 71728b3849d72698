// What a protocol costs, and who holds what: pure functions of a trace and of a world. Units:
// octets, counts, simulated time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/trace/trace.h"
#include "sim/world/world.h"

namespace mailscope {

struct Cost {
  uint64_t bytes_up = 0;       // application octets said by the host's clients
  uint64_t bytes_down = 0;     // and to them
  uint64_t segments = 0;       // TCP segments sent either way on its connections
  uint64_t wire_octets = 0;    // with headers and framing
  uint32_t connections = 0;
  uint32_t commands = 0;       // lines that began a command or were one
  uint32_t round_trips = 0;    // waits: handshakes and commands whose answer was waited for
  Duration connected;          // time with a connection open
  std::optional<Duration> first_readable;  // from the first dial to the first whole message held
  bool password_in_clear = false;  // a line with a password crossed the network in the clear
};

/// Of the clients on `host`, by the events up to and without event number `events` (1-based count).
Cost cost_of(const Trace& trace, HostId host, uint32_t events);

/// One message in one place.
struct Holding {
  bool present = false;
  bool whole = true;           // false: a device that knows only its header
  bool was_here = false;       // not any more
  FlagBits flags = 0;
};

/// One message and every place that might hold it. Rows are matched by uid or unique-id.
struct HoldingRow {
  std::string subject;
  std::string mailbox;         // "INBOX"
  Uid uid;
  uint64_t size = 0;
  std::vector<Holding> places; // as in HoldingTable::places
};

struct HoldingTable {
  std::vector<HostId> places;  // the server first, then the devices
  std::vector<HoldingRow> rows;  // by mailbox, then uid
  /// Number of rows in which the places that should agree do not.
  uint32_t disagreements = 0;
};

/// Who holds what, for the mailboxes of one account.
HoldingTable holdings(const World& world, HostId server, AccountId account);

}  // namespace mailscope
