// What a person has done while nobody was connected, carried out later (RFC 4549): in order, once,
// on the message that was meant, and without being undone meanwhile. The server is played by the
// test, line by line.
#include <doctest/doctest.h>

#include "tests/imap/client_session.h"

using namespace mailscope;
using Kind = ImapOrder::Kind;
using test::bob;
using test::ImapClientSession;
using test::KnownMail;
using test::new_message;

namespace {

/// INBOX with UIDs 1 and 2, as far as the answer to the last FETCH; what it says then.
std::string synced(ImapClientSession& session, const std::string& capabilities,
                   const std::string& flags_of_1 = "") {
  session.log_in(capabilities);
  session.hear("* 2 EXISTS\r\n* OK [UIDVALIDITY 1] it\r\na2 OK done\r\n");
  session.hear("* 1 FETCH (UID 1 FLAGS (" + flags_of_1 +
               "))\r\n* 2 FETCH (UID 2 FLAGS ())\r\na3 OK done\r\n");
  return session.hear("a4 OK done\r\n");
}

MessagePtr draft(const std::string& id) {
  return make_message("Message-ID: <" + id + ">\r\nSubject: draft\r\n\r\nHello\r\n");
}

ImapOrder append(const std::string& id, const std::string& folder = "Drafts") {
  ImapOrder order;
  order.kind = Kind::kAppend;
  order.folder = folder;
  order.flags = Flag::kDraft;
  order.message = draft(id);
  order.message_id = "<" + id + ">";
  order.subject = "draft";
  return order;
}

/// How the draft is looked for, beside its Message-ID.
std::string of_size(const std::string& id) {
  const size_t size = draft(id)->size();
  return "LARGER " + std::to_string(size - 1) + " SMALLER " + std::to_string(size + 1);
}

void show(KnownMail& mail, size_t index, FlagBits flags) {
  TraceState state;
  TraceWriter trace(state, nullptr, Instant{});
  mail.local.edit().set_flags("INBOX", mail.keys[index], flags, trace);
}

}  // namespace

TEST_CASE("a flag set offline does not flicker: it is shown until the server has it") {
  // The FETCH of all flags used to take it away, and the STORE after it to bring it back.
  KnownMail mail({1, 2});
  show(mail, 0, Flag::kFlagged);
  ImapClientSession session(bob(), mail.local, {mail.order(Kind::kAddFlags, 0, Flag::kFlagged)});
  CHECK(synced(session, "IDLE", "\\Seen") == "a5 UID STORE 1 +FLAGS (\\Flagged)\n");
  // Both sides have changed flags: both changes stay.
  CHECK(mail.flags(1) == (Flag::kSeen | Flag::kFlagged));
  CHECK(session.hear("* 1 FETCH (UID 1 FLAGS (\\Seen \\Flagged))\r\na5 OK done\r\n") ==
        "a6 IDLE\n");
  CHECK(mail.flags(1) == (Flag::kSeen | Flag::kFlagged));
}

TEST_CASE("what the server refuses is taken back, with a note") {
  KnownMail mail({1, 2});
  show(mail, 0, Flag::kFlagged);
  ImapClientSession session(bob(), mail.local, {mail.order(Kind::kAddFlags, 0, Flag::kFlagged)});
  synced(session, "");
  session.hear("a5 NO read-only\r\n");
  CHECK(mail.flags(1) == 0);
  CHECK(session.notes() == std::vector<Note>{Note::kActionRefused});
}

TEST_CASE("a server that does not tell what STORE has changed") {
  KnownMail mail({1, 2});
  show(mail, 0, Flag::kFlagged);
  ImapClientSession session(bob(), mail.local, {mail.order(Kind::kAddFlags, 0, Flag::kFlagged)});
  synced(session, "");
  session.hear("a5 OK done\r\n");
  CHECK(mail.flags(1) == Flag::kFlagged);
  CHECK(mail.local->find_uid("INBOX", Uid{1})->told_flags == Flag::kFlagged);
}

