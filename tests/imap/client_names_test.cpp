// A server that lists what no server should: names that would climb out of a folder, that are none,
// that are another name when they are said back, that would write commands; too many; too long;
// twice. The client keeps copies under the names it was told and nowhere else, says whole commands
// only, tells the person what it leaves out, and comes to its end.
#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "tests/imap/client_session.h"

using namespace mailscope;
using test::bob;
using test::ImapClientSession;

namespace {

using Names = std::vector<std::string>;

/// A program that keeps a copy of every folder, and leaves when it has.
ImapClientConfig copies_all() {
  ImapClientConfig config = bob();
  config.folders = {"*"};
  config.use_idle = false;
  return config;
}

std::string literal(const std::string& text) {
  return "{" + std::to_string(text.size()) + "}\r\n" + text;
}

/// One session against a server that says these LIST responses, and has empty mailboxes by any
/// name.
struct Visit {
  Cow<LocalStore> local;
  ImapClientSession session;
  Names selected;  // as they went over the wire
  int commands = 0;

  explicit Visit(const std::string& listed, const ImapClientConfig& config = copies_all())
      : session(config, local) {
    std::string said = session.log_in("IDLE");
    REQUIRE(said == "a2 LIST \"\" *\n");
    said = session.hear(listed + "a2 OK done\r\n");
    while (!session.closed() && !said.empty()) said = session.hear(answers_to(said));
  }
  [[nodiscard]] Names folders() const {
    Names names;
    for (const LocalFolder& folder : local->folders()) names.push_back(folder.name);
    return names;
  }
  [[nodiscard]] bool ended_well() {
    return session.closed() && session.client().outcome().kind == SessionOutcome::Kind::kDone;
  }

 private:
  std::string answers_to(const std::string& said) {
    std::istringstream lines(said);
    std::string answers;
    for (std::string line; std::getline(lines, line);) {
      // A line that is no command of the client's was written by the name of a mailbox.
      const size_t space = line.find(' ');
      REQUIRE(space != std::string::npos);
      REQUIRE(line.substr(0, space) == "a" + std::to_string(3 + commands));
      ++commands;
      if (line.compare(space, 8, " SELECT ") == 0) {
        selected.push_back(line.substr(space + 8));
        answers += "* 0 EXISTS\r\n* OK [UIDVALIDITY 1] it\r\n";
      }
      answers += line.substr(0, space) + " OK done\r\n";
    }
    return answers;
  }
};

}  // namespace

TEST_CASE("a name is kept and said back as it is, or it is left out and the person told") {
  const struct {
    std::string listed;    // after `* LIST (`
    std::string selected;  // empty: left out
    std::string folder;
    std::string shown = {};
  } kRows[] = {
      {") \"/\" ../x", "../x", "../x"},
      {") \"/\" \"../../etc/passwd\"", "../../etc/passwd", "../../etc/passwd"},
      {") \"/\" \"/absolute\"", "/absolute", "/absolute"},
      {") \"\\\\\" \"C:\\\\x\"", "\"C:\\\\x\"", "C:\\x"},
      {") \"/\" Entw&APw-rfe", "Entw&APw-rfe", "Entwürfe"},
      {") \"/\" NIL", "\"NIL\"", "NIL"},
      {") \"/\" {3}\r\na b", "\"a b\"", "a b"},
      // The separator is nothing to a client that cuts no name into its levels.
      {") NIL x", "x", "x"},
      {") \"\\\"\" \"a\\\"b\"", "\"a\\\"b\"", "a\"b"},
      {") \"//\" x", "x", "x"},
      // What is no name, or another one when it is said back (RFC 3501 §5.1.3).
      {") \"/\" \"\"", "", "", "\"\""},
      {") \"/\" R&D", "", "", "\"R&D\""},
      {") \"/\" &AGE-", "", "", "\"&AGE-\""},
      {") \"/\" &Jjo", "", "", "\"&Jjo\""},
      {") \"/\" &2D0-", "", "", "\"&2D0-\""},
      {") \"/\" \"caf\xC3\xA9\"", "", "", "\"caf??\""},
      // What would write lines of its own, or to a terminal.
      {") \"/\" " + literal("x\r\na9 DELETE INBOX"), "", "", "\"x??a9 DELETE INBOX\""},
      {") \"/\" " + literal("\xFF\r\na9 DELETE INBOX"), "", "", "\"???a9 DELETE INBOX\""},
      {") \"/\" x&AA0ACg-a9", "", "", "\"x&AA0ACg-a9\""},
      {") \"/\" &ABs-[2J", "", "", "\"&ABs-[2J\""},
      {") \"/\" &AJs-2J", "", "", "\"&AJs-2J\""},
      {") \"/\" " + std::string(100000, 'x'), "", "", "\"" + std::string(40, 'x') + "...\""},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.listed.substr(0, 60));
    Visit visit("* LIST (" + row.listed + "\r\n");
    CHECK(visit.ended_well());
    CHECK(visit.session.violations() == 0);
    if (row.selected.empty()) {
      CHECK(visit.selected == Names{"INBOX"});
      CHECK(visit.folders() == Names{"INBOX"});
      CHECK(visit.session.notes() == std::vector<Note>{Note::kFoldersLeftOut});
      CHECK(visit.session.words() == row.shown + "\n");
    } else {
      CHECK(visit.selected == Names{row.selected, "INBOX"});
      CHECK(visit.folders() == Names{row.folder, "INBOX"});
      CHECK(visit.session.notes().empty());
    }
  }
}

