// The POP3 server where a transcript cannot reach: limits to the octet, what another protocol does
// to the mail meanwhile, the end of a session in every state, and sizes as they are sent.
#include "sim/pop3/server.h"

#include <doctest/doctest.h>

#include "sim/wire/base64.h"
#include "sim/wire/dot_stuffing.h"

using namespace mailscope;

namespace {

class Session {
 public:
  explicit Session(const Pop3ServerConfig& config, std::vector<std::string> mail = {})
      : server_(std::make_shared<const Pop3ServerConfig>(config)) {
    TraceWriter trace(state_, nullptr, Instant{});
    const AccountId bob = store_.edit().add_account("bob", "secret", trace);
    for (const std::string& text : mail) {
      store_.edit().append(store_->inbox(bob).id, make_message(text), {}, 0, trace);
    }
    run([](Pop3Server& e, Context& c, Outbox& o) { e.open(c, o); });
    greeting_ = said_;
  }

  std::string say(std::string_view bytes) {
    said_.clear();
    server_.receive(bytes);
    while (!server_.finished() && server_.ready()) {
      run([](Pop3Server& e, Context& c, Outbox& o) { e.turn(c, o); });
    }
    return said_;
  }
  void log_in() {
    say("USER bob\r\nPASS secret\r\n");
    REQUIRE(server_.state() == pop3::State::kTransaction);
  }
  void timer() {
    said_.clear();
    run([](Pop3Server& e, Context& c, Outbox& o) { e.timer(c, o); });
  }
  void close() {
    run([](Pop3Server& e, Context& c, Outbox& o) { e.closed(c, o, CloseReason::kReset); });
  }
  void secure() {
    run([](Pop3Server& e, Context& c, Outbox& o) { e.secured(c, o); });
  }
  /// As an IMAP session beside this one would.
  void expunge_elsewhere(uint32_t uid) {
    TraceWriter trace(state_, nullptr, Instant{});
    store_.edit().expunge(MailboxId{1}, {Uid{uid}}, trace);
  }
  [[nodiscard]] const Pop3Server& server() const { return server_; }
  [[nodiscard]] const MailStore& store() const { return *store_; }
  [[nodiscard]] const std::string& said() const { return said_; }
  [[nodiscard]] int violations() const {
    int count = 0;
    for (uint32_t i = 1; i <= trace_.size(); ++i) {
      count += trace_[i].kind == EventKind::kViolation ? 1 : 0;
    }
    return count;
  }
  [[nodiscard]] const std::string& greeting() const { return greeting_; }

 private:
  template <class Action>
  void run(Action action) {
    TraceWriter trace(state_, &trace_, Instant{});
    Context context{Instant{}, 1700000000, AgentId{1}, "mail.example.net", "client.example.org",
                    trace,     &store_};
    Outbox out;
    action(server_, context, out);
    for (const OutUnit& unit : out.units) said_ += unit.bytes();
  }

  Pop3Server server_;
  TraceState state_;
  Trace trace_;
  Cow<MailStore> store_;
  std::string said_;
  std::string greeting_;
};

const char* const kOne = "Subject: one\r\n\r\n1\r\n";
const char* const kTwo = "Subject: two\r\n\r\n2\r\n";

}  // namespace

TEST_CASE("a command line has 255 octets and no more, whether AUTH is offered or not") {
  for (const uint32_t extensions : {pop3::kUsualExtensions, pop3::all_extensions()}) {
    Pop3ServerConfig config;
    config.extensions = extensions;
    Session session(config);
    CHECK(session.say("USER " + std::string(248, 'x') + "\r\n") == "+OK now the password\r\n");
    CHECK(session.say("USER " + std::string(249, 'x') + "\r\n") == "-ERR line too long\r\n");
    CHECK(session.say("QUIT\r\n").substr(0, 3) == "+OK");
  }
}

