// TimeAxis: simulated time as a person can look at it. Stretches in which something happens keep
// their length; a silence longer than a moment is folded to a fixed short length. Used by the
// timeline for positions and by playing for pace, so that both agree. Units of the folded scale:
// nanoseconds.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/time.h"
#include "sim/trace/trace.h"

namespace mailscope::viz {

class TimeAxis {
 public:
  TimeAxis() = default;
  /// Silences of the trace up to `end` that are longer than `longest` are folded to that length.
  TimeAxis(const Trace& trace, Instant end, Duration longest);

  [[nodiscard]] int64_t length() const { return length_; }
  /// Position of a time, 0 to length().
  [[nodiscard]] int64_t fold(Instant at) const;
  [[nodiscard]] Instant unfold(int64_t position) const;
  /// Positions of the folds, for marks.
  [[nodiscard]] std::vector<int64_t> folds() const;

 private:
  struct Span {
    int64_t time;       // begins at
    int64_t position;
    bool folded;
  };
  std::vector<Span> spans_;
  int64_t end_ = 0;
  int64_t length_ = 1;
};

}  // namespace mailscope::viz
