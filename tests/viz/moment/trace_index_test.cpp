// What the index says is compared with the trace itself, for every lesson in every variant.
#include "viz/moment/trace_index.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "tests/viz/open_runs.h"

using namespace mailscope;
using namespace mailscope::viz;
using namespace mailscope::viz::test;

namespace {

bool is_lines(const LadderRow& row) { return row.kind == LadderRow::Kind::kLines; }

}  // namespace

TEST_CASE("there are lessons to look at") {
  REQUIRE(all_lessons().size() >= 2);
  for (const OpenLesson& open : all_lessons()) {
    REQUIRE(open.lesson != nullptr);
    CHECK(open.runs.size() == open.lesson->variants.size());
  }
}

TEST_CASE("every line said is in exactly one row of lines") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    const Trace& trace = open.history().trace();
    const std::vector<LadderRow>& rows = open.index.rows(BeatSize::kLine);
    size_t said = 0;
    size_t wrong = 0;
    for (uint32_t id = 1; id <= trace.size(); ++id) {
      if (trace[id].kind != EventKind::kLineSent) continue;
      ++said;
      const int index = open.index.row_of(BeatSize::kLine, id);
      REQUIRE(index >= 0);
      const LadderRow& row = rows[static_cast<size_t>(index)];
      const bool fits = is_lines(row) && row.event <= id && id <= row.last_event &&
                        row.conn == trace[id].conn && row.direction == trace[id].direction &&
                        row.from == trace[id].host;
      if (!fits) ++wrong;
    }
    size_t in_rows = 0;
    for (const LadderRow& row : rows) in_rows += is_lines(row) ? row.lines : 0;
    CHECK(said > 10);
    CHECK(wrong == 0);
    CHECK(in_rows == said);
  });
}

TEST_CASE("an arrival comes after its sending, and rows know it") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    const Trace& trace = open.history().trace();
    size_t arrived = 0;
    for (const LadderRow& row : open.index.rows(BeatSize::kLine)) {
      if (!is_lines(row)) continue;
      CHECK(row.arrived_event == open.index.arrival_of(row.last_event));
      if (row.arrived_event == 0) {
        CHECK(row.until == kNever);
        continue;
      }
      ++arrived;
      CHECK(row.arrived_event > row.last_event);
      CHECK(trace[row.arrived_event].kind == EventKind::kLineArrived);
      CHECK(trace[row.arrived_event].at == row.until);
      CHECK(row.until > row.at);
      CHECK(row.seek > trace.dispatch_of(EventId{row.event}));
    }
    CHECK(arrived > 10);
    for (const LadderRow& row : open.index.rows(BeatSize::kSegment)) {
      if (row.arrived_event == 0) continue;
      CHECK(row.until >= row.at);
      CHECK(row.lost == (trace[row.arrived_event].kind == EventKind::kSegmentDropped));
    }
  });
}

TEST_CASE("rows ascend at every level of detail") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    for (const BeatSize size : {BeatSize::kSegment, BeatSize::kLine, BeatSize::kExchange}) {
      const std::vector<LadderRow>& rows = open.index.rows(size);
      CHECK(rows.size() > 3);
      CHECK(std::is_sorted(rows.begin(), rows.end(), [](const LadderRow& a, const LadderRow& b) {
        return a.event < b.event;
      }));
    }
    CHECK(open.index.rows(BeatSize::kSegment).size() > open.index.rows(BeatSize::kLine).size());
    CHECK(open.index.rows(BeatSize::kLine).size() > open.index.rows(BeatSize::kExchange).size());
  });
}

