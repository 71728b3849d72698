// The POP3 client against a server that the test plays line by line: what it says in each profile,
// and what it does when things go wrong.
#include "sim/pop3/client.h"

#include <doctest/doctest.h>

#include "sim/sasl/hash.h"
#include "sim/wire/base64.h"
#include "tests/pop3/client_session.h"

using namespace mailscope;
using test::ClientSession;

namespace {

Pop3ClientConfig bob() {
  Pop3ClientConfig config;
  config.user = "bob";
  config.password = "secret";
  return config;
}

size_t held(const Cow<LocalStore>& local, bool whole) {
  size_t count = 0;
  for (const LocalFolder& folder : local->folders()) {
    for (const LocalEntry& entry : folder.entries) count += (entry.message != nullptr) == whole;
  }
  return count;
}

/// The session as far as the answer to PASS.
std::string logged_in(ClientSession& session) {
  CHECK(session.hear("+OK ready\r\n") == "USER bob\n");
  CHECK(session.hear("+OK\r\n") == "PASS secret\n");
  return session.hear("+OK\r\n");
}

const char* const kMail = "+OK\r\nSubject: one\r\n\r\n..dot\r\n.\r\n";

}  // namespace

TEST_CASE("download and delete: each message is deleted when it is here whole") {
  Cow<LocalStore> local;
  ClientSession session(bob(), local);
  CHECK(logged_in(session) == "STAT\n");
  CHECK(session.hear("+OK 2 46\r\n") == "UIDL\n");
  CHECK(session.hear("+OK\r\n1 a\r\n2 b\r\n.\r\n") == "RETR 1\n");
  CHECK(session.hear("+OK\r\nSubject: one\r\n\r\n..dot\r\n") == "");
  CHECK(held(local, true) == 0);
  CHECK(session.hear(".\r\n") == "DELE 1\n");
  CHECK(local->folders()[0].entries[0].message->text() == "Subject: one\r\n\r\n.dot\r\n");
  CHECK(session.hear("+OK\r\n") == "RETR 2\n");
  // Gone meanwhile: it is not here, so it is not deleted.
  CHECK(session.hear("-ERR [SYS/TEMP] message is gone\r\n") == "QUIT\n");
  CHECK(session.hear("+OK bye\r\n") == "");
  CHECK(session.outcome().kind == SessionOutcome::Kind::kDone);
  CHECK(session.closed());
  CHECK(session.secrets() == 1);
}

TEST_CASE("what an earlier session fetched is deleted without being fetched again") {
  Cow<LocalStore> local;
  local.edit().remember("a");
  ClientSession session(bob(), local);
  logged_in(session);
  session.hear("+OK 1 23\r\n");
  CHECK(session.hear("+OK\r\n1 a\r\n.\r\n") == "DELE 1\n");
  CHECK(session.hear("+OK\r\n") == "QUIT\n");
}

TEST_CASE("keep: only what is new is fetched, only what the person deleted is deleted") {
  Cow<LocalStore> local;
  local.edit().remember("a");
  local.edit().remember("b");
  Pop3ClientConfig config = bob();
  config.leave_on_server = true;
  ClientSession session(config, local, {"b"});
  logged_in(session);
  session.hear("+OK 3 69\r\n");
  CHECK(session.hear("+OK\r\n1 a\r\n2 b\r\n3 c\r\n.\r\n") == "DELE 2\n");
  CHECK(session.hear("+OK\r\n") == "RETR 3\n");
  CHECK(session.hear(kMail) == "QUIT\n");
  CHECK(local->has_seen("c"));
  CHECK(!local->seen_at("c"));
}

