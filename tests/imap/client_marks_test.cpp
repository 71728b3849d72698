// What the IMAP client remembers so that it need not ask again, and when it asks all the same: the
// mark of RFC 7162 §6, the UIDs it has seen, the 29 minutes of IDLE. And what it says in one flight.
#include <doctest/doctest.h>

#include "tests/imap/client_session.h"

using namespace mailscope;
using test::bob;
using test::ImapClientSession;
using test::KnownMail;
using test::new_message;

namespace {

using Kind = ImapOrder::Kind;

std::string selected(uint32_t exists, uint32_t uid_next, uint64_t modseq = 0) {
  return "* " + std::to_string(exists) + " EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n* OK [UIDNEXT " +
         std::to_string(uid_next) + "] next\r\n" +
         (modseq == 0 ? "" : "* OK [HIGHESTMODSEQ " + std::to_string(modseq) + "] it\r\n");
}

/// In IDLE with the messages 3, 5 and 7 of mod-sequence 20, by QRESYNC or CONDSTORE.
ImapClientSession at_rest(KnownMail& mail, ImapResync resync = ImapResync::kQresync) {
  ImapClientSession session(bob(resync), mail.local);
  if (resync == ImapResync::kQresync) {
    session.log_in("IDLE UIDPLUS MOVE CONDSTORE QRESYNC");
    session.hear("* ENABLED QRESYNC\r\na2 OK done\r\n");
    CHECK(session.hear(selected(3, 8, 20) + "a3 OK done\r\n") == "a4 IDLE\n");
  } else {
    session.log_in("IDLE UIDPLUS MOVE CONDSTORE");
    CHECK(session.hear(selected(3, 8, 20) + "a2 OK done\r\n") == "a3 IDLE\n");
  }
  session.hear("+ idling\r\n");
  return session;
}

uint64_t mark(const KnownMail& mail) { return mail.local->find_folder("INBOX")->modseq; }

}  // namespace

TEST_CASE("IDLE: the 29 minutes count from the command, not from what was heard last") {
  // RFC 2177 §3. A server that says something now and then was left alone for ever, and one that
  // logs its clients out after half an hour of their silence would have done so.
  KnownMail mail({1});
  ImapClientSession session(bob(), mail.local);
  session.log_in("IDLE");
  session.hear(selected(1, 2) + "a2 OK done\r\n");
  session.hear("* 1 FETCH (UID 1 FLAGS ())\r\na3 OK done\r\n");
  session.wait(seconds(100));
  CHECK(session.hear("a4 OK done\r\n") == "a5 IDLE\n");
  session.wait(seconds(1));
  session.hear("+ idling\r\n");
  const Duration due = seconds(100 + 29 * 60);
  CHECK(session.wake() == due);
  session.wait(seconds(20 * 60));
  CHECK(session.hear("* OK still here\r\n") == "");
  CHECK(session.wake() == due);
  session.wait(seconds(9 * 60 - 1));
  CHECK(session.timer() == "DONE\n");
  CHECK(session.hear("a5 OK done\r\n") == "a6 IDLE\n");
  session.hear("+ idling\r\n");
  CHECK(session.wake() == due + seconds(29 * 60));
}

TEST_CASE("the mark moves with what is told, once a command is answered") {
  KnownMail mail({3, 5, 7}, 20);
  ImapClientSession session = at_rest(mail);
  CHECK(mark(mail) == 20);
  // Not yet: FETCH responses need not come in the order of their mod-sequences.
  CHECK(session.hear("* 2 FETCH (UID 5 FLAGS (\\Seen) MODSEQ (23))\r\n"
                     "* 1 FETCH (UID 3 FLAGS (\\Seen) MODSEQ (22))\r\n") == "");
  CHECK(mark(mail) == 20);
  CHECK(session.give(mail.order(Kind::kDelete, 0)) == "DONE\n");
  CHECK(session.hear("a4 OK done\r\n") == "a5 UID STORE 3 +FLAGS (\\Deleted)\n");
  CHECK(mark(mail) == 23);
  CHECK(session.hear("* 1 FETCH (UID 3 FLAGS (\\Seen \\Deleted) MODSEQ (24))\r\na5 OK done\r\n") ==
        "a6 UID EXPUNGE 3\n");
  CHECK(mark(mail) == 24);
  // The client was told before that it is gone, and is told now where the mailbox stands.
  CHECK(session.hear("* VANISHED 3\r\na6 OK [HIGHESTMODSEQ 25] done\r\n") == "a7 IDLE\n");
  CHECK(mark(mail) == 25);
}