TEST_CASE("an exchange pairs a command with what answers it, and no line is left out") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    const Trace& trace = open.history().trace();
    size_t lines = 0;
    size_t pairs = 0;
    for (const LadderRow& row : open.index.rows(BeatSize::kExchange)) {
      if (!is_lines(row)) continue;
      lines += row.lines + row.reply_lines;
      if (row.reply_event == 0) continue;
      ++pairs;
      const Event& reply = trace[row.reply_event];
      CHECK(row.direction == Direction::kToServer);
      CHECK(reply.direction == Direction::kToClient);
      CHECK(reply.conn == row.conn);
      CHECK(row.reply_event > row.event);
      const uint32_t command = open.index.answered_by(row.reply_event);
      CHECK(row.event <= command);
      CHECK(command <= row.last_event);
    }
    size_t said = 0;
    for (const LadderRow& row : open.index.rows(BeatSize::kLine))
      said += is_lines(row) ? row.lines : 0;
    CHECK(pairs > 5);
    CHECK(lines == said);
  });
}

TEST_CASE("beats ascend and end within the run; larger beats are fewer") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    size_t before = SIZE_MAX;
    for (const BeatSize size : {BeatSize::kSegment, BeatSize::kLine, BeatSize::kExchange}) {
      const std::vector<uint32_t>& beats = open.index.beats(size);
      CHECK(std::adjacent_find(beats.begin(), beats.end(), std::greater_equal<>()) == beats.end());
      CHECK(beats.front() >= 1);
      CHECK(beats.back() <= open.history().trace().dispatches());
      CHECK(beats.size() < before);
      before = beats.size();
    }
  });
}

TEST_CASE("the line at a stream offset is the one whose octets hold it") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    const Trace& trace = open.history().trace();
    for (uint32_t id = 1; id <= trace.size(); ++id) {
      const Event& event = trace[id];
      if (event.kind != EventKind::kLineSent || event.y == event.x) continue;
      for (const int64_t offset : {event.x, event.y - 1}) {
        CHECK(open.index.line_at(event.conn, event.direction, static_cast<uint64_t>(offset)) == id);
      }
    }
    CHECK(open.index.line_at(ConnId{}, Direction::kToClient, 0) == 0);
    CHECK(open.index.line_at(ConnId{999}, Direction::kToClient, 0) == 0);
    CHECK(open.index.line_at(ConnId{1}, Direction::kToClient, UINT32_MAX) == 0);
  });
}

// The state was looked for backwards through the whole trace at every frame; the table of the index
// must say the same.
TEST_CASE("protocol states are those of the last state event of that end") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    const Trace& trace = open.history().trace();
    for (uint32_t events = 1; events <= trace.size(); events += 37) {
      for (const Lane& lane : open.index.lanes()) {
        for (const HostId host : {lane.client, lane.server}) {
          uint8_t state = 0;
          for (uint32_t id = 1; id <= events; ++id) {
            const Event& event = trace[id];
            const bool here = event.kind == EventKind::kProtocolState && event.conn == lane.conn &&
                              event.host == host;
            if (here) state = event.code;
          }
          REQUIRE(open.index.protocol_state(lane.conn, host, events) == state);
        }
      }
    }
  });
}

TEST_CASE("lanes are the connections, and mail received only grows") {
  for_each_run([](OpenRun& open) {
    CAPTURE(name_of(open));
    const Trace& trace = open.history().trace();
    std::set<uint32_t> dialled;
    for (uint32_t id = 1; id <= trace.size(); ++id) {
      if (trace[id].kind == EventKind::kDial) dialled.insert(trace[id].conn.value);
    }
    CHECK(open.index.lanes().size() == dialled.size());
    for (const Lane& lane : open.index.lanes()) {
      CHECK(dialled.count(lane.conn.value) == 1);
      CHECK(open.index.find_lane(lane.conn) == &lane);
      CHECK(lane.opened <= lane.established);
      CHECK(lane.opened <= lane.closed);
      CHECK(std::is_sorted(lane.activity.begin(), lane.activity.end()));
    }
    CHECK(open.index.find_lane(ConnId{}) == nullptr);
    const std::vector<Received>& received = open.index.received();
    for (size_t i = 1; i < received.size(); ++i) {
      CHECK(received[i].event > received[i - 1].event);
      CHECK(received[i].octets >= received[i - 1].octets);
    }
  });
}
