// Link: a cable between two hosts with delay, bandwidth, a finite queue, loss and jitter, each
// direction on its own and with its own random numbers, so that what happens one way never disturbs
// the other.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/digest.h"
#include "sim/base/ids.h"
#include "sim/base/rng.h"
#include "sim/base/time.h"
#include "sim/net/segment.h"

namespace mailscope {

struct LinkConfig {
  Duration delay = milliseconds(20);      // propagation, one way
  uint64_t bits_per_second = 100000000;   // at least 1
  uint32_t queue_packets = 1000;          // waiting, apart from the one being sent
  uint32_t loss_ppm = 0;                  // parts in a million
  Duration jitter;                        // added: uniform in [0, jitter]
  bool up = true;
};

/// What becomes of a packet given to a link.
struct Passage {
  Instant arrives_at;
  DropReason fate = DropReason::kNone;  // kNone: it arrives
};

/// One direction of a link.
class LinkDirection {
 public:
  LinkDirection() = default;
  LinkDirection(LinkConfig config, uint64_t seed) : config_(config), rng_(seed) {}

  [[nodiscard]] const LinkConfig& config() const { return config_; }
  void set_config(const LinkConfig& config) { config_ = config; }

  /// Takes a packet of so many octets on the wire. A lost packet has used the link all the same.
  Passage send(Instant now, uint32_t octets);

  [[nodiscard]] uint64_t digest() const;

 private:
  void forget_departed(Instant now);

  LinkConfig config_;
  Rng rng_;
  Instant busy_until_;
  Instant last_arrival_;
  // When each queued packet leaves the queue; a ring kept as a vector with a head.
  std::vector<int64_t> departures_;
  size_t head_ = 0;
};

struct Link {
  LinkId id;
  HostId a;
  HostId b;
  LinkDirection a_to_b;
  LinkDirection b_to_a;

  [[nodiscard]] HostId other(HostId host) const { return host == a ? b : a; }
  [[nodiscard]] LinkDirection& from(HostId host) { return host == a ? a_to_b : b_to_a; }
  [[nodiscard]] const LinkDirection& from(HostId host) const { return host == a ? a_to_b : b_to_a; }
};

}  // namespace mailscope
