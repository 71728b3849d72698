// What an SMTP server leaves behind: mail in its store, mail for its relay, deliveries that a
// sender wants to hear of, the rules its peer broke. The conversations themselves are transcripts.
#include "sim/smtp/server.h"

#include <doctest/doctest.h>

#include "sim/wire/base64.h"

using namespace mailscope;

namespace {

/// A server with accounts bob and carol, to which whole pieces are said.
class Session {
 public:
  explicit Session(const SmtpServerConfig& config)
      : server_(std::make_shared<const SmtpServerConfig>(config)) {
    TraceWriter writer(state_, &trace_, Instant{});
    store_.edit().add_account("bob", "secret", writer);
    store_.edit().add_account("carol", "secret", writer);
    run([](SmtpServer& s, Context& c, Outbox& o) { s.open(c, o); });
  }

  /// Says these lines, each ended by CRLF, at once; returns all that the server answered.
  std::string say(const std::string& lines) {
    said_.clear();
    std::string bytes;
    for (const char c : lines) bytes += c == '\n' ? std::string("\r\n") : std::string(1, c);
    server_.receive(bytes);
    while (server_.ready()) {
      digests.push_back(server_.digest());
      run([](SmtpServer& s, Context& c, Outbox& o) { s.turn(c, o); });
    }
    return said_;
  }

  template <class Action>
  void run(Action action) {
    TraceWriter writer(state_, &trace_, Instant{});
    Context context{Instant{},
                    1700000000,
                    AgentId{1},
                    "mail.example.net",
                    "client.example.org",
                    writer,
                    &store_,
                    nullptr,
                    secured,
                    7};
    Outbox out;
    action(server_, context, out);
    for (const OutUnit& unit : out.units) said_ += unit.bytes();
    for (MailTransaction& each : out.relay) relay.push_back(std::move(each));
    for (MailTransaction& each : out.delivered) delivered.push_back(std::move(each));
  }

  [[nodiscard]] std::vector<std::string> inbox(const std::string& user) const {
    std::vector<std::string> texts;
    const Mailbox& box = store_->inbox(store_->find_account(user)->id);
    for (size_t i = 0; i < box.entries.size(); ++i) {
      texts.emplace_back(box.entries[i].message->text());
    }
    return texts;
  }

  [[nodiscard]] size_t violations(const std::string& words) const {
    size_t count = 0;
    for (uint32_t i = 1; i <= trace_.size(); ++i) {
      const bool matches = trace_.text(trace_[i]).find(words) != std::string_view::npos;
      if (trace_[i].kind == EventKind::kViolation && matches) ++count;
    }
    return count;
  }

  SmtpServer server_;
  Cow<MailStore> store_;
  std::vector<MailTransaction> relay;
  std::vector<MailTransaction> delivered;
  std::vector<uint64_t> digests;
  bool secured = false;

