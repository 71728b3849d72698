// Whether what mail programs keep of their IMAP mailboxes is what the server has: the check after
// every run with IMAP in it. RFC 4549 §2: a disconnected client's copy is brought up to date in
// both directions.
#pragma once

#include <string>
#include <vector>

#include "sim/world/world.h"

namespace mailscope::sweep {

enum class Caches : uint8_t {
  kListening,  // the selected folder of each program that listens for news and has heard all
  kAll,        // every folder kept by each program whose last session went well
};

/// Empty when each copy has the server's UIDs, flags, sizes and, where it holds them, octets; else
/// the first difference. For a world at rest.
std::string check_caches(const World& world, Caches which);

/// Empty when no IMAP program has anything left to do or to complain of; else which one has what.
/// Programs that may not log in, or whose host is off, are not asked. For a settled world: what
/// check_caches() would pass over is named here.
std::string check_caches_settled(const World& world);

/// What the world becomes when every IMAP program goes online and looks for news, twice: the first
/// time it may still have something to tell the server that the others have to hear of.
World with_caches_settled(World world);

/// What the servers hold for IMAP programs: "bob INBOX <id> \Seen", a line a message, in order.
/// Without UIDs, which a second try may use up, and without reports, which are written anew.
std::vector<std::string> mailboxes_of_programs(const World& world);

/// All of it, for the end of any run: nothing is left to do, and every copy is what the server has.
std::string check_caches_after(const World& world);

/// Some IMAP program is in this world.
bool has_caches(const World& world);

}  // namespace mailscope::sweep
