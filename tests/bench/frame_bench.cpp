// How long a frame of the window takes to build, without a graphics card: keys, moment, scenes and
// Dear ImGui's draw lists, with at least 100,000 events in the trace. Aim: under 2 ms in Release.
// The parts are measured beside the whole, so that a slow one shows.
#include <benchmark/benchmark.h>
#include <imgui.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/viz/open_runs.h"
#include "viz/app/app.h"
#include "viz/scene/compare.h"
#include "viz/scene/ladder.h"
#include "viz/scene/mailboxes.h"
#include "viz/scene/prose.h"
#include "viz/scene/stage.h"
#include "viz/scene/timeline.h"

using namespace mailscope;
using namespace mailscope::viz;

namespace {

namespace fs = std::filesystem;

constexpr uint32_t kEvents = 100000;

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

/// The flagship lesson as a folder of its own, with devices that look for mail every second.
std::string write_busy_lesson() {
  const fs::path from = fs::path(home_folder()) / "lessons" / "pop3-vs-imap";
  const fs::path to = fs::temp_directory_path() / "mailscope-frame-bench";
  fs::create_directories(to);
  for (const char* file : {"en.md", "zh.md"}) {
    fs::copy_file(from / file, to / file, fs::copy_options::overwrite_existing);
  }
  std::ifstream in(from / "lesson.toml", std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  replace_all(text, "end = \"26s\"", "end = \"1500s\"");
  replace_all(text, "protocol = \"imap\"\n\n[device",
              "protocol = \"imap\"\npoll = \"1s\"\n\n[device");
  std::ofstream(to / "lesson.toml", std::ios::binary) << text;
  return to.string();
}

/// The window at the end of the busy lesson; one for all benchmarks, because it takes a while.
App& busy_window() {
  static const std::unique_ptr<App> app = [] {
    OffscreenOptions offscreen;
    offscreen.width = 1920;
    offscreen.height = 1080;
    auto made = App::create(std::move(open_null(offscreen).value()), {});
    AppOptions options;
    options.lesson = write_busy_lesson();
    options.variant = "pop3-keep";
    options.step = "end";
    const Result<bool> opened = made.value()->open_lesson(options);
    if (!opened.ok()) {
      std::fprintf(stderr, "%s\n", opened.error().c_str());
      std::exit(1);
    }
    for (int i = 0; i < 5; ++i) made.value()->frame();
    return std::move(made.value());
  }();
  return *app;
}

void measure_frames(benchmark::State& state, View view, bool stepping) {
  App& app = busy_window();
  app.apply(intent(Intent::Kind::kSetView, static_cast<int64_t>(view)));
  app.apply(intent(Intent::Kind::kToEnd));
  for (auto _ : state) {
    if (stepping) app.apply(intent(Intent::Kind::kStepBack));
    app.frame();
  }
  state.counters["vertices"] = ImGui::GetDrawData()->TotalVtxCount;
  app.apply(intent(Intent::Kind::kSetView));
  state.counters["events"] = app.run(app.variant()).history().trace().size();
}

void frame_lesson(benchmark::State& state) { measure_frames(state, View::kLesson, false); }
void frame_lesson_stepping_back(benchmark::State& state) {
  measure_frames(state, View::kLesson, true);
}
void frame_compare(benchmark::State& state) { measure_frames(state, View::kCompare, false); }
void frame_compare_stepping_back(benchmark::State& state) {
  measure_frames(state, View::kCompare, true);
}

OpenRun& busy_run() {
  static test::OpenLesson lesson = test::open_busy("pop3-vs-imap", "pop3-keep", kEvents);
  return lesson.runs.at(0);
}

void at_the_end(benchmark::State& state, void (*part)(const Moment&)) {
  seek_end(busy_run());
  const Moment moment = moment_at(busy_run());
  for (auto _ : state) part(moment);
  state.counters["events"] = moment.trace->size();
}

void moment_alone(benchmark::State& state) {
  seek_end(busy_run());
  for (auto _ : state) benchmark::DoNotOptimize(moment_at(busy_run()));
}

void ladder(benchmark::State& state) {
  at_the_end(state, [](const Moment& moment) {
    benchmark::DoNotOptimize(build_ladder(moment, BeatSize::kLine, {600, 500}, 34, 44, -1));
  });
}

void stage(benchmark::State& state) {
  at_the_end(state, [](const Moment& moment) {
    benchmark::DoNotOptimize(build_stage(moment, {800, 300}));
  });
}

void mailboxes(benchmark::State& state) {
  at_the_end(state,
             [](const Moment& moment) { benchmark::DoNotOptimize(build_mailboxes(moment)); });
}

void timeline(benchmark::State& state) {
  at_the_end(state, [](const Moment& moment) {
    benchmark::DoNotOptimize(build_timeline(busy_run(), moment, 6));
  });
}

void compare_side(benchmark::State& state) {
  at_the_end(state, [](const Moment& moment) {
    benchmark::DoNotOptimize(build_compare_side(moment));
    benchmark::DoNotOptimize(bytes_down_over_time(moment, moment.playhead.at, 120));
  });
}

void prose(benchmark::State& state) {
  at_the_end(state, [](const Moment& moment) {
    benchmark::DoNotOptimize(parse_prose(in_language(moment.run->lesson->steps[0].prose, "zh")));
  });
}

void gather_after_a_change(benchmark::State& state) {
  for (auto _ : state) busy_run().refresh();
}

}  // namespace

BENCHMARK(frame_lesson)->Unit(benchmark::kMicrosecond);
BENCHMARK(frame_lesson_stepping_back)->Unit(benchmark::kMicrosecond);
BENCHMARK(frame_compare)->Unit(benchmark::kMicrosecond);
BENCHMARK(frame_compare_stepping_back)->Unit(benchmark::kMicrosecond);
BENCHMARK(moment_alone)->Unit(benchmark::kMicrosecond);
BENCHMARK(ladder)->Unit(benchmark::kMicrosecond);
BENCHMARK(stage)->Unit(benchmark::kMicrosecond);
BENCHMARK(mailboxes)->Unit(benchmark::kMicrosecond);
BENCHMARK(timeline)->Unit(benchmark::kMicrosecond);
BENCHMARK(compare_side)->Unit(benchmark::kMicrosecond);
BENCHMARK(prose)->Unit(benchmark::kMicrosecond);
BENCHMARK(gather_after_a_change)->Unit(benchmark::kMillisecond);
