// Programs outside the simulated world: what a loopback driver does with inputs, without sockets.
#include <doctest/doctest.h>

#include "tests/support/checkers.h"
#include "tests/world/small_world.h"

using namespace mailscope;
using test::SmallWorld;

namespace {

const HostId kServer{3};
const HostId kOutside{4};

/// SmallWorld's server, at once with its answers, and a host that stands for programs outside.
Scenario live_scenario() {
  Scenario scenario = SmallWorld(Protocol::kPop3).scenario;
  for (HostSpec& host : scenario.hosts) host.think = {};
  scenario.hosts.push_back({"outside", "localhost", HostKind::kLaptop, {}});
  return scenario;
}

/// A driver in miniature: journals inputs, runs the world, takes what the server wrote.
class Driver {
 public:
  explicit Driver(const Scenario& scenario = live_scenario())
      : history(std::make_shared<const Scenario>(scenario), {}) {}

  void input(InputKind kind, ConnId conn, std::string text, uint64_t number = 0) {
    Input input;
    input.at = history.head().now();
    input.kind = kind;
    input.host = kOutside;
    input.peer = kServer;
    input.conn = conn;
    input.text = std::move(text);
    input.number = number;
    history.add_input(std::move(input));
    history.run_until(history.head().now());
  }
  ConnId connect(uint16_t port, const std::string& refusal = {}) {
    input(InputKind::kLiveConnect, {}, refusal, port);
    return ConnId::from_index(history.head().connection_count() - 1);
  }
  void say(ConnId conn, const std::string& bytes) { input(InputKind::kLiveBytes, conn, bytes); }
  void close(ConnId conn, const char* how = "") { input(InputKind::kLiveClose, conn, how); }
  /// All that the server has written and nobody taken yet, at most `limit` octets.
  std::string take(ConnId conn, uint64_t limit = UINT64_MAX) {
    const ByteStream& written = history.head().connection(conn).server.written;
    std::string taken;
    for (uint64_t at = written.begin(); at < written.end() && taken.size() < limit;) {
      const std::string_view piece = written.piece_at(at, written.end());
      taken += piece.substr(0, limit - taken.size());
      at += piece.size();
    }
    input(InputKind::kLiveTaken, conn, {}, taken.size());
    return taken;
  }
  std::string ask(ConnId conn, const std::string& bytes) {
    say(conn, bytes);
    return take(conn);
  }
  [[nodiscard]] const World& world() const { return history.head(); }
  [[nodiscard]] size_t mail() const {
    return world().store(kServer).mailbox(MailboxId{1}).entries.size();
  }
  [[nodiscard]] bool locked() const {
    return world().store(kServer).accounts().front().maildrop_lock.valid();
  }

  History history;
};

const char* const kSmtpSession =
    "EHLO program.example\r\nMAIL FROM:<ann@example.org>\r\nRCPT TO:<bob@example.net>\r\nDATA\r\n";
const char* const kText = "Subject: Hello\r\n\r\n..one dot\r\nEnd.\r\n.\r\n";

/// One message in by SMTP, out by POP3. `piece` octets at a time.
void a_session(Driver& driver, size_t piece) {
  const auto say = [&](ConnId conn, const std::string& bytes) {
    for (size_t at = 0; at < bytes.size(); at += piece) driver.say(conn, bytes.substr(at, piece));
  };
  const ConnId smtp = driver.connect(25);
  say(smtp, kSmtpSession);
  say(smtp, kText);
  say(smtp, "QUIT\r\n");
  driver.take(smtp);
  driver.close(smtp);
  const ConnId pop3 = driver.connect(110);
  say(pop3, "USER bob\r\nPASS secret\r\nLIST\r\nRETR 4\r\nDELE 1\r\nQUIT\r\n");
  driver.take(pop3);
  driver.close(pop3);
}

}  // namespace

