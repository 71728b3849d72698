// IMAP mail programs of every strategy in the world: whatever persons do at two of them, in
// whatever order, and wherever a connection is cut, in the end each copy equals the mailbox, no
// message is lost, and none is there twice.
#include <doctest/doctest.h>

#include <map>

#include "sim/sweep/caches.h"
#include "tests/support/checkers.h"
#include "tests/support/random_days.h"

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

TEST_CASE("mailboxes that keep no mod-sequences, or no UIDs, are kept up with all the same") {
  for (size_t i = 0; i < kStrategies.size() * 2; ++i) {
    const Strategy& strategy = kStrategies[i / 2];
    SmallWorld small = world_of(strategy);
    MailboxSpec inbox{small.server, "bob", "INBOX", {}};
    (i % 2 == 0 ? inbox.keeps_modseqs : inbox.keeps_uids) = false;
    small.scenario.mailboxes.push_back(inbox);
    const std::vector<Input> inputs = {
        SmallWorld::action(InputKind::kCheckMail, small.phone, 10),
        SmallWorld::action(InputKind::kCheckMail, small.laptop, 1000),
        SmallWorld::action(InputKind::kDisconnect, small.laptop, 3000),
        SmallWorld::action(InputKind::kFlag, small.phone, 4000, "Photos"),
        SmallWorld::action(InputKind::kDelete, small.phone, 4500, "Lunch"),
        SmallWorld::action(InputKind::kFlag, small.laptop, 8000, "Invoice"),
        SmallWorld::action(InputKind::kCheckMail, small.laptop, 9000)};
    History history(small.share(), inputs);
    history.run_until(Instant{} + seconds(60));
    CAPTURE(strategy.name);
    CAPTURE(inbox.keeps_uids);
    INFO(test::conversation(history.trace()));
    const World& world = history.head();
    // Whoever selects it next makes the UIDs of a copy worthless; the laptop was the last.
    const LocalFolder* copy = world.device(DeviceId::from_index(0)).local->find_folder("INBOX");
    const Mailbox& box = world.store(small.server).inbox(AccountId{1});
    CHECK(box.entries.size() == 2);
    size_t starred = 0;
    for (const MailboxEntry& entry : box.entries) starred += (entry.flags & Flag::kFlagged) != 0;
    CHECK(starred == 2);
    REQUIRE(copy != nullptr);
    CHECK(copy->uid_validity == box.uid_validity);
    REQUIRE(copy->entries.size() == 2);
    for (const LocalEntry& entry : copy->entries) CHECK((entry.flags & Flag::kFlagged) != 0);
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
