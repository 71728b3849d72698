#include "sim/live/live_record.h"

#include <doctest/doctest.h>

#include <vector>

#include "sim/live/serve_scenario.h"
#include "sim/trace/trace_text.h"

using namespace mailscope;

namespace {

/// A client that connects to SMTP and says NOOP so many times.
void talk(LiveRecord& record, int times) {
  Input input;
  input.kind = InputKind::kLiveConnect;
  input.host = HostId{2};
  input.peer = HostId{1};
  input.number = 25;
  record.add_input(input);
  record.run_until(record.world().now());
  input.kind = InputKind::kLiveBytes;
  input.conn = ConnId::from_index(record.world().connection_count() - 1);
  input.text = "NOOP\r\n";
  for (int i = 0; i < times; ++i) {
    record.add_input(input);
    record.run_until(record.world().now());
  }
}

}  // namespace

TEST_CASE("with a past, without one, or with one let go: the world is the same") {
  const ScenarioPtr scenario = serve_scenario({}, WallClock()).scenario;
  LiveRecord kept(scenario, size_t{1} << 30);
  LiveRecord none(scenario, 0);
  LiveRecord lost(scenario, 20000);
  REQUIRE(kept.history() != nullptr);
  CHECK(none.history() == nullptr);
  int times_lost = 0;
  uint32_t last_seen = 0;
  for (int i = 0; i < 20; ++i) {
    for (LiveRecord* record : {&kept, &none, &lost}) {
      talk(*record, 20);
      // The newest event is there, under the number it has everywhere.
      const Trace& trace = record->trace();
      CHECK(trace.has(EventId{trace.size()}));
      CHECK(trace.size() == kept.trace().size());
      CHECK(event_text(trace, trace[trace.size()]) ==
            event_text(kept.trace(), kept.trace()[trace.size()]));
      if (record != &none) continue;
      CHECK(trace.has(EventId{last_seen + 1}));
      CHECK(!trace.has(EventId{last_seen}));
      last_seen = trace.size();
    }
    CHECK(!kept.events_seen());
    CHECK(!none.events_seen());
    times_lost += lost.events_seen() ? 1 : 0;
  }
  CHECK(times_lost == 1);
  CHECK(lost.history() == nullptr);
  CHECK(none.world().digest() == kept.world().digest());
  CHECK(lost.world().digest() == kept.world().digest());
  CHECK(none.trace().memory() < 20000);
  CHECK(kept.history()->verify() == "");
}

TEST_CASE("watched by nobody: no event is made, and where something happened is known") {
  const ScenarioPtr scenario = serve_scenario({}, WallClock()).scenario;
  LiveRecord watched(scenario, 0);
  LiveRecord unwatched(scenario, 0, false);
  for (LiveRecord* record : {&watched, &unwatched}) {
    talk(*record, 3);
    talk(*record, 3);
    const std::vector<uint32_t> moved = record->take_moved();
    CHECK(moved == std::vector<uint32_t>{1, 2});
    CHECK(record->take_moved().empty());
  }
  CHECK(unwatched.trace().size() > 0);
  CHECK(!unwatched.trace().has(EventId{unwatched.trace().size()}));
  // What the server has said is the same.
  const ByteStream& said = unwatched.world().connection(ConnId{1}).server.written;
  CHECK(said.end() > 1);
  CHECK(said.end() == watched.world().connection(ConnId{1}).server.written.end());
}

TEST_CASE("watched by nobody: events are made no more when the past is let go") {
  LiveRecord record(serve_scenario({}, WallClock()).scenario, 5000, false);
  while (record.history() != nullptr) {
    talk(record, 5);
    CHECK(record.take_moved() ==
          std::vector<uint32_t>{static_cast<uint32_t>(record.world().connection_count())});
    record.events_seen();
  }
  const uint32_t before = record.trace().size();
  talk(record, 5);
  CHECK(record.trace().size() > before);
  CHECK(!record.trace().has(EventId{record.trace().size()}));
  CHECK(record.take_moved() ==
        std::vector<uint32_t>{static_cast<uint32_t>(record.world().connection_count())});
}
