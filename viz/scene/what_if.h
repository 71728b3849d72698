// What-ifs: everything that a person can change about what happens from a moment on, as data. The
// right-click menus show those of one thing; the list on the W key shows all, so that nothing needs
// a mouse.
#pragma once

#include <string>
#include <vector>

#include "sim/world/input.h"
#include "viz/moment/moment.h"

namespace mailscope::viz {

struct WhatIf {
  const char* text;           // key of its words
  const char* shortcut = "";  // the key that does it for the first such thing, or none
  Input input;
};

/// A thing and what can be done to it; never without any.
struct WhatIfSubject {
  enum class Kind : uint8_t { kSegment, kConnection, kHost, kMessage };
  Kind kind = Kind::kHost;
  HostId host;       // where a message is; the host; the client of a connection
  HostId peer;       // the server of a connection
  std::string text;  // what a segment carries; a message's subject; a connection's protocol
  std::vector<WhatIf> choices;
};

std::vector<WhatIf> segment_what_ifs(const Moment& moment, uint32_t number, ConnId conn);
std::vector<WhatIf> connection_what_ifs(const Moment& moment, ConnId conn);
std::vector<WhatIf> host_what_ifs(const Moment& moment, HostId host);
/// Of the message with this subject on the device of `host`.
std::vector<WhatIf> message_what_ifs(const Moment& moment, HostId host, const std::string& subject);

/// Segments first, then open connections, hosts, and the mail on each device.
std::vector<WhatIfSubject> build_what_ifs(const Moment& moment);

}  // namespace mailscope::viz
