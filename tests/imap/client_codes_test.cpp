// What a mail program makes of the response codes that Mailscope's own server never gives, and of
// those that end a login for good: it goes on, waits or gives up as RFC 5530 says, and the person
// sees the words.
#include <doctest/doctest.h>

#include "tests/imap/client_session.h"

using namespace mailscope;
using Kind = ImapOrder::Kind;
using test::bob;
using test::ImapClientSession;
using test::KnownMail;
using test::new_message;

namespace {

/// INBOX with UIDs 1 and 2 up to the last answer of the sync, `extra` on the way; what it says
/// then.
std::string synced(ImapClientSession& session, const std::string& extra = "") {
  session.log_in("UIDPLUS");
  session.hear("* 2 EXISTS\r\n* OK [UIDVALIDITY 1] it\r\n" + extra + "a2 OK done\r\n");
  session.hear("* 1 FETCH (UID 1 FLAGS ())\r\n* 2 FETCH (UID 2 FLAGS ())\r\na3 OK done\r\n");
  return session.hear("a4 OK done\r\n");
}

}  // namespace

TEST_CASE("a login that is refused: what will be the same tomorrow is not asked again") {
  constexpr struct {
    const char* code;
    bool ask_again;
  } kRows[] = {
      {"AUTHENTICATIONFAILED", false},
      {"AUTHORIZATIONFAILED", false},
      {"EXPIRED", false},
      {"PRIVACYREQUIRED", false},
      {"CONTACTADMIN", false},
      {"UNAVAILABLE", true},
      {"INUSE", true},
      {"SERVERBUG", true},
      {"LIMIT", true},
      {"X-NEVER-HEARD-OF", true},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.code);
    KnownMail mail({1, 2});
    ImapClientSession session(bob(), mail.local, {mail.order(Kind::kAddFlags, 0, Flag::kFlagged)});
    session.hear("* OK [CAPABILITY IMAP4rev1] hello\r\n");
    CHECK(session.hear(std::string("a1 NO [") + row.code + "] these words\r\n") == "a2 LOGOUT\n");
    session.hear("* BYE\r\na2 OK bye\r\n");
    CHECK(session.closed());
    CHECK(session.client().outcome().kind == SessionOutcome::Kind::kRefused);
    CHECK(session.client().outcome().text == "these words");
    CHECK(session.client().outcome().ask_again == row.ask_again);
    CHECK(session.client().orders().size() == 1);  // what the person wanted is not lost with it
    CHECK(session.violations() == 0);
  }
}

TEST_CASE("ALERT: the words are shown, wherever they stand, and nothing else changes") {
  KnownMail mail({1, 2});
  ImapClientSession session(bob(), mail.local);
  session.hear("* OK [ALERT] maintenance at noon\r\n");
  CHECK(session.hear("a1 OK [alert] your mailbox is nearly full\r\n") == "a2 CAPABILITY\n");
  CHECK(session.hear("* CAPABILITY IMAP4rev1 IDLE\r\na2 OK done\r\n") == "a3 SELECT INBOX\n");
  CHECK(session.hear("* NO [ALERT] disk failing\r\n") == "");
  session.hear("* 2 EXISTS\r\n* OK [UIDVALIDITY 1] it\r\na3 OK done\r\n");
  session.hear("* 1 FETCH (UID 1 FLAGS ())\r\n* 2 FETCH (UID 2 FLAGS ())\r\na4 OK done\r\n");
  CHECK(session.hear("a5 OK done\r\n") == "a6 IDLE\n");
  CHECK(session.hear("+ idling\r\n* OK [ALERT] going home\r\n") == "");
  CHECK(session.words() ==
        "maintenance at noon\nyour mailbox is nearly full\ndisk failing\ngoing home\n");
  session.hear("* BYE [ALERT] now\r\n");
  CHECK(session.closed());
  CHECK(session.client().outcome().text == "now");
  CHECK(session.notes() == std::vector<Note>(5, Note::kPlain));
  CHECK(session.violations() == 0);
}

