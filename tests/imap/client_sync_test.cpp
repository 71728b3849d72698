// How the IMAP client brings its copy up to date, against a server that the test plays line by
// line: what it asks by each strategy, and what it makes of answers that are wrong.
#include <doctest/doctest.h>

#include "tests/imap/client_session.h"

using namespace mailscope;
using test::bob;
using test::ImapClientSession;
using test::KnownMail;
using test::new_message;

namespace {

std::string selected(uint32_t exists, uint32_t uid_next, const std::string& more = "") {
  return "* " + std::to_string(exists) + " EXISTS\r\n* OK [UIDVALIDITY 1] valid\r\n* OK [UIDNEXT " +
         std::to_string(uid_next) + "] next\r\n" + more;
}

}  // namespace

TEST_CASE("UIDs: the flags of all that is known, then what is new") {
  KnownMail mail({3, 5, 7});
  ImapClientSession session(bob(), mail.local);
  CHECK(session.log_in("IDLE") == "a2 SELECT INBOX\n");
  CHECK(session.hear(selected(3, 10) + "a2 OK done\r\n") == "a3 UID FETCH 1:7 (FLAGS)\n");
  CHECK(session.hear("* 1 FETCH (UID 3 FLAGS (\\Seen work))\r\n* 2 FETCH (UID 7 FLAGS ())\r\n"
                     "a3 OK done\r\n") == "a4 UID FETCH 8:* (FLAGS RFC822.SIZE ENVELOPE)\n");
  CHECK(session.hear(new_message(3, 9, "nine") + "a4 OK done\r\n") == "a5 IDLE\n");
  CHECK(mail.uids() == "3 7 9");
  CHECK(mail.flags(3) == (Flag::kSeen | FlagBits{1} << Flag::kFirstKeyword));
  CHECK(mail.local->find_folder("INBOX")->keywords == std::vector<std::string>{"work"});
  session.hear("+ idling\r\n");
  CHECK(session.client().at_rest());
  CHECK(session.hear("* 1 EXPUNGE\r\n") == "");
  CHECK(mail.uids() == "7 9");
}

TEST_CASE("a message that was told of while others were fetched is fetched before resting") {
  // Its EXISTS came with the answer to the FETCH before; nothing in IDLE told of it again.
  KnownMail mail({});
  ImapClientSession session(bob(), mail.local);
  session.log_in("IDLE");
  CHECK(session.hear(selected(1, 2) + "a2 OK done\r\n") ==
        "a3 UID FETCH 1:* (FLAGS RFC822.SIZE ENVELOPE)\n");
  CHECK(session.hear(new_message(1, 1, "one") + "* 2 EXISTS\r\na3 OK done\r\n") ==
        "a4 UID FETCH 2:* (FLAGS RFC822.SIZE ENVELOPE)\n");
  CHECK(session.hear(new_message(2, 2, "two") + "a4 OK done\r\n") == "a5 IDLE\n");
}

TEST_CASE("CONDSTORE: nothing changed costs nothing but SELECT") {
  KnownMail mail({3, 5, 7}, 20);
  ImapClientSession session(bob(ImapResync::kCondStore), mail.local);
  CHECK(session.log_in("IDLE CONDSTORE") == "a2 SELECT INBOX (CONDSTORE)\n");
  CHECK(session.hear(selected(3, 8, "* OK [HIGHESTMODSEQ 20] it\r\n") + "a2 OK done\r\n") ==
        "a3 IDLE\n");
  CHECK(session.client().numbering() == std::vector<Uid>{Uid{3}, Uid{5}, Uid{7}});
}