TEST_CASE("the message has gone meanwhile: the action is dropped, with a note") {
  KnownMail mail({1, 2, 3});
  ImapClientSession session(
      bob(), mail.local,
      {mail.order(Kind::kAddFlags, 2, Flag::kSeen), mail.order(Kind::kDelete, 2),
       mail.order(Kind::kAddFlags, 0, Flag::kSeen)});
  session.log_in("");
  session.hear("* 2 EXISTS\r\n* OK [UIDVALIDITY 1] it\r\na2 OK done\r\n");
  session.hear("* 1 FETCH (UID 1 FLAGS ())\r\n* 2 FETCH (UID 2 FLAGS ())\r\na3 OK done\r\n");
  CHECK(session.hear("a4 OK done\r\n") == "a5 UID STORE 1 +FLAGS (\\Seen)\n");
  // Of the deletion nothing need be said: it is as was wanted.
  CHECK(session.notes() == std::vector<Note>{Note::kGoneMeanwhile});
}

TEST_CASE("another UIDVALIDITY: an action never hits another message under the same number") {
  KnownMail mail({1, 2});
  ImapClientSession session(bob(), mail.local,
                            {mail.order(Kind::kDelete, 0), mail.order(Kind::kDelete, 1)});
  session.log_in("UIDPLUS");
  session.hear("* 2 EXISTS\r\n* OK [UIDVALIDITY 2] new\r\na2 OK done\r\n");
  // What was 1 is 2 now; what was 2 cannot be found.
  session.hear(new_message(1, 1, "other") + new_message(2, 2, "m1"));
  CHECK(session.hear("a3 OK done\r\n") == "a4 UID STORE 2 +FLAGS (\\Deleted)\n");
  CHECK(session.notes() == std::vector<Note>{Note::kOtherUids});
  CHECK(session.hear("a4 OK done\r\n") == "a5 UID EXPUNGE 2\n");
  session.hear("* 2 EXPUNGE\r\na5 OK done\r\n");
  CHECK(mail.uids() == "1");
}

TEST_CASE("deleting without UIDPLUS: EXPUNGE only when it takes nothing else") {
  for (const bool others : {false, true}) {
    KnownMail mail({1, 2});
    ImapClientSession session(bob(), mail.local, {mail.order(Kind::kDelete, 0)});
    CHECK(synced(session, "") == "a5 UID STORE 1 +FLAGS (\\Deleted)\n");
    CHECK(session.hear("* 1 FETCH (UID 1 FLAGS (\\Deleted))\r\na5 OK done\r\n") ==
          "a6 UID SEARCH DELETED\n");
    CHECK(session.hear(std::string("* SEARCH 1") + (others ? " 2" : "") + "\r\na6 OK done\r\n") ==
          (others ? "a7 LOGOUT\n" : "a7 EXPUNGE\n"));
    CHECK(session.notes().size() == (others ? 1 : 0));
    if (others) CHECK(mail.flags(1) == Flag::kDeleted);
  }
}

TEST_CASE("moving: MOVE where offered; else COPY, and then what was copied goes") {
  KnownMail mail({1, 2});
  ImapOrder move = mail.order(Kind::kMove, 0);
  move.folder = "Paid";
  {
    ImapClientSession session(bob(), mail.local, {move});
    CHECK(synced(session, "MOVE UIDPLUS") == "a5 UID MOVE 1 Paid\n");
    CHECK(session.hear("* OK [COPYUID 7 1 4] moved\r\n* 1 EXPUNGE\r\na5 OK done\r\n") ==
          "a6 LOGOUT\n");
    CHECK(mail.uids() == "2");
  }
  ImapOrder again = mail.order(Kind::kMove, 1);
  again.folder = "Paid";
  ImapClientSession session(bob(), mail.local, {again});
  session.log_in("UIDPLUS");
  session.hear("* 1 EXISTS\r\n* OK [UIDVALIDITY 1] it\r\na2 OK done\r\n");
  session.hear("* 1 FETCH (UID 2 FLAGS ())\r\na3 OK done\r\n");
  CHECK(session.hear("a4 OK done\r\n") == "a5 UID COPY 2 Paid\n");
  CHECK(session.hear("a5 NO [TRYCREATE] no such mailbox\r\n") == "a6 CREATE Paid\n");
  CHECK(session.hear("a6 OK done\r\n") == "a7 UID COPY 2 Paid\n");
  CHECK(session.hear("a7 OK [COPYUID 7 2 5] done\r\n") == "a8 UID STORE 2 +FLAGS (\\Deleted)\n");
  CHECK(session.hear("a8 OK done\r\n") == "a9 UID EXPUNGE 2\n");
  CHECK(session.hear("* 1 EXPUNGE\r\na9 OK done\r\n") == "a10 LOGOUT\n");
}

