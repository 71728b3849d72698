// Walking: forwards, back, to a time, to a step, always the same worlds. And the time axis.
#include "viz/moment/moment.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "tests/viz/open_runs.h"

using namespace mailscope;
using namespace mailscope::viz;
using namespace mailscope::viz::test;

namespace {

uint64_t digest_here(OpenRun& open) { return open.history().world_at(open.playhead.n).digest(); }

bool same_cost(const Cost& a, const Cost& b) {
  return a.bytes_up == b.bytes_up && a.bytes_down == b.bytes_down && a.segments == b.segments &&
         a.wire_octets == b.wire_octets && a.connections == b.connections &&
         a.commands == b.commands && a.round_trips == b.round_trips &&
         a.connected == b.connected && a.first_readable == b.first_readable &&
         a.password_in_clear == b.password_in_clear;
}

}  // namespace

TEST_CASE("stepping visits every beat forwards and the same worlds back") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    const uint32_t end = open.history().trace().dispatches();
    for (const BeatSize size : {BeatSize::kLine, BeatSize::kExchange, BeatSize::kStep}) {
      seek(open, 0);
      std::vector<std::pair<uint32_t, uint64_t>> visited{{0, digest_here(open)}};
      while (next_beat(open, size)) {
        const Instant promised = *next_beat(open, size);
        const uint32_t before = open.playhead.n;
        step_forward(open, size);
        // A lesson step in which nothing happens moves only the time.
        if (size != BeatSize::kStep) REQUIRE(open.playhead.n > before);
        CHECK(open.playhead.at.ns == promised.ns);
        CHECK(open.playhead.beat_began == before);
        visited.emplace_back(open.playhead.n, digest_here(open));
      }
      if (size != BeatSize::kStep) CHECK(visited.size() == open.index.beats(size).size() + 1);
      for (int twice = 0; twice < 2; ++twice) {
        step_forward(open, size);
        CHECK(open.playhead.n == end);
        CHECK(moment_at(open).step == static_cast<int>(open.run.lesson->steps.size()) - 1);
      }
      if (visited.back().first == end) visited.pop_back();
      for (auto at = visited.rbegin(); at != visited.rend(); ++at) {
        step_back(open, size);
        REQUIRE(open.playhead.n == at->first);
        CHECK(digest_here(open) == at->second);
      }
      step_back(open, size);
      CHECK(open.playhead.n == 0);
    }
  });
}

TEST_CASE("every segment is a beat of its own, and seeking gives the same worlds as walking") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    std::map<uint32_t, uint64_t> walked;
    seek(open, 0);
    while (next_beat(open, BeatSize::kSegment)) {
      step_forward(open, BeatSize::kSegment);
      walked[open.playhead.n] = digest_here(open);
    }
    CHECK(walked.size() == open.index.beats(BeatSize::kSegment).size());
    // In an order that jumps back and forth.
    const std::vector<uint32_t>& beats = open.index.beats(BeatSize::kSegment);
    for (size_t i = 0; i < beats.size(); i += 7) {
      const uint32_t n = beats[i % 2 == 0 ? i : beats.size() - 1 - i];
      seek(open, n);
      CHECK(open.playhead.n == n);
      CHECK(digest_here(open) == walked[n]);
    }
  });
}

TEST_CASE("seeking a time shows that time, with everything up to it handled and nothing more") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    const Trace& trace = open.history().trace();
    for (int64_t part = 0; part <= 50; ++part) {
      const Instant at{open.end.ns / 50 * part};
      seek_time(open, at);
      CHECK(open.playhead.at == at);
      const uint32_t n = open.playhead.n;
      if (n > 0) CHECK(trace.dispatch_time(n - 1) <= at);
      if (n < trace.dispatches()) CHECK(trace.dispatch_time(n) > at);
      const Moment moment = moment_at(open);
      CHECK(moment.beat_events <= moment.events);
      if (moment.events > 0) CHECK(trace[moment.events].at <= at);
    }
  });
}

TEST_CASE("going to a lesson step shows that step") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    seek(open, 0);
    CHECK(moment_at(open).step == -1);
    const std::vector<LessonStep>& steps = open.run.lesson->steps;
    const std::vector<Instant>& begin = open.run.step_at;
    for (size_t i = 0; i < steps.size(); ++i) {
      // A step that waits for a line nobody says begins with the one after it.
      if (i + 1 < begin.size() && begin[i] == begin[i + 1]) continue;
      seek_step(open, i);
      CHECK(moment_at(open).step == static_cast<int>(i));
      seek_step_end(open, i);
      CHECK(moment_at(open).step == static_cast<int>(i));
    }
    const uint32_t n = open.playhead.n;
    seek_step(open, steps.size());
    CHECK(open.playhead.n == n);
  });
}

TEST_CASE("the current line is the last one said or heard") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    const Trace& trace = open.history().trace();
    seek(open, 0);
    CHECK(moment_at(open).current_line == 0);
    while (next_beat(open, BeatSize::kLine)) {
      step_forward(open, BeatSize::kLine);
      const Moment moment = moment_at(open);
      if (moment.current_line == 0) continue;
      REQUIRE(moment.current_line <= moment.events);
      CHECK(trace[moment.current_line].kind == EventKind::kLineSent);
    }
    CHECK(moment_at(open).current_line > 0);
  });
}

