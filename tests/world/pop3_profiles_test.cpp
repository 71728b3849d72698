// POP3 programs in the world: what each profile leaves where, two devices racing for one maildrop,
// and what a program does after a refusal.
#include <doctest/doctest.h>

#include <functional>

#include "tests/support/checkers.h"
#include "tests/world/small_world.h"

using namespace mailscope;
using test::SmallWorld;

namespace {

constexpr DeviceId kLaptop{1};
constexpr DeviceId kPhone{2};

/// Both devices' programs changed.
void set_programs(SmallWorld& small, const std::function<void(Pop3ClientConfig&)>& change) {
  for (DeviceSpec& device : small.scenario.devices) {
    Pop3ClientConfig config = *device.pop3;
    change(config);
    device.pop3 = std::make_shared<const Pop3ClientConfig>(config);
  }
}

void set_server(SmallWorld& small, const Pop3ServerConfig& config) {
  small.scenario.services[1].pop3 = std::make_shared<const Pop3ServerConfig>(config);
}

size_t on_server(const World& world) {
  return world.store(HostId{3}).mailbox(MailboxId{1}).entries.size();
}

size_t on_device(const World& world, DeviceId device, bool whole = true) {
  const LocalFolder* folder = world.device(device).local->find_folder("INBOX");
  if (folder == nullptr) return 0;
  size_t count = 0;
  for (const LocalEntry& entry : folder->entries) count += (entry.message != nullptr) == whole;
  return count;
}

size_t times_said(const Trace& trace, std::string_view words) {
  size_t count = 0;
  for (uint32_t i = 1; i <= trace.size(); ++i) {
    if (trace[i].kind != EventKind::kLineSent) continue;
    count += trace.text(trace[i]).find(words) != std::string_view::npos;
  }
  return count;
}

}  // namespace

TEST_CASE(
    "two programs race for one maildrop: one is told [IN-USE], and both have all in the end") {
  for (const bool deletes : {false, true}) {
    SmallWorld small(Protocol::kPop3, !deletes);
    History history(small.share(), {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                                    SmallWorld::action(InputKind::kCheckMail, small.phone, 101)});
    CHECK(test::run_checked(history, Instant{} + seconds(300), small.message_ids()) == "");
    INFO(test::conversation(history.trace()));
    CHECK(times_said(history.trace(), "-ERR [IN-USE]") == 1);
    CHECK(on_device(history.head(), kLaptop) == 3);
    // Who deletes leaves nothing for the other.
    CHECK(on_device(history.head(), kPhone) == (deletes ? 0 : 3));
    CHECK(on_server(history.head()) == (deletes ? 0 : 3));
    CHECK(history.head().device(kPhone).last_error.empty());
    CHECK(!history.head().store(small.server).accounts()[0].maildrop_lock.valid());
  }
}

TEST_CASE("wherever the connection of the one is cut, the other gets the maildrop") {
  for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
    for (uint64_t byte = 1; byte < 1000; byte += 17) {
      SmallWorld small(Protocol::kPop3, true);
      Input cut;
      cut.kind = InputKind::kCutAfterByte;
      cut.conn = ConnId{1};
      cut.direction = direction;
      cut.number = byte;
      cut.at = Instant{} + milliseconds(150);
      History history(small.share(),
                      {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100), cut,
                       SmallWorld::action(InputKind::kCheckMail, small.phone, 200)});
      CAPTURE(byte);
      REQUIRE(test::run_checked(history, Instant{} + seconds(300), small.message_ids()) == "");
      REQUIRE(on_device(history.head(), kLaptop) == 3);
      REQUIRE(on_device(history.head(), kPhone) == 3);
      REQUIRE(on_server(history.head()) == 3);
    }
  }
}

TEST_CASE("headers first: the list comes at once, a message when it is opened") {
  SmallWorld small(Protocol::kPop3, true);
  set_programs(small, [](Pop3ClientConfig& config) { config.headers_first = true; });
  History history(small.share(),
                  {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                   SmallWorld::action(InputKind::kRead, small.laptop, 5000, "Photos"),
                   SmallWorld::action(InputKind::kRead, small.laptop, 9000, "Photos")});
  history.run_until(Instant{} + seconds(4));
  CHECK(on_device(history.head(), kLaptop, false) == 3);
  CHECK(on_device(history.head(), kLaptop) == 0);
  CHECK(test::run_checked(history, Instant{} + seconds(60), small.message_ids()) == "");
  INFO(test::conversation(history.trace()));
  CHECK(on_device(history.head(), kLaptop, false) == 2);
  CHECK(on_device(history.head(), kLaptop) == 1);
  CHECK(times_said(history.trace(), "RETR") == 1);
  CHECK(history.head().connection_count() == 2);
  const LocalEntry* photos = history.head().device(kLaptop).local->find_subject("INBOX", "Photos");
  REQUIRE(photos != nullptr);
  CHECK(photos->message != nullptr);
  CHECK((photos->flags & Flag::kSeen) != 0);
}

TEST_CASE("a message opened while the session runs is fetched by the next one") {
  SmallWorld small(Protocol::kPop3, true);
  set_programs(small, [](Pop3ClientConfig& config) { config.headers_first = true; });
  for (int64_t at = 5000; at < 5600; at += 20) {
    History history(small.share(),
                    {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                     SmallWorld::action(InputKind::kCheckMail, small.laptop, 5000),
                     SmallWorld::action(InputKind::kRead, small.laptop, at, "Photos")});
    history.run_until(Instant{} + seconds(60));
    CAPTURE(at);
    CHECK(on_device(history.head(), kLaptop) == 1);
    CHECK(history.head().connection_count() <= 3);
  }
}