TEST_CASE("a server that asks for CREATE and then again is believed once") {
  KnownMail mail({1, 2});
  ImapOrder move = mail.order(Kind::kMove, 0);
  move.folder = "Paid";
  ImapClientSession session(bob(), mail.local, {move});
  synced(session, "MOVE");
  CHECK(session.hear("a5 NO [TRYCREATE] no\r\n") == "a6 CREATE Paid\n");
  CHECK(session.hear("a6 OK done\r\n") == "a7 UID MOVE 1 Paid\n");
  CHECK(session.hear("a7 NO [TRYCREATE] no\r\n") == "a8 LOGOUT\n");
  CHECK(session.notes() == std::vector<Note>{Note::kActionRefused});
  CHECK(mail.flags(1) == 0);
}

TEST_CASE("COPY with a lost OK: the folder is searched before it is said again") {
  for (const bool found : {false, true}) {
    KnownMail mail({1, 2});
    ImapOrder move = mail.order(Kind::kMove, 0);
    move.folder = "Paid";
    ImapOrder left;
    {
      ImapClientSession session(bob(), mail.local, {move});
      CHECK(synced(session, "UIDPLUS") == "a5 UID COPY 1 Paid\n");
      session.close();
      REQUIRE(session.client().orders().size() == 1);
      left = session.client().orders()[0];
      CHECK(left.tried);
    }
    ImapClientSession session(bob(), mail.local, {left});
    CHECK(synced(session, "UIDPLUS") == "a5 SELECT Paid\n");
    CHECK(session.hear("* 1 EXISTS\r\n* OK [UIDVALIDITY 9] it\r\na5 OK done\r\n") ==
          "a6 UID SEARCH HEADER Message-ID <m1@example.org>\n");
    CHECK(session.hear(std::string(found ? "* SEARCH 4\r\n" : "* SEARCH\r\n") + "a6 OK done\r\n") ==
          "a7 SELECT INBOX\n");
    session.hear("* 2 EXISTS\r\n* OK [UIDVALIDITY 1] it\r\na7 OK done\r\n");
    session.hear("* 1 FETCH (UID 1 FLAGS ())\r\n* 2 FETCH (UID 2 FLAGS ())\r\na8 OK done\r\n");
    CHECK(session.hear("a9 OK done\r\n") ==
          (found ? "a10 UID STORE 1 +FLAGS (\\Deleted)\n" : "a10 UID COPY 1 Paid\n"));
  }
}

TEST_CASE("MOVE with a lost OK: what is still there was not moved") {
  KnownMail mail({1, 2});
  ImapOrder move = mail.order(Kind::kMove, 0);
  move.folder = "Paid";
  move.tried = true;
  {
    ImapClientSession session(bob(), mail.local, {move});
    CHECK(synced(session, "MOVE") == "a5 UID MOVE 1 Paid\n");
  }
  ImapClientSession session(bob(), mail.local, {move});
  session.log_in("MOVE");
  session.hear("* 1 EXISTS\r\n* OK [UIDVALIDITY 1] it\r\na2 OK done\r\n");
  session.hear("* 1 FETCH (UID 2 FLAGS ())\r\na3 OK done\r\n");
  CHECK(session.hear("a4 OK done\r\n") == "a5 LOGOUT\n");
  CHECK(session.notes().empty());
}

TEST_CASE("a draft: with LITERAL+ at once, else when the server is ready for it") {
  const std::string text(draft("1@x")->text());
  const std::string size = std::to_string(text.size());
  std::string seen = text;
  seen.erase(std::remove(seen.begin(), seen.end(), '\r'), seen.end());
  for (const char* offer : {"LITERAL+", "LITERAL-", ""}) {
    KnownMail mail({1, 2});
    ImapClientSession session(bob(), mail.local, {append("1@x")});
    const bool at_once = *offer != '\0';
    const std::string head =
        "a5 APPEND Drafts (\\Draft) {" + size + (at_once ? "+" : "") + "}\n";
    CHECK(synced(session, offer) == head + (at_once ? seen + "\n" : ""));
    if (!at_once) CHECK(session.hear("+ ready\r\n") == seen + "\n");
    CHECK(session.hear("a5 OK [APPENDUID 3 1] done\r\n") == "a6 LOGOUT\n");
  }
}