TEST_CASE("keep for some days: the days count from when it came here") {
  Cow<LocalStore> local;
  const Instant day0 = Instant{} + seconds(1000);
  const Duration day = seconds(24 * 3600);
  Pop3ClientConfig config = bob();
  config.leave_on_server = true;
  config.keep_for = day * 3;
  const auto collect = [&](Instant now) {
    ClientSession session(config, local, {}, now);
    logged_in(session);
    session.hear("+OK 1 23\r\n");
    std::string said = session.hear("+OK\r\n1 a\r\n.\r\n");
    if (said == "RETR 1\n") said += session.hear(kMail);
    return said;
  };
  CHECK(collect(day0) == "RETR 1\nQUIT\n");
  CHECK(local->seen_at("a") == day0);
  CHECK(collect(day0 + day) == "QUIT\n");
  CHECK(collect(day0 + day * 3 - seconds(1)) == "QUIT\n");
  CHECK(collect(day0 + day * 3) == "DELE 1\n");
  CHECK(held(local, true) == 1);
}

TEST_CASE("headers first: TOP for what is new, RETR for what the person opened") {
  Cow<LocalStore> local;
  Pop3ClientConfig config = bob();
  config.leave_on_server = true;
  config.headers_first = true;
  {
    ClientSession session(config, local);
    logged_in(session);
    CHECK(session.hear("+OK 1 5000\r\n") == "UIDL\n");
    CHECK(session.hear("+OK\r\n1 a\r\n.\r\n") == "LIST\n");
    CHECK(session.hear("+OK\r\n1 5000\r\n.\r\n") == "TOP 1 0\n");
    CHECK(session.hear("+OK\r\nSubject: one\r\nFrom: <x@y.example>\r\n\r\n.\r\n") == "QUIT\n");
  }
  REQUIRE(held(local, false) == 1);
  const LocalEntry entry = local->folders()[0].entries[0];
  CHECK(entry.subject == "one");
  CHECK(entry.size == 5000);
  {
    ClientSession session(config, local);
    logged_in(session);
    session.hear("+OK 1 5000\r\n");
    session.hear("+OK\r\n1 a\r\n.\r\n");
    CHECK(session.hear("+OK\r\n1 5000\r\n.\r\n") == "QUIT\n");
  }
  local.edit().set_wanted("INBOX", entry.key, true);
  {
    ClientSession session(config, local);
    logged_in(session);
    session.hear("+OK 1 5000\r\n");
    session.hear("+OK\r\n1 a\r\n.\r\n");
    CHECK(session.hear("+OK\r\n1 5000\r\n.\r\n") == "RETR 1\n");
    CHECK(session.hear(kMail) == "QUIT\n");
  }
  CHECK(held(local, true) == 1);
  CHECK(held(local, false) == 0);
  CHECK(local->wanted().empty());
}

TEST_CASE("headers first: what cannot be had is not asked for in every session") {
  Pop3ClientConfig config = bob();
  config.leave_on_server = true;
  config.headers_first = true;
  for (const bool listed : {true, false}) {
    Cow<LocalStore> local;
    TraceState state;
    TraceWriter trace(state, nullptr, Instant{});
    LocalEntry entry;
    entry.unique_id = "a";
    const uint32_t key = local.edit().add("INBOX", entry, trace);
    local.edit().remember("a");
    local.edit().set_wanted("INBOX", key, true);
    ClientSession session(config, local);
    logged_in(session);
    session.hear("+OK 1 5000\r\n");
    session.hear(listed ? "+OK\r\n1 a\r\n.\r\n" : "+OK\r\n1 b\r\n.\r\n");
    const std::string said = session.hear("+OK\r\n1 5000\r\n.\r\n");
    CHECK(said == (listed ? "RETR 1\n" : "TOP 1 0\n"));
    CHECK(session.hear("-ERR no\r\n") == (listed ? "QUIT\n" : "RETR 1\n"));
    CHECK(local->wanted().empty());
  }
}

TEST_CASE("headers first and delete: a header alone deletes nothing") {
  Cow<LocalStore> local;
  Pop3ClientConfig config = bob();
  config.headers_first = true;
  for (int i = 0; i < 2; ++i) {
    ClientSession session(config, local);
    logged_in(session);
    session.hear("+OK 1 5000\r\n");
    session.hear("+OK\r\n1 a\r\n.\r\n");
    const std::string said = session.hear("+OK\r\n1 5000\r\n.\r\n");
    CHECK(said == (i == 0 ? "TOP 1 0\n" : "QUIT\n"));
    if (i == 0) CHECK(session.hear("+OK\r\nSubject: one\r\n\r\n.\r\n") == "QUIT\n");
  }
}

