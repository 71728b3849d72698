#include "sim/live/wall_clock.h"

namespace mailscope {

using std::chrono::duration_cast;

WallClock::WallClock() : start_(std::chrono::steady_clock::now()) {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  unix_start_ = duration_cast<std::chrono::seconds>(since_1970).count();
  seed_ = static_cast<uint64_t>(duration_cast<std::chrono::nanoseconds>(since_1970).count());
}

Instant WallClock::now() const {
  const auto passed = std::chrono::steady_clock::now() - start_;
  return Instant{duration_cast<std::chrono::nanoseconds>(passed).count()};
}

std::chrono::steady_clock::time_point WallClock::when(Instant at) const {
  // A century is as good as never, and does not overflow.
  constexpr int64_t kFar = int64_t{100} * 365 * 24 * 3600 * 1000000000;
  const std::chrono::nanoseconds since(at.ns < kFar ? at.ns : kFar);
  return start_ + duration_cast<std::chrono::steady_clock::duration>(since);
}

}  // namespace mailscope