TEST_CASE("a draft whose APPEND is refused waits for the next session; the literal is not said") {
  KnownMail mail({1, 2});
  ImapClientSession session(bob(), mail.local, {append("1@x")});
  synced(session, "IDLE");
  CHECK(session.hear("a5 NO [OVERQUOTA] full\r\n") == "a6 IDLE\n");
  CHECK(session.hear("+ idling\r\n") == "");
  CHECK(session.client().at_rest());
  REQUIRE(session.client().put_off().size() == 1);
  CHECK(!session.client().put_off()[0].tried);
  CHECK(session.notes() == std::vector<Note>{Note::kActionRefused});
}

TEST_CASE("a draft whose OK was lost is not appended twice") {
  for (const bool found : {false, true}) {
    KnownMail mail({1, 2});
    ImapOrder order = append("1@x");
    order.tried = true;
    TraceState state;
    TraceWriter trace(state, nullptr, Instant{});
    LocalEntry own;
    own.message_id = order.message_id;
    order.placed_key = mail.local.edit().add("Drafts", own, trace);
    ImapClientSession session(bob(), mail.local, {order});
    CHECK(synced(session, "LITERAL+") == "a5 SELECT Drafts\n");
    CHECK(session.hear("* 1 EXISTS\r\n* OK [UIDVALIDITY 9] it\r\na5 OK done\r\n") ==
          "a6 UID SEARCH HEADER Message-ID <1@x> " + of_size("1@x") + "\n");
    const std::string said = session.hear(
        std::string(found ? "* SEARCH 4\r\n" : "* SEARCH\r\n") + "a6 OK done\r\n");
    CHECK(said.substr(0, 9) == (found ? "a7 SELECT" : "a7 APPEND"));
    if (found) CHECK(mail.uids("Drafts") == "4");
  }
}

TEST_CASE("a draft whose OK was lost is not taken for another of the same Message-ID") {
  // The one that is there was believed to be the other, and the other was never stored.
  constexpr struct {
    uint32_t first_uid;  // 0: the server did not tell it
    const char* found;
    bool stored;
  } kRows[] = {{4, "4", false}, {4, "4 5", true}, {4, "", false},
               {0, "4", false}, {0, "4 5", true}, {0, "", false}};
  for (const auto& row : kRows) {
    CAPTURE(row.first_uid);
    CAPTURE(row.found);
    KnownMail mail({1, 2});
    TraceState state;
    TraceWriter trace(state, nullptr, Instant{});
    mail.local.edit().set_uid_validity("Drafts", 9, trace);
    ImapOrder order = append("1@x");
    order.tried = true;
    LocalEntry own;
    own.message_id = order.message_id;
    own.size = order.message->size();
    own.uid = Uid{row.first_uid};
    mail.local.edit().add("Drafts", own, trace);
    own.uid = {};
    order.placed_key = mail.local.edit().add("Drafts", own, trace);
    ImapClientSession session(bob(), mail.local, {order});
    CHECK(synced(session, "LITERAL+") == "a5 SELECT Drafts\n");
    session.hear("* 1 EXISTS\r\n* OK [UIDVALIDITY 9] it\r\na5 OK done\r\n");
    const std::string said =
        session.hear(std::string("* SEARCH ") + row.found + "\r\na6 OK done\r\n");
    CHECK(said.substr(0, 9) == (row.stored ? "a7 SELECT" : "a7 APPEND"));
    if (row.stored) CHECK(mail.local->find("Drafts", order.placed_key)->uid == Uid{5});
  }
}

