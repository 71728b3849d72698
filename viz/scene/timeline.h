// Timeline: the whole run at a glance: a lane a connection, lesson steps, and the playhead.
// Positions are fractions of the folded time axis.
#pragma once

#include <string>
#include <vector>

#include "viz/moment/moment.h"

namespace mailscope::viz {

struct TimelineBar {
  float begin = 0;
  float end = 0;
  bool busy = false;     // bytes under way; else merely connected
};

struct TimelineLane {
  std::string label;     // "laptop"; empty: of several hosts
  Protocol protocol = Protocol::kNone;
  std::vector<TimelineBar> bars;
  std::vector<float> cuts;
};

struct TimelineStep {
  float begin = 0;
  float end = 0;
  size_t number = 1;     // 1-based
};

struct TimelineScene {
  std::vector<TimelineLane> lanes;
  std::vector<TimelineStep> steps;
  std::vector<float> folds;      // silences that are shown short
  std::vector<float> changes;    // a mail store changed here
  float playhead = 0;
};

/// Connections of one client and protocol share a lane when there are more than `most_lanes`, and
/// the last lane is for all that is left when there are more of those.
TimelineScene build_timeline(const OpenRun& open, const Moment& moment, size_t most_lanes);

}  // namespace mailscope::viz
