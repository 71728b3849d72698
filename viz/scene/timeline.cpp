#include "viz/scene/timeline.h"

#include <algorithm>

namespace mailscope::viz {
namespace {

TimelineLane* lane_for(std::vector<TimelineLane>& lanes, const std::string& label,
                       Protocol protocol) {
  for (TimelineLane& lane : lanes) {
    if (lane.label == label && lane.protocol == protocol) return &lane;
  }
  return nullptr;
}

}  // namespace

TimelineScene build_timeline(const OpenRun& open, const Moment& moment, size_t most_lanes) {
  TimelineScene scene;
  const auto whole = static_cast<float>(open.axis.length());
  const auto fraction = [&](Instant at) {
    return static_cast<float>(open.axis.fold(at)) / whole;
  };
  const bool share = moment.index->lanes().size() > most_lanes;
  for (const Lane& lane : moment.index->lanes()) {
    const std::string label(host_name(*moment.scenario, lane.client));
    TimelineLane* target = share ? lane_for(scene.lanes, label, lane.protocol) : nullptr;
    if (target == nullptr) {
      scene.lanes.push_back({label, lane.protocol, {}, {}});
      target = &scene.lanes.back();
    }
    target->bars.push_back({fraction(lane.opened), fraction(std::min(lane.closed, open.end)), false});
    for (const auto& [sent, arrived] : lane.activity) {
      target->bars.push_back({fraction(sent), fraction(arrived), true});
    }
    if (lane.cut) target->cuts.push_back(fraction(lane.closed));
  }
  if (scene.lanes.size() > most_lanes) scene.lanes.resize(most_lanes);
  if (open.run.lesson != nullptr) {
    const std::vector<LessonStep>& steps = open.run.lesson->steps;
    for (size_t i = 0; i < steps.size(); ++i) {
      const Instant end = i + 1 < steps.size() ? steps[i + 1].at : open.end;
      scene.steps.push_back({fraction(steps[i].at), fraction(end), i + 1});
    }
  }
  for (const int64_t fold : open.axis.folds()) {
    scene.folds.push_back(static_cast<float>(fold) / whole);
  }
  for (const Instant change : moment.index->store_changes()) {
    const float at = fraction(change);
    if (scene.changes.empty() || at - scene.changes.back() > 0.002f) scene.changes.push_back(at);
  }
  scene.playhead = fraction(moment.playhead.at);
  return scene;
}

}  // namespace mailscope::viz
