#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/checkers.h"
#include "tests/world/relay_world.h"

using namespace mailscope;
using test::at_s;
using test::SmallWorld;
using test::run_checked;

namespace {

const LocalFolder* folder_of(const History& history, uint32_t device) {
  return history.head().device(DeviceId{device}).local->find_folder("INBOX");
}

size_t mail_on_server(const History& history) {
  return history.head().store(HostId{3}).mailbox(MailboxId{1}).entries.size();
}

Input cut_after(uint64_t byte, Direction direction) {
  Input input;
  input.at = Instant{} + milliseconds(101);  // the connection has just been asked for
  input.kind = InputKind::kCutAfterByte;
  input.conn = ConnId{1};
  input.direction = direction;
  input.number = byte;
  return input;
}

long times_said(const History& history, const std::string& line) {
  const std::string all = test::conversation(history.trace());
  long count = 0;
  for (size_t at = all.find(line); at != std::string::npos; at = all.find(line, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("POP3 cut after any byte in either direction loses nothing and doubles nothing") {
  for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
    uint64_t byte = 0;
    bool was_cut = true;
    while (was_cut) {
      CAPTURE(byte);
      SmallWorld small(Protocol::kPop3);
      History history(small.share(), {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                                      cut_after(byte, direction)});
      REQUIRE(run_checked(history, at_s(20), small.message_ids()) == "");
      was_cut = history.head().connection(ConnId{1}).cut;
      const bool updated = times_said(history, "C: QUIT") > 0 && mail_on_server(history) == 0;
      if (was_cut && !updated) REQUIRE(mail_on_server(history) == 3);
      // Half a minute later the program tries again, and all is as if nothing had happened.
      history.run_until(at_s(60));
      REQUIRE(mail_on_server(history) == 0);
      REQUIRE(folder_of(history, 1)->entries.size() == 3);
      REQUIRE(test::check_nothing_lost(history.head(), small.message_ids()) == "");
      REQUIRE(test::check_pop3_removes_after_quit(history.trace()) == "");
      ++byte;
    }
    CHECK(byte > 40);  // it did go through a whole session
  }
}

TEST_CASE("a session cut now is taken up again, and the maildrop is not left locked") {
  SmallWorld small(Protocol::kPop3);
  Input cut = SmallWorld::action(InputKind::kCutConnection, small.laptop, 400);
  cut.peer = small.server;
  History history(small.share(),
                  {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100), cut});
  CHECK(run_checked(history, at_s(10), small.message_ids()) == "");
  CHECK(history.head().store(small.server).find_account("bob")->maildrop_lock == AgentId{});
  CHECK(history.head().device(DeviceId{1}).last_error == "connection reset");
  CHECK(run_checked(history, at_s(60), small.message_ids()) == "");
  CHECK(folder_of(history, 1)->entries.size() == 3);
  CHECK(history.head().device(DeviceId{1}).last_error.empty());
}

TEST_CASE("a dropped segment is repaired, and a delayed one is waited for") {
  SmallWorld small(Protocol::kPop3);
  small.scenario.mail[1].message = test::small_message("Photos", test::many_lines(30000, 1));
  for (const InputKind kind : {InputKind::kDropSegment, InputKind::kDelaySegment}) {
    for (uint32_t nth = 1; nth < 60; nth += 3) {
      CAPTURE(nth);
      History history(small.share(),
                      {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100)});
      while (history.head().segments_sent() < nth) REQUIRE(history.run_until(at_s(20), 1) == 1);
      Input fault;
      fault.kind = kind;
      fault.number = nth;
      fault.duration = milliseconds(150);
      history.fork(history.head().dispatches(), {fault});
      REQUIRE(run_checked(history, at_s(60), small.message_ids()) == "");
      REQUIRE(folder_of(history, 1)->entries.size() == 3);
      REQUIRE(mail_on_server(history) == 0);
    }
  }
}

TEST_CASE("while a link is down an IMAP program's orders wait; when it is up again they are "
          "carried out") {
  SmallWorld small(Protocol::kImap);
  Input down = SmallWorld::action(InputKind::kLinkDown, small.laptop, 2000);
  down.peer = small.server;
  Input up = SmallWorld::action(InputKind::kLinkUp, small.laptop, 300000);
  up.peer = small.server;
  History history(small.share(),
                  {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100), down,
                   SmallWorld::action(InputKind::kRead, small.laptop, 3000, "Photos"),
                   SmallWorld::action(InputKind::kFlag, small.laptop, 200000, "Invoice"),
                   SmallWorld::action(InputKind::kDelete, small.laptop, 201000, "Lunch"), up});
  CHECK(run_checked(history, at_s(299), small.message_ids()) == "");
  const Mailbox& inbox = history.head().store(small.server).mailbox(MailboxId{1});
  CHECK(inbox.entries.size() == 3);
  for (size_t i = 0; i < inbox.entries.size(); ++i) CHECK(inbox.entries[i].flags == 0);
  CHECK(run_checked(history, at_s(420)) == "");
  const Mailbox& after = history.head().store(small.server).mailbox(MailboxId{1});
  REQUIRE(after.entries.size() == 2);
  CHECK(after.entries[0].flags == Flag::kSeen);
  CHECK(after.entries[1].flags == Flag::kFlagged);
  REQUIRE(folder_of(history, 1)->entries.size() == 2);
  CHECK(folder_of(history, 1)->entries[0].flags == Flag::kSeen);
  CHECK(folder_of(history, 1)->entries[0].message != nullptr);
  CHECK(history.head().device(DeviceId{1}).orders.empty());
}