TEST_CASE("a message goes in by SMTP and comes out by POP3, as lines and blocks of the trace") {
  Driver driver;
  const ConnId smtp = driver.connect(25);
  CHECK(driver.take(smtp) == "220 mail.example.net ESMTP Mailscope\r\n");
  const std::string session = kSmtpSession;
  CHECK(driver.ask(smtp, session.substr(0, session.find("MAIL"))).substr(0, 4) == "250-");
  CHECK(driver.ask(smtp, session.substr(session.find("MAIL"))).find("354 ") != std::string::npos);
  CHECK(driver.ask(smtp, kText) == "250 OK: message accepted\r\n");
  CHECK(driver.ask(smtp, "QUIT\r\n") == "221 mail.example.net closing\r\n");
  CHECK(driver.world().connection(smtp).server.finished);
  CHECK(!driver.world().connection(smtp).over());
  driver.close(smtp);
  CHECK(driver.world().connection(smtp).over());
  REQUIRE(driver.mail() == 4);

  const ConnId pop3 = driver.connect(110);
  driver.take(pop3);
  driver.ask(pop3, "USER bob\r\n");
  driver.ask(pop3, "PASS secret\r\n");
  const std::string text = driver.ask(pop3, "RETR 4\r\n");
  CHECK(text.find("Return-Path: <ann@example.org>\r\nReceived: from program.example (localhost)") !=
        std::string::npos);
  CHECK(text.find("\r\n..one dot\r\nEnd.\r\n.\r\n") != std::string::npos);
  driver.ask(pop3, "DELE 4\r\nQUIT\r\n");
  driver.close(pop3);
  CHECK(driver.mail() == 3);

  const std::string said = test::conversation(driver.history.trace());
  CHECK(said.find("1 C: EHLO program.example\n1 S: 250-") != std::string::npos);
  CHECK(said.find("1 C: DATA\n1 S: 250 OK\n1 S: 250 OK\n1 S: 354") != std::string::npos);
  // The message is one block, as a client of the simulator would have said it.
  CHECK(said.find("1 C: Subject: Hello\n1 S: 250 OK: message accepted\n1 C: QUIT\n") !=
        std::string::npos);
  CHECK(said.find("2 C: PASS secret\n2 S: +OK") != std::string::npos);
  CHECK(driver.history.verify() == "");
  CHECK(test::check_store_fold(driver.world(), driver.history.trace()) == "");
  CHECK(test::check_pop3_removes_after_quit(driver.history.trace()) == "");
}

TEST_CASE("every moment of live sessions can be gone back to") {
  Driver driver;
  for (int i = 0; i < 24; ++i) a_session(driver, 7);
  const uint32_t last = driver.world().dispatches();
  CHECK(last > 2 * History::kFirstSpacing);
  CHECK(driver.history.checkpoint_count() > 2);

  // From the journal alone, one dispatch after another.
  World world(driver.world().scenario_ptr(), nullptr);
  size_t next = 0;
  const Journal& journal = driver.history.journal();
  std::vector<uint64_t> digests;
  while (true) {
    while (next < journal.size() && journal[next].before_dispatch == world.dispatches()) {
      world.add_input(journal[next++].input);
    }
    digests.push_back(world.digest());
    if (world.dispatches() == last) break;
    world.step(nullptr);
  }
  CHECK(digests.back() == driver.world().digest());
  for (uint32_t n = 0; n <= last; n += 3) {
    REQUIRE(driver.history.world_at(n).digest() == digests[n]);
  }
  for (uint32_t n = last; n > 40; n -= 37) {
    REQUIRE(driver.history.world_at(n).digest() == digests[n]);
  }
  CHECK(driver.history.verify() == "");

  // A changed past: the program's words after it have not been said.
  const uint32_t before = driver.world().dispatches() / 2;
  driver.history.fork(before, {});
  CHECK(driver.world().digest() == digests[before]);
  CHECK(driver.history.journal().back().before_dispatch <= before);
  const ConnId again = driver.connect(110);
  CHECK(driver.take(again).substr(0, 3) == "+OK");
  CHECK(driver.history.verify() == "");
  driver.history.switch_to(0);
  CHECK(driver.world().digest() == digests.back());
}