TEST_CASE("LIST that is none is passed over, and the copy of what is there goes on") {
  for (const std::string& listed :
       {std::string("* LIST () \"/\" ") + literal(std::string("a\0b", 3)) + "\r\n",
        std::string("* LIST\r\n"), std::string("* LIST () \"/\"\r\n"),
        std::string("* LIST x \"/\" y\r\n"), std::string("* LIST ((((\r\n"),
        std::string("* LIST (\\Noselect) \"/\" y\r\n"),
        std::string("* LIST (\\noNexistent) \"/\" y\r\n")}) {
    CAPTURE(listed);
    Visit visit(listed + "* LIST () \"/\" Paid\r\n");
    CHECK(visit.ended_well());
    CHECK(visit.selected == Names{"Paid", "INBOX"});
    CHECK(visit.folders() == Names{"Paid", "INBOX"});
  }
}

TEST_CASE("INBOX is INBOX in any letter case, and a name that is told twice is one mailbox") {
  Visit visit(
      "* LIST () \"/\" iNbOx\r\n* LIST () \"/\" Paid\r\n* LIST () \"/\" \"Paid\"\r\n"
      "* LIST () \"/\" INBOX\r\n* LIST (\\Noselect) \"/\" Paid\r\n* LIST () \"/\" paid\r\n"
      "* LIST () \"/\" inbox/Sub\r\n");
  CHECK(visit.ended_well());
  CHECK(visit.selected == Names{"Paid", "paid", "inbox/Sub", "INBOX"});
  CHECK(visit.session.notes().empty());
}

TEST_CASE("10,000 mailboxes are copied, each once; past a limit the person is told of the first") {
  const auto listed = [](int count) {
    std::string lines;
    for (int i = 0; i < count; ++i) lines += "* LIST () \"/\" f" + std::to_string(i) + "\r\n";
    return lines;
  };
  Visit many(listed(10000));
  CHECK(many.ended_well());
  CHECK(many.selected.size() == 10001);
  CHECK(many.folders().size() == 10001);
  CHECK(many.session.notes().empty());
  std::sort(many.selected.begin(), many.selected.end());
  CHECK(std::unique(many.selected.begin(), many.selected.end()) == many.selected.end());
  ImapClientConfig only_paid = copies_all();
  only_paid.folders = {"Paid"};
  Visit more(listed(30000) + "* LIST () \"/\" Paid\r\n", only_paid);
  CHECK(more.ended_well());
  CHECK(more.session.words() == "\"f20000\"\n");
}

TEST_CASE("what is left out is said once in a session, and no more names than a line holds") {
  std::string listed;
  for (int i = 0; i < 100; ++i) listed += "* LIST () \"/\" &" + std::to_string(i) + "\r\n";
  ImapClientConfig stays = copies_all();
  stays.noop_every = seconds(60);
  Visit visit(listed, stays);
  CHECK(!visit.session.closed());
  CHECK(visit.session.words() == "\"&0\", \"&1\", \"&2\", \"&3\", \"&4\", ...\n");
  CHECK(visit.session.timer() == "a4 NOOP\n");
  CHECK(visit.session.hear("a4 OK done\r\n") == "a5 LIST \"\" *\n");
  visit.session.hear(listed + "a5 OK done\r\n");
  CHECK(visit.session.notes().size() == 1);
}

TEST_CASE("news of a mailbox whose name cannot be used leads nowhere") {
  Cow<LocalStore> local;
  ImapClientConfig config = bob();
  config.folders = {"*"};
  config.use_notify = true;
  ImapClientSession session(config, local);
  CHECK(session.log_in("IDLE NOTIFY") == "a2 LIST \"\" *\n");
  CHECK(session.hear("a2 OK done\r\n") == "a3 SELECT INBOX\n");
  session.hear("* 0 EXISTS\r\n* OK [UIDVALIDITY 1] it\r\na3 OK done\r\n");
  CHECK(session.hear("a4 OK done\r\n") == "a5 IDLE\n");
  session.hear("+ idling\r\n");
  for (const char* name : {"\"\"", "R&D", "\"caf\xC3\xA9\"", "&AA0ACg-"}) {
    CAPTURE(name);
    CHECK(session.hear(std::string("* STATUS ") + name + " (MESSAGES 1 UIDNEXT 2)\r\n") == "");
  }
  CHECK(session.hear("* STATUS ../x (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 1)\r\n") == "DONE\n");
  CHECK(session.hear("a5 OK done\r\n") == "a6 SELECT ../x\n");
}