TEST_CASE("CONDSTORE: changed flags by CHANGEDSINCE, and a SEARCH when the count is wrong") {
  for (const bool esearch : {false, true}) {
    KnownMail mail({3, 5, 7}, 20);
    ImapClientSession session(bob(ImapResync::kCondStore), mail.local);
    session.log_in(esearch ? "IDLE CONDSTORE ESEARCH" : "IDLE CONDSTORE");
    CHECK(session.hear(selected(3, 10, "* OK [HIGHESTMODSEQ 31] it\r\n") + "a2 OK done\r\n") ==
          "a3 UID FETCH 1:7 (FLAGS) (CHANGEDSINCE 20)\n");
    CHECK(session.hear("* 2 FETCH (UID 7 MODSEQ (30) FLAGS (\\Seen))\r\na3 OK done\r\n") ==
          "a4 UID FETCH 8:* (FLAGS RFC822.SIZE ENVELOPE)\n");
    CHECK(session.hear(new_message(3, 9, "nine") + "a4 OK done\r\n") ==
          (esearch ? "a5 UID SEARCH RETURN (ALL) ALL\n" : "a5 UID SEARCH ALL\n"));
    CHECK(session.hear(std::string(esearch ? "* ESEARCH (TAG \"a5\") UID ALL 3,7,9\r\n"
                                           : "* SEARCH 3 7 9\r\n") +
                       "a5 OK done\r\n") == "a6 IDLE\n");
    CHECK(mail.uids() == "3 7 9");
    CHECK(mail.flags(7) == Flag::kSeen);
    CHECK(mail.local->find_folder("INBOX")->modseq == 31);
  }
}

TEST_CASE("CONDSTORE: a mailbox that does not count its changes is read in the old way") {
  KnownMail mail({3}, 20);
  ImapClientSession session(bob(ImapResync::kCondStore), mail.local);
  session.log_in("IDLE CONDSTORE");
  CHECK(session.hear(selected(1, 4, "* OK [NOMODSEQ] no\r\n") + "a2 OK done\r\n") ==
        "a3 UID FETCH 1:3 (FLAGS)\n");
}

TEST_CASE("QRESYNC: one answer tells what has changed and what has gone") {
  KnownMail mail({3, 5, 7}, 20);
  ImapClientSession session(bob(ImapResync::kQresync), mail.local);
  CHECK(session.log_in("IDLE CONDSTORE QRESYNC") == "a2 ENABLE QRESYNC\n");
  CHECK(session.hear("* ENABLED QRESYNC\r\na2 OK done\r\n") ==
        "a3 SELECT INBOX (QRESYNC (1 20 1:7))\n");
  CHECK(session.hear(selected(2, 8, "* OK [HIGHESTMODSEQ 40] it\r\n") +
                     "* VANISHED (EARLIER) 4:5\r\n"
                     "* 1 FETCH (UID 3 FLAGS (\\Flagged) MODSEQ (39))\r\na3 OK done\r\n") ==
        "a4 IDLE\n");
  CHECK(mail.uids() == "3 7");
  CHECK(mail.flags(3) == Flag::kFlagged);
  CHECK(mail.local->find_folder("INBOX")->modseq == 40);
  session.hear("+ idling\r\n* VANISHED 3\r\n");
  CHECK(mail.uids() == "7");
  CHECK(session.client().numbering() == std::vector<Uid>{Uid{7}});
}

TEST_CASE("QRESYNC: a server that lies is found out by the count, and the copy is right again") {
  KnownMail mail({3, 5, 7}, 20);
  ImapClientSession session(bob(ImapResync::kQresync), mail.local);
  session.log_in("CONDSTORE QRESYNC");
  session.hear("a2 OK done\r\n");
  CHECK(session.hear(selected(3, 8, "* OK [HIGHESTMODSEQ 40] it\r\n") +
                     "* VANISHED (EARLIER) 5\r\na3 OK done\r\n") == "a4 UID SEARCH ALL\n");
  CHECK(session.hear("* SEARCH 3 5 7\r\na4 OK done\r\n") == "a5 UID FETCH 1:7 (FLAGS)\n");
  CHECK(session.hear("* 1 FETCH (UID 3 FLAGS ())\r\n* 2 FETCH (UID 5 FLAGS ())\r\n"
                     "* 3 FETCH (UID 7 FLAGS ())\r\na5 OK done\r\n") ==
        "a6 UID FETCH 5 (FLAGS RFC822.SIZE ENVELOPE)\n");
  CHECK(session.hear(new_message(2, 5, "m5") + "a6 OK done\r\n") == "a7 LOGOUT\n");
  CHECK(mail.local->find_uid("INBOX", Uid{5}) != nullptr);
}