TEST_CASE("in whatever pieces the bytes come, the same is said and stored") {
  std::string reference;
  for (const size_t piece : {size_t{1}, size_t{5}, size_t{64}, size_t{100000}}) {
    CAPTURE(piece);
    Driver driver;
    a_session(driver, piece);
    CHECK(driver.mail() == 3);
    std::string lines[2];  // by direction: how the two mix depends on the pieces
    const Trace& trace = driver.history.trace();
    for (uint32_t i = 1; i <= trace.size(); ++i) {
      if (trace[i].kind != EventKind::kLineSent) continue;
      std::string& said = lines[static_cast<int>(trace[i].direction)];
      said += std::string(trace.text(trace[i])) + "\n";
    }
    const std::string both = lines[0] + lines[1];
    if (reference.empty()) reference = both;
    CHECK(both == reference);
    CHECK(lines[0].find("Subject: Hello\nQUIT\n") != std::string::npos);
  }
}

TEST_CASE("a program that never reads is served no further, and timed out by the session's timer") {
  Driver driver;
  const ConnId smtp = driver.connect(25);
  driver.say(smtp, kSmtpSession);
  driver.say(smtp, "Subject: Large\r\n\r\n" + std::string(60000, 'x') + "\r\n.\r\n");
  driver.close(smtp);
  const ConnId pop3 = driver.connect(110);
  driver.say(pop3, "USER bob\r\nPASS secret\r\n");
  std::string many;
  for (int i = 0; i < 200; ++i) many += "RETR 4\r\n";
  driver.say(pop3, many + "QUIT\r\n");
  const auto held = [&] {
    const ByteStream& written = driver.world().connection(pop3).server.written;
    return written.end() - written.begin();
  };
  CHECK(driver.world().connection(pop3).congested());
  CHECK(held() < kLiveWindow + 61000);

  SUBCASE("it begins to read") {
    driver.close(pop3);  // its last word has been said: QUIT is still to be heard
    std::string all;
    for (int i = 0; i < 100000 && !driver.world().connection(pop3).over(); ++i) {
      all += driver.take(pop3, 50000);
    }
    all += driver.take(pop3);
    size_t count = 0;
    for (size_t at = all.find("Subject: Large"); at != std::string::npos;
         at = all.find("Subject: Large", at + 1)) {
      ++count;
    }
    CHECK(count == 200);
    CHECK(all.find("signing off") != std::string::npos);
    CHECK(held() == 0);
  }
  SUBCASE("it goes on saying nothing") {
    CHECK(driver.locked());
    driver.history.run_until(driver.world().now() + seconds(601));
    CHECK(driver.world().connection(pop3).server.finished);
    CHECK(!driver.locked());
  }
  CHECK(driver.history.verify() == "");
}

TEST_CASE("how a live connection ends") {
  Driver driver;
  const ConnId pop3 = driver.connect(110);
  driver.say(pop3, "USER bob\r\nPASS secret\r\nDELE 1\r\n");
  REQUIRE(driver.locked());
  SUBCASE("reset: nothing is removed, the lock is free") { driver.close(pop3, "reset"); }
  SUBCASE("closed without QUIT, in the middle of a line") {
    driver.say(pop3, "DEL");
    driver.close(pop3);
    CHECK(test::conversation(driver.history.trace()).find("1 C: DEL\n") != std::string::npos);
  }
  for (const InputKind kind :
       {InputKind::kStopHost, InputKind::kCutConnection, InputKind::kEndSessions}) {
    CAPTURE(input_kind_name(kind));
    SUBCASE("by a fault") {
      Input fault;
      fault.at = driver.world().now();
      fault.kind = kind;
      fault.host = kind == InputKind::kCutConnection ? kOutside : kServer;
      driver.history.add_input(fault);
      driver.history.run_until(driver.world().now());
      driver.close(pop3);
    }
  }
  CHECK(driver.world().connection(pop3).over());
  CHECK(!driver.locked());
  CHECK(driver.mail() == 3);
  driver.say(pop3, "NOOP\r\n");  // nobody hears it
  driver.close(pop3);
  CHECK(driver.history.verify() == "");
}

