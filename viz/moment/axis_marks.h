// AxisMarks: everything on the timeline that stays where it is while the trace does: when each
// connection was open and busy, folds, changes of the stores. Gathered once whenever the trace has
// changed, and no finer than a screen can show, so that a frame costs the same for any trace.
#pragma once

#include <utility>
#include <vector>

#include "viz/moment/time_axis.h"
#include "viz/moment/trace_index.h"

namespace mailscope::viz {

/// A connection on the timeline, in fractions of the axis.
struct LaneSpan {
  float opened = 0;
  float closed = 0;
  std::vector<std::pair<float, float>> busy;  // ascending
};

struct AxisMarks {
  std::vector<LaneSpan> lanes;  // as TraceIndex::lanes()
  std::vector<float> folds;
  std::vector<float> changes;   // a mail store changed here
};

/// What lies nearer together than this is shown as one.
constexpr float kFinestMark = 1.0f / 2000;

AxisMarks build_axis_marks(const TraceIndex& index, const TimeAxis& axis, Instant end);

}  // namespace mailscope::viz
