// CostMeter: cost_of() for whoever looks at a trace again and again, forwards and back, as the
// window does at every frame: it goes on from the nearest moment it remembers instead of from the
// start.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/metrics/cost_counter.h"

namespace mailscope {

class CostMeter {
 public:
  /// Events between remembered moments at first; doubled whenever there are more than kMaxMarks.
  static constexpr uint32_t kFirstSpacing = 4096;
  static constexpr size_t kMaxMarks = 64;

  explicit CostMeter(HostId host);

  /// The same as cost_of(trace, host, events). The trace must be the same at every call, or one
  /// that has only grown; after any other change a new meter is needed.
  [[nodiscard]] Cost at(const Trace& trace, uint32_t events);

 private:
  struct Mark {
    uint32_t events = 0;
    CostCounter counter;
  };

  void remember();

  std::vector<Mark> marks_;  // ascending; the first is the start
  Mark now_;
  uint32_t spacing_ = kFirstSpacing;
};

}  // namespace mailscope
