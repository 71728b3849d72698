// What transcripts cannot show: what is recorded, that sessions are values, IDLE's pushes.
#include "sim/imap/server.h"

#include <doctest/doctest.h>

#include <set>

#include "sim/imap/response_writer.h"

using namespace mailscope;

namespace {

struct Fixture {
  Fixture() {
    TraceWriter writer(state, &trace, Instant{});
    bob = store.edit().add_account("bob", "secret", writer);
    inbox = store->inbox(bob).id;
    add("Subject: one\r\n\r\n1\r\n");
    add("Subject: two\r\n\r\n2\r\n");
  }
  void add(std::string text) {
    TraceWriter writer(state, &trace, Instant{});
    store.edit().append(inbox, make_message(std::move(text)), {}, 0, writer);
  }
  template <class Action>
  Outbox run(Action action) {
    TraceWriter writer(state, &trace, Instant{});
    Context context{Instant{}, 0, AgentId{1}, "host", "peer", writer, &store, nullptr};
    Outbox out;
    action(context, out);
    return out;
  }
  /// Everything said in answer, CRLF as "|".
  std::string say(ImapServer& server, std::string_view bytes) {
    server.receive(bytes);
    std::string said;
    while (server.ready()) {
      const Outbox out = run([&](Context& c, Outbox& o) { server.turn(c, o); });
      for (const OutUnit& unit : out.units) said += unit.bytes();
    }
    for (size_t at = said.find("\r\n"); at != std::string::npos; at = said.find("\r\n")) {
      said.replace(at, 2, "|");
    }
    return said;
  }
  ImapServer logged_in(bool select = true) {
    ImapServer server(std::make_shared<const ImapServerConfig>());
    run([&](Context& c, Outbox& o) { server.open(c, o); });
    say(server, "a LOGIN bob secret\r\n");
    if (select) say(server, "b SELECT INBOX\r\n");
    return server;
  }
  std::vector<Event> views(size_t from) {
    std::vector<Event> found;
    for (size_t i = from; i < trace.size(); ++i) {
      const Event event = trace.at(EventId::from_index(i));
      if (event.kind == EventKind::kViewChange) found.push_back(event);
    }
    return found;
  }

