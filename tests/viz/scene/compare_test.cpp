// Side by side: totals are sums over devices, and the graph ends where the totals do.
#include "viz/scene/compare.h"

#include <doctest/doctest.h>

#include "tests/viz/open_runs.h"

using namespace mailscope;
using namespace mailscope::viz;
using namespace mailscope::viz::test;

TEST_CASE("totals equal the sums of what each device costs") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    const uint32_t end = open.history().trace().dispatches();
    for (uint32_t part = 0; part <= 10; ++part) {
      seek(open, static_cast<uint32_t>(uint64_t{end} * part / 10));
      const Moment moment = moment_at(open);
      const CompareSide side = build_compare_side(moment);
      Cost sum;
      for (const DeviceSpec& device : moment.scenario->devices) {
        if (device.protocol == Protocol::kNone) continue;
        CHECK(side.protocol != Protocol::kNone);
        const Cost cost = cost_of(*moment.trace, device.host, moment.events);
        sum.bytes_up += cost.bytes_up;
        sum.bytes_down += cost.bytes_down;
        sum.segments += cost.segments;
        sum.wire_octets += cost.wire_octets;
        sum.connections += cost.connections;
        sum.commands += cost.commands;
        sum.round_trips += cost.round_trips;
        sum.connected = sum.connected + cost.connected;
      }
      CHECK(side.total.bytes_up == sum.bytes_up);
      CHECK(side.total.bytes_down == sum.bytes_down);
      CHECK(side.total.segments == sum.segments);
      CHECK(side.total.wire_octets == sum.wire_octets);
      CHECK(side.total.connections == sum.connections);
      CHECK(side.total.commands == sum.commands);
      CHECK(side.total.round_trips == sum.round_trips);
      CHECK(side.total.connected == sum.connected);
    }
  });
}

TEST_CASE("what the server stores is the sum of the messages it holds") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    seek(open, open.history().trace().dispatches());
    const CompareSide side = build_compare_side(moment_at(open));
    uint64_t stored = 0;
    for (const HoldingRow& row : side.table.rows) {
      REQUIRE(row.places.size() == side.table.places.size());
      if (row.places[0].present) stored += row.size;
    }
    CHECK(side.server_octets == stored);
  });
}

TEST_CASE("the graph ascends, is short, and ends at what was received") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    for (const uint32_t part : {0u, 1u, 2u, 3u}) {
      seek(open, static_cast<uint32_t>(uint64_t{open.history().trace().dispatches()} * part / 3));
      const Moment moment = moment_at(open);
      const std::vector<GraphPoint> points = bytes_down_over_time(moment, open.end, 120);
      REQUIRE(points.size() >= 2);
      CHECK(points.size() <= 123);
      for (size_t i = 1; i < points.size(); ++i) {
        CHECK(points[i].at >= points[i - 1].at);
        CHECK(points[i].octets >= points[i - 1].octets);
      }
      CHECK(points.back().at == moment.playhead.at);
      uint64_t received = 0;
      for (uint32_t id = 1; id <= moment.events; ++id) {
        const Event& event = (*moment.trace)[id];
        if (event.kind != EventKind::kLineArrived || event.direction != Direction::kToClient)
          continue;
        const Protocol protocol = open.index.find_lane(event.conn)->protocol;
        if (protocol != Protocol::kPop3 && protocol != Protocol::kImap) continue;
        const Event& said = (*moment.trace)[event.a];
        received += static_cast<uint64_t>(said.y - said.x);
      }
      CHECK(points.back().octets == received);
    }
  });
}

TEST_CASE("POP3 leaves the copies apart, IMAP does not: the lesson's point") {
  OpenLesson lesson = open_lesson("pop3-vs-imap");
  for (OpenRun& open : lesson.runs) {
    seek(open, open.history().trace().dispatches());
    const CompareSide side = build_compare_side(moment_at(open));
    CAPTURE(open.run.variant->name);
    CHECK((side.table.disagreements == 0) == (side.protocol == Protocol::kImap));
    CHECK(side.total.password_in_clear);
    CHECK(side.total.first_readable.has_value());
  }
}
