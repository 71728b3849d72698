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
};

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
  CHECK(causes.greetings > 20);
  CHECK(causes.others == 0);  // no lesson has a farewell that nobody asked for
}