 private:
  TraceState state_;
  Trace trace_;
  std::string said_;
};

SmtpServerConfig plain() {
  SmtpServerConfig config;
  config.local_domains = {"example.net"};
  return config;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const std::string kEnvelope = "EHLO pc\nMAIL FROM:<a@example.org>\n";

}  // namespace

TEST_CASE("Return-Path and Received stand at the top, the rest is byte for byte") {
  Session session(plain());
  session.say(kEnvelope + "RCPT TO:<bob@example.net>\nDATA\nSubject: x\n\n..dot\n.\n");
  REQUIRE(session.inbox("bob").size() == 1);
  CHECK(session.inbox("bob")[0] ==
        "Return-Path: <a@example.org>\r\n"
        "Received: from pc (client.example.org)\r\n\tby mail.example.net with ESMTP id 1-1;\r\n\t"
        "Tue, 14 Nov 2023 22:13:20 +0000\r\nSubject: x\r\n\r\n.dot\r\n");
}

TEST_CASE("the Received line says how the message came (RFC 3848)") {
  SmtpServerConfig config = everything(plain());
  Session session(config);
  session.secured = true;
  session.say(
      "EHLO pc\nAUTH PLAIN AGJvYgBzZWNyZXQ=\nMAIL FROM:<a@example.org>\n"
      "RCPT TO:<bob@example.net>\nDATA\n\n.\nMAIL FROM:<a@example.org> SMTPUTF8\n"
      "RCPT TO:<bob@example.net>\nDATA\n\n.\n");
  REQUIRE(session.inbox("bob").size() == 2);
  CHECK(contains(session.inbox("bob")[0], " with ESMTPSA id "));
  CHECK(contains(session.inbox("bob")[1], " with UTF8SMTPSA id "));
}

TEST_CASE("an alias reaches everyone once, here and elsewhere") {
  SmtpServerConfig config = plain();
  config.aliases = {{"team", {"bob", "carol@example.net", "ann@example.org", "team"}},
                    {"bob", {"bob", "bob@example.com"}}};
  Session session(config);
  session.say(kEnvelope +
              "RCPT TO:<team@example.net>\nRCPT TO:<bob+x@example.net>\nDATA\nSubject: x\n.\n");
  CHECK(session.inbox("bob").size() == 1);
  CHECK(session.inbox("carol").size() == 1);
  REQUIRE(session.relay.size() == 1);
  CHECK(session.relay[0].reverse_path == "a@example.org");
  CHECK(session.relay[0].forward_paths ==
        std::vector<std::string>{"bob@example.com", "ann@example.org"});
}

TEST_CASE("a mailing list is the sender of what it sends on") {
  SmtpServerConfig config = everything(plain());
  config.lists = {{"cats", {"bob", "dogs", "ann@example.org"}}, {"dogs", {"carol", "cats"}}};
  Session session(config);
  session.say(
      "EHLO pc\nMAIL FROM:<a@example.org>\nRCPT TO:<Cats@example.net> NOTIFY=SUCCESS\n"
      "DATA\nFrom: a@example.org\n\n.\n");
  for (const char* const user : {"bob", "carol"}) {
    REQUIRE(session.inbox(user).size() == 1);
    const std::string text = session.inbox(user)[0];
    CHECK(text.rfind("Return-Path: <cats-request@example.net>\r\n", 0) == 0);
    CHECK(contains(text, "List-Id: <cats.example.net>\r\n"));
    CHECK(contains(text, "List-Post: <mailto:cats@example.net>\r\n"));
    CHECK(contains(text, "Precedence: list\r\n"));
    CHECK(contains(text, "From: a@example.org\r\n"));
  }
  REQUIRE(session.relay.size() == 1);
  CHECK(session.relay[0].reverse_path == "cats-request@example.net");
  CHECK(session.relay[0].forward_paths == std::vector<std::string>{"ann@example.org"});
  CHECK(session.relay[0].dsn.empty());
  // RFC 3461 §5.2.7.3: the list has it, and that is the end of the sender's notices.
  REQUIRE(session.delivered.size() == 1);
  CHECK(session.delivered[0].forward_paths == std::vector<std::string>{"Cats@example.net"});
  session.say("MAIL FROM:<x@example.org>\nRCPT TO:<cats-request@example.net>\nDATA\n\n.\n");
  CHECK(session.inbox("bob").size() == 2);
}

TEST_CASE("what DSN asks goes along, and who asked hears of deliveries here") {
  SmtpServerConfig config = everything(plain());
  config.relay_for = {"client.example.org"};
  Session session(config);
  session.say(
      "EHLO pc\nMAIL FROM:<a@example.org> RET=HDRS ENVID=q+2Bq\n"
      "RCPT TO:<bob@example.net> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;b+2Bob@example.net\n"
      "RCPT TO:<carol@example.net> NOTIFY=FAILURE\n"
      "RCPT TO:<ann@example.com> NOTIFY=NEVER\nDATA\nSubject: x\n.\n");
  REQUIRE(session.relay.size() == 1);
  CHECK(session.relay[0].envelope_id == "q+q");
  CHECK(session.relay[0].headers_only);
  REQUIRE(session.relay[0].dsn.size() == 1);
  CHECK(session.relay[0].dsn[0].notify == RecipientDsn::kNever);
  REQUIRE(session.delivered.size() == 1);
  CHECK(session.delivered[0].forward_paths == std::vector<std::string>{"bob@example.net"});
  REQUIRE(session.delivered[0].dsn.size() == 1);
  CHECK(session.delivered[0].dsn[0].notify == (RecipientDsn::kSuccess | RecipientDsn::kFailure));
  CHECK(session.delivered[0].dsn[0].original_recipient == "rfc822;b+ob@example.net");
  CHECK(session.delivered[0].message->text() == session.inbox("bob")[0]);
  session.say("MAIL FROM:<>\nRCPT TO:<bob@example.net> NOTIFY=SUCCESS\nDATA\n\n.\n");
  CHECK(session.delivered.size() == 1);
}

TEST_CASE("a submission server adds Date and Message-ID where they are missing") {
  SmtpServerConfig config = everything(plain());
  config.submission = true;
  Session session(config);
  session.say(
      "EHLO pc\nAUTH PLAIN AGJvYgBzZWNyZXQ=\nMAIL FROM:<bob@example.net>\n"
      "RCPT TO:<carol@example.net>\nDATA\nSubject: x\n\n.\nMAIL FROM:<bob@example.net>\n"
      "RCPT TO:<carol@example.net>\nDATA\nDate: today\nmessage-id: <x@y>\n\n.\n");
  const std::vector<std::string> texts = session.inbox("carol");
  REQUIRE(texts.size() == 2);
  CHECK(contains(texts[0], "\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\n"));
  CHECK(contains(texts[0], "\r\nMessage-ID: <1700000000.1.1@mail.example.net>\r\n"));
  CHECK_FALSE(contains(texts[1], "Message-ID:"));
  CHECK_FALSE(contains(texts[1], "Date: Tue"));
}

TEST_CASE("commands that come early are served, and recorded once") {
  Session without(plain());
  CHECK(contains(without.say(kEnvelope + "RCPT TO:<bob@example.net>\nNOOP\n"), "250 OK\r\n250 OK"));
  CHECK(without.violations("RFC 5321 §4.5.3.2") == 1);
  SmtpServerConfig config = plain();
  config.extensions |= smtp::bit(smtp::Extension::kPipelining);
  Session with(config);
  with.say("EHLO pc\n");
  with.say("MAIL FROM:<a@example.org>\nRCPT TO:<bob@example.net>\nDATA\n");
  CHECK(with.violations("RFC") == 0);
  with.say(".\nNOOP\nRSET\n");
  CHECK(with.violations("RFC 2920 §3.1") == 1);
}

TEST_CASE("commands injected before the TLS handshake are discarded and recorded") {
  Session session(everything(plain()));
  CHECK(contains(session.say("EHLO pc\nSTARTTLS\nNOOP\n"), "220 2.0.0"));
  CHECK(session.say("MAIL FROM:<evil@example.org>\n").empty());
  session.secured = true;
  session.run([](SmtpServer& s, Context& c, Outbox& o) { s.secured(c, o); });
  CHECK(session.violations("RFC 3207 §6") == 1);
  CHECK(session.say("NOOP\n") == "250 2.0.0 OK\r\n");
  CHECK(session.server_.state() == smtp::State::kGreeted);
}

TEST_CASE("every mechanism lets the right one in") {
  for (const sasl::MechanismRow& row : sasl::kMechanisms) {
    CAPTURE(row.name);
    Session fresh(everything(plain()));
    fresh.say("EHLO pc\n");
    sasl::ClientExchange client(row.mechanism, "bob", "secret", 9);
    std::string answer = fresh.say(std::string("AUTH ") + row.name + "\n");
    for (int i = 0; i < 6 && answer.rfind("334 ", 0) == 0; ++i) {
      const std::optional<std::string> challenge =
          parse_base64(answer.substr(4, answer.size() - 6));
      REQUIRE(challenge);
      const std::optional<std::string> response = client.respond(*challenge);
      REQUIRE(response);
      answer = fresh.say(encode_base64(*response) + "\n");
    }
    CHECK(answer == "235 2.7.0 Authentication succeeded\r\n");
    CHECK(fresh.server_.user() == "bob");
    CHECK(client.server_proved());
  }
}

TEST_CASE("the greylist is part of the store, copied and counted with it") {
  SmtpServerConfig config = plain();
  config.greylist = seconds(60);
  Session session(config);
  const uint64_t before = session.store_->digest();
  const Cow<MailStore> copy = session.store_;
  session.say(kEnvelope + "RCPT TO:<bob@example.net>\n");
  CHECK(session.store_->digest() != before);
  CHECK(session.store_->greylist().size() == 1);
  CHECK(copy->greylist().size() == 0);
  session.say("RCPT TO:<BOB@example.net>\n");
  CHECK(session.store_->greylist().size() == 1);
}

TEST_CASE("each step of a session changes its digest") {
  Session session(everything(plain()));
  session.say(
      "EHLO pc\nMAIL FROM:<a@example.org> ENVID=1\nRCPT TO:<bob@example.net>\n"
      "RCPT TO:<carol@example.net> NOTIFY=NEVER\nBDAT 3\nA: ");
  for (size_t i = 1; i < session.digests.size(); ++i) {
    CAPTURE(i);
    CHECK(session.digests[i] != session.digests[i - 1]);
  }
}