TEST_CASE(
    "an order that is refused for the moment waits for the next session; for good, it is taken "
    "back") {
  constexpr struct {
    const char* code;
    size_t waits;
  } kRows[] = {
      {"UNAVAILABLE", 1}, {"INUSE", 1},  {"CORRUPTION", 0}, {"SERVERBUG", 0},
      {"CLIENTBUG", 0},   {"CANNOT", 0}, {"NOPERM", 0},     {"X-NEVER-HEARD-OF", 0},
  };
  for (const auto& row : kRows) {
    for (const Kind kind : {Kind::kAddFlags, Kind::kDelete}) {
      CAPTURE(row.code);
      KnownMail mail({1, 2});
      const FlagBits flags = kind == Kind::kAddFlags ? FlagBits{Flag::kFlagged} : FlagBits{0};
      ImapClientSession session(bob(), mail.local, {mail.order(kind, 0, flags)});
      CHECK(synced(session).rfind("a5 UID STORE 1 +FLAGS", 0) == 0);
      session.hear(std::string("a5 NO [") + row.code + "] these words\r\n");
      CHECK(session.client().put_off().size() == row.waits);
      CHECK(session.client().orders().empty());
      CHECK(session.notes() == std::vector<Note>{Note::kActionRefused});
      CHECK(session.words() == "m1: these words\n");
      // What waits is still shown as the person left it.
      CHECK((mail.flags(1) != 0) == (row.waits == 1));
      CHECK(!session.closed());
    }
  }
}

TEST_CASE("what waited is carried out in the next session, once") {
  KnownMail mail({1, 2});
  ImapClientSession first(bob(), mail.local, {mail.order(Kind::kAddFlags, 0, Flag::kFlagged)});
  synced(first);
  first.hear("a5 NO [INUSE] later\r\n");
  ImapClientSession second(bob(), mail.local, first.client().put_off());
  CHECK(synced(second) == "a5 UID STORE 1 +FLAGS (\\Flagged)\n");
  second.hear("* 1 FETCH (UID 1 FLAGS (\\Flagged))\r\na5 OK done\r\n");
  CHECK(second.client().put_off().empty());
  CHECK(second.client().orders().empty());
  CHECK(mail.flags(1) == Flag::kFlagged);
}

TEST_CASE("NOMODSEQ: the mailbox has no mod-sequences, so the flags of all are asked for") {
  KnownMail mail({3, 5}, 20);
  ImapClientSession session(bob(ImapResync::kCondStore), mail.local);
  session.log_in("CONDSTORE");
  CHECK(session.hear("* 2 EXISTS\r\n* OK [UIDVALIDITY 1] it\r\n* OK [UIDNEXT 6] next\r\n"
                     "* OK [NOMODSEQ] not kept here\r\na2 OK done\r\n") ==
        "a3 UID FETCH 1:5 (FLAGS)\n");
  session.hear("* 1 FETCH (UID 3 FLAGS (\\Seen))\r\n* 2 FETCH (UID 5 FLAGS ())\r\na3 OK done\r\n");
  CHECK(mail.flags(3) == Flag::kSeen);
  CHECK(session.violations() == 0);
}

TEST_CASE("UIDNOTSTICKY, PARSE and codes of tomorrow: words beside the matter") {
  KnownMail mail({1, 2});
  ImapClientSession session(bob(), mail.local);
  synced(session,
         "* NO [UIDNOTSTICKY] UIDs are not kept\r\n* NO [PARSE] message 1 is broken\r\n"
         "* OK [X-TOMORROW (1 2 \"three\")] ever\r\n");
  CHECK(mail.uids() == "1 2");
  CHECK(!session.closed());
  CHECK(session.notes().empty());
  CHECK(session.violations() == 0);
}

TEST_CASE("a server that has done a command before it has answered login is not believed") {
  // A fuzzer found it: LIST goes with LOGIN in one flight, and its OK came first.
  ImapClientConfig config = bob();
  config.pipeline = true;
  config.folders = {"*"};
  KnownMail mail({1, 2});
  ImapClientSession session(config, mail.local, {});
  const std::string said = session.hear("* OK [CAPABILITY IMAP4rev1] hello\r\n");
  REQUIRE(said.find("a2 ") != std::string::npos);
  session.hear("a2 OK done\r\n");
  CHECK(session.closed());
  CHECK(session.client().outcome().kind == SessionOutcome::Kind::kRefused);
  CHECK(session.client().outcome().text == "the server answers before login");
}
