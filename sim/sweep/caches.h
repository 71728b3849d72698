// Whether what mail programs keep of their IMAP mailboxes is what the server has: the check after
// every run with IMAP in it. RFC 4549 §2: a disconnected client's copy is brought up to date in
// both directions.
#pragma once

#include <string>

#include "sim/world/world.h"

namespace mailscope::sweep {

enum class Caches : uint8_t {
  kListening,  // the selected folder of each program that listens for news and has heard all
  kAll,        // every folder kept by each program whose last session went well
};

/// Empty when each copy has the server's UIDs, flags, sizes and, where it holds them, octets; else
/// the first difference. For a world at rest.
std::string check_caches(const World& world, Caches which);

/// What the world becomes when every IMAP program goes online and looks for news, twice: the first
/// time it may still have something to tell the server that the others have to hear of.
World with_caches_settled(World world);

/// Some IMAP program is in this world.
bool has_caches(const World& world);

}  // namespace mailscope::sweep