TEST_CASE("a server that is stopped says so where its protocol has words for it") {
  Driver driver;
  const ConnId imap = driver.connect(143);
  driver.take(imap);
  driver.ask(imap, "a LOGIN bob secret\r\nb SELECT INBOX\r\n");
  driver.input(InputKind::kEndSessions, {}, {});  // of the outside host: it serves nobody
  CHECK(!driver.world().connection(imap).server.finished);
  Input stop;
  stop.at = driver.world().now();
  stop.kind = InputKind::kEndSessions;
  stop.host = kServer;
  driver.history.add_input(stop);
  driver.history.run_until(driver.world().now());
  CHECK(driver.take(imap) == "* BYE the server is being stopped\r\n");
  CHECK(driver.world().connection(imap).server.finished);
  CHECK(driver.history.verify() == "");
}

namespace {

bool said_before_the_handshake(const Trace& trace) {
  for (uint32_t i = 1; i <= trace.size(); ++i) {
    if (trace[i].kind == EventKind::kViolation &&
        trace.text(trace[i]).find("between STARTTLS and the handshake") != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("STARTTLS: what was said before the handshake is forgotten, what follows is marked") {
  Scenario scenario = live_scenario();
  for (ServiceSpec& service : scenario.services) {
    if (!service.imap) continue;
    ImapServerConfig config = *service.imap;
    config.extensions = imap::all_extensions();
    service.imap = std::make_shared<const ImapServerConfig>(config);
  }
  Driver driver(scenario);
  const ConnId imap = driver.connect(143);
  driver.take(imap);
  const auto state = [&] { return driver.world().connection(imap).server.tls; };
  driver.input(InputKind::kLiveSecured, imap, "TLSv1.3, early");  // nobody has asked for it
  CHECK(state() == TlsState::kPlain);
  CHECK(driver.ask(imap, "a STARTTLS\r\nb LOGIN bob secret\r\nc LOG").starts_with("a OK "));
  CHECK(state() == TlsState::kAwaitingHello);
  CHECK(driver.take(imap).empty());  // RFC 3501 §6.2.1: the server waits for the handshake
  driver.input(InputKind::kLiveSecured, imap, "TLSv1.3, some cipher");
  CHECK(state() == TlsState::kSecured);
  CHECK(driver.take(imap).empty());
  const std::string capabilities = driver.ask(imap, "d CAPABILITY\r\n");
  CHECK(capabilities.find("d OK") != std::string::npos);
  CHECK(capabilities.find("STARTTLS") == std::string::npos);
  CHECK(driver.ask(imap, "e SELECT INBOX\r\n").starts_with("e BAD"));  // b was never done
  driver.ask(imap, "f LOGIN bob secret\r\n");
  CHECK(driver.ask(imap, "g SELECT INBOX\r\n").find("* 3 EXISTS") != std::string::npos);

  const Trace& trace = driver.history.trace();
  const std::string said = test::conversation(trace);
  CHECK(said.find("1 C: c LOG\n1 C: TLS handshake: TLSv1.3, some cipher\n1 C: d CAPABILITY\n") !=
        std::string::npos);
  bool secured = false;
  for (uint32_t i = 1; i <= trace.size(); ++i) {
    if (trace[i].kind != EventKind::kLineSent) continue;
    const bool handshake = (trace[i].code & LineFlags::kHandshake) != 0;
    CHECK(((trace[i].code & LineFlags::kEncrypted) != 0) == (secured && !handshake));
    secured = secured || handshake;
  }
  CHECK(said_before_the_handshake(trace));
  CHECK(driver.history.verify() == "");
}

TEST_CASE("where TLS comes first the session begins when the handshake is over") {
  Scenario scenario = live_scenario();
  for (ServiceSpec& service : scenario.services) service.implicit_tls = true;
  Driver driver(scenario);
  const ConnId pop3 = driver.connect(110);
  CHECK(driver.take(pop3).empty());
  driver.input(InputKind::kLiveSecured, pop3, "TLSv1.2, some cipher");
  CHECK(driver.take(pop3).substr(0, 3) == "+OK");
  CHECK(driver.ask(pop3, "STLS\r\n").substr(0, 4) == "-ERR");
  CHECK(driver.ask(pop3, "USER bob\r\nPASS secret\r\nSTAT\r\n").find("+OK 3 ") !=
        std::string::npos);
  const ConnId silent = driver.connect(143);
  driver.close(silent, "TLS: no handshake");
  CHECK(driver.world().connection(silent).over());
  CHECK(driver.history.verify() == "");
}

TEST_CASE("a session too many is turned away in words; nobody listens on other ports") {
  Driver driver;
  const ConnId many = driver.connect(25, "421 mail.example.net too many sessions");
  CHECK(driver.take(many) == "421 mail.example.net too many sessions\r\n");
  CHECK(driver.world().connection(many).server.finished);
  CHECK(driver.world().agent_count() == 0);
  driver.say(many, "EHLO x\r\n");
  driver.close(many);
  CHECK(driver.world().connection(many).over());
  const ConnId nobody = driver.connect(26);
  CHECK(driver.world().connection(nobody).over());
  CHECK(driver.history.verify() == "");
}

TEST_CASE("news reaches a program in IDLE at once, and time-outs come at their time") {
  Driver driver;
  const ConnId imap = driver.connect(143);
  driver.ask(imap, "a LOGIN bob secret\r\nb SELECT INBOX\r\nc IDLE\r\n");
  const ConnId smtp = driver.connect(25);
  driver.say(smtp, std::string(kSmtpSession));
  driver.say(smtp, kText);
  CHECK(driver.take(imap).find("* 4 EXISTS\r\n") != std::string::npos);
  driver.take(smtp);
  const Instant silent_since = driver.world().now();
  driver.history.run_until(silent_since + seconds(299));
  CHECK(driver.take(smtp).empty());
  driver.history.run_until(silent_since + seconds(301));
  CHECK(driver.take(smtp).substr(0, 4) == "421 ");
  driver.history.run_until(silent_since + seconds(1801));
  CHECK(driver.take(imap).find("* BYE") != std::string::npos);
  CHECK(driver.history.verify() == "");
}

TEST_CASE("a program that says an octet a minute is timed out: a part of a line is no word") {
  Driver driver;
  const ConnId smtp = driver.connect(25);
  const ConnId pop3 = driver.connect(110);
  driver.take(smtp);
  driver.take(pop3);
  const Instant begin = driver.world().now();
  for (int minute = 1; minute <= 11; ++minute) {
    driver.history.run_until(begin + seconds(60 * minute));
    for (const ConnId conn : {smtp, pop3}) {
      Input octet;
      octet.at = begin + seconds(60 * minute);
      octet.kind = InputKind::kLiveBytes;
      octet.conn = conn;
      octet.text = "N";
      driver.history.add_input(octet);
    }
    CHECK(driver.world().connection(smtp).server.finished == (minute >= 5));
    CHECK(driver.world().connection(pop3).server.finished == (minute >= 10));
  }
  CHECK(driver.take(smtp).substr(0, 4) == "421 ");
  CHECK(driver.take(pop3).empty());  // RFC 1939 §3: without a word
}
