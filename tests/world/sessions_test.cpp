#include <doctest/doctest.h>

#include "tests/world/small_world.h"

using namespace mailscope;
using test::SmallWorld;

TEST_CASE("a POP3 program that downloads and deletes leaves the server empty") {
  SmallWorld small(Protocol::kPop3);
  History history(small.share(), {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100)});
  history.run_to_rest(Instant{} + seconds(60));
  INFO(test::conversation(history.trace()));
  const World& world = history.head();
  CHECK(world.store(small.server).mailbox(MailboxId{1}).entries.size() == 0);
  REQUIRE(world.device(DeviceId{1}).local->find_folder("INBOX") != nullptr);
  CHECK(world.device(DeviceId{1}).local->find_folder("INBOX")->entries.size() == 3);
  CHECK(history.verify() == "");
}

TEST_CASE("an IMAP program keeps what the server keeps and hears of changes made elsewhere") {
  SmallWorld small(Protocol::kImap);
  History history(small.share(),
                  {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                   SmallWorld::action(InputKind::kCheckMail, small.phone, 200),
                   SmallWorld::action(InputKind::kRead, small.laptop, 2000, "Photos"),
                   SmallWorld::action(InputKind::kDelete, small.phone, 4000, "Lunch"),
                   [&] {
                     Input move =
                         SmallWorld::action(InputKind::kMove, small.laptop, 6000, "Invoice");
                     move.mailbox = "Paid";
                     return move;
                   }()});
  history.run_to_rest(Instant{} + seconds(60));
  INFO(test::conversation(history.trace()));
  const World& world = history.head();
  const Mailbox& inbox = world.store(small.server).mailbox(MailboxId{1});
  REQUIRE(inbox.entries.size() == 1);
  CHECK(inbox.entries[0].message->subject() == "Photos");
  CHECK((inbox.entries[0].flags & Flag::kSeen) != 0);
  for (const uint32_t device : {1u, 2u}) {
    const LocalFolder* folder = world.device(DeviceId{device}).local->find_folder("INBOX");
    REQUIRE(folder != nullptr);
    REQUIRE(folder->entries.size() == 1);
    CHECK(folder->entries[0].flags == Flag::kSeen);
  }
  CHECK(history.verify() == "");
}

// The story: the server's FIN comes with its last line. The client was told of the end before it
// had its turn to read that line, took every good session for a lost one, and came back half a
// minute later.
TEST_CASE("a session that the server ends after its goodbye has ended well") {
  for (const Protocol protocol : {Protocol::kPop3, Protocol::kImap}) {
    SmallWorld small(protocol);
    History history(small.share(),
                    {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                     SmallWorld::action(InputKind::kDisconnect, small.laptop, 5000)});
    history.run_until(Instant{} + seconds(100));
    INFO(test::conversation(history.trace()));
    CHECK(history.head().device(DeviceId{1}).last_error.empty());
    CHECK(history.head().connection_count() == 1);
    CHECK(history.head().connection(ConnId{1}).over());
  }
}