TEST_CASE("another UIDVALIDITY: the copy is thrown away, bodies that are the same stay") {
  KnownMail mail({1, 2});
  TraceState state;
  TraceWriter trace(state, nullptr, Instant{});
  const std::string text(100, 'x');
  mail.local.edit().set_message("INBOX", mail.keys[0], make_message(text), trace);
  mail.local.edit().set_message("INBOX", mail.keys[1], make_message(text + "y"), trace);
  ImapClientSession session(bob(), mail.local);
  session.log_in("IDLE");
  CHECK(session.hear("* 2 EXISTS\r\n* OK [UIDVALIDITY 2] new\r\na2 OK done\r\n") ==
        "a3 UID FETCH 1:* (FLAGS RFC822.SIZE ENVELOPE)\n");
  CHECK(session.hear(new_message(1, 1, "m2") + new_message(2, 2, "m1") + "a3 OK done\r\n") ==
        "a4 IDLE\n");
  CHECK(mail.local->find_uid("INBOX", Uid{1})->message == nullptr);  // of another size
  CHECK(mail.local->find_uid("INBOX", Uid{2})->message != nullptr);
  CHECK(mail.local->find_folder("INBOX")->former.empty());
}

TEST_CASE("pipelined: one flight, and another UIDVALIDITY makes what was asked ahead worthless") {
  KnownMail mail({1, 2, 3});
  ImapClientConfig config = bob();
  config.pipeline = true;
  ImapClientSession session(config, mail.local);
  CHECK(session.hear("* OK [CAPABILITY IMAP4rev1 IDLE] hello\r\n") ==
        "a1 LOGIN bob secret\na2 SELECT INBOX\na3 UID FETCH 1:3 (FLAGS)\n"
        "a4 UID FETCH 4:* (FLAGS RFC822.SIZE ENVELOPE)\n");
  CHECK(session.hear("a1 OK [CAPABILITY IMAP4rev1 IDLE] done\r\n* 4 EXISTS\r\n* OK [UIDVALIDITY 9] new\r\na2 OK done\r\n"
                     "* 1 FETCH (UID 1 FLAGS ())\r\n* 2 FETCH (UID 3 FLAGS ())\r\na3 OK done\r\n") ==
        "");
  CHECK(session.hear(new_message(3, 8, "eight") + new_message(4, 9, "nine") + "a4 OK done\r\n") ==
        "a5 UID FETCH 1:9 (FLAGS)\na6 UID FETCH 10:* (FLAGS RFC822.SIZE ENVELOPE)\n");
  CHECK(session.hear("* 1 FETCH (UID 1 FLAGS ())\r\n* 2 FETCH (UID 3 FLAGS ())\r\n"
                     "* 3 FETCH (UID 8 FLAGS ())\r\n* 4 FETCH (UID 9 FLAGS ())\r\na5 OK done\r\n"
                     "a6 OK done\r\n") == "a7 UID FETCH 1,3 (FLAGS RFC822.SIZE ENVELOPE)\n");
  CHECK(session.hear(new_message(1, 1, "one") + new_message(2, 3, "three") + "a7 OK done\r\n") ==
        "a8 IDLE\n");
  CHECK(mail.local->find_folder("INBOX")->entries.size() == 4);
}

TEST_CASE("pipelined: a refused login ends it, whatever was said ahead") {
  KnownMail mail({});
  ImapClientConfig config = bob();
  config.pipeline = true;
  ImapClientSession session(config, mail.local);
  session.hear("* OK [CAPABILITY IMAP4rev1 IDLE] hello\r\n");
  CHECK(session.hear("a1 NO wrong password\r\n") == "a4 LOGOUT\n");
  CHECK(session.hear("a2 BAD not now\r\na3 BAD not now\r\n* BYE\r\na4 OK done\r\n") == "");
  CHECK(session.client().outcome().kind == SessionOutcome::Kind::kRefused);
  CHECK(session.client().outcome().text == "wrong password");
}

