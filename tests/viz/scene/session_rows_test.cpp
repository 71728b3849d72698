// What the sessions' panel draws: in the lesson on numbers and UIDs, after the laptop has removed
// the second of five chapters and the phone has not been told.
#include "viz/scene/session_rows.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/viz/open_runs.h"

using namespace mailscope;
using namespace mailscope::viz;
using namespace mailscope::viz::test;
using Mark = SessionCell::Mark;
using When = SessionNews::When;

namespace {

constexpr const char* kMarks[] = {"", " new", " gone", " stale"};

/// "1=1, 2=3 gone"
std::string cells_of(const SessionRow& row) {
  std::string text;
  for (const SessionCell& cell : row.cells) {
    if (!text.empty()) text += ", ";
    text += cell.number + "=" + cell.uid + kMarks[static_cast<int>(cell.mark)];
  }
  return text;
}

/// The sessions at the end of a step: the laptop's, then the phone's.
std::vector<SessionRow> rows_after(const char* variant, const char* step) {
  const OpenLesson open = open_lesson("uid-and-sequence");
  REQUIRE(open.lesson);
  for (OpenRun run : open.runs) {
    if (run.run.variant->name != variant) continue;
    const std::vector<LessonStep>& steps = open.lesson->steps;
    const auto at = std::find_if(steps.begin(), steps.end(),
                                 [step](const LessonStep& each) { return each.id == step; });
    REQUIRE(at != steps.end());
    seek_step_end(run, static_cast<size_t>(at - steps.begin()));
    return build_session_rows(moment_at(run));
  }
  return {};
}

}  // namespace

TEST_CASE("a session that has not been told still counts what is gone, and is shown to") {
  for (const bool vanished : {false, true}) {
    CAPTURE(vanished);
    const std::vector<SessionRow> rows = rows_after(vanished ? "vanished" : "expunge", "delete");
    REQUIRE(rows.size() == 2);
    const SessionRow& laptop = rows[0];
    CHECK(laptop.client == HostId{1});
    CHECK(laptop.mailbox == "INBOX");
    CHECK(laptop.user == "lina");
    CHECK(laptop.listening);
    CHECK(cells_of(laptop) == "1=1, 2=3, 3=4, 4=5");
    CHECK(laptop.more == 0);
    CHECK(laptop.pending.empty());
    CHECK_FALSE(laptop.exists.differs());
    const SessionRow& phone = rows[1];
    CHECK(phone.client == HostId{3});
    CHECK_FALSE(phone.listening);
    CHECK_FALSE(phone.read_only);
    CHECK(cells_of(phone) == "1=1, 2=2 gone, 3=3, 4=4, 5=5");
    CHECK(phone.exists.told == 5);
    CHECK(phone.exists.held == 4);
    CHECK(phone.exists.differs());
    REQUIRE(phone.modseq.has_value());
    CHECK(phone.modseq->differs());
    CHECK(phone.modseq->held == laptop.modseq->told);
    REQUIRE(phone.pending.size() == 1);
    CHECK(phone.pending[0].response == (vanished ? "* VANISHED 2" : "* 2 EXPUNGE"));
    CHECK(phone.pending[0].when == When::kWhenNumbersMayShift);
  }
}

TEST_CASE("what is new to a session has no number there") {
  const std::vector<SessionRow> rows = rows_after("expunge", "arrival");
  REQUIRE(rows.size() == 2);
  CHECK(cells_of(rows[0]) == "1=1, 2=3, 3=4, 4=6");
  CHECK(cells_of(rows[1]) == "1=1, 2=3, 3=4, 4=5 gone, +=6 new");
  CHECK(rows[1].cells.back().told_number == 0);
  REQUIRE(rows[1].pending.size() >= 2);
  CHECK(rows[1].pending[0].when == When::kWhenNumbersMayShift);
  CHECK(rows[1].pending[1].response == "* 4 EXISTS");
  CHECK(rows[1].pending[1].when == When::kNextCommand);
}

TEST_CASE("no session, no row") { CHECK(rows_after("expunge", "restored").empty()); }
