// LoopbackServer: the engines of a scenario behind sockets on 127.0.0.1. It speaks to the world by
// inputs alone, journalled before they take effect, and lets the world's clock follow the wall
// clock, so that time-outs happen when they should. One thread; it sleeps until a socket or the
// world has something to do.
//
// A program that does not read costs little: what its server wrote waits in the world, the world
// gives that server no further turns (kLiveWindow), and nothing more is read from the socket.
// Nothing leaves this machine. TLS is real here: where a server and a program agree on it, and on
// ports that begin with it, OpenSSL stands between the socket and the world (tls_session.h), and
// the world is told when the handshake is over.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/live/live_record.h"
#include "sim/live/serve_scenario.h"
#include "sim/live/tls_session.h"
#include "sim/live/wall_clock.h"

namespace mailscope {

struct LiveLimits {
  size_t sessions = 1000;                   // at once; one more is turned away in words
  size_t record_bytes = size_t{512} << 20;  // see live_record.h; 0: no past is kept
  bool watched = true;                      // run() is given an observer
  /// How long a socket waits for its program after the server's last word, and after SIGTERM.
  Duration linger = seconds(10);
  Duration farewell = seconds(1);
  /// How long it may take over the TLS handshake.
  Duration handshake = seconds(30);
};

class LoopbackServer {
 public:
  /// Sees the events first..last of the trace, which is all that is new.
  using Observer = std::function<void(const Trace&, uint32_t first, uint32_t last)>;

  LoopbackServer(LiveScenario scenario, TlsIdentity identity, const WallClock& clock,
                 const LiveLimits& limits);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  /// Opens every port. Empty, or which one could not be opened and why.
  std::string listen();
  /// With the ports that are really listened on.
  [[nodiscard]] const std::vector<LivePort>& ports() const;
  [[nodiscard]] const Scenario& scenario() const;

  /// Takes orders (serve_order.h) from the descriptor until its end, while run() runs. `complain`
  /// is told what is wrong with one.
  void take_orders(int descriptor, std::function<void(const std::string&)> complain);

  /// Programs that have connected so far.
  [[nodiscard]] uint32_t sessions_served() const;

  /// Serves until SIGINT or SIGTERM; sessions are told, where their protocol has words for it.
  /// `observer` may be empty.
  /// `past_lost` is called once, if the record outgrows its limit.
  void run(const Observer& observer, const std::function<void()>& past_lost);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mailscope
