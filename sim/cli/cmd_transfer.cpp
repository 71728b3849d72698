// mailsim transfer: one bulk transfer over the simulated TCP, two hosts and one link, and what the
// simulation cost. For comparing with other simulators and with arithmetic.

#include <fmt/format.h>

#include <chrono>

#include "sim/cli/commands.h"
#include "sim/cli/trace_json.h"
#include "sim/lesson/units.h"
#include "sim/world/world.h"

namespace mailscope::cli {
namespace {

constexpr uint64_t kMaxBytes = uint64_t{100} * 1000 * 1000 * 1000;

ScenarioPtr two_hosts(const LinkConfig& link, uint64_t seed) {
  Scenario scenario;
  scenario.name = "transfer";
  scenario.seed = seed;
  scenario.record_segments = false;
  scenario.hosts = {{"sender", "", HostKind::kServer, Duration{}},
                    {"receiver", "", HostKind::kServer, Duration{}}};
  scenario.links = {{HostId{1}, HostId{2}, link, link}};
  return std::make_shared<const Scenario>(std::move(scenario));
}

struct Outcome {
  bool complete = false;
  Instant end;
  double wall_seconds = 0;
  uint32_t segments = 0;
  uint32_t retransmits = 0;
};

Outcome transfer(const LinkConfig& link, uint64_t seed, uint64_t bytes) {
  const auto begin = std::chrono::steady_clock::now();
  World world(two_hosts(link, seed), nullptr);
  Input input;
  input.kind = InputKind::kBulkSend;
  input.host = HostId{1};
  input.peer = HostId{2};
  input.number = bytes;
  world.add_input(std::move(input));
  Outcome outcome;
  while (world.has_next() && !outcome.complete) {
    world.step(nullptr);
    // Stream offset 0 is the SYN, so the last byte's is `bytes`.
    outcome.complete = world.connection_count() > 0 &&
                       world.connection(ConnId{1}).server.delivered >= bytes + 1;
  }
  outcome.end = world.now();
  outcome.segments = world.segments_sent();
  if (world.connection_count() > 0) {
    outcome.retransmits = world.connection(ConnId{1}).client.tcp.retransmits();
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  outcome.wall_seconds = wall.count();
  return outcome;
}

}  // namespace

int run_transfer(const Options& options) {
  LinkConfig link;
  const std::optional<uint64_t> rate = parse_rate(options.rate);
  const std::optional<Duration> delay = parse_duration(options.delay);
  const std::optional<uint32_t> loss = parse_share(options.loss);
  if (!rate) return complain(fmt::format("--rate {}: expected {}", options.rate, kRateForm));
  if (!delay || *delay > seconds(3600)) {
    return complain(
        fmt::format("--delay {}: expected {}, at most 1h", options.delay, kDurationForm));
  }
  if (!loss) return complain(fmt::format("--loss {}: expected {}", options.loss, kShareForm));
  if (options.bytes == 0 || options.bytes > kMaxBytes) {
    return complain(
        fmt::format("--bytes {}: expected a number from 1 to {}", options.bytes, kMaxBytes));
  }
  link.bits_per_second = *rate;
  link.delay = *delay;
  link.loss_ppm = *loss;
  const Outcome outcome = transfer(link, options.seed, options.bytes);
  const auto sim_seconds = static_cast<double>(outcome.end.ns) / 1e9;
  if (options.json) {
    const Json json = {{"complete", outcome.complete},
                       {"sim_seconds", sim_seconds},
                       {"wall_seconds", outcome.wall_seconds},
                       {"segments", outcome.segments},
                       {"retransmits", outcome.retransmits}};
    fmt::print("{}\n", json_text(json, 2));
  } else if (outcome.complete) {
    fmt::print(
        "{} bytes in {:.6f} simulated seconds, {:.6f} real ones; {} segments, {} sent again\n",
        options.bytes, sim_seconds, outcome.wall_seconds, outcome.segments, outcome.retransmits);
  }
  if (outcome.complete) return kDone;
  fmt::print(stderr, "mailsim: the transfer was given up after {:.3f} simulated seconds\n",
             sim_seconds);
  return kFailed;
}

}  // namespace mailscope::cli
