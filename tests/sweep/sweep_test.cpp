// The sweep itself: its cases are counted by hand, what it must find is planted, and a case is
// repeated from its text.
#include "sim/sweep/sweep.h"

#include <doctest/doctest.h>

#include "sim/sweep/inventory.h"
#include "tests/world/small_world.h"

using namespace mailscope;
using namespace mailscope::sweep;

namespace {

Tally sweep_small(Protocol protocol, bool leave_on_server) {
  test::SmallWorld small(protocol, leave_on_server);
  const std::vector<Input> inputs{test::SmallWorld::action(InputKind::kCheckMail, small.laptop, 0)};
  return sweep_run(small.share(), inputs, Instant{} + seconds(20), 0, 1,
                   [](const Tally&) { return true; });
}

}  // namespace

TEST_CASE("a cut is written and read") {
  for (const char* text : {"812:3", "812:3:to-server:57", "1:1:to-client:0"}) {
    const std::optional<Cut> cut = parse_cut(text);
    REQUIRE(cut);
    CHECK(cut_text(*cut) == text);
  }
  for (const char* text : {"", "1", "1:0", "1:2:3", "1:2:to-nobody:3", "1:2:to-server:x", "a:1"}) {
    CHECK_FALSE(parse_cut(text));
  }
}

TEST_CASE("every octet of a session is cut, and no mail is lost or doubled") {
  for (const bool leave : {false, true}) {
    const Tally tally = sweep_small(Protocol::kPop3, leave);
    CHECK(tally.violations == 0);
    for (const Failure& failure : tally.failures) {
      MESSAGE(cut_text(failure.cut), ": ", failure.violation);
    }
    // At least as many as there are octets in the three messages.
    CHECK(tally.cuts_after_octets > 700);
    CHECK(tally.forks == tally.cuts_at_once + tally.cuts_after_octets);
    CHECK(tally.outcomes[static_cast<int>(Outcome::kRetried)] > tally.forks / 2);
    CHECK(tally.outcomes[static_cast<int>(Outcome::kDoubled)] == 0);
  }
}

TEST_CASE("parts of a sweep add up to the whole") {
  test::SmallWorld small(Protocol::kPop3);
  const std::vector<Input> inputs{test::SmallWorld::action(InputKind::kCheckMail, small.laptop, 0)};
  const auto all = [](const Tally&) { return true; };
  Tally sum;
  for (uint32_t part = 0; part < 3; ++part) {
    sum.add(sweep_run(small.share(), inputs, Instant{} + seconds(20), part, 3, all));
  }
  const Tally whole = sweep_run(small.share(), inputs, Instant{} + seconds(20), 0, 1, all);
  CHECK(sum.forks == whole.forks);
  CHECK(sum.dispatches == whole.dispatches);
  for (int i = 0; i < kOutcomeCount; ++i) CHECK(sum.outcomes[i] == whole.outcomes[i]);
}

TEST_CASE("a lost 250 makes a second copy, and the sweep knows why") {
  test::SmallWorld small(Protocol::kNone);
  Input send = test::SmallWorld::action(InputKind::kSend, small.laptop, 0);
  send.recipients = {"bob@example.net"};
  send.message = test::small_message("Sent once");
  const Tally tally = sweep_run(small.share(), {send}, Instant{} + seconds(20), 0, 1,
                                [](const Tally&) { return true; });
  CHECK(tally.violations == 0);
  for (const Failure& failure : tally.failures) {
    MESSAGE(cut_text(failure.cut), ": ", failure.violation);
  }
  CHECK(tally.outcomes[static_cast<int>(Outcome::kDoubled)] > 0);
  CHECK(tally.outcomes[static_cast<int>(Outcome::kRetried)] > 0);
}

TEST_CASE("a session that is still open is found") {
  test::SmallWorld small(Protocol::kPop3);
  World world(small.share(), nullptr);
  CHECK(check_sessions(world).empty());
  CHECK(check_stores(world).empty());
  world.add_input(test::SmallWorld::action(InputKind::kCheckMail, small.laptop, 0));
  for (int i = 0; i < 30; ++i) world.step(nullptr);
  CHECK_FALSE(check_sessions(world).empty());
}
