// The run at a glance: everything on it lies on it, also when there are a thousand connections.
#include "viz/scene/timeline.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/viz/open_runs.h"

using namespace mailscope;
using namespace mailscope::viz;
using namespace mailscope::viz::test;

namespace {

bool on_axis(float fraction) { return fraction >= 0 && fraction <= 1; }

void check_on_axis(const TimelineScene& scene) {
  CHECK(on_axis(scene.playhead));
  for (const TimelineLane& lane : scene.lanes) {
    CHECK_FALSE(lane.label.empty());
    for (const TimelineBar& bar : lane.bars) {
      REQUIRE(on_axis(bar.begin));
      REQUIRE(on_axis(bar.end));
      REQUIRE(bar.begin <= bar.end);
    }
    for (const float cut : lane.cuts) CHECK(on_axis(cut));
  }
  for (const TimelineStep& step : scene.steps) {
    CHECK(on_axis(step.begin));
    CHECK(on_axis(step.end));
    CHECK(step.begin <= step.end);
  }
  for (const float fold : scene.folds) CHECK(on_axis(fold));
  for (const float change : scene.changes) CHECK(on_axis(change));
}

}  // namespace

TEST_CASE("everything lies on the axis, steps in order, the playhead at its time") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    float last = -1;
    for (int64_t part = 0; part <= 20; ++part) {
      seek_time(open, Instant{open.end.ns / 20 * part});
      const TimelineScene scene = build_timeline(open, moment_at(open), 8);
      check_on_axis(scene);
      CHECK(scene.playhead >= last);
      last = scene.playhead;
      REQUIRE(scene.steps.size() == open.run.lesson->steps.size());
      for (size_t i = 0; i < scene.steps.size(); ++i) CHECK(scene.steps[i].number == i + 1);
      CHECK_FALSE(scene.lanes.empty());
      CHECK_FALSE(scene.changes.empty());
    }
    CHECK(last == doctest::Approx(1));
  });
}

TEST_CASE("lanes are shared when they do not fit, and none says nothing") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    const Moment moment = moment_at(open);
    const size_t connections = open.index.lanes().size();
    CHECK(build_timeline(open, moment, connections).lanes.size() == connections);
    const TimelineScene shared = build_timeline(open, moment, connections - 1);
    CHECK(shared.lanes.size() < connections);
    for (size_t i = 0; i < shared.lanes.size(); ++i) {
      for (size_t k = 0; k < i; ++k) {
        const bool same = shared.lanes[i].label == shared.lanes[k].label &&
                          shared.lanes[i].protocol == shared.lanes[k].protocol;
        CHECK_FALSE(same);
      }
    }
    for (const TimelineLane& lane : shared.lanes) CHECK_FALSE(lane.bars.empty());
    CHECK(build_timeline(open, moment, 1).lanes.size() == 1);
  });
}

TEST_CASE("a thousand connections give no more bars than a screen can show") {
  OpenLesson busy = open_busy("pop3-vs-imap", "pop3-keep", 100000);
  OpenRun& open = busy.runs.at(0);
  REQUIRE(open.index.lanes().size() > 300);
  const TimelineScene scene = build_timeline(open, moment_at(open), 6);
  check_on_axis(scene);
  for (const TimelineLane& lane : scene.lanes) CHECK(lane.bars.size() <= 2 * 2001);
  CHECK(scene.changes.size() <= 501);
  CHECK(scene.folds.size() <= 251);
}
