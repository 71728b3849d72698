#include "sim/lesson/runner.h"

#include <doctest/doctest.h>

#include "tests/lesson/small_lesson.h"

using namespace mailscope;
using test::changed;
using test::kSmallLesson;

namespace {

Lesson small() {
  Result<Lesson> lesson = test::parse(kSmallLesson);
  if (!lesson.ok()) MESSAGE(lesson.error());
  REQUIRE(lesson.ok());
  return std::move(lesson.value());
}

int64_t measured(const LessonRun& run, const std::string& what) {
  const Result<int64_t> value = measure(run, run.step_dispatch.back(), what);
  if (!value.ok()) MESSAGE(value.error());
  REQUIRE(value.ok());
  return value.value();
}

}  // namespace

TEST_CASE("the small lesson is read as it was written") {
  const Lesson lesson = small();
  CHECK(lesson.id == "small");
  REQUIRE(lesson.variants.size() == 2);
  const Scenario& scenario = *lesson.variants[0].scenario;
  REQUIRE(scenario.links.size() == 1);
  CHECK(scenario.links[0].a_to_b.bits_per_second == 5000000);
  CHECK(scenario.links[0].b_to_a.bits_per_second == 50000000);
  CHECK(scenario.links[0].b_to_a.delay == milliseconds(20));
  CHECK(scenario.devices[0].pop3->leave_on_server);
  CHECK_FALSE(lesson.variants[1].scenario->devices[0].pop3->leave_on_server);
  REQUIRE(scenario.mail.size() == 1);
  CHECK(scenario.mail[0].flags.system == Flag::kFlagged);
  CHECK(scenario.mail[0].message->subject() == "Lunch");
  CHECK(lesson.find_variant("")->name == "keep");
  CHECK(lesson.find_variant("take")->name == "take");
  CHECK(lesson.find_variant("none") == nullptr);
  CHECK(inputs_for(lesson, lesson.variants[0]).size() == 2);
  CHECK(inputs_for(lesson, lesson.variants[1]).size() == 1);
}

TEST_CASE("measures count what stores, copies and connections hold") {
  const Lesson lesson = small();
  const LessonRun keep = run_lesson(lesson, lesson.variants[0]);
  CHECK(measured(keep, "messages server") == 1);
  CHECK(measured(keep, "messages server INBOX") == 1);
  CHECK(measured(keep, "messages server Elsewhere") == 0);
  CHECK(measured(keep, "messages laptop") == 1);
  CHECK(measured(keep, "unseen laptop") == 0);
  CHECK(measured(keep, "unseen server") == 1);
  CHECK(measured(keep, "bodies laptop") == 1);
  CHECK(measured(keep, "connections laptop") == 1);
  CHECK(measured(keep, "copies Lunch") == 2);
  CHECK(measured(keep, "bytes-down laptop") > 100);
  CHECK(measured(keep, "bytes-up laptop") > 20);
  CHECK(measured(keep, "round-trips laptop") == 7);  // handshake USER PASS STAT UIDL RETR QUIT
  CHECK(right_choice(keep, lesson.questions[0]) == 0);
  const LessonRun take = run_lesson(lesson, lesson.variants[1]);
  CHECK(measured(take, "messages server") == 0);
  CHECK(measured(take, "copies lunch") == 1);
  CHECK(right_choice(take, lesson.questions[0]) == 1);
}

TEST_CASE("a measure that makes no sense says what was expected") {
  const Lesson lesson = small();
  const LessonRun run = run_lesson(lesson, lesson.variants[0]);
  CHECK(measure(run, 0, "mesages server").error() ==
        "expected messages, unseen, bodies, bytes-down, bytes-up, round-trips, connections, seen or "
        "copies; "
        "did you mean \"messages\"?");
  CHECK(measure(run, 0, "messages sever").error() ==
        "expected messages and the name of a [[host]]; did you mean \"server\"?");
  CHECK(measure(run, 0, "copies").error() == "expected copies and words of a subject");
}

TEST_CASE("steps begin and end where the dispatches of their times do") {
  const Lesson lesson = small();
  const LessonRun run = run_lesson(lesson, lesson.variants[0]);
  CHECK(step_at(run, 0) == 0);
  CHECK(step_at(run, run.step_dispatch.back()) == 0);
  CHECK(step_end(run, 0) == run.history->trace().dispatches());
}

TEST_CASE("a step can wait for a line instead of a time") {
  // first-mail used to name the very millisecond at which a server's engine spoke.
  std::string cued = changed("[[expect]]",
                             "[[step]]\nid = \"bye\"\n"
                             "when = { said = \"QUIT\", from = \"laptop\" }\n\n[[expect]]");
  Result<Lesson> lesson = test::parse(cued);
  REQUIRE_MESSAGE(lesson.ok(), lesson.error());
  const LessonRun run = run_lesson(lesson.value(), lesson.value().variants[0]);
  REQUIRE(run.step_at.size() == lesson.value().steps.size());
  const Trace& trace = run.history->trace();
  bool found = false;
  for (uint32_t i = 1; i <= trace.size() && !found; ++i) {
    found = trace[i].kind == EventKind::kLineSent && trace.text(trace[i]) == "QUIT";
    if (found) CHECK(run.step_at.back() == trace[i].at);
  }
  CHECK(found);
  // A line that nobody says: the step is there, at the end.
  cued.replace(cued.find("\"QUIT\""), 6, "\"HELLO\"");
  Result<Lesson> silent = test::parse(cued);
  REQUIRE(silent.ok());
  CHECK(run_lesson(silent.value(), silent.value().variants[0]).step_at.back() ==
        silent.value().end);
}
