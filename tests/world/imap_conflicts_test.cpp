// What a person did offline, and what another program did meanwhile to the same message, mailbox or
// draft (RFC 4549 §4.2): a row a pair, with the mailboxes that the server has in the end and what
// the person is told. Nothing is lost that somebody wanted kept, nothing is done to another
// message, and each copy equals the mailbox again.
#include <doctest/doctest.h>

#include <functional>

#include "sim/sweep/caches.h"
#include "tests/support/checkers.h"
#include "tests/world/scripted_day.h"

using namespace mailscope;
using test::Day;
using test::Deed;
using test::mailboxes;
using test::notes_at;
using test::save_draft;

namespace {

struct Conflict {
  std::string name;
  std::vector<Deed> before;  // online, and known to the server
  std::vector<Deed> offline;
  const char* there;  // commands of the other program, after LOGIN; lines apart by "|"
  const char* end;    // "mailbox: subject \Flag, ..." a line each, those with mail
  std::vector<Note> notes;
  const char* end_by_copies = nullptr;  // where it is another without MOVE
};

using Kind = InputKind;

const std::vector<Conflict> kConflicts = {
    // Flags: both sides' changes stay, and where they are about one flag, the later one.
    {"flag, flagged there",
     {},
     {{Kind::kFlag, "Lunch"}},
     "SELECT INBOX|UID STORE 1 +FLAGS (\\Flagged)",
     "INBOX: Invoice 118, Lunch on Friday? \\Flagged, Photos\n",
     {}},
    {"flag, other flags there",
     {},
     {{Kind::kFlag, "Lunch"}},
     "SELECT INBOX|UID STORE 1 FLAGS (\\Answered \\Seen)",
     "INBOX: Invoice 118, Lunch on Friday? \\Answered \\Flagged \\Seen, Photos\n",
     {}},
    {"unread, read there",
     {{Kind::kRead, "Lunch"}},
     {{Kind::kUnread, "Lunch"}},
     "SELECT INBOX|UID STORE 1 +FLAGS (\\Seen)",
     "INBOX: Invoice 118, Lunch on Friday?, Photos\n",
     {}},
    // The message is no longer where it was.
    {"flag, deleted there",
     {},
     {{Kind::kFlag, "Lunch"}},
     "SELECT INBOX|UID STORE 1 +FLAGS (\\Deleted)|UID EXPUNGE 1",
     "INBOX: Invoice 118, Photos\n",
     {Note::kGoneMeanwhile}},
    {"flag, moved there",
     {},
     {{Kind::kFlag, "Lunch"}},
     "CREATE Other|SELECT INBOX|UID MOVE 1 Other",
     "INBOX: Invoice 118, Photos\nOther: Lunch on Friday?\n",
     {Note::kGoneMeanwhile}},
    {"delete, deleted there",
     {},
     {{Kind::kDelete, "Lunch"}},
     "SELECT INBOX|UID STORE 1 +FLAGS (\\Deleted)|UID EXPUNGE 1",
     "INBOX: Invoice 118, Photos\n",
     {}},
    {"delete, flagged there",
     {},
     {{Kind::kDelete, "Lunch"}},
     "SELECT INBOX|UID STORE 1 +FLAGS (\\Flagged)",
     "INBOX: Invoice 118, Photos\n",
     {}},
    // Where it has gone nobody knows here: it is kept there.
    {"delete, moved there",
     {},
     {{Kind::kDelete, "Lunch"}},
     "CREATE Other|SELECT INBOX|UID MOVE 1 Other",
     "INBOX: Invoice 118, Photos\nOther: Lunch on Friday?\n",
     {}},
    {"move, flagged there",
     {},
     {{Kind::kMove, "Lunch", "Archive"}},
     "SELECT INBOX|UID STORE 1 +FLAGS (\\Flagged)",
     "Archive: Lunch on Friday? \\Flagged\nINBOX: Invoice 118, Photos\n",
     {}},
    {"move, deleted there",
     {},
     {{Kind::kMove, "Lunch", "Archive"}},
     "SELECT INBOX|UID STORE 1 +FLAGS (\\Deleted)|UID EXPUNGE 1",
     "INBOX: Invoice 118, Photos\n",
     {Note::kGoneMeanwhile}},
    {"move, moved elsewhere there",
     {},
     {{Kind::kMove, "Lunch", "Archive"}},
     "CREATE Other|SELECT INBOX|UID MOVE 1 Other",
     "INBOX: Invoice 118, Photos\nOther: Lunch on Friday?\n",
     {Note::kGoneMeanwhile}},
    {"move, moved there, too",
     {},
     {{Kind::kMove, "Lunch", "Archive"}},
     "CREATE Archive|SELECT INBOX|UID MOVE 1 Archive",
     "Archive: Lunch on Friday?\nINBOX: Invoice 118, Photos\n",
     {Note::kGoneMeanwhile}},
    {"copy, deleted there",
     {},
     {{Kind::kCopy, "Lunch", "Archive"}},
     "SELECT INBOX|UID STORE 1 +FLAGS (\\Deleted)|UID EXPUNGE 1",
     "INBOX: Invoice 118, Photos\n",
     {Note::kGoneMeanwhile}},
    // The mailbox where it was to go.
    {"move, its target deleted there",
     {{Kind::kMove, "Photos", "Archive"}},
     {{Kind::kMove, "Lunch", "Archive"}},
     "DELETE Archive",
     "Archive: Lunch on Friday?\nINBOX: Invoice 118\n",
     {}},
    {"move, its target renamed there",
     {{Kind::kMove, "Photos", "Archive"}},
     {{Kind::kMove, "Lunch", "Archive"}},
     "RENAME Archive Old",
     "Archive: Lunch on Friday?\nINBOX: Invoice 118\nOld: Photos\n",
     {}},
    {"move, its target another of that name",
     {{Kind::kMove, "Photos", "Archive"}},
     {{Kind::kMove, "Lunch", "Archive"}},
     "RENAME Archive Old|CREATE Archive",
     "Archive: Lunch on Friday?\nINBOX: Invoice 118\nOld: Photos\n",
     {}},
    // Drafts: what was written is never thrown away for what somebody else has written.
    {"draft, its mailbox deleted there",
     {save_draft("one")},
     {save_draft("two")},
     "DELETE Drafts",
     "Drafts: two \\Draft \\Seen\nINBOX: Invoice 118, Lunch on Friday?, Photos\n",
     {}},
    {"draft written on, removed there",
     {save_draft("one")},
     {save_draft("two", "one")},
     "SELECT Drafts|UID STORE 1 +FLAGS (\\Deleted)|UID EXPUNGE 1",
     "Drafts: two \\Draft \\Seen\nINBOX: Invoice 118, Lunch on Friday?, Photos\n",
     {}},
    {"draft written on, written on there",
     {save_draft("one")},
     {save_draft("two", "one")},
     "SELECT Drafts|APPEND Drafts (\\Draft) {18+}|Subject: three|||"
     "UID STORE 1 +FLAGS (\\Deleted)|UID EXPUNGE 1",
     "Drafts: three \\Draft, two \\Draft \\Seen\n"
     "INBOX: Invoice 118, Lunch on Friday?, Photos\n",
     {}},
    {"draft written on, its mailbox renamed there",
     {save_draft("one")},
     {save_draft("two", "one")},
     "RENAME Drafts Old",
     "Drafts: two \\Draft \\Seen\nINBOX: Invoice 118, Lunch on Friday?, Photos\n"
     "Old: one \\Draft \\Seen\n",
     {}},
    {"draft written on, its mailbox deleted there",
     {save_draft("one")},
     {save_draft("two", "one")},
     "DELETE Drafts",
     "Drafts: two \\Draft \\Seen\nINBOX: Invoice 118, Lunch on Friday?, Photos\n",
     {}},
    // What the server will not have done is taken back here, and the person told (RFC 4314 §4).
    {"flag, no right to",
     {},
     {{Kind::kFlag, "Lunch"}},
     "SETACL INBOX bob lr",
     "INBOX: Invoice 118, Lunch on Friday?, Photos\n",
     {Note::kActionRefused}},
    {"delete, no right to",
     {},
     {{Kind::kDelete, "Lunch"}},
     "SETACL INBOX bob lr",
     "INBOX: Invoice 118, Lunch on Friday?, Photos\n",
     {Note::kActionRefused}},
    {"move, no right to take it away",
     {},
     {{Kind::kMove, "Lunch", "Archive"}},
     "CREATE Archive|SETACL INBOX bob lr",
     "INBOX: Invoice 118, Lunch on Friday?, Photos\n",
     {Note::kActionRefused},
     "Archive: Lunch on Friday?\nINBOX: Invoice 118, Lunch on Friday?, Photos\n"},
    {"move, no right to put it there",
     {},
     {{Kind::kMove, "Lunch", "Archive"}},
     "CREATE Archive|SETACL Archive bob lr",
     "INBOX: Invoice 118, Lunch on Friday?, Photos\n",
     {Note::kActionRefused}},
    {"copy, no room",
     {},
     {{Kind::kCopy, "Lunch", "Archive"}},
     "CREATE Archive|SETQUOTA \"User quota\" (MESSAGE 3)",
     "INBOX: Invoice 118, Lunch on Friday?, Photos\n",
     {Note::kActionRefused}},
};

struct Strategy {
  std::string name;
  std::function<void(ImapClientConfig&)> set;
};

const std::vector<Strategy> kStrategies = {
    {"uids", [](ImapClientConfig&) {}},
    {"copies", [](ImapClientConfig& c) { c.use_move = false; }},
    {"condstore, pipelined",
     [](ImapClientConfig& c) {
       c.resync = ImapResync::kCondStore;
       c.pipeline = true;
     }},
    {"all folders",
     [](ImapClientConfig& c) {
       c.folders = {"*"};
       c.headers_first = false;
     }},
    {"all folders, copies, qresync",
     [](ImapClientConfig& c) {
       c.folders = {"*"};
       c.use_move = false;
       c.resync = ImapResync::kQresync;
     }},
    {"notify",
     [](ImapClientConfig& c) {
       c.folders = {"*"};
       c.use_notify = c.pipeline = true;
       c.resync = ImapResync::kQresync;
     }},
};

}  // namespace

