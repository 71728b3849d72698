// Connection: a TCP connection in the world: its two endpoints, the bytes under way in each
// direction, and the marks by which the arrival of a line is told from the arrival of segments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/net/stream.h"
#include "sim/net/tcp.h"
#include "sim/net/tls.h"
#include "sim/wire/deflate.h"
#include "sim/world/live_speech.h"

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

/// Marks in the order of what was said: put in at the back, taken from the front.
class LineMarks {
 public:
  void push(LineMark mark) { marks_.push_back(mark); }
  /// The last one that was put in and not taken.
  [[nodiscard]] LineMark& last() { return marks_.back(); }
  /// Takes the first one if it ends at or before `offset`.
  std::optional<LineMark> take_until(uint64_t offset) {
    if (taken_ == marks_.size() || marks_[taken_].end > offset) return std::nullopt;
    const LineMark mark = marks_[taken_++];
    if (taken_ * 2 >= marks_.size() && (taken_ > 64 || taken_ == marks_.size())) {
      marks_.erase(marks_.begin(), marks_.begin() + static_cast<std::ptrdiff_t>(taken_));
      taken_ = 0;
    }
    return mark;
  }
  void clear() {
    marks_.clear();
    taken_ = 0;
  }

 private:
  std::vector<LineMark> marks_;
  size_t taken_ = 0;
};

/// An end that compresses what it says and inflates what it hears (RFC 4978). It stands between the
/// engine and TCP, or between the engine and TLS where there is TLS (RFC 4978 §3).
struct Compression {
  Deflater said;
  Inflater gauge;   // of what is said, as the other end will inflate it: where each line ends
  uint64_t wrote = 0;  // octets given to the gauge
  Inflater heard;   // what has come and the engine has not yet been given
};
/// What its streams hold when they are in use, more or less.
constexpr size_t kCompressionOctets = 150000;

/// One end's half of a connection.
struct ConnectionEnd {
  HostId host;
  AgentId agent;              // none before the session begins and after it is over
  TcpEndpoint tcp;
  ByteStream written;         // by this end, not yet delivered to the other
  uint64_t said = 1;          // stream offset up to which its words have been recorded
  LineMarks marks;            // of what this end said, not yet delivered
  TlsState tls = TlsState::kPlain;
  std::vector<TlsUnit> tls_units;  // of what this end said under TLS, not yet delivered
  std::optional<Compression> compression;
  uint64_t delivered = 1;     // stream offset up to which this end has been given the other's bytes
  uint64_t cut_after = UINT64_MAX;  // a fault: cut once the other has our bytes up to here
  Instant timer_at = kNever;  // when a timer dispatch is due
  bool finished = false;      // live connections, which have no TCP: it will write no more
};

/// A server has no further turns while so much of what it wrote is not yet taken by a program
/// outside: the send buffer of a socket.
constexpr uint64_t kLiveWindow = 256 * 1024;

struct Connection {
  ConnId id;
  Protocol protocol = Protocol::kNone;
  uint16_t port = 0;
  Instant opened_at;
  bool cut = false;
  bool implicit_tls = false;  // the client begins with TLS, as on ports 465, 993 and 995
  std::optional<LiveSpeech> live;  // of a program outside, which is the client end
  ConnectionEnd client;
  ConnectionEnd server;

  [[nodiscard]] ConnectionEnd& end(Side side) { return side == Side::kClient ? client : server; }
  [[nodiscard]] const ConnectionEnd& end(Side side) const {
    return side == Side::kClient ? client : server;
  }
  /// The program outside reads more slowly than the server speaks.
  [[nodiscard]] bool congested() const {
    return live && server.written.end() - server.written.begin() > kLiveWindow;
  }
  /// Both ends are done with it.
  [[nodiscard]] bool over() const {
    if (live) return client.finished && server.finished;
    const auto done = [](const ConnectionEnd& end) {
      return end.tcp.state() == TcpState::kClosed || end.tcp.state() == TcpState::kTimeWait;
    };
    return done(client) && done(server);
  }
};

}  // namespace mailscope
