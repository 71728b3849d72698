#include <doctest/doctest.h>

#include "sim/trace/trace.h"
#include "sim/trace/trace_text.h"
#include "sim/trace/writer.h"

using namespace mailscope;

namespace {

Event note_at(int64_t ns) {
  Event event;
  event.kind = EventKind::kNote;
  event.at = Instant{ns};
  return event;
}

/// Dispatch 0 at 10 ns with two events, 1 at 20 ns with none, 2 and 3 at 30 ns with one event each.
Trace four_dispatches() {
  Trace trace;
  trace.append(note_at(0), "set-up");
  trace.begin_dispatch(Instant{10});
  trace.append(note_at(10), "one");
  trace.append(note_at(10), "two");
  trace.begin_dispatch(Instant{20});
  trace.begin_dispatch(Instant{30});
  trace.append(note_at(30), "three");
  trace.begin_dispatch(Instant{30});
  trace.append(note_at(30), "four");
  return trace;
}

}  // namespace

TEST_CASE("events are numbered from 1 and keep their texts") {
  const Trace trace = four_dispatches();
  REQUIRE(trace.size() == 5);
  CHECK(trace.text(trace[1]) == "set-up");
  CHECK(trace.text(trace[3]) == "two");
  CHECK(trace.text(trace[5]) == "four");
}

TEST_CASE("every event belongs to a dispatch, and what came before the first one to that") {
  const Trace trace = four_dispatches();
  CHECK(trace.dispatches() == 4);
  const uint32_t expected[] = {0, 0, 0, 2, 3};
  for (uint32_t id = 1; id <= 5; ++id) CHECK(trace.dispatch_of(EventId{id}) == expected[id - 1]);
  CHECK(trace.events_before(0) == 1);
  CHECK(trace.events_before(1) == 3);
  CHECK(trace.events_before(2) == 3);
  CHECK(trace.events_before(4) == 5);
}

TEST_CASE("time is looked up to the last dispatch at that instant") {
  const Trace trace = four_dispatches();
  CHECK(trace.dispatches_until(Instant{9}) == 0);
  CHECK(trace.dispatches_until(Instant{10}) == 1);
  CHECK(trace.dispatches_until(Instant{29}) == 2);
  CHECK(trace.dispatches_until(Instant{30}) == 4);
  CHECK(trace.events_until(Instant{9}) == 1);
  CHECK(trace.events_until(Instant{25}) == 3);
  CHECK(trace.events_until(Instant{1000}) == 5);
}

TEST_CASE("truncating drops later dispatches, their events and their texts, and no others") {
  Trace trace = four_dispatches();
  trace.truncate(9);
  CHECK(trace.dispatches() == 4);
  trace.truncate(2);
  CHECK(trace.dispatches() == 2);
  CHECK(trace.size() == 3);
  trace.begin_dispatch(Instant{25});
  const EventId again = trace.append(note_at(25), "other");
  CHECK(again == EventId{4});
  CHECK(trace.text(trace[3]) == "two");
  CHECK(trace.text(trace[4]) == "other");
  trace.truncate(0);
  CHECK(trace.size() == 1);
  CHECK(trace.text(trace[1]) == "set-up");
}

TEST_CASE("a writer fills in time, place, session and cause where the caller left them empty") {
  Trace trace;
  TraceState state;
  TraceWriter writer(state, &trace, Instant{5});
  writer.set_host(HostId{2});
  writer.set_session(ConnId{3}, Protocol::kPop3);
  const EventId first = writer.record(Event{}, "first");
  writer.set_cause(first);
  Event other;
  other.host = HostId{7};
  other.protocol = Protocol::kDns;
  writer.record(other, "second");
  CHECK(trace[1].at == Instant{5});
  CHECK(trace[1].host == HostId{2});
  CHECK(trace[1].conn == ConnId{3});
  CHECK(trace[1].protocol == Protocol::kPop3);
  CHECK_FALSE(trace[1].cause.valid());
  CHECK(trace[2].host == HostId{7});
  CHECK(trace[2].protocol == Protocol::kDns);
  CHECK(trace[2].cause == first);
}

TEST_CASE("numbers and digest are the same whether or not anybody records") {
  Trace trace;
  TraceState recorded;
  TraceState replayed;
  TraceWriter with_sink(recorded, &trace, Instant{5});
  TraceWriter without(replayed, nullptr, Instant{5});
  for (const char* text : {"one", "two", "three"}) {
    CHECK(with_sink.record(Event{}, text) == without.record(Event{}, text));
  }
  CHECK(recorded.count == 3);
  CHECK(recorded.count == replayed.count);
  CHECK(recorded.digest == replayed.digest);
  CHECK(trace.size() == 3);
  without.record(Event{}, "four");
  with_sink.record(Event{}, "fore");
  CHECK(recorded.digest != replayed.digest);
}

TEST_CASE("what a queue goes through is told in one line each") {
  Trace trace;
  trace.host_names = {"org"};
  Event event;
  event.kind = EventKind::kQueueChange;
  event.host = HostId{1};
  event.protocol = Protocol::kSmtp;
  event.a = 3;
  event.b = 2;
  event.x = 1800000000000;
  event.code = static_cast<uint8_t>(QueueChange::kTried);
  trace.append(event, "mx.example.net");
  event.code = static_cast<uint8_t>(QueueChange::kPutOff);
  trace.append(event, "connection refused");
  CHECK(event_detail(trace, trace[1]) == "tried job 3 attempt 2 mx.example.net");
  CHECK(event_detail(trace, trace[2]) == "put-off job 3 until 1800.000000 connection refused");
}

TEST_CASE("a trace that keeps nothing counts, and knows which connections the events were about") {
  TraceState state;
  Trace trace;
  TraceWriter(state, &trace, Instant{}).record(Event(), "kept");
  trace.keep_nothing();
  CHECK(trace.size() == 1);
  TraceWriter writer(state, &trace, Instant{});
  writer.set_session(ConnId{4}, Protocol::kImap);
  CHECK(writer.record(Event(), "not kept") == EventId{2});
  Event other;
  other.conn = ConnId{3};
  bool made = false;
  writer.record_made(other, [&made] {
    made = true;
    return std::string("never made");
  });
  CHECK(!made);
  CHECK(trace.size() == 3);
  CHECK(!trace.has(EventId{1}));
  CHECK(!trace.has(EventId{3}));
  CHECK(trace.take_moved() == std::vector<ConnId>{ConnId{4}, ConnId{3}});
  CHECK(trace.take_moved().empty());
}

TEST_CASE("a text made for an event is in the trace and in the digest of a replay without one") {
  TraceState state;
  TraceState replayed;
  Trace trace;
  const auto text = [] { return std::string("made"); };
  const EventId id = TraceWriter(state, &trace, Instant{}).record_made(Event(), text);
  TraceWriter(replayed, nullptr, Instant{}).record_made(Event(), text);
  CHECK(trace.text(trace.at(id)) == "made");
  CHECK(replayed.digest == state.digest);
  CHECK(replayed.digest != 0);
}