TEST_CASE("without unique-ids everything is new every time") {
  Cow<LocalStore> local;
  Pop3ClientConfig config = bob();
  config.leave_on_server = true;
  config.use_uidl = false;
  for (size_t copies = 1; copies <= 3; ++copies) {
    ClientSession session(config, local);
    logged_in(session);
    CHECK(session.hear("+OK 1 23\r\n") == "RETR 1\n");
    CHECK(session.hear(kMail) == "QUIT\n");
    CHECK(held(local, true) == copies);
  }
}

TEST_CASE("a server without UIDL or TOP: the program does without") {
  Cow<LocalStore> local;
  Pop3ClientConfig config = bob();
  config.headers_first = true;
  config.leave_on_server = true;
  ClientSession session(config, local);
  logged_in(session);
  session.hear("+OK 1 23\r\n");
  CHECK(session.hear("-ERR unknown command\r\n") == "LIST\n");
  CHECK(session.hear("+OK\r\n1 23\r\n.\r\n") == "RETR 1\n");
  CHECK(session.hear(kMail) == "QUIT\n");
}

TEST_CASE("pipelining: several commands at once, and DELE only for what is here whole") {
  Cow<LocalStore> local;
  Pop3ClientConfig config = bob();
  config.pipeline = true;
  ClientSession session(config, local);
  CHECK(session.hear("+OK ready\r\n") == "CAPA\n");
  CHECK(session.hear("+OK\r\nPIPELINING\r\nUIDL\r\n.\r\n") == "USER bob\n");
  session.hear("+OK\r\n");
  CHECK(session.hear("+OK\r\n") == "STAT\nUIDL\n");
  CHECK(session.hear("+OK 3 69\r\n") == "");
  CHECK(session.hear("+OK\r\n1 a\r\n2 b\r\n3 c\r\n.\r\n") == "RETR 1\nRETR 2\nRETR 3\n");
  CHECK(session.hear(std::string(kMail) + "+OK\r\nSubject:") == "DELE 1\n");
  CHECK(session.hear(" two\r\n\r\n.\r\n-ERR gone\r\n") == "DELE 2\n");
  CHECK(session.hear("+OK\r\n") == "");
  CHECK(session.hear("+OK\r\n") == "QUIT\n");
  CHECK(held(local, true) == 2);
}

TEST_CASE("pipelining is not used where it is not offered, nor on an empty maildrop for nothing") {
  Cow<LocalStore> local;
  Pop3ClientConfig config = bob();
  config.pipeline = true;
  ClientSession session(config, local);
  session.hear("+OK ready\r\n");
  CHECK(session.hear("-ERR unknown command\r\n") == "USER bob\n");
  session.hear("+OK\r\n");
  CHECK(session.hear("+OK\r\n") == "STAT\n");
  CHECK(session.hear("+OK 0 0\r\n") == "QUIT\n");
}

TEST_CASE("APOP: the digest of RFC 1939 §7, and no falling back to PASS") {
  Cow<LocalStore> local;
  Pop3ClientConfig config = bob();
  config.user = "mrose";
  config.password = "tanstaaf";
  config.login = Pop3Login::kApop;
  {
    ClientSession session(config, local);
    CHECK(session.hear("+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\r\n") ==
          "APOP mrose c4c9334bac560ecc979e58001b3e22fb\n");
    CHECK(session.hear("+OK\r\n") == "STAT\n");
    CHECK(session.secrets() == 0);
  }
  // Not a msg-id: no timestamp, or one with octets chosen to find collisions.
  for (const char* greeting : {"+OK ready\r\n", "+OK <nothing>\r\n", "+OK <a\x80@b>\r\n"}) {
    ClientSession session(config, local);
    CHECK(session.hear(greeting) == "QUIT\n");
    session.hear("+OK\r\n");
    CHECK(session.outcome().kind == SessionOutcome::Kind::kRefused);
    CHECK(session.outcome().text == "the server offers no APOP");
  }
}