TEST_CASE("a draft written on: REPLACE where offered; else the new one first, then the old goes") {
  KnownMail mail({1, 2});
  ImapOrder order = append("2@x", "INBOX");
  order.kind = Kind::kReplace;
  order.key = mail.keys[0];
  order.in = "INBOX";
  {
    ImapClientSession session(bob(), mail.local, {order});
    const std::string said = synced(session, "REPLACE LITERAL+ UIDPLUS");
    CHECK(said.substr(0, 31) == "a5 UID REPLACE 1 INBOX (\\Draft)");
  }
  {
    // The same Message-ID as the draft before: what is found of it is not what was to be put there.
    ImapOrder lost = order;
    lost.tried = true;
    lost.message_id = "<m1@example.org>";
    ImapClientSession session(bob(), mail.local, {lost});
    CHECK(synced(session, "UIDPLUS LITERAL+") ==
          "a5 UID SEARCH HEADER Message-ID <m1@example.org> " + of_size("2@x") + "\n");
    CHECK(session.hear("* SEARCH 1\r\na5 OK done\r\n").substr(0, 9) == "a6 APPEND");
  }
  ImapClientSession session(bob(), mail.local, {order});
  CHECK(synced(session, "UIDPLUS LITERAL+").substr(0, 9) == "a5 APPEND");
  CHECK(session.hear("a5 OK [APPENDUID 1 3] done\r\n") == "a6 UID STORE 1 +FLAGS (\\Deleted)\n");
  CHECK(session.hear("a6 OK done\r\n") == "a7 UID EXPUNGE 1\n");
  CHECK(session.hear("* 1 EXPUNGE\r\n* 2 EXISTS\r\na7 OK done\r\n") ==
        "a8 UID FETCH 3:* (FLAGS RFC822.SIZE ENVELOPE)\n");
}

TEST_CASE("pipelined: orders go out together, and only what was refused is taken back") {
  KnownMail mail({1, 2});
  ImapClientConfig config = bob();
  config.pipeline = true;
  ImapClientSession session(config, mail.local,
                            {mail.order(Kind::kAddFlags, 0, Flag::kSeen),
                             mail.order(Kind::kRemoveFlags, 1, Flag::kSeen),
                             mail.order(Kind::kDelete, 1)});
  session.hear("* OK [CAPABILITY IMAP4rev1 UIDPLUS] hello\r\n");
  CHECK(session.hear("a1 OK [CAPABILITY IMAP4rev1 UIDPLUS] done\r\n* 2 EXISTS\r\n* OK [UIDVALIDITY 1] it\r\na2 OK done\r\n"
                     "* 1 FETCH (UID 1 FLAGS ())\r\n* 2 FETCH (UID 2 FLAGS (\\Seen))\r\n"
                     "a3 OK done\r\na4 OK done\r\n") ==
        "a5 UID STORE 1 +FLAGS (\\Seen)\na6 UID STORE 2 -FLAGS (\\Seen)\n"
        "a7 UID STORE 2 +FLAGS (\\Deleted)\na8 UID EXPUNGE 2\n");
  CHECK(session.hear("a5 NO no\r\na6 OK done\r\na7 OK done\r\n* 2 EXPUNGE\r\na8 OK done\r\n") ==
        "a9 LOGOUT\n");
  CHECK(mail.uids() == "1");
  CHECK(mail.flags(1) == 0);
}

TEST_CASE("orders of a session that is lost are there for the next one") {
  KnownMail mail({1, 2});
  ImapClientConfig config = bob();
  config.pipeline = true;
  ImapClientSession session(config, mail.local,
                            {mail.order(Kind::kAddFlags, 0, Flag::kSeen),
                             mail.order(Kind::kAddFlags, 1, Flag::kSeen)});
  session.hear("* OK [CAPABILITY IMAP4rev1] hello\r\n");
  session.hear("a1 OK [CAPABILITY IMAP4rev1] done\r\n* 2 EXISTS\r\n* OK [UIDVALIDITY 1] it\r\na2 OK done\r\n"
               "* 1 FETCH (UID 1 FLAGS ())\r\n* 2 FETCH (UID 2 FLAGS ())\r\na3 OK done\r\n"
               "a4 OK done\r\na5 OK done\r\n* BYE going down\r\n");
  CHECK(session.closed());
  REQUIRE(session.client().orders().size() == 1);
  CHECK(session.client().orders()[0].key == mail.keys[1]);
}
