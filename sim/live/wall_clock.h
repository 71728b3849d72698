// WallClock: the one place where the time of day and a running clock are read. A live world's time
// is what has passed since the clock was made.
#pragma once

#include <chrono>
#include <cstdint>

#include "sim/base/time.h"

namespace mailscope {

class WallClock {
 public:
  WallClock();

  [[nodiscard]] Instant now() const;
  /// When the steady clock shows this.
  [[nodiscard]] std::chrono::steady_clock::time_point when(Instant at) const;
  /// Calendar time of Instant{}: seconds since 1970, UTC.
  [[nodiscard]] int64_t unix_start() const { return unix_start_; }
  /// Differs from run to run; no secret.
  [[nodiscard]] uint64_t seed() const { return seed_; }

 private:
  std::chrono::steady_clock::time_point start_;
  int64_t unix_start_;
  uint64_t seed_;
};

}  // namespace mailscope