TEST_CASE("AUTH: the mechanism that gives least away, or the one that was named") {
  const auto first_line = [](std::optional<sasl::Mechanism> named, const std::string& sasl) {
    Cow<LocalStore> local;
    Pop3ClientConfig config = bob();
    config.login = Pop3Login::kAuth;
    config.mechanism = named;
    ClientSession session(config, local);
    CHECK(session.hear("+OK ready\r\n") == "CAPA\n");
    return session.hear("+OK\r\nUSER\r\n" + sasl + ".\r\n");
  };
  const std::string plain = "AUTH PLAIN AGJvYgBzZWNyZXQ=\n";
  CHECK(first_line({}, "SASL PLAIN LOGIN\r\n") == plain);
  CHECK(first_line({}, "SASL LOGIN\r\n") == "AUTH LOGIN\n");
  CHECK(first_line({}, "SASL PLAIN CRAM-MD5 X-OWN\r\n") == "AUTH CRAM-MD5\n");
  CHECK(first_line({}, "SASL PLAIN SCRAM-SHA-256\r\n").rfind("AUTH SCRAM-SHA-256 biws", 0) == 0);
  CHECK(first_line(sasl::Mechanism::kPlain, "SASL CRAM-MD5 PLAIN\r\n") == plain);
  CHECK(first_line(sasl::Mechanism::kPlain, "SASL CRAM-MD5\r\n") == "QUIT\n");
  CHECK(first_line({}, "") == "QUIT\n");
}

TEST_CASE("AUTH: challenges are answered, wrong ones end the exchange with *") {
  Pop3ClientConfig config = bob();
  config.login = Pop3Login::kAuth;
  const auto begin = [&](Cow<LocalStore>& local, const char* mechanism) {
    ClientSession session(config, local);
    session.hear("+OK ready\r\n");
    session.hear("+OK\r\nSASL " + std::string(mechanism) + "\r\n.\r\n");
    return session;
  };
  Cow<LocalStore> local;
  {
    ClientSession session = begin(local, "CRAM-MD5");
    const std::string challenge = "<1896.697170952@postoffice.example.net>";
    CHECK(session.hear("+ " + encode_base64(challenge) + "\r\n") ==
          encode_base64("bob " + sasl::hmac_md5_hex("secret", challenge)) + "\n");
    CHECK(session.hear("+OK\r\n") == "STAT\n");
    CHECK(session.secrets() == 0);
  }
  {
    ClientSession session = begin(local, "LOGIN");
    CHECK(session.hear("+ VXNlcm5hbWU6\r\n") == "Ym9i\n");
    CHECK(session.hear("+ UGFzc3dvcmQ6\r\n") == "c2VjcmV0\n");
    CHECK(session.secrets() == 3);
    CHECK(session.hear("+ \r\n") == "*\n");
    CHECK(session.hear("-ERR cancelled\r\n") == "QUIT\n");
  }
  for (const char* nonsense : {"+ !!!\r\n", "+ cj1hLHM9YixpPTE=\r\n"}) {
    ClientSession session = begin(local, "SCRAM-SHA-256");
    CHECK(session.hear(nonsense) == "*\n");
    CHECK(session.hear("-ERR cancelled\r\n") == "QUIT\n");
  }
  {
    // A server that says yes without having shown that it knows the password is not believed.
    ClientSession session = begin(local, "SCRAM-SHA-256");
    CHECK(session.hear("+OK welcome\r\n") == "QUIT\n");
    session.hear("+OK\r\n");
    CHECK(session.outcome().kind == SessionOutcome::Kind::kRefused);
    CHECK(!session.outcome().ask_again);
  }
}