TEST_CASE("keep for some days: the days count on each device from when the mail came there") {
  SmallWorld small(Protocol::kPop3, true);
  const Duration day = seconds(24 * 3600);
  set_programs(small, [&](Pop3ClientConfig& config) { config.keep_for = day * 2; });
  small.scenario.devices[0].poll = day / 4;
  History history(small.share(), {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100)});
  history.run_until(Instant{} + day + day / 2);
  CHECK(on_server(history.head()) == 3);
  CHECK(on_device(history.head(), kLaptop) == 3);
  history.run_until(Instant{} + day * 3);
  CHECK(on_server(history.head()) == 0);
  CHECK(on_device(history.head(), kLaptop) == 3);
  CHECK(times_said(history.trace(), "RETR") == 3);
}

TEST_CASE("without unique-ids every poll brings everything again") {
  SmallWorld small(Protocol::kPop3, true);
  set_programs(small, [](Pop3ClientConfig& config) { config.use_uidl = false; });
  small.scenario.devices[0].poll = seconds(60);
  History history(small.share(), {});
  history.run_until(Instant{} + seconds(200));
  CHECK(on_device(history.head(), kLaptop) == 9);
  CHECK(on_server(history.head()) == 3);
}

TEST_CASE("who polls too often is told to wait, and has the mail later") {
  SmallWorld small(Protocol::kPop3, true);
  Pop3ServerConfig server = pop3_server_with_everything();
  server.login_delay = seconds(60);
  set_server(small, server);
  History history(small.share(), {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                                  SmallWorld::action(InputKind::kCheckMail, small.phone, 5000)});
  history.run_until(Instant{} + seconds(300));
  INFO(test::conversation(history.trace()));
  CHECK(times_said(history.trace(), "-ERR [LOGIN-DELAY]") >= 1);
  CHECK(on_device(history.head(), kPhone) == 3);
  CHECK(history.head().device(kPhone).last_error.empty());
}

TEST_CASE("a wrong password is tried once, not at every poll, until the person asks again") {
  SmallWorld small(Protocol::kPop3);
  set_programs(small, [](Pop3ClientConfig& config) { config.password = "sesame"; });
  small.scenario.devices[0].poll = seconds(60);
  History history(small.share(), {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100),
                                  SmallWorld::action(InputKind::kCheckMail, small.laptop, 500000)});
  history.run_until(Instant{} + seconds(400));
  INFO(test::conversation(history.trace()));
  CHECK(times_said(history.trace(), "PASS sesame") == 1);
  CHECK(history.head().device(kLaptop).last_error.find("[AUTH]") != std::string::npos);
  history.run_until(Instant{} + seconds(900));
  CHECK(times_said(history.trace(), "PASS sesame") == 2);
}

TEST_CASE("a passing trouble is tried again, a lasting one is not") {
  for (const bool lasting : {false, true}) {
    SmallWorld small(Protocol::kPop3);
    Pop3ServerConfig server;
    server.trouble = lasting ? MaildropTrouble::kLasting : MaildropTrouble::kPassing;
    set_server(small, server);
    History history(small.share(), {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100)});
    history.run_until(Instant{} + seconds(200));
    if (lasting) {
      CHECK(times_said(history.trace(), "-ERR [SYS/PERM]") == 1);
    } else {
      CHECK(times_said(history.trace(), "-ERR [SYS/TEMP]") > 3);
    }
  }
}

TEST_CASE("pipelining saves round trips") {
  const auto finished_at = [](bool pipeline) {
    SmallWorld small(Protocol::kPop3);
    LinkConfig slow;
    slow.delay = milliseconds(200);
    small.set_links(slow);
    set_server(small, pop3_server_with_everything());
    set_programs(small, [&](Pop3ClientConfig& config) { config.pipeline = pipeline; });
    History history(small.share(), {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100)});
    history.run_to_rest(Instant{} + seconds(60));
    CHECK(on_device(history.head(), kLaptop) == 3);
    CHECK(on_server(history.head()) == 0);
    Instant last;
    for (uint32_t i = 1; i <= history.trace().size(); ++i) {
      if (history.trace()[i].kind == EventKind::kLineSent) last = history.trace()[i].at;
    }
    return last;
  };
  CHECK(finished_at(true) + seconds(1) < finished_at(false));
}

TEST_CASE("APOP and AUTH work across the network, and show no password") {
  for (const Pop3Login login : {Pop3Login::kApop, Pop3Login::kAuth}) {
    SmallWorld small(Protocol::kPop3);
    set_server(small, pop3_server_with_everything());
    set_programs(small, [&](Pop3ClientConfig& config) { config.login = login; });
    History history(small.share(), {SmallWorld::action(InputKind::kCheckMail, small.laptop, 100)});
    CHECK(test::run_checked(history, Instant{} + seconds(60), small.message_ids()) == "");
    INFO(test::conversation(history.trace()));
    CHECK(on_device(history.head(), kLaptop) == 3);
    CHECK(times_said(history.trace(), "secret") == 0);
  }
}
