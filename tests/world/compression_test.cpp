// COMPRESS=DEFLATE in the world (RFC 4978): what the wire carries, what the trace keeps, a layer that
// is copied with its world, cut at every octet, mixed with TLS, and fed by programs outside that mean
// no good.
#include <doctest/doctest.h>

#include "sim/metrics/cost.h"
#include "sim/sweep/sweep.h"
#include "tests/world/small_world.h"

using namespace mailscope;

namespace {

/// The laptop's IMAP program compresses, and the server lets it.
test::SmallWorld compressing(ImapEntryConfig entry = {}) {
  test::SmallWorld small(Protocol::kImap);
  ImapServerConfig server;
  server.extensions |= imap::bit(imap::Extension::kCompress) | imap::bit(imap::Extension::kStartTls);
  for (ServiceSpec& service : small.scenario.services) {
    if (service.imap) service.imap = std::make_shared<const ImapServerConfig>(server);
  }
  ImapClientConfig config = *small.scenario.devices[0].imap;
  config.headers_first = false;
  config.entry = entry;
  config.entry.compress = true;
  small.scenario.devices[0].imap = std::make_shared<const ImapClientConfig>(config);
  StoredMail mail = small.scenario.mail[0];
  std::string text;
  for (int i = 0; i < 200; ++i) text += "The same line again and again, as in many a long thread.\r\n";
  mail.message = test::small_message("A long one", text);
  small.scenario.mail.push_back(mail);
  return small;
}

std::vector<Input> looks_for_mail(const test::SmallWorld& small) {
  return {test::SmallWorld::action(InputKind::kCheckMail, small.laptop, 0),
          test::SmallWorld::action(InputKind::kDisconnect, small.laptop, 5000)};
}

size_t held(const World& world) {
  const std::vector<LocalFolder>& folders = world.device(DeviceId{1}).local->folders();
  size_t whole = 0;
  for (const LocalEntry& entry : folders.empty() ? std::vector<LocalEntry>{} : folders[0].entries) {
    whole += entry.message != nullptr ? 1 : 0;
  }
  return whole;
}

}  // namespace

TEST_CASE("after COMPRESS the wire is short, and the trace has the plain lines with their octets") {
  const test::SmallWorld small = compressing();
  History history(small.share(), looks_for_mail(small));
  history.run_until(Instant{} + seconds(20));
  CHECK(held(history.head()) == 4);
  const std::string said = test::conversation(history.trace());
  CHECK(said.find("C: a2 COMPRESS DEFLATE\n1 S: a2 OK DEFLATE active\n") != std::string::npos);
  CHECK(said.find("S: * BYE") != std::string::npos);
  bool active = false;
  int64_t ends[2] = {1, 1};
  int64_t plain = 0;
  int64_t wire = 0;
  for (uint32_t i = 1; i <= history.trace().size(); ++i) {
    const Event& event = history.trace()[i];
    if (event.kind != EventKind::kLineSent) continue;
    // Without a gap: what a line took on the wire begins where the one before ended.
    int64_t& end = ends[static_cast<int>(event.direction)];
    CHECK(event.x == end);
    CHECK(event.y >= event.x);
    end = event.y;
    CHECK(((event.code & LineFlags::kCompressed) != 0) == active);
    const std::string text(history.trace().text(event));
    if (text == "a2 OK DEFLATE active") {
      CHECK(event.y - event.x == static_cast<int64_t>(text.size()) + 2);
      active = true;
    }
    if (active) plain += static_cast<int64_t>(text.size()) + 2;
    if (active) wire += event.y - event.x;
  }
  CHECK(active);
  CHECK(wire < plain);
  CHECK(history.verify().empty());
}

TEST_CASE("compression pays where much is said: fewer octets down for the same mail") {
  const auto down = [](bool compress) {
    test::SmallWorld small = compressing();
    ImapClientConfig config = *small.scenario.devices[0].imap;
    config.entry.compress = compress;
    small.scenario.devices[0].imap = std::make_shared<const ImapClientConfig>(config);
    History history(small.share(), looks_for_mail(small));
    history.run_until(Instant{} + seconds(20));
    CHECK(held(history.head()) == 4);
    return cost_of(history.trace(), small.laptop, history.trace().size()).bytes_down;
  };
  CHECK(down(true) * 4 < down(false));
}