TEST_CASE("bodies at once: one by one, or many with one command; not those that are too large") {
  for (const bool pipeline : {false, true}) {
    KnownMail mail({});
    ImapClientConfig config = bob();
    config.headers_first = false;
    config.body_limit = 99;
    config.pipeline = pipeline;
    ImapClientSession session(config, mail.local);
    session.hear("* OK hello\r\n");
    session.hear("a1 OK done\r\n");
    session.hear("* CAPABILITY IMAP4rev1\r\na2 OK done\r\n");
    std::string fetched = selected(3, 4) + "a3 OK done\r\n";
    if (!pipeline) {
      session.hear(fetched);
      fetched.clear();
    }
    for (uint32_t i = 1; i <= 3; ++i) {
      std::string line = new_message(i, i, "m");
      if (i != 2) line.replace(line.find("SIZE 100"), 8, "SIZE 50");
      fetched += line;
    }
    fetched += "a4 OK done\r\n";
    if (pipeline) {
      CHECK(session.hear(fetched) == "a5 UID FETCH 1,3 (BODY.PEEK[])\n");
      CHECK(session.hear("a5 NO not now\r\n") == "a6 LOGOUT\n");
    } else {
      CHECK(session.hear(fetched) == "a5 UID FETCH 1 (BODY.PEEK[])\n");
      CHECK(session.hear("* 1 FETCH (UID 1 BODY[] {2}\r\nxy)\r\na5 OK done\r\n") ==
            "a6 UID FETCH 3 (BODY.PEEK[])\n");
      CHECK(session.hear("a6 NO not now\r\n") == "a7 LOGOUT\n");
      CHECK(mail.local->find_uid("INBOX", Uid{1})->message != nullptr);
    }
  }
}

TEST_CASE("previews, where they are offered") {
  KnownMail mail({});
  ImapClientConfig config = bob();
  config.previews = true;
  ImapClientSession session(config, mail.local);
  session.log_in("PREVIEW");
  CHECK(session.hear(selected(1, 2) + "a2 OK done\r\n") ==
        "a3 UID FETCH 1:* (FLAGS RFC822.SIZE ENVELOPE PREVIEW)\n");
  std::string line = new_message(1, 1, "m");
  line.replace(line.size() - 3, 3, " PREVIEW \"Hello\")\r\n");
  session.hear(line + "a3 OK done\r\n");
  CHECK(mail.local->find_uid("INBOX", Uid{1})->preview == "Hello");
}

TEST_CASE("several folders: LIST-STATUS tells which need not be opened") {
  KnownMail mail({1, 2}, 20);
  TraceState state;
  TraceWriter trace(state, nullptr, Instant{});
  mail.local.edit().set_uid_validity("Archive", 5, trace);
  LocalEntry entry;
  entry.uid = Uid{4};
  mail.local.edit().add("Archive", entry, trace);
  mail.local.edit().set_modseq("Archive", 70);
  ImapClientConfig config = bob(ImapResync::kCondStore);
  config.folders = {"*"};
  ImapClientSession session(config, mail.local);
  CHECK(session.log_in("IDLE CONDSTORE LIST-EXTENDED LIST-STATUS SPECIAL-USE") ==
        "a2 LIST \"\" * RETURN (SPECIAL-USE STATUS (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ))\n");
  CHECK(session.hear("* LIST () \"/\" INBOX\r\n"
                     "* STATUS INBOX (MESSAGES 2 UIDNEXT 3 UIDVALIDITY 1 HIGHESTMODSEQ 20)\r\n"
                     "* LIST (\\Archive) \"/\" Archive\r\n"
                     "* STATUS Archive (MESSAGES 1 UIDNEXT 5 UIDVALIDITY 5 HIGHESTMODSEQ 70)\r\n"
                     "* LIST (\\Noselect) \"/\" Lists\r\n"
                     "* LIST (\\Drafts) \"/\" \"Entw&APw-rfe\"\r\n"
                     "* STATUS \"Entw&APw-rfe\" (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 6 "
                     "HIGHESTMODSEQ 9)\r\na2 OK done\r\n") ==
        "a3 SELECT Entw&APw-rfe (CONDSTORE)\n");
  CHECK(session.hear("* 1 EXISTS\r\n* OK [UIDVALIDITY 6] it\r\n* OK [HIGHESTMODSEQ 9] it\r\n"
                     "a3 OK done\r\n") == "a4 UID FETCH 1:* (FLAGS RFC822.SIZE ENVELOPE)\n");
  CHECK(session.hear(new_message(1, 1, "draft") + "a4 OK done\r\n") ==
        "a5 SELECT INBOX (CONDSTORE)\n");
  CHECK(session.hear(selected(2, 3, "* OK [HIGHESTMODSEQ 20] it\r\n") + "a5 OK done\r\n") ==
        "a6 IDLE\n");
  CHECK(mail.local->folder_named("\\Drafts") == "Entwürfe");
  CHECK(mail.local->folder_named("\\Archive") == "Archive");
  CHECK(mail.local->find_folder("Entwürfe")->modseq == 9);
}

