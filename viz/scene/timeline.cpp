#include "viz/scene/timeline.h"

#include <algorithm>

namespace mailscope::viz {
namespace {

/// Index of the lane with this label and protocol, or the number of lanes.
size_t lane_for(const std::vector<TimelineLane>& lanes, std::string_view label, Protocol protocol) {
  size_t i = 0;
  while (i < lanes.size() && (lanes[i].label != label || lanes[i].protocol != protocol)) ++i;
  return i;
}

/// Adds a bar, or makes the last of the same kind longer when they touch on any screen.
void add_bar(std::vector<TimelineBar>& bars, float begin, float end, bool busy) {
  if (!bars.empty() && begin >= bars.back().begin && begin - bars.back().end < kFinestMark) {
    bars.back().end = std::max(bars.back().end, end);
  } else {
    bars.push_back({begin, end, busy});
  }
}

/// One lane of the timeline while connections are being added to it.
struct LaneBuilder {
  std::vector<TimelineBar> connected;
  std::vector<TimelineBar> busy;
  bool shared = false;
};

void add_connection(TimelineLane& lane, LaneBuilder& builder, const LaneSpan& span, bool cut) {
  if (builder.shared) {
    add_bar(builder.connected, span.opened, span.closed, false);
  } else {
    builder.connected.push_back({span.opened, span.closed, false});
  }
  for (const auto& [begin, end] : span.busy) add_bar(builder.busy, begin, end, true);
  if (cut) lane.cuts.push_back(span.closed);
}

/// Nothing is left out: where there are still too many lanes, the last one is for all the rest.
void share_last_lane(std::vector<TimelineLane>& lanes, size_t most_lanes) {
  if (lanes.size() <= most_lanes || most_lanes == 0) return;
  TimelineLane& rest = lanes[most_lanes - 1];
  rest.label.clear();
  for (size_t i = most_lanes; i < lanes.size(); ++i) {
    rest.bars.insert(rest.bars.end(), lanes[i].bars.begin(), lanes[i].bars.end());
    rest.cuts.insert(rest.cuts.end(), lanes[i].cuts.begin(), lanes[i].cuts.end());
    if (lanes[i].protocol != rest.protocol) rest.protocol = Protocol::kNone;
  }
  lanes.resize(most_lanes);
}

}  // namespace

TimelineScene build_timeline(const OpenRun& open, const Moment& moment, size_t most_lanes) {
  TimelineScene scene;
  const auto whole = static_cast<float>(open.axis.length());
  const auto fraction = [&](Instant at) { return static_cast<float>(open.axis.fold(at)) / whole; };
  const std::vector<Lane>& lanes = moment.index->lanes();
  const bool share = lanes.size() > most_lanes;
  std::vector<LaneBuilder> builders;
  for (size_t i = 0; i < lanes.size(); ++i) {
    const std::string_view label = host_name(*moment.scenario, lanes[i].client);
    size_t target = share ? lane_for(scene.lanes, label, lanes[i].protocol) : scene.lanes.size();
    if (target == scene.lanes.size()) {
      scene.lanes.push_back({std::string(label), lanes[i].protocol, {}, {}});
      builders.push_back({{}, {}, share});
    }
    add_connection(scene.lanes[target], builders[target], open.marks.lanes[i], lanes[i].cut);
  }
  for (size_t i = 0; i < scene.lanes.size(); ++i) {
    scene.lanes[i].bars = std::move(builders[i].connected);
    scene.lanes[i].bars.insert(scene.lanes[i].bars.end(), builders[i].busy.begin(),
                               builders[i].busy.end());
  }
  share_last_lane(scene.lanes, most_lanes);
  if (open.run.lesson != nullptr) {
    const std::vector<Instant>& begin = open.run.step_at;
    for (size_t i = 0; i < begin.size(); ++i) {
      const Instant end = i + 1 < begin.size() ? begin[i + 1] : open.end;
      scene.steps.push_back({fraction(begin[i]), fraction(end), i + 1});
    }
  }
  scene.folds = open.marks.folds;
  scene.changes = open.marks.changes;
  scene.playhead = fraction(moment.playhead.at);
  return scene;
}

}  // namespace mailscope::viz
