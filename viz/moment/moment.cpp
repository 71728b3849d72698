#include "viz/moment/moment.h"

#include <algorithm>

namespace mailscope::viz {
namespace {

constexpr Duration kLongestSilence = milliseconds(150);
const Cost kNoCost;

/// Lesson steps as beats: each is reached when its first dispatch, a person's action, has been
/// handled.
std::vector<uint32_t> step_beats(const LessonRun& run) {
  std::vector<uint32_t> beats;
  for (size_t i = 0; i + 1 < run.step_dispatch.size(); ++i) {
    const uint32_t n = run.step_dispatch[i] + 1;
    if (beats.empty() || beats.back() < n) beats.push_back(n);
  }
  return beats;
}

uint32_t beat_before(const std::vector<uint32_t>& beats, uint32_t n) {
  const auto at = std::lower_bound(beats.begin(), beats.end(), n);
  return at == beats.begin() ? 0 : *(at - 1);
}

Instant time_of(const OpenRun& open, uint32_t n) {
  return n == 0 ? Instant{} : open.history().trace().dispatch_time(n - 1);
}

void place(OpenRun& open, uint32_t n, uint32_t beat_began) {
  open.playhead.n = std::min(n, open.history().trace().dispatches());
  open.playhead.beat_began = std::min(beat_began, open.playhead.n);
  open.playhead.at = time_of(open, open.playhead.n);
}

/// The line last said or heard; of several said in one turn the first is the one to explain.
uint32_t current_line_at(const TraceIndex& index, const Trace& trace, uint32_t events) {
  for (uint32_t id = events; id > 0; --id) {
    const Event& event = trace[id];
    if (event.kind != EventKind::kLineArrived && event.kind != EventKind::kLineSent) continue;
    const uint32_t line = event.kind == EventKind::kLineArrived ? event.a : id;
    const int row = index.row_of(BeatSize::kLine, line);
    return row >= 0 ? index.rows(BeatSize::kLine)[static_cast<size_t>(row)].event : line;
  }
  return 0;
}

}  // namespace

void OpenRun::refresh() {
  const Trace& trace = run.history->trace();
  run.step_dispatch = step_dispatches(*run.lesson, trace);
  index = TraceIndex(trace);
  end = run.lesson != nullptr ? run.lesson->end : Instant{};
  if (trace.dispatches() > 0) {
    // Past the last thing that shows there is nothing to look at.
    uint32_t last = trace.dispatches();
    while (last > 1 && trace.events_before(last) == trace.events_before(last - 1)) --last;
    end = trace.dispatch_time(last - 1);
  }
  axis = TimeAxis(trace, end, kLongestSilence);
  marks = build_axis_marks(index, axis, end);
  meters.clear();
  for (const DeviceSpec& device : run.history->scenario().devices) meters.emplace_back(device.host);
}

Moment moment_at(OpenRun& open) {
  Moment moment;
  History& history = open.history();
  moment.scenario = &history.scenario();
  moment.trace = &history.trace();
  moment.world = &history.world_at(open.playhead.n);
  moment.index = &open.index;
  moment.run = &open.run;
  moment.playhead = open.playhead;
  moment.events = moment.trace->events_before(open.playhead.n);
  moment.beat_events = moment.trace->events_before(open.playhead.beat_began);
  moment.current_line = current_line_at(open.index, *moment.trace, moment.events);
  for (CostMeter& meter : open.meters) {
    moment.costs.push_back(meter.at(*moment.trace, moment.events));
  }
  // At the very start the lesson's introduction is shown, whenever its first step may begin.
  moment.step = open.playhead.n == 0 ? -1 : step_at(open.run, open.playhead.n - 1);
  return moment;
}

const Cost& Moment::cost_of(HostId host) const {
  for (size_t i = 0; i < costs.size(); ++i) {
    if (scenario->devices[i].host == host) return costs[i];
  }
  return kNoCost;
}

uint8_t protocol_state(const Moment& moment, ConnId conn, HostId host) {
  return moment.index->protocol_state(conn, host, moment.events);
}

void seek(OpenRun& open, uint32_t n) {
  place(open, n, beat_before(open.index.beats(BeatSize::kLine), n));
}

void seek_time(OpenRun& open, Instant at) {
  const uint32_t n = open.history().trace().dispatches_until(at);
  place(open, n, beat_before(open.index.beats(BeatSize::kLine), n));
  open.playhead.at = std::max(at, open.playhead.at);
}

void seek_step(OpenRun& open, size_t step) {
  if (step + 1 >= open.run.step_dispatch.size()) return;
  place(open, open.run.step_dispatch[step] + 1, open.run.step_dispatch[step]);
}

std::optional<Instant> next_beat(const OpenRun& open, BeatSize size) {
  const std::vector<uint32_t> steps = step_beats(open.run);
  const std::vector<uint32_t>& beats = size == BeatSize::kStep ? steps : open.index.beats(size);
  const auto next = std::upper_bound(beats.begin(), beats.end(), open.playhead.n);
  if (next == beats.end()) return std::nullopt;
  return time_of(open, *next);
}

void step_forward(OpenRun& open, BeatSize size) {
  const std::vector<uint32_t> steps = step_beats(open.run);
  const std::vector<uint32_t>& beats = size == BeatSize::kStep ? steps : open.index.beats(size);
  const auto next = std::upper_bound(beats.begin(), beats.end(), open.playhead.n);
  if (next == beats.end()) return place(open, open.history().trace().dispatches(), open.playhead.n);
  place(open, *next, open.playhead.n);
}

void step_back(OpenRun& open, BeatSize size) {
  const std::vector<uint32_t> steps = step_beats(open.run);
  const std::vector<uint32_t>& beats = size == BeatSize::kStep ? steps : open.index.beats(size);
  const uint32_t before = beat_before(beats, open.playhead.n);
  place(open, before, beat_before(beats, before));
}

}  // namespace mailscope::viz
