// IMAP mail programs of every strategy in the world: whatever persons do at two of them, in
// whatever order, and wherever a connection is cut, in the end each copy equals the mailbox, no
// message is lost, and none is there twice.
#include <doctest/doctest.h>

#include <map>

#include "sim/metrics/cost.h"
#include "sim/sweep/caches.h"
#include "tests/support/checkers.h"
#include "tests/support/imap_days.h"

using namespace mailscope;
using test::kOffers;
using test::kStrategies;
using test::random_day;
using test::SmallWorld;
using test::Strategy;
using test::world_of;

namespace {

/// Message-IDs that lie more than once in one mailbox.
std::string doubled(const World& world, HostId server) {
  for (const Mailbox& box : world.store(server).mailboxes()) {
    std::map<std::string, int> here;
    if (box.deleted) continue;
    for (size_t i = 0; i < box.entries.size(); ++i) {
      const std::string& id = box.entries[i].message->message_id();
      if (++here[id] > 1) return id + " twice in " + box.name;
    }
  }
  return {};
}

}  // namespace

TEST_CASE("whatever persons do at two devices, each copy equals the mailbox in the end") {
  for (const Strategy& strategy : kStrategies) {
    for (uint64_t seed = 1; seed <= 12; ++seed) {
      CAPTURE(strategy.name);
      CAPTURE(seed);
      const SmallWorld small = world_of(strategy, seed);
      History history(small.share(), random_day(small, seed));
      test::ImapNumberingChecker numbering;
      std::string complaint;
      while (complaint.empty() && history.run_until(Instant{} + seconds(300), 1) == 1) {
        complaint = numbering.after_step(history.head(), history.trace());
        if (complaint.empty() && history.head().at_rest()) {
          complaint = sweep::check_caches(history.head(), sweep::Caches::kListening);
        }
      }
      if (complaint.empty()) complaint = doubled(history.head(), small.server);
      const World settled = sweep::with_caches_settled(history.head());
      if (complaint.empty()) complaint = sweep::check_caches(settled, sweep::Caches::kAll);
      if (complaint.empty()) complaint = sweep::check_caches_settled(settled);
      const std::string said = complaint.empty() ? "" : test::conversation(history.trace());
      CAPTURE(said);
      REQUIRE(complaint == "");
    }
  }
}

TEST_CASE("wherever the connection is cut, what was wanted is done, and done once") {
  uint64_t stride = 0;
  for (const Strategy& strategy : kStrategies) {
    for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
      // Every octet of some strategy and server is cut sooner or later: here each begins elsewhere.
      const uint64_t offer = stride % std::size(kOffers);
      bool was_cut = true;
      for (uint64_t byte = ++stride % 11; was_cut; byte += 11) {
        const SmallWorld small = world_of(strategy, offer);
        std::vector<Input> inputs = {
            SmallWorld::action(InputKind::kCheckMail, small.laptop, 10),
            SmallWorld::action(InputKind::kGoOffline, small.laptop, 2000),
            SmallWorld::action(InputKind::kFlag, small.laptop, 3000, "Photos"),
            SmallWorld::action(InputKind::kMove, small.laptop, 3001, "Lunch"),
            SmallWorld::action(InputKind::kDelete, small.laptop, 3002, "Invoice"),
            SmallWorld::action(InputKind::kSaveDraft, small.laptop, 3003),
            SmallWorld::action(InputKind::kGoOnline, small.laptop, 5000)};
        inputs[3].mailbox = "Archive";
        inputs[5].message = test::small_message("Draft", "as it was written\r\n");
        Input cut;
        cut.kind = InputKind::kCutAfterByte;
        cut.conn = ConnId{2};
        cut.direction = direction;
        cut.number = byte;
        cut.at = Instant{} + milliseconds(5050);
        inputs.push_back(cut);
        History history(small.share(), inputs);
        history.run_until(Instant{} + seconds(200));
        was_cut = history.head().connection(ConnId{2}).cut;
        CAPTURE(strategy.name);
        CAPTURE(byte);
        const World settled = sweep::with_caches_settled(history.head());
        std::string complaint = sweep::check_caches(settled, sweep::Caches::kAll);
        if (complaint.empty()) complaint = sweep::check_caches_settled(settled);
        if (complaint.empty()) complaint = doubled(settled, small.server);
        const MailStore& store = settled.store(small.server);
        const AccountId bob = store.find_account("bob")->id;
        const Mailbox* archive = store.find_mailbox(bob, "Archive");
        const Mailbox* drafts = store.find_mailbox(bob, "Drafts");
        if (complaint.empty() && (archive == nullptr || archive->entries.size() != 1)) {
          complaint = "not archived";
        }
        if (complaint.empty() && (drafts == nullptr || drafts->entries.size() != 1)) {
          complaint = "no draft";
        }
        const Mailbox& inbox = store.inbox(bob);
        if (complaint.empty() && inbox.entries.size() != 1) complaint = "not deleted";
        if (complaint.empty() && (inbox.entries[0].flags & Flag::kFlagged) == 0) {
          complaint = "not flagged";
        }
        if (complaint.empty() &&
            drafts->entries[0].message->text().find("as it was written") == std::string::npos) {
          complaint = "another draft";
        }
        const std::string said = complaint.empty() ? "" : test::conversation(history.trace());
        CAPTURE(said);
        REQUIRE(complaint == "");
      }
    }
  }
}

