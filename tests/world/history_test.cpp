#include <doctest/doctest.h>

#include <vector>

#include "tests/support/checkers.h"
#include "tests/world/relay_world.h"

using namespace mailscope;
using test::RelayWorld;
using test::SmallWorld;

namespace {

/// Alice's mail to Bob over lines that lose and jitter; Bob has IMAP on, and reads.
RelayWorld troubled_world() {
  RelayWorld small;
  LinkConfig link;
  link.loss_ppm = 30000;
  link.jitter = milliseconds(15);
  small.set_links(link);
  small.scenario.seed = 2026;
  return small;
}

std::vector<Input> a_morning(const RelayWorld& small) {
  return {SmallWorld::action(InputKind::kCheckMail, small.bob, 50),
          small.send(100, test::small_message("Lunch on Friday?")),
          small.send(1500, test::small_message("Photos", test::many_lines(20000, 5))),
          SmallWorld::action(InputKind::kRead, small.bob, 20000, "Photos"),
          SmallWorld::action(InputKind::kDelete, small.bob, 25000, "Lunch"),
          SmallWorld::action(InputKind::kDisconnect, small.bob, 40000)};
}

constexpr Instant kEnd{60000000000};

History run_a_morning() {
  const RelayWorld small = troubled_world();
  History history(small.share(), a_morning(small));
  history.run_until(kEnd);
  return history;
}

}  // namespace

// The same in every build, on every compiler and platform. It changes when behaviour, the trace or
// the digest itself changes: then look at the goldens' diff, and put the new one here.
TEST_CASE("one scenario with loss and jitter has one digest everywhere") {
  const History history = run_a_morning();
  CHECK(test::check_store_fold(history.head(), history.trace()) == "");
  CAPTURE(history.head().dispatches());
  CHECK(history.head().trace_state().digest == 0x868d6875921208d4ULL);
  CHECK(history.head().digest() == 0x36124955b544c217ULL);
}

TEST_CASE("seeking to any dispatch gives the world that stepping there gave") {
  History history = run_a_morning();
  std::vector<uint64_t> digests;
  World world(troubled_world().share(), nullptr);
  for (const Input& input : a_morning(troubled_world())) world.add_input(input);
  digests.push_back(world.digest());
  while (world.dispatches() < history.head().dispatches()) {
    world.step(nullptr);
    digests.push_back(world.digest());
  }
  const uint32_t last = history.head().dispatches();
  CHECK(last > 600);  // several checkpoints
  for (uint32_t n = 0; n <= last; ++n) REQUIRE(history.world_at(n).digest() == digests[n]);
  Rng rng(1);
  for (int i = 0; i < 200; ++i) {
    const auto n = static_cast<uint32_t>(rng.below(last + 1));
    REQUIRE(history.world_at(n).digest() == digests[n]);
    REQUIRE(history.world_at(n).dispatches() == n);
  }
  CHECK(history.world_at(last + 1000).digest() == digests[last]);
  CHECK(history.verify() == "");
}

TEST_CASE("a world copied goes its own way") {
  History history = run_a_morning();
  World one = history.world_at(300);
  const uint64_t before = one.digest();
  World two = one;
  for (int i = 0; i < 200; ++i) two.step(nullptr);
  CHECK(one.digest() == before);
  CHECK(two.digest() == history.world_at(500).digest());
  Input cut;
  cut.kind = InputKind::kCutConnection;
  cut.at = one.now();
  cut.host = HostId{2};
  one.add_input(cut);
  for (int i = 0; i < 200; ++i) one.step(nullptr);
  CHECK(one.digest() != two.digest());
  CHECK(history.verify() == "");
}

TEST_CASE("a fork with nothing changed happens again just so") {
  for (const uint32_t n : {0u, 1u, 511u, 512u, 600u}) {
    CAPTURE(n);
    History history = run_a_morning();
    const uint64_t world = history.head().digest();
    const uint64_t trace = history.head().trace_state().digest;
    const uint32_t events = history.trace().size();
    CHECK(history.fork(n, {}) == 1);
    CHECK(history.head().dispatches() == n);
    CHECK(history.trace().dispatches() == n);
    history.run_until(kEnd);
    CHECK(history.head().digest() == world);
    CHECK(history.head().trace_state().digest == trace);
    CHECK(history.trace().size() == events);
    CHECK(history.verify() == "");
  }
}

TEST_CASE("a change of the past makes a branch; the old one is kept and can be gone back to") {
  History history = run_a_morning();
  const uint64_t old_digest = history.head().digest();
  const uint32_t old_end = history.head().dispatches();
  const uint32_t old_events = history.trace().size();
  Input stop;
  stop.kind = InputKind::kStopHost;
  stop.host = HostId{6};
  stop.at = Instant{};  // in the past: moved to the moment of the fork
  const uint32_t branch = history.fork(200, {stop});
  history.run_until(kEnd);
  CHECK(history.current_branch() == branch);
  CHECK(history.head().digest() != old_digest);
  CHECK(history.branches()[branch].parent == 0u);
  CHECK(history.branches()[branch].forked_at == 200);
  CHECK(history.journal().back().before_dispatch == 200);
  CHECK(history.verify() == "");
  const uint64_t new_digest = history.head().digest();

  history.switch_to(0);
  CHECK(history.head().digest() == old_digest);
  CHECK(history.head().dispatches() == old_end);
  CHECK(history.trace().size() == old_events);
  CHECK(history.verify() == "");
  history.switch_to(branch);
  CHECK(history.head().digest() == new_digest);

  // A branch of the branch, and the first goes on from where it was.
  Input start;
  start.kind = InputKind::kStartHost;
  start.host = HostId{6};
  const uint32_t second = history.fork(history.head().dispatches(), {start});
  history.run_until(Instant{} + seconds(3 * 3600));
  CHECK(history.branches()[second].parent == branch);
  CHECK(history.verify() == "");
  history.switch_to(0);
  history.run_until(Instant{} + seconds(3 * 3600));
  CHECK(history.verify() == "");
}

TEST_CASE("two forks at the same moment keep both changes") {
  History history = run_a_morning();
  Input send = troubled_world().send(0, test::small_message("First change"));
  history.fork(300, {send});
  send.message = test::small_message("Second change");
  history.fork(300, {send});
  history.run_until(Instant{} + seconds(4000));
  const Mailbox& inbox = history.head().store(HostId{6}).mailbox(MailboxId{1});
  CHECK(inbox.entries.size() == 3);  // both, and Photos; Lunch was deleted
  CHECK(history.verify() == "");
}

TEST_CASE("a long history keeps a bounded number of worlds, and every moment is still the same") {
  SmallWorld small(Protocol::kPop3, true);
  small.scenario.devices[0].poll = seconds(1);
  small.scenario.record_segments = false;
  History history(small.share(), {});
  history.run_until(Instant{} + seconds(100000), 140000);
  CHECK(history.head().dispatches() == 140000);
  CHECK(history.checkpoint_count() <= History::kMaxCheckpoints);
  const uint64_t early = history.world_at(1000).digest();
  CHECK(history.world_at(139999).dispatches() == 139999);
  CHECK(history.world_at(1000).digest() == early);
  CHECK(history.verify() == "");
}