TEST_CASE("the mark goes back where the server says so, whatever has been told") {
  // RFC 7162 §6, its example: an expunge with a smaller mod-sequence is still to be told.
  KnownMail mail({3, 5, 7}, 20);
  ImapClientSession session = at_rest(mail);
  CHECK(session.give(mail.order(Kind::kAddFlags, 0, Flag::kSeen)) == "DONE\n");
  session.hear("a4 OK done\r\n");
  CHECK(session.hear("* 1 FETCH (UID 3 FLAGS (\\Seen) MODSEQ (23))\r\n"
                     "* OK [HIGHESTMODSEQ 19] something is held back\r\na5 OK done\r\n") ==
        "a6 IDLE\n");
  CHECK(mark(mail) == 19);
}

TEST_CASE("the mark stays where some change could not be taken in") {
  KnownMail mail({3, 5, 7}, 20);
  ImapClientSession session = at_rest(mail);
  SUBCASE("of a message that has no UID here yet") {
    session.hear("* 4 EXISTS\r\n* 4 FETCH (FLAGS (\\Seen) MODSEQ (23))\r\n");
    CHECK(session.hear("a4 OK done\r\n") == "a5 UID FETCH 8:* (FLAGS RFC822.SIZE ENVELOPE)\n");
    session.hear(new_message(4, 8, "eight", "\\Seen") + "a5 OK [HIGHESTMODSEQ 24] done\r\n");
  }
  SUBCASE("the copy has a hole") {
    session.hear("* 4 EXISTS\r\n");
    CHECK(session.hear("a4 OK done\r\n") == "a5 UID FETCH 8:* (FLAGS RFC822.SIZE ENVELOPE)\n");
    session.hear("a5 NO [HIGHESTMODSEQ 24] not now\r\n");
  }
  CHECK(mark(mail) == 20);
}

TEST_CASE("CONDSTORE alone: HIGHESTMODSEQ counts, the MODSEQ of single messages does not") {
  // Only where there is QRESYNC does a server owe it that nothing older is still to be told.
  KnownMail mail({3, 5, 7}, 20);
  ImapClientSession session = at_rest(mail, ImapResync::kCondStore);
  CHECK(session.give(mail.order(Kind::kDelete, 2)) == "DONE\n");
  session.hear("a3 OK done\r\n");
  session.hear("* 3 FETCH (UID 7 FLAGS (\\Deleted) MODSEQ (22))\r\na4 OK done\r\n");
  CHECK(mark(mail) == 20);
  session.hear("* 3 EXPUNGE\r\na5 OK [HIGHESTMODSEQ 23] done\r\n");
  CHECK(mark(mail) == 23);
}

TEST_CASE("CONDSTORE: fewer messages than known are not new ones") {
  // UIDNEXT says that nothing has come; that something has gone was a reason to ask for new mail.
  KnownMail mail({3, 5, 7}, 20);
  ImapClientSession session(bob(ImapResync::kCondStore), mail.local);
  session.log_in("IDLE CONDSTORE");
  CHECK(session.hear(selected(2, 8, 21) + "a2 OK done\r\n") ==
        "a3 UID FETCH 1:7 (FLAGS) (CHANGEDSINCE 20)\n");
  CHECK(session.hear("a3 OK done\r\n") == "a4 UID SEARCH ALL\n");
  CHECK(session.hear("* SEARCH 3 5\r\na4 OK done\r\n") == "a5 IDLE\n");
  CHECK(mail.uids() == "3 5");
  // And when the newest is gone, its UID is remembered: UIDNEXT is no news the next time either.
  ImapClientSession again(bob(ImapResync::kCondStore), mail.local);
  again.log_in("IDLE CONDSTORE");
  CHECK(again.hear(selected(2, 8, 21) + "a2 OK done\r\n") == "a3 IDLE\n");
  again.hear("+ idling\r\n");
  again.hear("* 3 EXISTS\r\n");
  CHECK(again.hear("a3 OK done\r\n") == "a4 UID FETCH 8:* (FLAGS RFC822.SIZE ENVELOPE)\n");
}

