// UiState: what the person has chosen, and nothing of what is true in the simulation. Plain data;
// changed only by applying intents and keys in viz/app.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "sim/base/ids.h"
#include "sim/base/time.h"

namespace mailscope::viz {

/// What the step buttons move by, and how much the conversation shows.
enum class BeatSize : uint8_t { kSegment, kLine, kExchange, kStep };

enum class View : uint8_t { kLesson, kCompare };

/// What the card under the conversation is about.
enum class Detail : uint8_t { kLine, kSessions };

struct Answer {
  int chosen = -1;
  bool revealed = false;
  bool hint = false;
};

struct UiState {
  View view = View::kLesson;
  std::string language = "en";
  bool dark = false;
  float zoom = 1;              // 0.75 to 2.5
  BeatSize beat = BeatSize::kLine;
  Detail detail = Detail::kLine;
  int rate = 3;                // index into kRates
  bool playing = false;
  bool help = false;           // the list of keys is open
  int what_if = -1;            // the thing chosen in the list of what-ifs; -1: the list is closed
  float ladder_scroll = -1;    // rows from the top; -1: follow the playhead
  float compare_scroll = -1;
  std::map<std::string, Answer> answers;  // by step id of the question
};

/// Slow motion: so many simulated milliseconds pass in a second of the viewer's time.
struct Rate {
  const char* label;
  int64_t sim_ns_per_second;
};
inline constexpr Rate kRates[] = {{"1:500", 2000000},  {"1:200", 5000000},  {"1:100", 10000000},
                           {"1:50", 20000000},  {"1:20", 50000000},  {"1:10", 100000000},
                           {"1:5", 200000000},  {"1:1", 1000000000}};
constexpr int kRateCount = sizeof(kRates) / sizeof(kRates[0]);

}  // namespace mailscope::viz
