// Bulk transfers through the simulated network end when ns-3's TcpNewReno ends them: MSS 1460,
// initial window 10, queue of 1,000 packets, from the SYN to the last byte, within 5 %.
#include <doctest/doctest.h>

#include "sim/world/history.h"

using namespace mailscope;

namespace {

struct Outcome {
  double seconds = 0;  // from the SYN to the last byte's arrival
  uint64_t received = 0;
};

Outcome transfer(uint64_t bits_per_second, Duration delay, uint64_t octets, uint32_t loss_ppm = 0) {
  Scenario scenario;
  scenario.hosts = {{"a", "", HostKind::kServer, {}}, {"b", "", HostKind::kServer, {}}};
  LinkConfig link;
  link.delay = delay;
  link.bits_per_second = bits_per_second;
  link.loss_ppm = loss_ppm;
  scenario.links = {{HostId{1}, HostId{2}, link, link}};
  scenario.record_segments = false;
  World world(std::make_shared<const Scenario>(scenario), nullptr);
  Input input;
  input.kind = InputKind::kBulkSend;
  input.host = HostId{1};
  input.peer = HostId{2};
  input.number = octets;
  world.add_input(input);
  Outcome outcome;
  while (world.has_next()) {
    world.step(nullptr);
    if (world.connection_count() == 0) continue;
    const uint64_t received = world.connection(ConnId{1}).server.delivered - 1;
    if (received == outcome.received) continue;
    outcome.received = received;
    outcome.seconds = static_cast<double>(world.now().ns) / 1e9;
  }
  return outcome;
}

void check_within_5_percent(double seconds, double reference) {
  CAPTURE(seconds);
  CAPTURE(reference);
  CHECK(seconds > reference * 0.95);
  CHECK(seconds < reference * 1.05);
}

}  // namespace

TEST_CASE("50 MB at 100 Mbit/s and 20 ms take what they take in ns-3") {
  const Outcome outcome = transfer(100000000, milliseconds(20), 50000000);
  CHECK(outcome.received == 50000000);
  check_within_5_percent(outcome.seconds, 4.542);
}

TEST_CASE("5 MB at 5 Mbit/s and 20 ms take what they take in ns-3") {
  const Outcome outcome = transfer(5000000, milliseconds(20), 5000000);
  CHECK(outcome.received == 5000000);
  check_within_5_percent(outcome.seconds, 8.769);
}

TEST_CASE("100 kB at 10 Mbit/s and 150 ms take what they take in ns-3") {
  const Outcome outcome = transfer(10000000, milliseconds(150), 100000);
  CHECK(outcome.received == 100000);
  check_within_5_percent(outcome.seconds, 1.379);
}

TEST_CASE("losses slow a transfer down and cost no byte") {
  const Outcome clean = transfer(10000000, milliseconds(20), 1000000);
  const Outcome lossy = transfer(10000000, milliseconds(20), 1000000, 20000);
  CHECK(lossy.received == 1000000);
  CHECK(lossy.seconds > clean.seconds);
}