TEST_CASE("several folders: without STATUS that tells, each is opened; what is gone is forgotten") {
  KnownMail mail({1}, 0, 3, "Old");
  ImapClientConfig config = bob();
  config.folders = {"*"};
  ImapClientSession session(config, mail.local);
  CHECK(session.log_in("") == "a2 LIST \"\" *\n");
  CHECK(session.hear("* LIST () \"/\" INBOX\r\n* LIST () \"/\" A\r\na2 OK done\r\n") ==
        "a3 SELECT A\n");
  CHECK(mail.local->find_folder("Old")->entries.empty());
  // It has gone since, too.
  CHECK(session.hear("a3 NO no such mailbox\r\n") == "a4 SELECT INBOX\n");
  CHECK(session.hear("* 0 EXISTS\r\na4 OK done\r\n") == "a5 LOGOUT\n");
}

TEST_CASE("NOTIFY: new mail comes by itself, and news of other folders takes it there and back") {
  KnownMail mail({1});
  ImapClientConfig config = bob();
  config.folders = {"A"};
  config.use_notify = true;
  ImapClientSession session(config, mail.local);
  session.log_in("IDLE NOTIFY");
  CHECK(session.hear("* LIST () \"/\" INBOX\r\na2 OK done\r\n") == "a3 SELECT INBOX\n");
  session.hear(selected(1, 2) + "a3 OK done\r\n");
  session.hear("* 1 FETCH (UID 1 FLAGS ())\r\na4 OK done\r\n");
  CHECK(session.hear("* 1 FETCH (UID 1 FLAGS ())\r\na5 OK done\r\n") ==
        "a6 NOTIFY SET (selected-delayed (MessageNew (UID FLAGS RFC822.SIZE ENVELOPE) "
        "MessageExpunge FlagChange)) (personal (MessageNew MessageExpunge FlagChange))\n");
  CHECK(session.hear("a6 OK done\r\n") == "a7 IDLE\n");
  CHECK(session.hear("+ idling\r\n* 2 EXISTS\r\n") == "");
  CHECK(session.hear(new_message(2, 2, "two")) == "");
  CHECK(mail.uids() == "1 2");
  CHECK(session.hear("* STATUS A (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 4)\r\n") == "DONE\n");
  CHECK(session.hear("a7 OK done\r\n") == "a8 SELECT A\n");
  session.hear("* 1 EXISTS\r\n* OK [UIDVALIDITY 4] it\r\na8 OK done\r\n");
  CHECK(session.hear(new_message(1, 1, "there") + "a9 OK done\r\n") == "a10 SELECT INBOX\n");
}

