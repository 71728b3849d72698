#include "viz/moment/moment.h"

#include <algorithm>

namespace mailscope::viz {
namespace {

constexpr Duration kLongestSilence = milliseconds(150);
const Cost kNoCost;

/// A lesson step as a beat: reached when its first dispatch, a person's action, has been handled,
/// or when its time has come and nothing happens in it.
struct StepBeat {
  Instant at;
  uint32_t n = 0;
};

bool operator<(const StepBeat& a, const StepBeat& b) {
  return a.at < b.at || (a.at == b.at && a.n < b.n);
}

StepBeat step_beat(const OpenRun& open, size_t step) {
  const Trace& trace = open.history().trace();
  const uint32_t begin = open.run.step_dispatch[step];
  if (begin == open.run.step_dispatch[step + 1]) return {open.run.step_at[step], begin};
  return {trace.dispatch_time(begin), begin + 1};
}

std::vector<StepBeat> step_beats(const OpenRun& open) {
  std::vector<StepBeat> beats;
  for (size_t i = 0; i + 1 < open.run.step_dispatch.size(); ++i) {
    beats.push_back(step_beat(open, i));
  }
  return beats;
}

/// The first step after the playhead, or none.
std::optional<StepBeat> next_step(const OpenRun& open) {
  const StepBeat here{open.playhead.at, open.playhead.n};
  for (const StepBeat& beat : step_beats(open)) {
    if (here < beat) return beat;
  }
  return std::nullopt;
}

/// The last step before the playhead, or the start.
StepBeat step_before(const OpenRun& open, const StepBeat& here) {
  StepBeat last;
  for (const StepBeat& beat : step_beats(open)) {
    if (beat < here) last = beat;
  }
  return last;
}

uint32_t beat_before(const std::vector<uint32_t>& beats, uint32_t n) {
  const auto at = std::lower_bound(beats.begin(), beats.end(), n);
  return at == beats.begin() ? 0 : *(at - 1);
}

Instant time_of(const OpenRun& open, uint32_t n) {
  return n == 0 ? Instant{} : open.history().trace().dispatch_time(n - 1);
}

/// `at`: not before this time, when what is looked at lies in the silence after dispatch n.
void place(OpenRun& open, uint32_t n, uint32_t beat_began, Instant at = {}) {
  open.playhead.n = std::min(n, open.history().trace().dispatches());
  open.playhead.beat_began = std::min(beat_began, open.playhead.n);
  open.playhead.at = std::max(at, time_of(open, open.playhead.n));
}

/// The lesson step at the playhead. At the very start the introduction is shown, whenever the first
/// step may begin. A step in which nothing happens is there all the same, by its time.
int step_here(const OpenRun& open) {
  int step = -1;
  if (open.playhead.n == 0) return step;
  for (const Instant at : open.run.step_at) {
    if (at <= open.playhead.at) ++step;
  }
  return step;
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
  place_steps(run);
  index = TraceIndex(trace);
  end = run.lesson != nullptr ? run.lesson->end : Instant{};
  if (trace.dispatches() > 0) {
    // Past the last thing that shows there is nothing to look at.
    uint32_t last = trace.dispatches();
    while (last > 1 && trace.events_before(last) == trace.events_before(last - 1)) --last;
    end = trace.dispatch_time(last - 1);
    if (!run.step_at.empty()) end = std::max(end, run.step_at.back());
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
  moment.step = step_here(open);
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
  place(open, n, beat_before(open.index.beats(BeatSize::kLine), n), at);
}

void seek_end(OpenRun& open) { seek_time(open, open.end); }

void seek_step(OpenRun& open, size_t step) {
  if (step + 1 >= open.run.step_dispatch.size()) return;
  const StepBeat beat = step_beat(open, step);
  place(open, beat.n, open.run.step_dispatch[step], beat.at);
}

void seek_step_end(OpenRun& open, size_t step) {
  if (step + 1 >= open.run.step_dispatch.size()) return;
  const uint32_t n = step_end(open.run, step);
  place(open, n, beat_before(open.index.beats(BeatSize::kLine), n), open.run.step_at[step]);
}

std::optional<Instant> next_beat(const OpenRun& open, BeatSize size) {
  if (size == BeatSize::kStep) {
    const std::optional<StepBeat> step = next_step(open);
    return step ? std::optional(step->at) : std::nullopt;
  }
  const std::vector<uint32_t>& beats = open.index.beats(size);
  const auto next = std::upper_bound(beats.begin(), beats.end(), open.playhead.n);
  if (next == beats.end()) return std::nullopt;
  return time_of(open, *next);
}

void step_forward(OpenRun& open, BeatSize size) {
  const uint32_t began = open.playhead.n;
  if (size == BeatSize::kStep) {
    if (const std::optional<StepBeat> next = next_step(open)) {
      return place(open, next->n, began, next->at);
    }
  } else {
    const std::vector<uint32_t>& beats = open.index.beats(size);
    const auto next = std::upper_bound(beats.begin(), beats.end(), began);
    if (next != beats.end()) return place(open, *next, began);
  }
  place(open, open.history().trace().dispatches(), began, open.end);
}

void step_back(OpenRun& open, BeatSize size) {
  if (size == BeatSize::kStep) {
    const StepBeat before = step_before(open, {open.playhead.at, open.playhead.n});
    return place(open, before.n, step_before(open, before).n, before.at);
  }
  const std::vector<uint32_t>& beats = open.index.beats(size);
  const uint32_t before = beat_before(beats, open.playhead.n);
  place(open, before, beat_before(beats, before));
}

}  // namespace mailscope::viz
