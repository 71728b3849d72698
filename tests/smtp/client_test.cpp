// What the SMTP client says, and what it makes of what it hears: every way a session can go, each
// against a scripted server, line by line, byte by byte and in one piece.
#include "sim/smtp/client.h"

#include <doctest/doctest.h>

#include <functional>

#include "tests/smtp/client_script.h"

using namespace mailscope;
using test::ClientScript;
using Kind = DeliveryResult::Kind;
using Outcome = SessionOutcome::Kind;

namespace {

MailTransaction mail(const std::string& text, std::vector<std::string> to = {"bob@example.net"}) {
  return {"alice@example.org", std::move(to), make_message(text)};
}

const std::string kText = "Subject: x\r\n\r\n.\r\n";

using Check = std::function<void(const ClientScript&)>;

void play(const SmtpClientConfig& config, const std::vector<MailTransaction>& messages,
          const std::string& script, const Check& check) {
  const auto shared = std::make_shared<const SmtpClientConfig>(config);
  for (const auto mode :
       {ClientScript::Mode::kLines, ClientScript::Mode::kBytes, ClientScript::Mode::kTogether}) {
    CAPTURE(static_cast<int>(mode));
    ClientScript session(SmtpClient(shared, messages), mode);
    const std::string problem = session.play(script);
    REQUIRE_MESSAGE(problem.empty(), problem);
    check(session);
  }
}

std::string kinds(const ClientScript& session) {
  std::string text;
  for (const DeliveryResult& result : session.client().results()) {
    text += "PATR"[static_cast<int>(result.kind)];
  }
  return text;
}

Check ends_as(const std::string& results, Outcome outcome, const std::string& words = {}) {
  return [=](const ClientScript& session) {
    CHECK(kinds(session) == results);
    CHECK(session.client().outcome().kind == outcome);
    CHECK(session.client().finished());
    if (!words.empty()) {
      CHECK(session.client().outcome().text.find(words) != std::string::npos);
    }
  };
}

const std::string kHello = "S: 220 mail\nC: EHLO client.example.org\n";
const std::string kQuit = "C: QUIT\nS: 221 bye\nend\n";
const std::string kEnvelope =
    "C: MAIL FROM:<alice@example.org>\nS: 250 ok\nC: RCPT TO:<bob@example.net>\nS: 250 ok\n";

}  // namespace

TEST_CASE("one command at a time, to a server without extensions") {
  play({}, {mail(kText)},
       kHello + "S: 502 no\nC: HELO client.example.org\nS: 250 mail\n" + kEnvelope +
           "C: DATA\nS: 354 go\nC| Subject: x\\r\\n\\r\\n..\\r\\n.\\r\\n\nS: 250 ok\n" + kQuit,
       ends_as("A", Outcome::kDone, "221"));
}

TEST_CASE("offers that nobody asked for are left alone") {
  play({}, {mail(kText)},
       kHello +
           "S: 250-mail\nS: 250-PIPELINING\nS: 250-SIZE 5\nS: 250-CHUNKING\nS: 250-AUTH PLAIN\n"
           "S: 250-DSN\nS: 250 STARTTLS\n" +
           kEnvelope + "C: DATA\nS: 354 go\nC| Subject: x\\r\\n\\r\\n..\\r\\n.\\r\\n\nS: 250 ok\n" +
           kQuit,
       ends_as("A", Outcome::kDone));
}

TEST_CASE("the envelope in one go, and replies matched to what they answer") {
  SmtpClientConfig config;
  config.pipelining = true;
  play(config,
       {mail(kText, {"eve@example.net", "bob@example.net", "dan@example.net"}), mail(kText)},
       kHello +
           "S: 250-mail\nS: 250 PIPELINING\nC: MAIL FROM:<alice@example.org>\n"
           "C: RCPT TO:<eve@example.net>\nC: RCPT TO:<bob@example.net>\n"
           "C: RCPT TO:<dan@example.net>\nC: DATA\nS: 250-ok\nS: 250 really\nS: 550 no eve\n"
           "S: 250 ok\nS: 450 later\nS: 354 go\nC| Subject: x\\r\\n\\r\\n..\\r\\n.\\r\\n\n"
           "S: 250 ok\nC: MAIL FROM:<alice@example.org>\nC: RCPT TO:<bob@example.net>\nC: DATA\n"
           "S: 451 no\nS: 503 no\nS: 503 no\n" +
           kQuit,
       ends_as("RATT", Outcome::kDone));
}

