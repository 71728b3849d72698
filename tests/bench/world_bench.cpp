// How fast the simulation is. The aims: 500,000 dispatches a second on one core, any seek under 10
// ms, a copy under 1 ms, under 150 bytes an event; and a transfer in less machine time than ns-3
// takes.
#include <benchmark/benchmark.h>

#include "tests/bench/scenarios.h"

using namespace mailscope;

namespace {

void report_dispatches(benchmark::State& state, uint64_t dispatches) {
  state.counters["dispatches/s"] =
      benchmark::Counter(static_cast<double>(dispatches), benchmark::Counter::kIsRate);
}

void flagship(benchmark::State& state) {
  const test::SmallWorld small(Protocol::kImap);
  const ScenarioPtr scenario = small.share();
  const std::vector<Input> inputs = bench::busy_day(small, 100);
  uint64_t dispatches = 0;
  double bytes_per_event = 0;
  for (auto _ : state) {
    History history(scenario, inputs);
    dispatches += history.run_until(Instant{} + seconds(1100));
    bytes_per_event = static_cast<double>(history.trace().memory()) / history.trace().size();
  }
  report_dispatches(state, dispatches);
  state.counters["bytes/event"] = bytes_per_event;
}
BENCHMARK(flagship)->Unit(benchmark::kMillisecond);

void thousand_devices(benchmark::State& state) {
  const auto scenario = std::make_shared<const Scenario>(bench::crowd(1000));
  uint64_t dispatches = 0;
  double bytes_per_event = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto history = std::make_unique<History>(scenario, std::vector<Input>{});
    state.ResumeTiming();
    dispatches += history->run_until(Instant{} + seconds(200));  // three polls each
    bytes_per_event = static_cast<double>(history->trace().memory()) / history->trace().size();
    state.PauseTiming();
    history.reset();
    state.ResumeTiming();
  }
  report_dispatches(state, dispatches);
  state.counters["bytes/event"] = bytes_per_event;
}
BENCHMARK(thousand_devices)->Unit(benchmark::kMillisecond);

void transfer(benchmark::State& state) {
  const ScenarioPtr scenario = bench::pipe(static_cast<uint64_t>(state.range(1)) * 1000000,
                                           milliseconds(state.range(2)));
  uint64_t dispatches = 0;
  double last_byte = 0;
  for (auto _ : state) {
    World world(scenario, nullptr);
    world.add_input(bench::bulk(static_cast<uint64_t>(state.range(0)) * 1000));
    uint64_t received = 0;
    while (world.has_next()) {
      world.step(nullptr);
      ++dispatches;
      if (world.connection_count() == 0) continue;
      if (world.connection(ConnId{1}).server.delivered == received) continue;
      received = world.connection(ConnId{1}).server.delivered;
      last_byte = static_cast<double>(world.now().ns) / 1e9;
    }
  }
  report_dispatches(state, dispatches);
  state.counters["sim_seconds"] = last_byte;
}
BENCHMARK(transfer)
    ->ArgNames({"kB", "Mbit/s", "ms"})
    ->Args({50000, 100, 20})
    ->Args({5000, 5, 20})
    ->Args({100, 10, 150})
    ->Unit(benchmark::kMillisecond);

void seek_in_100000_dispatches(benchmark::State& state) {
  const test::SmallWorld small(Protocol::kImap);
  History history(small.share(), bench::busy_day(small, 1200));
  history.run_until(Instant{} + seconds(100000), 100000);
  state.counters["dispatches"] = history.head().dispatches();
  Rng rng(1);
  for (auto _ : state) {
    const auto n = static_cast<uint32_t>(rng.below(history.head().dispatches()));
    benchmark::DoNotOptimize(history.world_at(n).now());
  }
}
BENCHMARK(seek_in_100000_dispatches)->Unit(benchmark::kMillisecond);

/// The same, each time to the dispatch before: what stepping back costs.
void step_back_in_100000_dispatches(benchmark::State& state) {
  const test::SmallWorld small(Protocol::kImap);
  History history(small.share(), bench::busy_day(small, 1200));
  history.run_until(Instant{} + seconds(100000), 100000);
  uint32_t n = history.head().dispatches();
  for (auto _ : state) {
    n = n == 0 ? history.head().dispatches() : n - 1;
    benchmark::DoNotOptimize(history.world_at(n).now());
  }
}
BENCHMARK(step_back_in_100000_dispatches)->Unit(benchmark::kMillisecond);

Scenario large_mailbox() {
  test::SmallWorld small(Protocol::kImap);
  small.scenario.mail.assign(100000, small.scenario.mail.front());
  return small.scenario;
}

void copy_world_with_100000_messages(benchmark::State& state) {
  const World world(std::make_shared<const Scenario>(large_mailbox()), nullptr);
  for (auto _ : state) {
    World copy = world;
    benchmark::DoNotOptimize(copy);
  }
}
BENCHMARK(copy_world_with_100000_messages)->Unit(benchmark::kMicrosecond);

/// A copy, and then one flag changed in it: what a fork really costs.
void copy_and_change_100000_messages(benchmark::State& state) {
  const World world(std::make_shared<const Scenario>(large_mailbox()), nullptr);
  Cow<MailStore> store = world.host(HostId{3}).store;
  TraceState trace_state;
  uint32_t uid = 0;
  for (auto _ : state) {
    Cow<MailStore> copy = store;
    TraceWriter trace(trace_state, nullptr, Instant{});
    copy.edit().change_flags(MailboxId{1}, Uid{uid++ % 100000 + 1}, FlagChange::kAdd, Flag::kSeen,
                             trace);
  }
}
BENCHMARK(copy_and_change_100000_messages)->Unit(benchmark::kMicrosecond);

}  // namespace