TEST_CASE("an extension that is off leaves no trace") {
  for (const pop3::ExtensionRow& row : pop3::kExtensions) {
    CAPTURE(row.name);
    Pop3ServerConfig config = pop3_server_with_everything();
    config.max_bad_commands = 100;
    Session with(config, {kOne});
    config.extensions &= ~pop3::bit(row.extension);
    Session without(config, {kOne});
    const std::string listed = std::string("\r\n") + row.name;
    for (Session* session : {&with, &without}) {
      const bool there = session == &with;
      CHECK((session->greeting().find('<') != std::string::npos) ==
            (there || row.extension != pop3::Extension::kApop));
      if (row.listed) {
        CHECK((session->say("CAPA\r\n").find(listed) != std::string::npos) == there);
      }
      for (const pop3::CommandRow& command : pop3::kCommands) {
        if (command.extension != row.extension) continue;
        // A wrong number of arguments is an error of another kind.
        const std::string answer = session->say(std::string(command.name) + " 1 2 3 4\r\n");
        CHECK((answer == "-ERR unknown command\r\n") == !there);
      }
    }
    for (const pop3::ResponseCodeRow& code : pop3::kResponseCodes) {
      if (code.extension != row.extension || code.id != pop3::ResponseCode::kAuth) continue;
      CHECK(with.say("APOP bob x\r\n").find("[AUTH]") != std::string::npos);
      CHECK(without.say("APOP bob x\r\n") == "-ERR invalid user name or password\r\n");
    }
  }
}

TEST_CASE("without RESP-CODES no response has a code") {
  Pop3ServerConfig config = pop3_server_with_everything();
  config.extensions &= ~pop3::bit(pop3::Extension::kRespCodes);
  Session session(config, {kOne, "Subject: \xC3\xBC\r\n\r\n1\r\n"});
  CHECK(session.say("APOP bob x\r\n").find('[') == std::string::npos);
  session.log_in();
  CHECK(session.say("RETR 2\r\n") == "-ERR this message needs UTF-8 mode\r\n");
  session.expunge_elsewhere(1);
  CHECK(session.say("RETR 1\r\n") == "-ERR message is gone\r\n");
}

TEST_CASE("a response of AUTH may be longer than a command line, up to a limit of its own") {
  Session session(pop3_server_with_everything());
  const auto plain = [](size_t size) {
    return encode_base64(std::string("\0bob\0", 5) + std::string(size, 'x')) + "\r\n";
  };
  session.say("AUTH PLAIN\r\n");
  CHECK(session.say(plain(6000)) == "-ERR [AUTH] invalid user name or password\r\n");
  session.say("AUTH PLAIN\r\n");
  CHECK(session.say(plain(10000)) == "-ERR line too long\r\n");
  // The exchange is over: what comes next is a command.
  CHECK(session.say("AUTH PLAIN " + plain(3)) == "-ERR [AUTH] invalid user name or password\r\n");
  CHECK(session.say("AUTH PLAIN " + plain(300)) == "-ERR line too long\r\n");
}

TEST_CASE("sizes are those of what RETR sends, whatever the message ends with") {
  for (const std::string text : {"Subject: one\r\n\r\n1\r\n", "Subject: one\r\n\r\n1",
                                 "Subject: one\r\n\r\n.\r\n..\r\n", "Subject: one\r\n"}) {
    Session session({}, {text});
    session.log_in();
    const std::string answer = session.say("RETR 1\r\n");
    const size_t body = answer.find("\r\n") + 2;
    DotReader reader;
    CHECK(reader.feed(answer.substr(body)) == answer.size() - body);
    REQUIRE(reader.done());
    const std::string size = std::to_string(reader.text().size());
    CHECK(answer.substr(0, body) == "+OK " + size + " octets\r\n");
    CHECK(session.say("LIST 1\r\n") == "+OK 1 " + size + "\r\n");
    CHECK(session.say("STAT\r\n") == "+OK 1 " + size + "\r\n");
  }
}

