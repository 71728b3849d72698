// Fractions are taken in double and kept in float: finer than any screen.
#include "viz/moment/axis_marks.h"

#include <algorithm>

namespace mailscope::viz {

AxisMarks build_axis_marks(const TraceIndex& index, const TimeAxis& axis, Instant end) {
  AxisMarks marks;
  const auto whole = static_cast<double>(axis.length());
  const auto fraction = [&](Instant at) {
    return static_cast<float>(static_cast<double>(axis.fold(at)) / whole);
  };
  for (const Lane& lane : index.lanes()) {
    LaneSpan span{fraction(lane.opened), fraction(std::min(lane.closed, end)), {}};
    for (const auto& [sent, arrived] : lane.activity) {
      const float from = fraction(sent);
      const float to = fraction(arrived);
      if (!span.busy.empty() && from - span.busy.back().second < kFinestMark) {
        span.busy.back().second = std::max(span.busy.back().second, to);
      } else {
        span.busy.emplace_back(from, to);
      }
    }
    marks.lanes.push_back(std::move(span));
  }
  for (const int64_t fold : axis.folds()) {
    const auto at = static_cast<float>(static_cast<double>(fold) / whole);
    if (marks.folds.empty() || at - marks.folds.back() > 0.004f) marks.folds.push_back(at);
  }
  for (const Instant change : index.store_changes()) {
    const float at = fraction(change);
    if (marks.changes.empty() || at - marks.changes.back() > 0.002f) marks.changes.push_back(at);
  }
  return marks;
}

}  // namespace mailscope::viz
