// What travels over the network moves from its sender to its receiver and never back.
#include "viz/scene/stage.h"

#include <doctest/doctest.h>

#include <cmath>
#include <optional>

#include "tests/viz/open_runs.h"

using namespace mailscope;
using namespace mailscope::viz;
using namespace mailscope::viz::test;

namespace {

constexpr Area kArea{800, 300};

/// How far along its link a packet is, from the sender of that hop; none when it is not drawn by
/// itself.
std::optional<float> way_of(const StageScene& scene, const Segment& segment, bool forward) {
  const StageLink& link = scene.links[segment.link.index()];
  const Point from = forward ? link.a : link.b;
  const Point to = forward ? link.b : link.a;
  for (const StagePacket& packet : scene.packets) {
    if (packet.number != segment.number) continue;
    const float x = to.x - from.x;
    const float y = to.y - from.y;
    const float along = (packet.at.x - from.x) * x + (packet.at.y - from.y) * y;
    // On the line between the two, too.
    const float beside = (packet.at.x - from.x) * y - (packet.at.y - from.y) * x;
    CHECK(std::abs(beside) < std::hypot(x, y) * 2);
    CHECK(packet.to_the_right == (to.x >= from.x));
    return along / (x * x + y * y);
  }
  return std::nullopt;
}

/// Follows one segment over one hop, in five looks; returns how often it was seen by itself.
int follow(OpenRun& open, const Segment& segment) {
  const bool forward = open.history().head().links()[segment.link.index()].a == segment.hop_from;
  const Duration whole = segment.arrives_at - segment.sent_at;
  float last = -1;
  int seen = 0;
  for (int look = 0; look < 5; ++look) {
    seek_time(open, segment.sent_at + whole * look / 5);
    const StageScene scene = build_stage(moment_at(open), kArea);
    const std::optional<float> way = way_of(scene, segment, forward);
    if (!way) continue;
    CHECK(*way > last);
    CHECK(*way > 0);
    CHECK(*way < 1);
    last = *way;
    ++seen;
  }
  return seen;
}

}  // namespace

TEST_CASE("hosts stand apart inside the area, and links join them") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    seek(open, 0);
    const Moment moment = moment_at(open);
    const StageScene scene = build_stage(moment, kArea);
    REQUIRE(scene.hosts.size() == moment.scenario->hosts.size());
    REQUIRE(scene.links.size() == moment.scenario->links.size());
    for (size_t i = 0; i < scene.hosts.size(); ++i) {
      const StageHost& host = scene.hosts[i];
      CHECK(host.center.x > 0);
      CHECK(host.center.x < kArea.width);
      CHECK(host.center.y > 0);
      CHECK(host.center.y < kArea.height);
      for (size_t k = 0; k < i; ++k) {
        const Point other = scene.hosts[k].center;
        CHECK(std::hypot(host.center.x - other.x, host.center.y - other.y) > 40);
      }
    }
    for (size_t i = 0; i < scene.links.size(); ++i) {
      CHECK(scene.links[i].id == LinkId::from_index(i));
      CHECK_FALSE(scene.links[i].label.empty());
    }
  });
}

TEST_CASE("packets move from sender to receiver, steadily") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    const std::vector<uint32_t>& beats = open.index.beats(BeatSize::kSegment);
    int followed = 0;
    for (size_t i = 0; i < beats.size(); i += std::max<size_t>(beats.size() / 40, 1)) {
      seek(open, beats[i]);
      const std::vector<Segment> flying = moment_at(open).world->in_flight();
      if (flying.empty() || !flying.front().link.valid()) continue;
      if (follow(open, flying.front()) >= 2) ++followed;
    }
    CHECK(followed > 5);
  });
}

TEST_CASE("what has arrived is off the stage, and sessions end") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    for (const LadderRow& row : open.index.rows(BeatSize::kSegment)) {
      if (row.arrived_event == 0 || row.event % 11 != 0) continue;
      seek_time(open, row.until);
      const uint32_t number = open.history().trace()[row.event].a;
      for (const StagePacket& packet : build_stage(moment_at(open), kArea).packets) {
        CHECK(packet.number != number);
        CHECK(packet.remaining.ns >= 0);
      }
    }
    seek(open, 0);
    for (const StageHost& host : build_stage(moment_at(open), kArea).hosts) {
      CHECK(host.sessions == 0);
      CHECK(host.role.empty());
      CHECK(host.up);
    }
  });
}

TEST_CASE("a host that was switched off is shown so") {
  OpenLesson lesson = open_lesson("pop3-vs-imap");
  OpenRun& open = lesson.runs.at(0);
  Input stop;
  stop.kind = InputKind::kStopHost;
  stop.host = HostId{1};
  stop.at = Instant{} + milliseconds(1);
  open.history().fork(0, {stop});
  open.history().run_until(Instant{} + seconds(2));
  open.refresh();
  seek_time(open, Instant{} + milliseconds(5));
  const StageScene scene = build_stage(moment_at(open), kArea);
  CHECK_FALSE(scene.hosts[0].up);
  CHECK(scene.hosts[1].up);
}
