// Of every untagged response of every lesson it can be said why the server said it; and what came
// unasked has a change of the mail as its cause, one that happened before.
#include <doctest/doctest.h>

#include "sim/lesson/lesson_file.h"
#include "sim/lesson/runner.h"
#include "sim/metrics/untagged_cause.h"

using namespace mailscope;

namespace {

struct Causes {
  size_t asked_for = 0;
  size_t news = 0;
  size_t greetings = 0;
  size_t others = 0;
  size_t checked = 0;  // news of a message of the selected mailbox
};

/// Whether the server recorded, in the turn in which it said this line, that the session learns of
/// a message; if so, the change is to that message in the mailbox that the session has selected.
bool agrees_with_view(const Trace& trace, EventId line, const Event& change) {
  const Event& said = trace.at(line);
  uint32_t uid = 0;
  bool found = false;
  for (EventId id{line.value - 1}; trace.has(id); --id.value) {
    const Event& event = trace.at(id);
    if (event.kind != EventKind::kViewChange || event.conn != said.conn) continue;
    if (event.host != said.host) continue;
    const auto what = static_cast<ViewChange>(event.code);
    if (found && what == ViewChange::kSelected) {
      CHECK(change.a == event.b);
      break;
    }
    const bool of_message =
        what == ViewChange::kFlags || what == ViewChange::kExpunge || what == ViewChange::kExists;
    if (found || !of_message || trace.text(event) != trace.text(said)) continue;
    found = true;
    uid = event.b;
  }
  if (found && uid != 0) CHECK(change.b == uid);
  return found;
}

void count_causes(const Trace& trace, Causes& causes) {
  using Reason = UntaggedCause::Reason;
  for (size_t i = 0; i < trace.size(); ++i) {
    const EventId id = EventId::from_index(i);
    const std::optional<UntaggedCause> cause = untagged_cause(trace, id);
    if (!cause) continue;
    CAPTURE(trace.text(trace.at(id)));
    causes.greetings += cause->reason == Reason::kGreeting ? 1 : 0;
    causes.others += cause->reason == Reason::kServer ? 1 : 0;
    if (cause->reason == Reason::kCommand) {
      ++causes.asked_for;
      REQUIRE(cause->command.valid());
      CHECK(trace.at(cause->command).conn == trace.at(id).conn);
    }
    if (cause->reason != Reason::kChange) continue;
    ++causes.news;
    REQUIRE(cause->change.valid());
    CHECK(trace.at(cause->change).kind == EventKind::kStoreChange);
    CHECK(trace.at(cause->change).host == trace.at(id).host);
    CHECK(cause->change.value < id.value);
    causes.checked += agrees_with_view(trace, id, trace.at(cause->change)) ? 1 : 0;
  }
}

}  // namespace

TEST_CASE("every untagged response of every lesson has its reason") {
  Causes causes;
  for (const std::string& name : lesson_ids()) {
    const Result<Lesson> lesson = find_lesson(name);
    REQUIRE(lesson.ok());
    for (const LessonVariant& variant : lesson.value().variants) {
      CAPTURE(name);
      CAPTURE(variant.name);
      const LessonRun run = run_lesson(lesson.value(), variant);
      count_causes(run.history->trace(), causes);
    }
  }
  CHECK(causes.asked_for > 500);
  CHECK(causes.news > 50);
  CHECK(causes.checked > 40);
  CHECK(causes.greetings > 20);
  CHECK(causes.others == 0);  // no lesson has a farewell that nobody asked for
}
