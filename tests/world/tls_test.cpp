// TLS as the world models it: flights, round trips, record sizes, what is in the clear before it and
// opaque after it. The engines here are the smallest that can ask for it.
#include <doctest/doctest.h>

#include "sim/metrics/cost.h"
#include "tests/world/small_world.h"

using namespace mailscope;

namespace {

/// The lines of a run: who, whether encrypted, text.
struct Said {
  std::string host;
  uint8_t flags;
  std::string text;
  int64_t octets;
  Instant at;
};

std::vector<Said> lines_of(const Trace& trace) {
  std::vector<Said> lines;
  for (uint32_t i = 1; i <= trace.size(); ++i) {
    const Event& event = trace[i];
    if (event.kind != EventKind::kLineSent) continue;
    lines.push_back({std::string(trace.host_name(event.host)), event.code,
                     std::string(trace.text(event)), event.y - event.x, event.at});
  }
  return lines;
}

test::SmallWorld implicit(Protocol protocol) {
  test::SmallWorld small(protocol);
  for (ServiceSpec& service : small.scenario.services) {
    if (service.protocol != protocol) continue;
    service.port = protocol == Protocol::kPop3 ? 995 : 993;
    service.implicit_tls = true;
  }
  for (DeviceSpec& device : small.scenario.devices) {
    device.port = protocol == Protocol::kPop3 ? 995 : 993;
    device.implicit_tls = true;
  }
  return small;
}

}  // namespace

TEST_CASE("implicit TLS: one round trip more, and after the handshake nothing is in the clear") {
  for (const Protocol protocol : {Protocol::kPop3, Protocol::kImap}) {
    const test::SmallWorld small = implicit(protocol);
    History history(small.share(),
                    {test::SmallWorld::action(InputKind::kCheckMail, small.laptop, 0)});
    history.run_until(Instant{} + seconds(20));
    const std::vector<Said> lines = lines_of(history.trace());
    REQUIRE(lines.size() > 6);
    CHECK(lines[0].text == "TLS ClientHello");
    CHECK(lines[0].octets == 517);
    CHECK(lines[1].host == "server");
    CHECK(lines[2].text == "TLS Finished");
    for (size_t i = 0; i < 3; ++i) CHECK((lines[i].flags & LineFlags::kHandshake) != 0);
    for (size_t i = 3; i < lines.size(); ++i) {
      CHECK((lines[i].flags & LineFlags::kEncrypted) != 0);
    }
    // "+OK" CRLF and 22 octets of record around it.
    CHECK(lines[3].octets == static_cast<int64_t>(lines[3].text.size()) + 2 + 22);
    CHECK(history.head().device(DeviceId{1}).local->folders()[0].entries.size() == 3);
    CHECK(history.verify().empty());
    CHECK_FALSE(cost_of(history.trace(), small.laptop, history.trace().size()).password_in_clear);
  }
}

TEST_CASE("the same session in the clear shows the password, and takes a round trip less") {
  const test::SmallWorld plain(Protocol::kPop3);
  const test::SmallWorld tls = implicit(Protocol::kPop3);
  const auto first_command = [](const test::SmallWorld& small) {
    History history(small.share(),
                    {test::SmallWorld::action(InputKind::kCheckMail, small.laptop, 0)});
    history.run_until(Instant{} + seconds(20));
    for (const Said& said : lines_of(history.trace())) {
      if (said.text.rfind("USER", 0) == 0) return said.at;
    }
    return kNever;
  };
  const Duration more = first_command(tls) - first_command(plain);
  // 20 ms each way: the greeting waits for the client's Finished, which is one round trip later.
  CHECK(more > milliseconds(39));
  CHECK(more < milliseconds(46));
}

TEST_CASE("what is on the wire is noise, the same in every replay") {
  const std::string a = opaque_record(23, 100, 7);
  CHECK(a.size() == 100);
  CHECK(a.substr(0, 5) == std::string("\x17\x03\x03\x00\x5f", 5));
  CHECK(a == opaque_record(23, 100, 7));
  CHECK(a != opaque_record(23, 100, 8));
}

TEST_CASE("someone who speaks in the clear to a port of TLS is cut off") {
  test::SmallWorld small = implicit(Protocol::kPop3);
  for (DeviceSpec& device : small.scenario.devices) {
    device.implicit_tls = false;
    device.retry = Duration{};
  }
  History history(small.share(),
                  {test::SmallWorld::action(InputKind::kCheckMail, small.laptop, 0)});
  history.run_until(Instant{} + seconds(400));
  // Both wait for the other to begin; the client gives up.
  for (const Said& said : lines_of(history.trace())) CHECK(said.host == "laptop");
  CHECK_FALSE(history.head().device(DeviceId{1}).last_error.empty());
}
