// A person with ten thousand mailboxes: what each command costs does not grow with their number
// more than what it has to say does.
#include <doctest/doctest.h>

#include <ctime>

#include "tests/imap/server_session.h"

using namespace mailscope;

namespace {

constexpr int kMailboxes = 10000;

size_t lines_with(const std::string& said, const std::string& part) {
  size_t count = 0;
  for (size_t at = said.find(part); at != std::string::npos; at = said.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("ten thousand mailboxes: every command about names is answered whole, in time") {
  ImapServerConfig config;
  config.extensions = imap::without(imap::all_extensions(), imap::bit(imap::Extension::kRev2));
  test::ImapServerSession session(config);
  for (int i = 0; i < kMailboxes; ++i) {
    session.add_mailbox("root/" + std::to_string(i % 100) + "/" + std::to_string(i));
  }
  session.log_in();
  session.say("SUBSCRIBE root/1/1");
  const struct {
    const char* line;
    const char* part;
    size_t count;
  } rows[] = {
      {"CREATE new", "z OK", 1},
      {"CREATE root/1/below/it", "z OK", 1},
      {"LIST \"\" root/*/*", "* LIST ", kMailboxes + 2},
      {"LIST \"\" %", "* LIST ", 3},
      {"LIST \"\" root/%", "* LIST ", 100},
      {"LIST \"\" *9*9*9*9*", "* LIST ", 118},
      {"LIST (SUBSCRIBED RECURSIVEMATCH) \"\" %", "CHILDINFO", 1},
      {"LSUB \"\" *", "* LSUB ", 2},
      {"LIST \"\" root/1/* RETURN (STATUS (MESSAGES UNSEEN))", "* STATUS ", 102},
      {"STATUS root/99/9999 (MESSAGES UIDNEXT)", "(MESSAGES 0 UIDNEXT 1)", 1},
      {"RENAME root trunk", "z OK", 1},
      {"LIST \"\" trunk/99/*", "* LIST ", 100},
      {"SELECT trunk/99/9999", "z OK [READ-WRITE]", 1},
      {"GETQUOTAROOT trunk/1/1", "* QUOTAROOT", 1},
      {"NOTIFY SET (personal (MessageNew MessageExpunge))", "z OK", 1},
      {"NOTIFY NONE", "z OK", 1},
      {"DELETE trunk/1/1", "z OK", 1},
      {"DELETE trunk", "z ", 1},
      {"LOGOUT", "* BYE", 1},
  };
  for (const auto& row : rows) {
    CAPTURE(std::string(row.line));
    const std::clock_t before = std::clock();
    const std::string said = session.say(row.line);
    CHECK(std::clock() - before < 10 * CLOCKS_PER_SEC);  // milliseconds, but for sanitizers
    CHECK_MESSAGE(lines_with(said, row.part) == row.count, said.substr(0, 300));
  }
}