TEST_CASE("AUTH: an initial response too long for a command line waits for the challenge") {
  Cow<LocalStore> local;
  Pop3ClientConfig config = bob();
  config.login = Pop3Login::kAuth;
  config.password = std::string(200, 'x');
  ClientSession session(config, local);
  session.hear("+OK ready\r\n");
  CHECK(session.hear("+OK\r\nSASL PLAIN\r\n.\r\n") == "AUTH PLAIN\n");
  CHECK(session.hear("+ \r\n").size() > 255);
}

TEST_CASE("TLS: taken where it is offered, and what was learnt before is asked for again") {
  Cow<LocalStore> local;
  Pop3ClientConfig config = bob();
  config.tls = Pop3Tls::kRequired;
  config.login = Pop3Login::kAuth;
  ClientSession session(config, local);
  CHECK(session.hear("+OK ready\r\n") == "CAPA\n");
  CHECK(session.hear("+OK\r\nSTLS\r\nSASL CRAM-MD5\r\n.\r\n") == "STLS\n");
  CHECK(!session.wants_tls());
  // Slipped in behind the answer by somebody on the way: thrown away.
  CHECK(session.hear("+OK begin\r\n+OK\r\nSASL LOGIN\r\n.\r\n") == "");
  CHECK(session.wants_tls());
  CHECK(session.handshake() == "CAPA\n");
  CHECK(session.violations() == 1);
  CHECK(session.hear("+OK\r\nSASL PLAIN\r\n.\r\n") == "AUTH PLAIN AGJvYgBzZWNyZXQ=\n");
  CHECK(session.hear("+OK\r\n") == "STAT\n");
}

TEST_CASE("TLS: what was offered before the handshake does not count after it") {
  Cow<LocalStore> local;
  Pop3ClientConfig config = bob();
  config.tls = Pop3Tls::kIfOffered;
  config.pipeline = true;
  ClientSession session(config, local);
  session.hear("+OK ready\r\n");
  CHECK(session.hear("+OK\r\nSTLS\r\nPIPELINING\r\n.\r\n") == "STLS\n");
  session.hear("+OK begin\r\n");
  CHECK(session.handshake() == "CAPA\n");
  CHECK(session.hear("-ERR not now\r\n") == "USER bob\n");
  session.hear("+OK\r\n");
  CHECK(session.hear("+OK\r\n") == "STAT\n");
}

TEST_CASE("TLS stripped on the way: who insists says no password, who does not says it") {
  for (const char* answer : {"+OK\r\nUSER\r\n.\r\n", "-ERR unknown command\r\n"}) {
    Cow<LocalStore> local;
    Pop3ClientConfig config = bob();
    config.tls = Pop3Tls::kRequired;
    ClientSession strict(config, local);
    strict.hear("+OK ready\r\n");
    CHECK(strict.hear(answer) == "QUIT\n");
    strict.hear("+OK\r\n");
    CHECK(strict.outcome().text == "the server offers no TLS");
    config.tls = Pop3Tls::kIfOffered;
    ClientSession trusting(config, local);
    trusting.hear("+OK ready\r\n");
    CHECK(trusting.hear(answer) == "USER bob\n");
  }
  Cow<LocalStore> local;
  Pop3ClientConfig config = bob();
  for (const bool insists : {true, false}) {
    config.tls = insists ? Pop3Tls::kRequired : Pop3Tls::kIfOffered;
    ClientSession session(config, local);
    session.hear("+OK ready\r\n");
    CHECK(session.hear("+OK\r\nSTLS\r\n.\r\n") == "STLS\n");
    CHECK(session.hear("-ERR not now\r\n") == (insists ? "QUIT\n" : "USER bob\n"));
    CHECK(!session.wants_tls());
  }
}

TEST_CASE("UTF-8 mode is asked for where it is offered, before logging in") {
  Cow<LocalStore> local;
  Pop3ClientConfig config = bob();
  config.utf8 = true;
  for (const char* answer : {"+OK\r\n", "-ERR\r\n"}) {
    ClientSession session(config, local);
    session.hear("+OK ready\r\n");
    CHECK(session.hear("+OK\r\nUTF8\r\n.\r\n") == "UTF8\n");
    CHECK(session.hear(answer) == "USER bob\n");
  }
  ClientSession session(config, local);
  session.hear("+OK ready\r\n");
  CHECK(session.hear("+OK\r\nUSER\r\n.\r\n") == "USER bob\n");
}

