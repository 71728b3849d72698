// Connection: a TCP connection in the world: its two endpoints, the bytes under way in each
// direction, and the marks by which the arrival of a line is told from the arrival of segments.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/net/stream.h"
#include "sim/net/tcp.h"
#include "sim/net/tls.h"

namespace mailscope {

/// Which end: the one that opened the connection is the client.
enum class Side : uint8_t { kClient, kServer };

constexpr Side other_side(Side side) {
  return side == Side::kClient ? Side::kServer : Side::kClient;
}
/// The direction in which this side's bytes travel.
constexpr Direction direction_from(Side side) {
  return side == Side::kClient ? Direction::kToServer : Direction::kToClient;
}

/// A unit that was said: its last byte is just before stream offset `end`.
struct LineMark {
  uint64_t end;
  EventId said;
};

/// One end's half of a connection.
struct ConnectionEnd {
  HostId host;
  AgentId agent;              // none before the session begins and after it is over
  TcpEndpoint tcp;
  ByteStream written;         // by this end, not yet delivered to the other
  std::vector<LineMark> marks;  // of what this end said, not yet delivered
  TlsState tls = TlsState::kPlain;
  std::vector<TlsUnit> tls_units;  // of what this end said under TLS, not yet delivered
  uint64_t delivered = 1;     // stream offset up to which this end has been given the other's bytes
  uint64_t cut_after = UINT64_MAX;  // a fault: cut once the other has our bytes up to here
  Instant timer_at = kNever;  // when a timer dispatch is due
};

struct Connection {
  ConnId id;
  Protocol protocol = Protocol::kNone;
  uint16_t port = 0;
  Instant opened_at;
  bool cut = false;
  bool implicit_tls = false;  // TLS from the first octet, as on ports 465, 993 and 995
  ConnectionEnd client;
  ConnectionEnd server;

  [[nodiscard]] ConnectionEnd& end(Side side) { return side == Side::kClient ? client : server; }
  [[nodiscard]] const ConnectionEnd& end(Side side) const {
    return side == Side::kClient ? client : server;
  }
  /// Both ends are done with it.
  [[nodiscard]] bool over() const {
    const auto done = [](const ConnectionEnd& end) {
      return end.tcp.state() == TcpState::kClosed || end.tcp.state() == TcpState::kTimeWait;
    };
    return done(client) && done(server);
  }
};

}  // namespace mailscope