TEST_CASE("what was done offline meets what was done there meanwhile") {
  for (const Conflict& row : kConflicts) {
    for (const Strategy& strategy : kStrategies) {
      CAPTURE(row.name);
      CAPTURE(strategy.name);
      Day day(strategy.set);
      day.act_all(row.before);
      day.act(Kind::kGoOffline);
      day.act_all(row.offline);
      day.say_elsewhere(row.there);
      day.act(Kind::kGoOnline);
      day.run(30);
      const std::string said = test::conversation(day.history().trace());
      CAPTURE(said);
      const World settled = sweep::with_caches_settled(day.history().head());
      const bool copies = strategy.name.find("copies") != std::string::npos;
      CHECK(mailboxes(settled, day.small().server) ==
            (copies && row.end_by_copies != nullptr ? row.end_by_copies : row.end));
      CHECK(notes_at(day.history().trace(), day.small().laptop) == row.notes);
      CHECK(sweep::check_caches(settled, sweep::Caches::kAll) == "");
      CHECK(sweep::check_caches_settled(settled) == "");
    }
  }
}

TEST_CASE("a draft for which there is no room is kept here until there is, and stored once") {
  for (const Strategy& strategy : kStrategies) {
    for (const bool written_on : {false, true}) {
      CAPTURE(strategy.name);
      CAPTURE(written_on);
      Day day(strategy.set);
      day.act(Kind::kSaveDraft, day.small().laptop, save_draft("one"));
      day.act(Kind::kGoOffline);
      day.act(Kind::kSaveDraft, day.small().laptop,
              {Kind::kSaveDraft, written_on ? "one" : "", "",
               test::draft("two", "two@laptop", "much more than before\r\n")});
      // RFC 9208 §3.1.1: a message more is one too many; and as many octets as there are.
      day.say_elsewhere("SETQUOTA \"User quota\" (MESSAGE 4 STORAGE 0)");
      day.act(Kind::kGoOnline);
      day.run(30);
      const std::string said = test::conversation(day.history().trace());
      CAPTURE(said);
      const std::string rest = "INBOX: Invoice 118, Lunch on Friday?, Photos\n";
      CHECK(mailboxes(day.history().head(), day.small().server) ==
            "Drafts: one \\Draft \\Seen\n" + rest);
      CHECK(notes_at(day.history().trace(), day.small().laptop) ==
            std::vector<Note>{Note::kActionRefused});
      const LocalStore& local = *day.history().head().device(DeviceId{1}).local;
      CHECK(local.find_subject("Drafts", "two") != nullptr);
      day.say_elsewhere("SETQUOTA \"User quota\" ()");
      day.act(Kind::kDisconnect);
      day.act(Kind::kCheckMail);
      const World settled = sweep::with_caches_settled(day.history().head());
      CHECK(mailboxes(settled, day.small().server) ==
            (written_on ? "Drafts: two \\Draft \\Seen\n"
                        : "Drafts: one \\Draft \\Seen, two \\Draft \\Seen\n") +
                rest);
      CHECK(sweep::check_caches(settled, sweep::Caches::kAll) == "");
      CHECK(sweep::check_caches_settled(settled) == "");
    }
  }
}

TEST_CASE("a draft whose mailbox was made anew is written on as before") {
  // Its UID was not kept here, the mailbox being another one, and the next version stood beside it.
  for (const Strategy& strategy : kStrategies) {
    for (const char* there : {"DELETE Drafts", "RENAME Drafts Old"}) {
      CAPTURE(strategy.name);
      CAPTURE(std::string(there));
      Day day(strategy.set);
      day.act_all({save_draft("one")});
      day.act(Kind::kGoOffline);
      day.act_all({save_draft("two", "one")});
      day.say_elsewhere(there);
      day.act(Kind::kGoOnline);
      day.run(30);
      day.act_all({save_draft("three", "two")});
      day.run(30);
      const std::string said = test::conversation(day.history().trace());
      CAPTURE(said);
      const World settled = sweep::with_caches_settled(day.history().head());
      CHECK(mailboxes(settled, day.small().server).find("Drafts: three \\Draft \\Seen\n") == 0);
      CHECK(sweep::check_caches(settled, sweep::Caches::kAll) == "");
      CHECK(sweep::check_caches_settled(settled) == "");
    }
  }
}