TEST_CASE("IMAP cut at any moment: flags and deletions reach the server all the same, once "
          "reconnected") {
  for (int64_t cut_ms = 100; cut_ms <= 3000; cut_ms += 37) {
    CAPTURE(cut_ms);
    SmallWorld small(Protocol::kImap);
    Input cut = SmallWorld::action(InputKind::kCutConnection, small.laptop, cut_ms);
    History history(small.share(),
                    {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                     SmallWorld::action(InputKind::kCheckMail, small.phone, 100),
                     SmallWorld::action(InputKind::kRead, small.laptop, 1500, "Photos"),
                     SmallWorld::action(InputKind::kDelete, small.laptop, 1600, "Lunch"),
                     SmallWorld::action(InputKind::kFlag, small.phone, 1700, "Invoice"), cut});
    REQUIRE(run_checked(history, at_s(60)) == "");
    const Mailbox& inbox = history.head().store(small.server).mailbox(MailboxId{1});
    // What the person did before the list had come was done to nothing.
    if (history.head().device(DeviceId{1}).local->find_folder("INBOX") == nullptr) continue;
    if (times_said(history, "+FLAGS (\\Deleted)") == 0) continue;
    REQUIRE(inbox.entries.size() == 2);
    CHECK(inbox.entries[0].flags == Flag::kSeen);
    CHECK(inbox.entries[1].flags == Flag::kFlagged);
    for (const uint32_t device : {1u, 2u}) {
      REQUIRE(folder_of(history, device)->entries.size() == 2);
      CHECK(folder_of(history, device)->entries[1].flags == Flag::kFlagged);
    }
  }
}

TEST_CASE("a server that is stopped and started keeps its mail; the program comes back") {
  SmallWorld small(Protocol::kPop3);
  History history(small.share(), {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                                  SmallWorld::action(InputKind::kStopHost, small.server, 450),
                                  SmallWorld::action(InputKind::kStartHost, small.server, 5000)});
  CHECK(run_checked(history, at_s(4), small.message_ids()) == "");
  CHECK(mail_on_server(history) == 3);
  CHECK(run_checked(history, at_s(300), small.message_ids()) == "");
  CHECK(mail_on_server(history) == 0);
  CHECK(folder_of(history, 1)->entries.size() == 3);
}