TEST_CASE("DATA taken although nobody was: a lone dot, and nobody has got anything") {
  SmtpClientConfig config;
  config.pipelining = true;
  play(config, {mail(kText)},
       kHello +
           "S: 250-mail\nS: 250 PIPELINING\nC: MAIL FROM:<alice@example.org>\n"
           "C: RCPT TO:<bob@example.net>\nC: DATA\nS: 250 ok\nS: 550 no\nS: 354 go\nC: .\n"
           "S: 250 ok\n" +
           kQuit,
       ends_as("R", Outcome::kDone));
  play(config, {mail(kText), mail(kText)},
       kHello +
           "S: 250-mail\nS: 250 PIPELINING\nC: MAIL FROM:<alice@example.org>\n"
           "C: RCPT TO:<bob@example.net>\nC: DATA\nS: 250 ok\nS: 550 no\nS: 554 no one\nC: RSET\n"
           "S: 250 ok\nC: MAIL FROM:<alice@example.org>\nC: RCPT TO:<bob@example.net>\nC: DATA\n"
           "S: 250 ok\nS: 250 ok\nS: 452 full\nC: RSET\nS: 250 ok\n" +
           kQuit,
       ends_as("RT", Outcome::kDone));
}

TEST_CASE("SIZE is announced, and the server's limit is kept to") {
  SmtpClientConfig config;
  config.size = true;
  play(config, {mail(kText)},
       kHello +
           "S: 250-mail\nS: 250 SIZE 1000\nC: MAIL FROM:<alice@example.org> SIZE=17\n"
           "S: 552 too large\n" +
           kQuit,
       ends_as("R", Outcome::kDone));
  play(config, {mail(kText), mail("\r\n")},
       kHello +
           "S: 250-mail\nS: 250 SIZE 9\nC: MAIL FROM:<alice@example.org> SIZE=2\nS: 250 ok\n"
           "C: RCPT TO:<bob@example.net>\nS: 450 no\nC: RSET\nS: 250 ok\n" +
           kQuit,
       ends_as("RT", Outcome::kDone));
}

TEST_CASE("8BITMIME and SMTPUTF8 where they are needed, and no mail where they are not offered") {
  const std::string eight = "Subject: x\r\n\r\n\xC3\xA9\r\n";
  play({}, {mail(eight)},
       kHello +
           "S: 250-mail\nS: 250 8BITMIME\nC: MAIL FROM:<alice@example.org> BODY=8BITMIME\n"
           "S: 550 no\n" +
           kQuit,
       ends_as("R", Outcome::kDone));
  play({}, {mail(eight)}, kHello + "S: 250 mail\n" + kQuit, [](const ClientScript& session) {
    CHECK(session.client().results()[0].kind == Kind::kRejected);
    CHECK(session.client().results()[0].reply.rfind("554 5.6.3", 0) == 0);
  });
  MailTransaction utf8 = mail(kText, {"\xE9\x82\xAE\xE5\xB1\x80@example.net"});
  play({}, {utf8},
       kHello +
           "S: 250-mail\nS: 250-8BITMIME\nS: 250 SMTPUTF8\n"
           "C: MAIL FROM:<alice@example.org> SMTPUTF8\nS: 550 no\n" +
           kQuit,
       ends_as("R", Outcome::kDone));
  play({}, {utf8}, kHello + "S: 250-mail\nS: 250 8BITMIME\n" + kQuit,
       [](const ClientScript& session) {
         CHECK(session.client().results()[0].reply.rfind("550 5.6.7", 0) == 0);
       });
}

TEST_CASE("BDAT in chunks, and each has to be taken") {
  SmtpClientConfig config;
  config.chunking = true;
  config.chunk_octets = 10;
  play(config, {mail(kText)},
       kHello + "S: 250-mail\nS: 250 CHUNKING\n" + kEnvelope +
           "C: BDAT 10\nC| Subject: x\nS: 250 ok\nC: BDAT 7 LAST\nC| \\r\\n\\r\\n.\\r\\n\n"
           "S: 250 ok\n" +
           kQuit,
       ends_as("A", Outcome::kDone));
  play(config, {mail(kText), mail(kText)},
       kHello + "S: 250-mail\nS: 250 CHUNKING\n" + kEnvelope +
           "C: BDAT 10\nC| Subject: x\nS: 552 full\nC: RSET\nS: 250 ok\n" + kEnvelope +
           "C: BDAT 10\nC| Subject: x\nS: 250 ok\nC: BDAT 7 LAST\nC| \\r\\n\\r\\n.\\r\\n\n"
           "S: 451 no\nC: RSET\nS: 250 ok\n" +
           kQuit,
       ends_as("RT", Outcome::kDone));
  config.pipelining = true;
  play(config, {mail(kText, {})},
       kHello +
           "S: 250-mail\nS: 250-PIPELINING\nS: 250 CHUNKING\nC: MAIL FROM:<alice@example.org>\n"
           "S: 250 ok\nC: RSET\nS: 250 ok\n" +
           kQuit,
       ends_as("", Outcome::kDone));
}