TEST_CASE("under TLS the compressed octets are what the records protect") {
  ImapEntryConfig entry;
  entry.tls = ImapTls::kRequired;
  const test::SmallWorld small = compressing(entry);
  History history(small.share(), looks_for_mail(small));
  history.run_until(Instant{} + seconds(20));
  CHECK(held(history.head()) == 4);
  constexpr uint8_t kBoth = LineFlags::kCompressed | LineFlags::kEncrypted;
  int both = 0;
  int64_t ends[2] = {1, 1};
  for (uint32_t i = 1; i <= history.trace().size(); ++i) {
    const Event& event = history.trace()[i];
    if (event.kind != EventKind::kLineSent) continue;
    int64_t& end = ends[static_cast<int>(event.direction)];
    CHECK(event.x == end);
    end = event.y;
    if ((event.code & LineFlags::kCompressed) == 0) continue;
    CHECK((event.code & kBoth) == kBoth);
    ++both;
  }
  CHECK(both > 5);
  // Every line has arrived, each after it was said.
  size_t sent = 0;
  size_t arrived = 0;
  for (uint32_t i = 1; i <= history.trace().size(); ++i) {
    sent += history.trace()[i].kind == EventKind::kLineSent ? 1 : 0;
    arrived += history.trace()[i].kind == EventKind::kLineArrived ? 1 : 0;
  }
  CHECK(sent == arrived);
  CHECK(history.verify().empty());
}

TEST_CASE("going to any moment of a compressed session gives the world that was there") {
  const test::SmallWorld small = compressing();
  History history(small.share(), looks_for_mail(small));
  history.run_until(Instant{} + seconds(20));
  std::vector<uint64_t> digests;
  World world(small.share(), nullptr);
  for (const Input& input : looks_for_mail(small)) world.add_input(input);
  digests.push_back(world.digest());
  while (world.has_next() && world.next_time() <= Instant{} + seconds(20)) {
    const World copy = world;  // shares the layer's memory until one of them goes on
    world.step(nullptr);
    digests.push_back(world.digest());
    CHECK(copy.digest() == digests[digests.size() - 2]);
  }
  REQUIRE(history.head().dispatches() + 1 == digests.size());
  for (uint32_t n = history.head().dispatches(); n > 0; n = n > 7 ? n - 7 : 0) {
    CHECK(history.world_at(n).digest() == digests[n]);
  }
}

TEST_CASE("a compressed session is cut at every octet, and no mail is lost or doubled") {
  const test::SmallWorld small = compressing();
  const sweep::Tally tally =
      sweep::sweep_run(small.share(), looks_for_mail(small), Instant{} + seconds(20), 0, 1,
                       [](const sweep::Tally&) { return true; });
  CHECK(tally.violations == 0);
  for (const sweep::Failure& failure : tally.failures) {
    MESSAGE(sweep::cut_text(failure.cut), ": ", failure.violation);
  }
  CHECK(tally.cuts_after_octets > 1000);
}

// --- Programs outside --------------------------------------------------------------------------

namespace {

const HostId kServer{3};
const HostId kOutside{4};

/// A program outside that can compress, against a server that answers at once.
class Outside {
 public:
  explicit Outside(size_t max_literal = 64u << 20) : history(scenario(max_literal), {}) {
    input(InputKind::kLiveConnect, {}, 143);
    conn_ = ConnId::from_index(history.head().connection_count() - 1);
    ask("a1 LOGIN bob secret\r\n");
    REQUIRE(ask("a2 COMPRESS DEFLATE\r\n") == "a2 OK DEFLATE active\r\n");
    compressed_ = true;
  }

  void raw(const std::string& bytes) { input(InputKind::kLiveBytes, bytes); }
  void say(const std::string& text) {
    std::string wire;
    deflater_.add(text, wire);
    deflater_.flush(wire);
    for (size_t at = 0; at < wire.size(); at += 65536) raw(wire.substr(at, 65536));
  }
  std::string take() {
    const ByteStream& written = connection().server.written;
    std::string taken;
    for (uint64_t at = written.begin(); at < written.end();) {
      const std::string_view piece = written.piece_at(at, written.end());
      taken += piece;
      at += piece.size();
    }
    input(InputKind::kLiveTaken, {}, taken.size());
    if (!compressed_) return taken;
    inflater_.append(taken);
    std::string text;
    for (std::string piece = inflater_.take(65536); !piece.empty(); piece = inflater_.take(65536)) {
      text += piece;
    }
    return text;
  }
  std::string ask(const std::string& text) {
    if (compressed_) {
      say(text);
    } else {
      raw(text);
    }
    return take();
  }
  [[nodiscard]] const Connection& connection() const { return history.head().connection(conn_); }
  [[nodiscard]] bool said_violation(std::string_view what) const {
    for (uint32_t i = 1; i <= history.trace().size(); ++i) {
      const Event& event = history.trace()[i];
      if (event.kind == EventKind::kViolation && history.trace().text(event) == what) return true;
    }
    return false;
  }

  History history;