  Trace trace;
  TraceState state;
  Cow<MailStore> store;
  AccountId bob;
  MailboxId inbox;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a session's changes of belief are recorded, solicited or not") {
  ImapServer one = logged_in();
  ImapServer two = logged_in();
  size_t before = trace.size();
  say(one, "c STORE 1 +FLAGS (\\Deleted)\r\nd EXPUNGE\r\n");
  std::vector<Event> told = views(before);
  REQUIRE(told.size() == 2);
  CHECK(told[0].code == static_cast<uint8_t>(ViewChange::kFlags));
  CHECK(told[0].x == 1);
  CHECK(told[1].code == static_cast<uint8_t>(ViewChange::kExpunge));
  CHECK(told[1].a == 1);
  CHECK(told[1].b == 1);
  CHECK(told[1].x == 1);
  before = trace.size();
  say(two, "c NOOP\r\n");
  told = views(before);
  REQUIRE(told.size() == 1);
  CHECK(told[0].code == static_cast<uint8_t>(ViewChange::kExpunge));
  CHECK(told[0].x == 0);
  before = trace.size();
  say(two, "d FETCH 1 FLAGS\r\ne CLOSE\r\n");
  told = views(before);
  REQUIRE(told.size() == 1);
  CHECK(told[0].code == static_cast<uint8_t>(ViewChange::kClosed));
}

TEST_CASE_FIXTURE(Fixture, "a copy of a session goes its own way") {
  ImapServer server = logged_in();
  ImapServer fork = server;
  CHECK(server.digest() == fork.digest());
  say(fork, "c LOGOUT\r\n");
  CHECK(fork.finished());
  CHECK(server.state() == imap::State::kSelected);
  CHECK(server.digest() != fork.digest());
}

TEST_CASE_FIXTURE(Fixture, "IDLE wants news, one push a turn, and nothing after DONE") {
  ImapServer server = logged_in();
  CHECK(!server.wants_news());
  say(server, "c IDLE\r\n");
  CHECK(server.wants_news());
  CHECK(!server.has_news(*store));
  add("Subject: three\r\n\r\n3\r\n");
  CHECK(server.has_news(*store));
  CHECK(!server.ready());
  server.notify();
  CHECK(server.ready());
  CHECK(say(server, "") == "* 3 EXISTS|* 3 RECENT|");
  CHECK(!server.ready());
  CHECK(!server.has_news(*store));
  server.notify();
  CHECK(say(server, "DONE\r\n") == "c OK IDLE completed|");
  server.notify();
  CHECK(!server.ready());
}

TEST_CASE_FIXTURE(Fixture, "one turn handles one command") {
  ImapServer server = logged_in(false);
  server.receive("c NOOP\r\nd NOOP\r\n");
  CHECK(run([&](Context& c, Outbox& o) { server.turn(c, o); }).units.size() == 1);
  CHECK(server.ready());
}

TEST_CASE_FIXTURE(Fixture, "BODY[] sends the message's own text, not a copy") {
  ImapServer server = logged_in();
  server.receive("c FETCH 1 BODY.PEEK[]\r\n");
  const Outbox out = run([&](Context& c, Outbox& o) { server.turn(c, o); });
  REQUIRE(out.units.size() == 4);
  CHECK(out.units[0].flags == LineFlags::kContinued);
  CHECK(out.units[1].text == shared_text(store->mailbox(inbox).entries[0].message));
  CHECK(out.units[1].flags == LineFlags::kBlock);
  CHECK(out.units[2].bytes() == ")\r\n");
}

TEST_CASE_FIXTURE(Fixture, "a literal can hold no NUL, so none is sent") {
  add(std::string("Subject: x\r\n\r\na\0b\r\n", 19));
  ImapServer server = logged_in();
  CHECK(say(server, "c FETCH 3 BODY.PEEK[TEXT]\r\n") ==
        "* 3 FETCH (BODY[TEXT] {5}|a\x80" "b|)|c OK FETCH completed|");
}

TEST_CASE("the command table is in order, and its states are reachable") {
  std::set<std::string_view> names;
  for (uint32_t i = 0; i < imap::kCommandCount; ++i) {
    CHECK(static_cast<uint32_t>(imap::kCommands[i].command) == i);
    CHECK(names.insert(imap::kCommands[i].name).second);
    // RFC 3501 §7.4.1.
    const std::string_view name = imap::kCommands[i].name;
    if (name == "FETCH" || name == "STORE" || name == "SEARCH") {
      CHECK(imap::kCommands[i].news == imap::News::kWithoutExpunge);
    }
  }
  CHECK(imap::find_command("UID FETCH")->uid_form);
  CHECK(imap::find_command("FROB") == nullptr);
}

TEST_CASE("what is said behind COMPRESS before its answer: refused, and read as it stands") {
  // Nobody could tell whether it was meant compressed or not (RFC 4978 section 3).
  Fixture fixture;
  auto config = std::make_shared<ImapServerConfig>();
  config->extensions |= imap::bit(imap::Extension::kCompress);
  ImapServer server(config);
  fixture.run([&](Context& c, Outbox& o) { server.open(c, o); });
  fixture.say(server, "a LOGIN bob secret\r\n");
  CHECK(fixture.say(server, "a1 COMPRESS DEFLATE\r\na2 NOOP\r\n") ==
        "a1 BAD nothing may follow COMPRESS before its answer|a2 OK NOOP completed|");
  CHECK(fixture.say(server, "a3 COMPRESS DEFLATE\r\n") == "a3 OK DEFLATE active|");
}

// EXPUNGE of half a million messages never came to its end: each of them was recorded with the
// whole VANISHED that named them all.
TEST_CASE_FIXTURE(Fixture, "a VANISHED that names very many is not quoted for each of them") {
  for (int i = 0; i < 600; ++i) add("Subject: more\r\n\r\n3\r\n");
  ImapServerConfig all;
  all.extensions = imap::all_extensions();
  ImapServer server(std::make_shared<const ImapServerConfig>(all));
  run([&](Context& c, Outbox& o) { server.open(c, o); });
  say(server, "a LOGIN bob secret\r\nb ENABLE QRESYNC\r\nc SELECT INBOX\r\n");
  std::string marked = "1";
  for (int uid = 3; uid < 600; uid += 2) marked += ',' + std::to_string(uid);
  say(server, "d UID STORE 1,3 +FLAGS.SILENT (\\Deleted)\r\n");
  size_t before = trace.size();
  CHECK(say(server, "e EXPUNGE\r\n").find("* VANISHED 1,3|") == 0);
  for (const Event& event : views(before)) CHECK(trace.text(event) == "* VANISHED 1,3");
  say(server, "f UID STORE " + marked + " +FLAGS.SILENT (\\Deleted)\r\n");
  before = trace.size();
  CHECK(say(server, "g EXPUNGE\r\n").find("* VANISHED 5,7,9,") == 0);
  const std::vector<Event> told = views(before);
  CHECK(told.size() == 298);
  for (const Event& event : told) {
    CHECK(trace.text(event) == "* VANISHED " + std::to_string(event.b));
  }
}