TEST_CASE("CR or LF alone goes as BINARYMIME or not at all: nothing is smuggled") {
  const std::string smuggled = "Subject: x\r\n\r\na\n.\nMAIL FROM:<evil@example.org>\r\n";
  play({}, {mail(smuggled)}, kHello + "S: 250-mail\nS: 250 8BITMIME\n" + kQuit,
       [](const ClientScript& session) {
         CHECK(session.client().results()[0].kind == Kind::kRejected);
       });
  play({}, {mail("a\nb")},
       kHello +
           "S: 250-mail\nS: 250-CHUNKING\nS: 250 BINARYMIME\n"
           "C: MAIL FROM:<alice@example.org> BODY=BINARYMIME\nS: 250 ok\n"
           "C: RCPT TO:<bob@example.net>\nS: 250 ok\nC: BDAT 3 LAST\nC| a\\nb\nS: 250 ok\n" +
           kQuit,
       ends_as("A", Outcome::kDone));
}

TEST_CASE("addresses that would break out of their command are not said") {
  play({},
       {mail(kText, {"bob@example.net>\r\nRCPT TO:<eve@example.net", "x y@z", "dan@example.net"})},
       kHello +
           "S: 250 mail\nC: MAIL FROM:<alice@example.org>\nS: 250 ok\n"
           "C: RCPT TO:<dan@example.net>\nS: 550 no\nC: RSET\nS: 250 ok\n" +
           kQuit,
       ends_as("RRR", Outcome::kDone));
  MailTransaction evil = mail(kText);
  evil.reverse_path = "a@b>\r\nQUIT\r\n";
  play({}, {evil}, kHello + "S: 250 mail\n" + kQuit, ends_as("R", Outcome::kDone));
}

TEST_CASE("DSN parameters where the server offers DSN") {
  MailTransaction asked = mail(kText, {"bob@example.net", "dan@example.net"});
  asked.dsn.resize(2);
  asked.dsn[0].notify = RecipientDsn::kSuccess | RecipientDsn::kDelay;
  asked.dsn[0].original_recipient = "rfc822;b+b@example.net";
  asked.dsn[1].notify = RecipientDsn::kNever;
  asked.headers_only = true;
  asked.envelope_id = "a=b c";
  play({}, {asked},
       kHello +
           "S: 250-mail\nS: 250 DSN\n"
           "C: MAIL FROM:<alice@example.org> RET=HDRS ENVID=a+3Db+20c\nS: 250 ok\n"
           "C: RCPT TO:<bob@example.net> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b+2Bb@example.net\n"
           "S: 550 no\nC: RCPT TO:<dan@example.net> NOTIFY=NEVER\nS: 550 no\nC: RSET\n"
           "S: 250 ok\n" +
           kQuit,
       ends_as("RR", Outcome::kDone));
  SmtpClientConfig config;
  config.notify = RecipientDsn::kFailure;
  config.headers_only = true;
  play(config, {mail(kText)},
       kHello +
           "S: 250-mail\nS: 250 DSN\nC: MAIL FROM:<alice@example.org> RET=HDRS\nS: 250 ok\n"
           "C: RCPT TO:<bob@example.net> NOTIFY=FAILURE\nS: 550 no\nC: RSET\nS: 250 ok\n" +
           kQuit,
       ends_as("R", Outcome::kDone));
}

TEST_CASE("Bcc is on the envelope only") {
  const std::string text =
      "From: a\r\nBcc: eve@example.net,\r\n dan@example.net\r\nTo: b\r\n\r\nBcc: x\r\n";
  CHECK(smtp::without_bcc(text) == "From: a\r\nTo: b\r\n\r\nBcc: x\r\n");
  SmtpClientConfig config;
  const auto data = [&](const std::string& sent) {
    return kHello + "S: 250 mail\n" + kEnvelope + "C: DATA\nS: 354 go\nC| " + sent +
           ".\\r\\n\nS: 250 ok\n" + kQuit;
  };
  play(config, {mail("Bcc: eve\r\nTo: b\r\n\r\n")}, data("To: b\\r\\n\\r\\n"),
       ends_as("A", Outcome::kDone));
  config.strip_bcc = false;
  play(config, {mail("Bcc: eve\r\nTo: b\r\n\r\n")}, data("Bcc: eve\\r\\nTo: b\\r\\n\\r\\n"),
       ends_as("A", Outcome::kDone));
}