TEST_CASE("what a refused login means: try again later, or ask the person") {
  const auto outcome = [](const char* answer) {
    Cow<LocalStore> local;
    ClientSession session(bob(), local);
    session.hear("+OK ready\r\n");
    session.hear("+OK\r\n");
    CHECK(session.hear(answer) == "QUIT\n");
    session.hear("+OK\r\n");
    CHECK(session.outcome().kind == SessionOutcome::Kind::kRefused);
    return session.outcome().ask_again;
  };
  CHECK(outcome("-ERR [IN-USE] locked\r\n"));
  CHECK(outcome("-ERR [LOGIN-DELAY] wait\r\n"));
  CHECK(outcome("-ERR [SYS/TEMP] later\r\n"));
  CHECK(outcome("-ERR no reason given\r\n"));
  CHECK(!outcome("-ERR [AUTH] wrong\r\n"));
  CHECK(!outcome("-ERR [SYS/PERM] closed\r\n"));
}

TEST_CASE("QUIT refused: some messages are still there, and the next session tries again") {
  Cow<LocalStore> local;
  local.edit().remember("a");
  ClientSession session(bob(), local);
  logged_in(session);
  session.hear("+OK 1 23\r\n");
  CHECK(session.hear("+OK\r\n1 a\r\n.\r\n") == "DELE 1\n");
  CHECK(session.hear("+OK\r\n") == "QUIT\n");
  session.hear("-ERR some deleted messages not removed\r\n");
  CHECK(session.outcome().kind == SessionOutcome::Kind::kRefused);
  CHECK(session.outcome().ask_again);
}

TEST_CASE("a server that talks nonsense, hangs up or falls silent") {
  Cow<LocalStore> local;
  {
    ClientSession session(bob(), local);
    session.hear("220 smtp.example.net ESMTP\r\n");
    CHECK(session.outcome().kind == SessionOutcome::Kind::kRefused);
    CHECK(session.violations() == 1);
  }
  {
    ClientSession session(bob(), local);
    session.hear("-ERR too busy\r\n");
    CHECK(session.outcome().kind == SessionOutcome::Kind::kRefused);
    CHECK(session.outcome().text == "too busy");
  }
  {
    ClientSession session(bob(), local);
    logged_in(session);
    session.close(CloseReason::kReset);
    CHECK(session.outcome().kind == SessionOutcome::Kind::kLost);
  }
  {
    ClientSession session(bob(), local);
    CHECK(session.timer() == "");
    CHECK(session.closed());
    CHECK(session.outcome().text == "no answer from the server");
  }
}

TEST_CASE("a client fed byte by byte says the same") {
  const std::string capabilities = "+OK\r\nSTLS\r\nPIPELINING\r\nSASL LOGIN\r\n.\r\n";
  for (const bool slowly : {false, true}) {
    Cow<LocalStore> local;
    Pop3ClientConfig config = bob();
    config.pipeline = true;
    config.headers_first = true;
    ClientSession session(config, local);
    const auto hear = [&](std::string_view bytes) {
      return slowly ? session.hear_slowly(bytes) : session.hear(bytes);
    };
    CHECK(hear("+OK ready\r\n") == "CAPA\n");
    CHECK(hear(capabilities) == "USER bob\n");
    CHECK(hear("+OK\r\n") == "PASS secret\n");
    CHECK(hear("+OK\r\n") == "STAT\nUIDL\nLIST\n");
    CHECK(hear("+OK 1 23\r\n+OK\r\n1 a\r\n.\r\n+OK\r\n1 23\r\n.\r\n") == "TOP 1 0\n");
    CHECK(hear("+OK\r\nSubject: one\r\n\r\n.\r\n") == "QUIT\n");
    CHECK(hear("+OK\r\n") == "");
    CHECK(session.outcome().kind == SessionOutcome::Kind::kDone);
  }
}