TEST_CASE("UIDVALIDITY changes while a device is offline: nothing is done to the wrong message") {
  for (size_t i = 0; i < kStrategies.size() * std::size(kOffers); ++i) {
    const Strategy& strategy = kStrategies[i / std::size(kOffers)];
    CAPTURE(strategy.name);
    CAPTURE(i % std::size(kOffers));
    const SmallWorld small = world_of(strategy, i);
    std::vector<Input> inputs = {
        SmallWorld::action(InputKind::kCheckMail, small.laptop, 10),
        SmallWorld::action(InputKind::kCheckMail, small.phone, 20),
        SmallWorld::action(InputKind::kGoOffline, small.laptop, 2000),
        SmallWorld::action(InputKind::kDelete, small.laptop, 3000, "Photos"),
        SmallWorld::action(InputKind::kDelete, small.phone, 3500, "Lunch"),
        SmallWorld::action(InputKind::kRenewUids, small.server, 6000, "bob"),
        SmallWorld::action(InputKind::kGoOnline, small.laptop, 9000)};
    inputs[5].mailbox = "INBOX";
    History history(small.share(), inputs);
    history.run_until(Instant{} + seconds(100));
    INFO(test::conversation(history.trace()));
    const World settled = sweep::with_caches_settled(history.head());
    CHECK(sweep::check_caches(settled, sweep::Caches::kAll) == "");
    const MailStore& store = settled.store(small.server);
    const Mailbox& inbox = store.inbox(store.find_account("bob")->id);
    REQUIRE(inbox.entries.size() == 1);
    CHECK(inbox.entries[0].message->subject() == "Invoice 118");
  }
}

TEST_CASE("a copy of what was sent is kept by the program that sent it, once") {
  SmallWorld small = world_of({"sent", test::keep_all});
  Input send = SmallWorld::action(InputKind::kSend, small.laptop, 1000);
  send.recipients = {"bob@example.net"};
  send.message = test::small_message("Note");
  History history(small.share(), {send});
  history.run_until(Instant{} + seconds(60));
  INFO(test::conversation(history.trace()));
  const World settled = sweep::with_caches_settled(history.head());
  CHECK(sweep::check_caches(settled, sweep::Caches::kAll) == "");
  const MailStore& store = settled.store(small.server);
  const Mailbox* sent = store.find_mailbox(store.find_account("bob")->id, "Sent");
  REQUIRE(sent != nullptr);
  REQUIRE(sent->entries.size() == 1);
  CHECK(sent->entries[0].flags == Flag::kSeen);
}

TEST_CASE("what a strategy costs: fewer octets, fewer round trips") {
  const auto cost = [](const Strategy& strategy) {
    const SmallWorld small = world_of(strategy);
    std::vector<Input> inputs;
    for (int i = 0; i < 10; ++i) {
      inputs.push_back(SmallWorld::action(InputKind::kCheckMail, small.laptop, 10 + 5000 * i));
    }
    History history(small.share(), inputs);
    history.run_until(Instant{} + seconds(60));
    return cost_of(history.trace(), small.laptop, history.trace().size() + 1);
  };
  const auto logs_out = [](ImapResync resync, bool pipeline) {
    return Strategy{"", [=](ImapClientConfig& c) {
                      c.use_idle = false;
                      c.resync = resync;
                      c.pipeline = pipeline;
                    }};
  };
  const Cost uids = cost(logs_out(ImapResync::kUidWindow, false));
  const Cost condstore = cost(logs_out(ImapResync::kCondStore, false));
  const Cost qresync = cost(logs_out(ImapResync::kQresync, false));
  const Cost uids_ahead = cost(logs_out(ImapResync::kUidWindow, true));
  const Cost qresync_ahead = cost(logs_out(ImapResync::kQresync, true));
  CHECK(condstore.bytes_down < uids.bytes_down);
  CHECK(condstore.round_trips < uids.round_trips);
  CHECK(qresync.bytes_down < uids.bytes_down);
  // Ten sessions of a handshake, one flight and LOGOUT, and one answer that something is said to.
  CHECK(uids_ahead.round_trips <= 31);
  CHECK(qresync_ahead.round_trips <= 31);
  CHECK(uids_ahead.round_trips < condstore.round_trips);
  CHECK(qresync_ahead.bytes_down < uids_ahead.bytes_down);
  const auto all_folders = [](bool pipeline) {
    return Strategy{"", [=](ImapClientConfig& c) {
                      test::keep_all(c);
                      c.headers_first = false;
                      c.use_idle = false;
                      c.pipeline = pipeline;
                    }};
  };
  const Cost one_by_one = cost(all_folders(false));
  const Cost together = cost(all_folders(true));
  CHECK(3 * together.round_trips < 2 * one_by_one.round_trips);
}
