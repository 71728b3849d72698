// Peers that mean no good: every server engine is fed what no honest client says, and must answer
// in its protocol, end the session or wait, within bounded memory and without harm to the mail.
#include <doctest/doctest.h>
#include <malloc.h>

#include "tests/world/small_world.h"

using namespace mailscope;

namespace {

/// Heap in use; 0 under the sanitizers, whose allocator does not tell.
size_t heap_in_use() { return mallinfo2().uordblks + mallinfo2().hblkhd; }

/// A server of any protocol at the other end of a wire without a network.
template <class Engine>
class Victim {
 public:
  explicit Victim(Engine engine) : engine_(std::move(engine)) {
    store_.edit().add_account("bob", "secret", trace_);
    store_.edit().append(MailboxId{1}, test::small_message("Photos"), {}, 0, trace_);
    before_ = heap_in_use();
    run([this](Context& context, Outbox& out) { engine_.open(context, out); });
  }

  /// Gives the bytes in pieces as segments bring them, with all the turns the engine asks for
  /// between.
  void feed(std::string_view bytes) {
    for (size_t at = 0; at < bytes.size() && !engine_.finished(); at += 1460) {
      engine_.receive(bytes.substr(at, 1460));
      while (engine_.ready()) {
        run([this](Context& context, Outbox& out) { engine_.turn(context, out); });
      }
      peak_ = std::max(peak_, heap_in_use());
    }
  }
  [[nodiscard]] bool finished() const { return engine_.finished(); }
  [[nodiscard]] size_t lines() const { return lines_; }
  [[nodiscard]] size_t heap_grown() const { return peak_ > before_ ? peak_ - before_ : 0; }
  [[nodiscard]] size_t mail() const { return store_->mailbox(MailboxId{1}).entries.size(); }

 private:
  template <class Action>
  void run(Action action) {
    Context context{Instant{}, 0, AgentId{1}, "mail.example.net", "evil.example.com", trace_,
                    &store_, nullptr};
    Outbox out;
    action(context, out);
    lines_ += out.units.size();
  }

  Engine engine_;
  Cow<MailStore> store_;
  TraceState state_;
  TraceWriter trace_{state_, nullptr, Instant{}};
  size_t lines_ = 0;
  size_t before_ = 0;
  size_t peak_ = 0;
};

SmtpServer smtp_server() {
  SmtpServerConfig config;
  config.local_domains = {"example.net"};
  return SmtpServer(std::make_shared<const SmtpServerConfig>(config));
}
Pop3Server pop3_server() { return Pop3Server(std::make_shared<const Pop3ServerConfig>()); }
ImapServer imap_server() { return ImapServer(std::make_shared<const ImapServerConfig>()); }

template <class Engine>
void attack(Engine engine, const std::string& bytes) {
  Victim<Engine> victim(std::move(engine));
  victim.feed(bytes);
  CHECK(victim.heap_grown() < (2u << 20));
  CHECK(victim.mail() == 1);
}

std::string repeated(std::string_view text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("10,000 unknown commands are answered a few times and then no more") {
  const std::string many = repeated("XYZZY\r\n", 10000);
  const auto check = [&](auto engine) {
    Victim<decltype(engine)> victim(std::move(engine));
    victim.feed(many);
    CHECK(victim.finished());
    CHECK(victim.lines() < 40);
    CHECK(victim.heap_grown() < (2u << 20));
  };
  check(smtp_server());
  check(pop3_server());
  check(imap_server());
}

TEST_CASE("lines without end, NUL, 8-bit, bare LF and noise cost no memory and no mail") {
  std::string noise;
  Rng rng(99);
  for (int i = 0; i < 1000000; ++i) noise += static_cast<char>(rng.below(256));
  for (const std::string& bytes :
       {std::string(30000000, 'A'), std::string(1000000, 'A') + "\r\n", std::string(1000000, '\0'),
        std::string(1000000, '\xff') + "\r\n", std::string(1000000, '\n'),
        std::string(1000000, '\r'), noise, repeated("a LOGIN {4294967295}\r\n", 1000),
        repeated("a NOOP {99999999999999999999+}\r\n", 1000)}) {
    attack(smtp_server(), bytes);
    attack(pop3_server(), bytes);
    attack(imap_server(), bytes);
  }
}

TEST_CASE("a patient stream of good commands grows nothing") {
  attack(smtp_server(), "EHLO evil.example.com\r\n" + repeated("NOOP\r\n", 30000));
  attack(pop3_server(), repeated("CAPA\r\n", 30000));
  attack(imap_server(), repeated("a NOOP\r\n", 30000));
  attack(imap_server(), "a LOGIN bob secret\r\nb SELECT INBOX\r\n" +
                     repeated("c UID STORE 1 +FLAGS (\\Seen)\r\n"
                              "d UID STORE 1 -FLAGS (\\Seen)\r\n", 5000));
}

TEST_CASE("a message that never ends is given up at the size limit") {
  SmtpServerConfig config;
  config.local_domains = {"example.net"};
  config.max_message = 100000;
  attack(SmtpServer(std::make_shared<const SmtpServerConfig>(config)),
         "EHLO evil.example.com\r\nMAIL FROM:<>\r\nRCPT TO:<bob@example.net>\r\nDATA\r\n" +
             repeated("All work and no play makes Jack a dull boy.\r\n", 200000));
}

TEST_CASE("the same through the world: each session ends by itself, and the mail is as it was") {
  for (const uint16_t port : {uint16_t{25}, uint16_t{110}, uint16_t{143}}) {
    CAPTURE(port);
    const test::SmallWorld small(Protocol::kPop3);
    Input connect = test::SmallWorld::action(InputKind::kLiveConnect, small.laptop, 0);
    connect.peer = small.server;
    connect.number = port;
    Input attack = test::SmallWorld::action(InputKind::kLiveBytes, small.laptop, 100,
                                            repeated("XYZZY\r\n", 10000));
    attack.conn = ConnId{1};
    World world(small.share(), nullptr);
    world.add_input(connect);
    world.add_input(attack);
    Trace trace;
    while (world.has_next() && world.now() < Instant{} + seconds(60)) world.step(&trace);
    size_t answers = 0;
    for (uint32_t i = 1; i <= trace.size(); ++i) {
      const bool said = trace[i].kind == EventKind::kLineSent;
      answers += said && trace[i].direction == Direction::kToClient ? 1 : 0;
    }
    CHECK(answers > 0);
    CHECK(answers < 60);
    CHECK(std::holds_alternative<std::monostate>(world.agent(AgentId{1}).engine));
    CHECK(world.store(small.server).inbox(AccountId{1}).entries.size() == 3);
  }
}