 private:
  static ScenarioPtr scenario(size_t max_literal) {
    test::SmallWorld small(Protocol::kImap);
    ImapServerConfig config;
    config.extensions |= imap::bit(imap::Extension::kCompress);
    config.max_literal = max_literal;
    for (HostSpec& host : small.scenario.hosts) host.think = {};
    for (ServiceSpec& service : small.scenario.services) {
      if (service.imap) service.imap = std::make_shared<const ImapServerConfig>(config);
    }
    small.scenario.hosts.push_back({"outside", "localhost", HostKind::kLaptop, {}});
    return small.share();
  }
  void input(InputKind kind, std::string text, uint64_t number = 0) {
    Input input;
    input.at = history.head().now();
    input.kind = kind;
    input.host = kOutside;
    input.peer = kServer;
    input.conn = conn_;
    input.text = std::move(text);
    input.number = number;
    history.add_input(std::move(input));
    history.run_until(history.head().now());
  }

  ConnId conn_;
  bool compressed_ = false;
  Deflater deflater_;
  Inflater inflater_;
};

}  // namespace

TEST_CASE("a program outside compresses: its lines are in the trace, its octets in the journal") {
  Outside outside;
  CHECK(outside.ask("a3 SELECT INBOX\r\n").find("a3 OK [READ-WRITE]") != std::string::npos);
  CHECK(outside.ask("a4 NOOP\r\na5 NOOP\r\na6 FETCH 1 FLAGS\r\n").find("a6 OK") !=
        std::string::npos);
  CHECK(outside.ask("a7 LOGOUT\r\n").find("* BYE") == 0);
  const std::string said = test::conversation(outside.history.trace());
  CHECK(said.find("C: a3 SELECT INBOX\n") != std::string::npos);
  CHECK(said.find("C: a4 NOOP\n1 C: a5 NOOP\n1 C: a6 FETCH 1 FLAGS\n1 S: a4 OK") !=
        std::string::npos);
  // Three lines in some 30 octets: each has its own share, and together they are what was read.
  int64_t last = 0;
  for (uint32_t i = 1; i <= outside.history.trace().size(); ++i) {
    const Event& event = outside.history.trace()[i];
    if (event.kind != EventKind::kLineSent || event.direction != Direction::kToServer) continue;
    if (last != 0) CHECK(event.x == last);
    last = event.y;
  }
  CHECK(last <= static_cast<int64_t>(outside.connection().client.written.end()));
  CHECK(outside.history.verify() == "");
}

TEST_CASE("octets that are no compressed data end the connection, and it is said why") {
  Outside outside;
  outside.raw("a3 SELECT INBOX\r\na4 FETCH 1:* ALL\r\n");
  CHECK(outside.connection().over());
  CHECK(outside.said_violation("RFC 4978 §3: octets that are no compressed data"));
  CHECK(outside.history.verify() == "");
}

TEST_CASE("a stream that ends and goes on is no stream") {
  Outside outside;
  // A stored block that is the last (RFC 1951 section 3.2.4), with one whole command.
  outside.raw(std::string("\x01\x09\x00\xf6\xff", 5) + "a3 NOOP\r\n");
  CHECK(outside.take().find("a3 OK") == 0);
  outside.raw("more");
  CHECK(outside.connection().over());
  CHECK(outside.said_violation(
      "RFC 1951 §3.2.3: something follows the last block of compressed data"));
}

// A few octets can stand for thousands of commands. They wait compressed until the server comes to
// them, and it comes to no more while its answers are not read.
TEST_CASE("a bomb of commands costs the server no memory") {
  Outside outside;
  std::string bomb;
  for (int i = 0; i < 50000; ++i) bomb += "a NOOP\r\n";
  outside.say(bomb);
  const Connection& connection = outside.connection();
  CHECK(connection.congested());
  const uint64_t written = connection.server.written.end() - connection.server.written.begin();
  CHECK(written < 2 * kLiveWindow);
  CHECK(std::get<ImapServer>(outside.history.head().agent(connection.server.agent).engine)
            .pending_octets() <= 16384);
  // When they are read it goes on, to the last.
  size_t answers = 0;
  for (std::string text = outside.take(); !text.empty(); text = outside.take()) {
    for (size_t at = text.find("a OK"); at != std::string::npos; at = text.find("a OK", at + 1)) {
      ++answers;
    }
  }
  CHECK(answers == 50000);
}

TEST_CASE("a large literal comes whole, and one over the limit is refused before it is said") {
  Outside outside(8u << 20);
  const std::string message = "Subject: large\r\n\r\n" + std::string(4 << 20, 'x') + "\r\n";
  outside.say("a3 APPEND INBOX {" + std::to_string(message.size()) + "+}\r\n");
  outside.say(message + "\r\n");
  CHECK(outside.take().find("a3 OK [APPENDUID") != std::string::npos);
  CHECK(outside.history.head().store(kServer).mailbox(MailboxId{1}).entries.back().message->size() ==
        message.size());
  CHECK(outside.ask("a4 APPEND INBOX {9000000}\r\n").find("a4 NO [TOOBIG]") != std::string::npos);
  // While much of a command was there and the rest was not, no copies of the world were kept.
  CHECK(outside.history.checkpoint_count() < 10);
}