TEST_CASE("an empty mailbox: who is told to look says NOOP") {
  // It said nothing at all: there is no message that could be asked about.
  KnownMail mail({});
  ImapClientConfig config = bob();
  config.use_idle = false;
  config.noop_every = seconds(60);
  ImapClientSession session(config, mail.local);
  session.log_in("");
  CHECK(session.hear(selected(0, 1) + "a2 OK done\r\n") == "");
  CHECK(session.give(ImapOrder{}) == "a3 NOOP\n");
  CHECK(session.hear("* 1 EXISTS\r\na3 OK done\r\n") ==
        "a4 UID FETCH 1:* (FLAGS RFC822.SIZE ENVELOPE)\n");
  CHECK(session.hear(new_message(1, 1, "one") + "a4 OK done\r\n") == "");
  CHECK(session.client().at_rest());
}

TEST_CASE("pipelined: all bodies in one flight, fifty with a command") {
  KnownMail mail({});
  ImapClientConfig config = bob();
  config.headers_first = false;
  config.pipeline = true;
  ImapClientSession session(config, mail.local);
  session.hear("* OK [CAPABILITY IMAP4rev1] hello\r\n");
  std::string told = "a1 OK [CAPABILITY IMAP4rev1] done\r\n" + selected(120, 121) + "a2 OK done\r\n";
  for (uint32_t i = 1; i <= 120; ++i) told += new_message(i, i, "m" + std::to_string(i));
  CHECK(session.hear(told + "a3 OK done\r\n") ==
        "a4 UID FETCH 1:50 (BODY.PEEK[])\na5 UID FETCH 51:100 (BODY.PEEK[])\n"
        "a6 UID FETCH 101:120 (BODY.PEEK[])\n");
  CHECK(session.hear("a4 OK done\r\na5 OK done\r\n") == "");
  CHECK(session.hear("a6 OK done\r\n") == "a7 LOGOUT\n");
}

TEST_CASE("pipelined: AUTHENTICATE that needs no answer is run ahead of, as LOGIN is") {
  KnownMail mail({});
  ImapClientConfig config = bob();
  config.pipeline = true;
  config.entry.login = ImapLogin::kAuthenticate;
  {
    ImapClientSession session(config, mail.local);
    CHECK(session.hear("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hello\r\n") ==
          "a1 AUTHENTICATE PLAIN AGJvYgBzZWNyZXQ=\na2 SELECT INBOX\n"
          "a3 UID FETCH 1:* (FLAGS RFC822.SIZE ENVELOPE)\n");
  }
  // Where the server has something to ask, whatever is said next is the answer to that.
  ImapClientSession waits(config, mail.local);
  CHECK(waits.hear("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n") == "a1 AUTHENTICATE PLAIN\n");
  ImapClientSession scram(config, mail.local);
  const std::string said =
      scram.hear("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] hello\r\n");
  CHECK(said.find('\n') == said.size() - 1);
}

TEST_CASE("pipelined: LIST with the login; where its options are refused, without them") {
  KnownMail mail({1}, 20);
  ImapClientConfig config = bob(ImapResync::kCondStore);
  config.pipeline = true;
  config.folders = {"*"};
  ImapClientSession session(config, mail.local);
  CHECK(session.hear("* OK [CAPABILITY IMAP4rev1 CONDSTORE LIST-EXTENDED LIST-STATUS] hello\r\n") ==
        "a1 LOGIN bob secret\n"
        "a2 LIST \"\" * RETURN (STATUS (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ))\n");
  CHECK(session.hear("a1 OK [CAPABILITY IMAP4rev1 CONDSTORE] done\r\na2 BAD what?\r\n") ==
        "a3 LIST \"\" *\n");
  CHECK(session.hear("* LIST () \"/\" INBOX\r\na3 OK done\r\n").substr(0, 15) == "a4 SELECT INBOX");
}