TEST_CASE("after STARTTLS the session begins anew, and what came in clear is forgotten") {
  SmtpClientConfig config;
  config.tls = SmtpClientConfig::Tls::kRequired;
  config.pipelining = true;
  play(config, {},
       kHello +
           "S: 250-mail\nS: 250-PIPELINING\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\ntls\n"
           "C: EHLO client.example.org\nS: 250-mail\nS: 250 SIZE\n" +
           kQuit,
       [](const ClientScript& session) {
         CHECK(session.client().outcome().kind == Outcome::kDone);
         CHECK_FALSE(session.client().offer().has(smtp::Extension::kPipelining));
         CHECK(session.violations() == 0);
       });
  // RFC 3207 §6: an attacker's replies behind the 220 would be taken for the server's.
  play(config, {},
       kHello +
           "S: 250-mail\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nS: 250-evil\nS: 250 AUTH PLAIN\n"
           "tls\nC: EHLO client.example.org\nS: 250 mail\n" +
           kQuit,
       [](const ClientScript& session) {
         CHECK(session.violations() == 1);
         CHECK(session.client().offer().mechanisms == 0);
       });
}

TEST_CASE("without the TLS that is required there is no mail") {
  SmtpClientConfig config;
  config.tls = SmtpClientConfig::Tls::kRequired;
  play(config, {mail(kText)}, kHello + "S: 250 mail\n" + kQuit,
       ends_as("P", Outcome::kRefused, "STARTTLS"));
  play(config, {mail(kText)},
       kHello + "S: 250-mail\nS: 250 STARTTLS\nC: STARTTLS\nS: 454 no\n" + kQuit,
       ends_as("P", Outcome::kRefused, "454 no"));
  play(config, {mail(kText)},
       kHello + "S: 500 what\nC: HELO client.example.org\nS: 250 m\n" + kQuit,
       ends_as("P", Outcome::kRefused, "STARTTLS"));
  config.tls = SmtpClientConfig::Tls::kIfOffered;
  play(config, {}, kHello + "S: 250 mail\n" + kQuit, ends_as("", Outcome::kDone));
  play(config, {}, kHello + "S: 250-mail\nS: 250 STARTTLS\nC: STARTTLS\nS: 454 no\n" + kQuit,
       ends_as("", Outcome::kDone));
  play(config, {mail(kText)},
       kHello + "S: 250-mail\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 ok\ncut\n",
       ends_as("P", Outcome::kLost));
}

TEST_CASE("the password in clear only where it may be, and marked as a secret") {
  SmtpClientConfig config;
  config.user = "bob";
  config.password = "secret";
  play(config, {mail(kText)}, kHello + "S: 250-mail\nS: 250 AUTH PLAIN LOGIN\n" + kQuit,
       ends_as("P", Outcome::kRefused, "show the password"));
  play(config, {mail(kText)}, kHello + "S: 250 mail\n" + kQuit,
       ends_as("P", Outcome::kRefused, "no mechanism"));
  config.clear_password = true;
  play(config, {},
       kHello +
           "S: 250-mail\nS: 250 AUTH PLAIN LOGIN\nC: AUTH PLAIN AGJvYgBzZWNyZXQ=\nS: 235 in\n" +
           kQuit,
       [](const ClientScript& session) {
         CHECK(session.client().outcome().kind == Outcome::kDone);
         CHECK(session.secret_seen());
       });
  config.clear_password = false;
  config.tls = SmtpClientConfig::Tls::kIfOffered;
  play(config, {},
       kHello +
           "S: 250-mail\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\ntls\n"
           "C: EHLO client.example.org\nS: 250-mail\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\n"
           "S: 334 VXNlcm5hbWU6\nC: Ym9i\nS: 334 UGFzc3dvcmQ6\nC: c2VjcmV0\nS: 235 in\n" +
           kQuit,
       ends_as("", Outcome::kDone));
}