TEST_CASE("a message that IMAP expunges meanwhile keeps its number and is gone; QUIT is content") {
  Session session({}, {kOne, kTwo});
  session.log_in();
  session.expunge_elsewhere(1);
  CHECK(session.say("RETR 1\r\n") == "-ERR [SYS/TEMP] message is gone\r\n");
  CHECK(session.say("TOP 1 0\r\n") == "-ERR [SYS/TEMP] message is gone\r\n");
  CHECK(session.say("RETR 2\r\n").substr(0, 3) == "+OK");
  CHECK(session.say("DELE 1\r\n").substr(0, 3) == "+OK");
  // Somebody else has done what was asked: the mail is not there.
  CHECK(session.say("QUIT\r\n").substr(0, 3) == "+OK");
  CHECK(session.store().mailbox(MailboxId{1}).entries.size() == 1);
}

TEST_CASE("an UPDATE that fails removes nothing that was not marked") {
  Pop3ServerConfig config;
  config.update_fails_after = 0;
  Session session(config, {kOne, kTwo});
  session.log_in();
  session.say("DELE 2\r\n");
  CHECK(session.say("QUIT\r\n") == "-ERR some deleted messages not removed\r\n");
  CHECK(session.store().mailbox(MailboxId{1}).entries.size() == 2);
  CHECK(!session.store().accounts()[0].maildrop_lock.valid());
}

TEST_CASE("however a session ends without QUIT, the lock is given back and nothing is removed") {
  for (const char* before : {"", "USER bob\r\n", "AUTH PLAIN\r\n", "STLS\r\n",
                             "USER bob\r\nPASS secret\r\nDELE 1\r\n"}) {
    for (const bool idle : {true, false}) {
      Session session(pop3_server_with_everything(), {kOne});
      session.say(before);
      idle ? session.timer() : session.close();
      CHECK(session.server().finished());
      if (idle) CHECK(session.said().empty());  // RFC 1939 §3: no response to nobody
      CHECK(!session.store().accounts()[0].maildrop_lock.valid());
      CHECK(session.store().mailbox(MailboxId{1}).entries.size() == 1);
    }
  }
}

TEST_CASE("nothing is taken for a command while the TLS handshake is awaited") {
  Session session(pop3_server_with_everything());
  CHECK(session.say("STLS\r\nCAPA\r\n") == "+OK begin TLS negotiation\r\n");
  CHECK(session.say("NOOP\r\nQUIT\r\n").empty());
  CHECK(!session.server().ready());
}

TEST_CASE("what is slipped in before the handshake is thrown away, and on record") {
  for (const bool injected : {false, true}) {
    Session session(pop3_server_with_everything());
    session.say(injected ? "STLS\r\nUSER mallory\r\n" : "STLS\r\n");
    session.secure();
    CHECK(session.violations() == (injected ? 1 : 0));
    CHECK(session.say("PASS evil\r\n") == "-ERR say USER first\r\n");
  }
}

TEST_CASE("a server's digest tells apart what its session knows") {
  const auto digest_after = [](const char* said) {
    Session session(pop3_server_with_everything(), {kOne});
    session.say(said);
    return session.server().digest();
  };
  std::vector<uint64_t> digests;
  for (const char* said :
       {"", "USER bob\r\n", "USER ann\r\n", "UTF8\r\n", "LANG zh\r\n", "STLS\r\n", "AUTH PLAIN\r\n",
        "AUTH LOGIN\r\n", "X\r\n", "X", "USER bob\r\nPASS secret\r\n",
        "USER bob\r\nPASS secret\r\nDELE 1\r\n"}) {
    digests.push_back(digest_after(said));
  }
  for (size_t i = 0; i < digests.size(); ++i) {
    for (size_t j = 0; j < i; ++j) CHECK(digests[i] != digests[j]);
  }
}

TEST_CASE("a language range finds the nearest language") {
  CHECK(pop3::find_language("en") == 0u);
  CHECK(pop3::find_language("ZH-Hans-CN") == 1u);
  CHECK(pop3::find_language("*") == 0u);
  CHECK(!pop3::find_language("fr"));
  CHECK(!pop3::find_language(""));
  CHECK(!pop3::find_language("-"));
}