// cost_of() went through the whole trace at every frame; the meters must say the same.
TEST_CASE("costs at a moment are those of the trace, forwards and back") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    const uint32_t end = open.history().trace().dispatches();
    for (const uint32_t part : {0u, 3u, 9u, 4u, 5u, 1u, 10u, 2u, 0u, 7u}) {
      seek(open, end / 10 * part);
      const Moment moment = moment_at(open);
      REQUIRE(moment.costs.size() == moment.scenario->devices.size());
      for (const DeviceSpec& device : moment.scenario->devices) {
        CHECK(same_cost(moment.cost_of(device.host),
                        cost_of(*moment.trace, device.host, moment.events)));
      }
      CHECK(same_cost(moment.cost_of(HostId{}), Cost{}));
    }
  });
}

TEST_CASE("costs of a long trace are remembered at many moments") {
  OpenLesson busy = open_busy("pop3-vs-imap", "pop3-keep", 40000);
  OpenRun& open = busy.runs.at(0);
  const Trace& trace = open.history().trace();
  REQUIRE(trace.size() >= 40000);
  const HostId laptop = open.history().scenario().devices[0].host;
  CostMeter meter(laptop);
  for (const uint32_t events : {39000u, 12000u, 4096u, 4095u, 20000u, 8192u, 40000u, 1u, 0u}) {
    CHECK(same_cost(meter.at(trace, events), cost_of(trace, laptop, events)));
  }
}

TEST_CASE("after a change of the past everything is gathered anew") {
  OpenLesson lesson = open_lesson("pop3-vs-imap");
  OpenRun& open = lesson.runs.at(0);
  seek(open, open.history().trace().dispatches() / 2);
  const uint32_t n = open.playhead.n;
  const size_t lines = open.index.rows(BeatSize::kLine).size();
  Input cut;
  cut.kind = InputKind::kStopHost;
  cut.host = HostId{2};
  cut.at = open.playhead.at;
  open.history().fork(n, {cut});
  open.history().run_until(lesson.lesson->end);
  open.refresh();
  CHECK(open.index.rows(BeatSize::kLine).size() != lines);
  CHECK(open.history().verify().empty());
  seek(open, n);
  const Moment moment = moment_at(open);
  CHECK(same_cost(moment.costs[0],
                  cost_of(*moment.trace, moment.scenario->devices[0].host, moment.events)));
}

TEST_CASE("the folded axis ascends, and unfolding takes back folding") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    const TimeAxis& axis = open.axis;
    CHECK(axis.fold(Instant{}) == 0);
    CHECK(axis.fold(open.end) == axis.length());
    CHECK(axis.fold(kNever) == axis.length());
    CHECK(axis.unfold(-5) == Instant{});
    CHECK(axis.unfold(axis.length() * 2) == open.end);
    CHECK(axis.length() < open.end.ns);
    CHECK_FALSE(axis.folds().empty());
    int64_t position = -1;
    Instant time{-1};
    for (int64_t part = 0; part <= 2000; ++part) {
      const Instant at{open.end.ns / 2000 * part};
      const int64_t folded = axis.fold(at);
      CHECK(folded >= position);
      position = folded;
      // A silence shown a hundred times shorter comes back that much coarser, one of an hour some
      // ten thousand times; never more than 100 µs.
      CHECK(std::llabs(axis.unfold(folded).ns - at.ns) < 100000);
      const int64_t place = axis.length() / 2000 * part;
      CHECK(std::llabs(axis.fold(axis.unfold(place)) - place) <= 1);
      CHECK(axis.unfold(place) >= time);
      time = axis.unfold(place);
    }
  });
}

TEST_CASE("an axis of nothing is a point") {
  const TimeAxis none;
  CHECK(none.fold(Instant{5}) == 0);
  CHECK(none.unfold(5) == Instant{});
  const TimeAxis empty(Trace{}, Instant{}, milliseconds(1));
  CHECK(empty.length() == 1);
  CHECK(empty.fold(Instant{}) == 0);
}

TEST_CASE("marks lie within the axis, in order, and no finer than a screen shows") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    REQUIRE(open.marks.lanes.size() == open.index.lanes().size());
    for (const LaneSpan& lane : open.marks.lanes) {
      CHECK(lane.opened >= 0);
      CHECK(lane.opened <= lane.closed);
      CHECK(lane.closed <= 1);
      CHECK(lane.busy.size() <= 2001);
      float last = -1;
      for (const auto& [begin, end] : lane.busy) {
        CHECK(begin > last);
        CHECK(begin <= end);
        last = end;
      }
    }
    CHECK(std::is_sorted(open.marks.changes.begin(), open.marks.changes.end()));
    CHECK(std::is_sorted(open.marks.folds.begin(), open.marks.folds.end()));
  });
}
