#include "sim/lesson/verdict.h"

#include <doctest/doctest.h>

#include "tests/lesson/small_lesson.h"

using namespace mailscope;

namespace {

/// Of the small lesson with this expectation, which does not hold.
std::string verdict_of(const std::string& expectation, const char* language = "en") {
  Result<Lesson> lesson =
      test::parse(test::changed("at = \"laptop\"\nmessage = \"Lunch\"\n", expectation));
  REQUIRE_MESSAGE(lesson.ok(), lesson.error());
  const LessonRun run = run_lesson(lesson.value(), lesson.value().variants[0]);
  const std::vector<Verdict> verdicts = check_expectations(run);
  REQUIRE(verdicts.size() == 1);
  CHECK_FALSE(verdicts[0].holds);
  return verdict_text(verdicts[0], Catalog::load(home_folder(), language).value());
}

}  // namespace

TEST_CASE("an expectation that does not hold says what was found") {
  CHECK(verdict_of("at = \"laptop\"\ncount = 3\n") ==
        "messages that laptop holds in INBOX: 3; found: 1");
  CHECK(verdict_of("at = \"laptop\"\nmessage = \"Lunch\"\npresent = false\n") ==
        "laptop does not hold “Lunch” in INBOX; found: it is there");
  CHECK(verdict_of("at = \"laptop\"\nmessage = \"Lunch\"\nmailbox = \"Archive\"\n") ==
        "laptop holds “Lunch” in Archive; found: not among the messages there: 0");
  CHECK(verdict_of(
            "at = \"laptop\"\nmessage = \"Lunch\"\nflags = [\"\\\\Flagged\"]\nbody = false\n") ==
        "laptop holds “Lunch” in INBOX, flags \\Flagged, only its header; found: flags \\Seen, the "
        "whole message");
  CHECK(verdict_of("said = \"DELE\"\nfrom = \"laptop\"\n") ==
        "laptop says “DELE”; found: times: 0");
  CHECK(verdict_of("said = \"RETR\"\nfrom = \"laptop\"\ncount = 2\n") ==
        "laptop says “RETR”, times: 2; found: times: 1");
  CHECK(verdict_of("said = \"\"\nfrom = \"laptop\"\npresent = false\n") ==
        "laptop never says “”; found: times: 6");
}

TEST_CASE("the same in Chinese") {
  CHECK(verdict_of("at = \"laptop\"\ncount = 3\n", "zh") ==
        "laptop 的 INBOX 中有 3 封邮件；实际：1 封");
  CHECK(verdict_of("said = \"DELE\"\nfrom = \"laptop\"\n", "zh") ==
        "laptop 说了“DELE”；实际：次数：0");
}
