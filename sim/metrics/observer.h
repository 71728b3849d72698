// Observer: what somebody who listens on one link has read so far. A pure function of the trace:
// the lines whose every octet has crossed the link in the clear are read as a listener would read
// them, with the protocols' grammar and nothing else. Compressed lines are read as well: DEFLATE
// keeps no secrets. Under TLS there are only sizes and times.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/trace/trace.h"

namespace mailscope {

/// One thing read.
struct Sighting {
  enum class Kind : uint8_t {
    kUser,          // a login name
    kPassword,      // as it is typed
    kProof,         // a digest made with the password: it can be guessed at, but not read back
    kEnvelopeFrom,  // SMTP reverse-path
    kEnvelopeTo,    // SMTP forward-path
    kHeader,        // a field of a message: "Subject: Lunch"
    kBody,          // message text; `text`: its octets
  };
  Kind kind = Kind::kUser;
  std::string text;
  EventId line;  // the kLineSent event it was read in
  ConnId conn;
  Protocol protocol = Protocol::kNone;
};
constexpr int kSightingKindCount = 7;
/// Stable names, and keys of the catalog: "observer.password".
const char* sighting_name(Sighting::Kind kind);

struct Observation {
  std::vector<Sighting> sightings;  // in the order of reading; each thing once
  uint64_t clear_octets = 0;   // on the wire, compressed where they are
  uint64_t opaque_octets = 0;  // under TLS, its handshake included

  [[nodiscard]] bool has(Sighting::Kind kind) const;
};

/// By the first `events` events.
Observation observe(const Trace& trace, LinkId link, uint32_t events);

}  // namespace mailscope
