// Moment: everything that is true at one playhead of one run, for the scenes to read: the trace up
// to it, the world at it, which line is current and what the last beat changed. Valid for one
// frame.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/lesson/runner.h"
#include "sim/metrics/cost_meter.h"
#include "viz/moment/axis_marks.h"
#include "viz/moment/time_axis.h"
#include "viz/moment/trace_index.h"
#include "viz/state/playhead.h"

namespace mailscope::viz {

/// A run that is open in the window, with what is derived from its trace.
struct OpenRun {
  LessonRun run;
  TraceIndex index;
  TimeAxis axis;
  AxisMarks marks;
  std::vector<CostMeter> meters;  // by device
  Playhead playhead;
  Instant end;         // of what there is to see

  /// Gathers anew after the trace has changed.
  void refresh();
  [[nodiscard]] History& history() const { return *run.history; }
};

struct Moment {
  const Scenario* scenario = nullptr;
  const Trace* trace = nullptr;
  const World* world = nullptr;
  const TraceIndex* index = nullptr;
  const LessonRun* run = nullptr;
  Playhead playhead;
  uint32_t events = 0;         // events 1..events have happened
  uint32_t beat_events = 0;    // events beat_events+1..events happened in the last beat
  uint32_t current_line = 0;   // kLineSent event last said or heard; 0: none yet
  int step = -1;               // of the lesson
  std::vector<Cost> costs;     // so far, by device

  /// What the device on this host has cost so far; nothing when there is none.
  [[nodiscard]] const Cost& cost_of(HostId host) const;
};

Moment moment_at(OpenRun& open);

/// Protocol state of the client's or server's end of a connection at this moment, from the trace:
/// the code of its last kProtocolState; 0 when there was none.
uint8_t protocol_state(const Moment& moment, ConnId conn, HostId host);

// Moving the playhead. Each also says where the beat began, for marking its changes.
void seek(OpenRun& open, uint32_t n);
void seek_time(OpenRun& open, Instant at);
void step_forward(OpenRun& open, BeatSize size);
void step_back(OpenRun& open, BeatSize size);
/// To the last thing there is to see.
void seek_end(OpenRun& open);
/// To the first beat of this step of the lesson; and to where all of it has happened.
void seek_step(OpenRun& open, size_t step);
void seek_step_end(OpenRun& open, size_t step);
/// When the next beat is over; nullopt at the end.
std::optional<Instant> next_beat(const OpenRun& open, BeatSize size);

}  // namespace mailscope::viz