TEST_CASE("asking by NOOP in an open session") {
  KnownMail mail({1});
  ImapClientConfig config = bob();
  config.use_idle = false;
  config.noop_every = seconds(60);
  ImapClientSession session(config, mail.local);
  session.log_in("IDLE");
  session.hear(selected(1, 2) + "a2 OK done\r\n");
  session.hear("* 1 FETCH (UID 1 FLAGS ())\r\na3 OK done\r\n");
  CHECK(session.hear("a4 OK done\r\n") == "");
  CHECK(session.client().at_rest());
  CHECK(session.timer() == "a5 NOOP\n");
  CHECK(session.hear("* 2 EXISTS\r\na5 OK done\r\n") ==
        "a6 UID FETCH 2:* (FLAGS RFC822.SIZE ENVELOPE)\n");
  CHECK(session.hear(new_message(2, 2, "two") + "a6 OK done\r\n") == "");
  CHECK(session.client().at_rest());
  // An order ends the waiting.
  CHECK(session.give(mail.order(ImapOrder::Kind::kAddFlags, 0, Flag::kSeen)) ==
        "a7 UID STORE 1 +FLAGS (\\Seen)\n");
}

TEST_CASE("the mailbox is made anew while it is selected: it is selected again") {
  KnownMail mail({1});
  ImapClientSession session(bob(), mail.local);
  session.log_in("IDLE");
  session.hear(selected(1, 2) + "a2 OK done\r\n");
  session.hear("* 1 FETCH (UID 1 FLAGS ())\r\na3 OK done\r\n");
  session.hear("a4 OK done\r\n");
  session.hear("+ idling\r\n");
  CHECK(session.hear("* 1 EXPUNGE\r\n") == "");
  CHECK(session.hear("* NO [NONEXISTENT] deleted\r\n") == "DONE\n");
  CHECK(session.hear("a5 OK done\r\n") == "a6 SELECT INBOX\n");
  CHECK(session.hear("* 1 EXISTS\r\n* OK [UIDVALIDITY 2] new\r\na6 OK done\r\n") ==
        "a7 UID FETCH 1:* (FLAGS RFC822.SIZE ENVELOPE)\n");
}

TEST_CASE("numbers that cannot be") {
  KnownMail mail({1, 2});
  ImapClientSession session(bob(), mail.local);
  session.log_in("IDLE");
  session.hear(selected(2, 3) + "a2 OK done\r\n");
  session.hear("* 1 FETCH (UID 1 FLAGS ())\r\n* 2 FETCH (UID 2 FLAGS ())\r\na3 OK done\r\n");
  session.hear("a4 OK done\r\n");
  session.hear("+ idling\r\n");
  session.hear("* 7 EXPUNGE\r\n* 0 EXPUNGE\r\n* VANISHED 1:4294967295\r\n");
  CHECK(session.violations() == 3);
  CHECK(mail.uids() == "1 2");
  // Four billion messages, and the last one has a number: neither costs memory.
  session.hear("* 4294967295 EXISTS\r\n");
  session.hear("* 4294967295 FETCH (UID 77 FLAGS ())\r\n");
  CHECK(session.client().numbering().size() <= 2);
  session.hear("a5 OK done\r\n");
  CHECK(mail.uids() == "1 2");
}

TEST_CASE("flags of a message never heard of: it is asked for, not for ever") {
  KnownMail mail({1, 3});
  ImapClientSession session(bob(), mail.local);
  session.log_in("IDLE");
  session.hear(selected(3, 4) + "a2 OK done\r\n");
  session.hear("* 1 FETCH (UID 1 FLAGS ())\r\n* 2 FETCH (UID 2 FLAGS ())\r\n"
               "* 3 FETCH (UID 3 FLAGS ())\r\na3 OK done\r\n");
  CHECK(session.hear("a4 OK done\r\n") == "a5 UID FETCH 2 (FLAGS RFC822.SIZE ENVELOPE)\n");
  CHECK(session.hear(new_message(2, 2, "two") + "a5 OK done\r\n") == "a6 IDLE\n");
  CHECK(session.client().numbering().size() == 3);
  session.hear("+ idling\r\n");
  CHECK(session.hear("* 3 FETCH (UID 9 FLAGS ())\r\n") == "DONE\n");
  std::string said = session.hear("a6 OK done\r\n");
  for (int tag = 7; tag < 20 && said.find("IDLE") == std::string::npos; ++tag) {
    said = session.hear("* 3 FETCH (UID 9 FLAGS ())\r\na" + std::to_string(tag) + " OK done\r\n");
  }
  CHECK(said.find("IDLE") != std::string::npos);
}