TEST_CASE("the next mechanism after 504 and 534, but not after 535") {
  SmtpClientConfig config;
  config.user = "bob";
  config.password = "secret";
  config.clear_password = true;
  play(config, {},
       kHello +
           "S: 250-mail\nS: 250 AUTH PLAIN CRAM-MD5\nC: AUTH CRAM-MD5\nS: 504 not here\n"
           "C: AUTH PLAIN AGJvYgBzZWNyZXQ=\nS: 534 too weak\n" +
           kQuit,
       ends_as("", Outcome::kRefused, "no mechanism"));
  play(config, {mail(kText)},
       kHello +
           "S: 250-mail\nS: 250 AUTH=PLAIN CRAM-MD5\nC: AUTH CRAM-MD5\n"
           "S: 334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\n"
           "C: Ym9iIDczM2JhODdlNjRlZDdlNDQxZjA2MmM0YWM2ZGIwMTAz\nS: 535 wrong\n" +
           kQuit,
       ends_as("P", Outcome::kRefused, "535 wrong"));
  play(config, {mail(kText)},
       kHello + "S: 250-mail\nS: 250 AUTH CRAM-MD5\nC: AUTH CRAM-MD5\nS: 334 !\nC: *\nS: 501 ok\n" +
           kQuit,
       ends_as("P", Outcome::kRefused, "challenge"));
  play(config, {mail(kText)},
       kHello + "S: 250-mail\nS: 250 AUTH CRAM-MD5\nC: AUTH CRAM-MD5\nS: 454 later\n" + kQuit,
       ends_as("P", Outcome::kRefused, "454 later"));
}

TEST_CASE("a server that says yes without knowing the password is left") {
  SmtpClientConfig config;
  config.user = "bob";
  config.password = "secret";
  const auto shared = std::make_shared<const SmtpClientConfig>(config);
  ClientScript session(SmtpClient(shared, {mail(kText)}), ClientScript::Mode::kLines);
  session.play(kHello + "S: 250-mail\nS: 250 AUTH SCRAM-SHA-256\n");
  session.play("S: 235 welcome\n");
  session.play("S: 221 bye\n");
  CHECK(session.client().outcome().kind == Outcome::kRefused);
  CHECK(session.client().outcome().text.find("knows the password") != std::string::npos);
  CHECK(kinds(session) == "P");
}

TEST_CASE("what a server must not say ends the session, and nothing counts as handed over") {
  const std::string until_data = kHello + "S: 250 mail\n" + kEnvelope + "C: DATA\n";
  const std::string text = "C| Subject: x\\r\\n\\r\\n..\\r\\n.\\r\\n\n";
  for (const char* const reply : {"600 what", "2x0 what", "ok", "25", "250_ok"}) {
    CAPTURE(reply);
    play({}, {mail(kText)}, kHello + "S: " + reply + "\nend\n", ends_as("P", Outcome::kRefused));
  }
  play({}, {mail(kText)}, kHello + "S: 250-a\nS: 251 b\nend\n", ends_as("P", Outcome::kRefused));
  play({}, {mail(kText)}, kHello + "S: 354 go\nend\n", ends_as("P", Outcome::kRefused));
  // A 250 where 354 belongs: the message has not been sent.
  play({}, {mail(kText)}, until_data + "S: 250 ok\nend\n", ends_as("P", Outcome::kRefused));
  play({}, {mail(kText)}, until_data + "S: 354 go\n" + text + "S: 354 more\nend\n",
       ends_as("P", Outcome::kRefused));
  play({}, {mail(kText)}, until_data + "S: 354 go\n" + text + "S: 552 full\n" + kQuit,
       ends_as("R", Outcome::kDone));
  play({}, {mail(kText)}, until_data + "S: 554 no\nC: RSET\nS: 250 ok\n" + kQuit,
       ends_as("R", Outcome::kDone));
}

TEST_CASE("421 at any time, a server that closes without a word, one that says nothing") {
  const std::string until_dot = kHello + "S: 250 mail\n" + kEnvelope +
                                "C: DATA\nS: 354 go\nC| Subject: x\\r\\n\\r\\n..\\r\\n.\\r\\n\n";
  play({}, {mail(kText)}, "S: 421 busy\nend\n", ends_as("P", Outcome::kRefused, "421 busy"));
  play({}, {mail(kText)}, kHello + "S: 421 bye\nend\n", ends_as("P", Outcome::kRefused));
  play({}, {mail(kText)}, until_dot + "S: 421 going down\nend\n", ends_as("P", Outcome::kRefused));
  play({}, {mail(kText)}, "cut\n", ends_as("P", Outcome::kLost, "closed"));
  play({}, {mail(kText)}, until_dot + "cut\n", ends_as("P", Outcome::kLost));
  play({}, {mail(kText)}, until_dot + "wait\n", ends_as("P", Outcome::kLost, "no reply"));
  play({}, {mail(kText)}, until_dot + "S: 250 ok\nC: QUIT\ncut\n", ends_as("A", Outcome::kLost));
  play({}, {mail(kText)}, "S: 554 nobody here\nC: QUIT\ncut\n",
       ends_as("P", Outcome::kRefused, "554 nobody here"));
}