TEST_CASE("a laptop that is switched off says nothing more, and goes on when it is switched on") {
  // At any moment, the DNS question among them: once a laptop that was off still dialled when the
  // answer came.
  for (int64_t stop_ms = 100; stop_ms < 800; stop_ms += 23) {
    CAPTURE(stop_ms);
    SmallWorld small(Protocol::kPop3);
    small.scenario.hosts.push_back({"dns", "", HostKind::kDns, milliseconds(1)});
    small.scenario.links.push_back({small.server, HostId{4}, {}, {}});
    History history(small.share(),
                    {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                     SmallWorld::action(InputKind::kStopHost, small.laptop, stop_ms),
                     SmallWorld::action(InputKind::kStartHost, small.laptop, 90000),
                     SmallWorld::action(InputKind::kCheckMail, small.laptop, 1300000)});
    REQUIRE(run_checked(history, at_s(89), small.message_ids()) == "");
    for (uint32_t i = 1; i <= history.trace().size(); ++i) {
      const Event& event = history.trace()[i];
      const bool says = event.kind == EventKind::kLineSent || event.kind == EventKind::kDial ||
                        event.kind == EventKind::kDatagram;
      const bool off = event.at > Instant{} + milliseconds(stop_ms);
      if (says && event.host == small.laptop) REQUIRE_FALSE(off);
    }
    REQUIRE(run_checked(history, at_s(1400), small.message_ids()) == "");
    REQUIRE(folder_of(history, 1)->entries.size() == 3);
    REQUIRE(mail_on_server(history) == 0);
  }
}

TEST_CASE("two POP3 programs at once: one finds the maildrop locked and comes again") {
  SmallWorld small(Protocol::kPop3, true);
  History history(small.share(), {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                                  SmallWorld::action(InputKind::kCheckMail, small.phone, 110)});
  CHECK(run_checked(history, at_s(5), small.message_ids()) == "");
  CHECK(times_said(history, "-ERR [IN-USE]") == 1);
  CHECK(folder_of(history, 2) == nullptr);
  CHECK(run_checked(history, at_s(60), small.message_ids()) == "");
  CHECK(folder_of(history, 1)->entries.size() == 3);
  CHECK(folder_of(history, 2)->entries.size() == 3);
  CHECK(mail_on_server(history) == 3);
}

TEST_CASE("a program that leaves mail on the server downloads nothing twice") {
  SmallWorld small(Protocol::kPop3, true);
  History history(small.share(), {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                                  SmallWorld::action(InputKind::kCheckMail, small.laptop, 10000)});
  CHECK(run_checked(history, at_s(60), small.message_ids()) == "");
  CHECK(times_said(history, "C: RETR") == 3);
  CHECK(times_said(history, "C: UIDL") == 2);
  CHECK(folder_of(history, 1)->entries.size() == 3);
}

TEST_CASE("mail deleted on a device that leaves mail on the server goes from there, too, next "
          "time") {
  SmallWorld small(Protocol::kPop3, true);
  // The story: what was deleted while a session ran was forgotten when that session ended well.
  for (const int64_t delete_ms : {5000, 10250}) {
    CAPTURE(delete_ms);
    History history(small.share(),
                    {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                     SmallWorld::action(InputKind::kCheckMail, small.laptop, 10000),
                     SmallWorld::action(InputKind::kDelete, small.laptop, delete_ms, "Photos"),
                     SmallWorld::action(InputKind::kCheckMail, small.laptop, 20000)});
    CHECK(run_checked(history, at_s(60)) == "");
    CHECK(mail_on_server(history) == 2);
    CHECK(folder_of(history, 1)->entries.size() == 2);
  }
}

TEST_CASE("a program that polls finds mail without being asked") {
  SmallWorld small(Protocol::kPop3);
  small.scenario.devices[0].poll = seconds(60);
  Input send = SmallWorld::action(InputKind::kSend, small.phone, 70000);
  send.message = test::small_message("Later");
  send.recipients = {"bob@example.net"};
  History history(small.share(), {send});
  CHECK(run_checked(history, at_s(59)) == "");
  CHECK(history.head().connection_count() == 0);
  CHECK(run_checked(history, at_s(90)) == "");
  CHECK(folder_of(history, 1)->entries.size() == 3);
  CHECK(run_checked(history, at_s(130)) == "");
  CHECK(folder_of(history, 1)->entries.size() == 4);
  CHECK(mail_on_server(history) == 0);
}
