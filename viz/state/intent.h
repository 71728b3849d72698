// Intent: what a panel says the person wants. Panels change nothing; the app applies intents after
// drawing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/world/input.h"
#include "viz/state/ui_state.h"

namespace mailscope::viz {

struct Intent {
  enum class Kind : uint8_t {
    kSeek,      // to `number` dispatches
    kSeekTime,  // to `at`
    kStepBack,
    kStepForward,
    kToStart,
    kToEnd,
    kTogglePlay,
    kGoToStep,     // lesson step `number`
    kSetBeat,      // `number` as BeatSize
    kSetRate,      // `number`
    kSetView,      // `number` as View
    kSetDetail,    // `number` as Detail
    kSetVariant,   // `number`
    kSetLanguage,  // `text`
    kToggleTheme,
    kZoom,  // `amount` added
    kToggleHelp,
    kWhatIf,        // choose thing `number` in the list of what-ifs; -1: close the list
    kScrollLadder,  // to row `amount`; -1: follow again
    kChoose,        // answer `number`
    kReveal,
    kHint,
    kChangePast,    // add `input` at the playhead: a new branch
    kSwitchBranch,  // to branch `number`
    kOpenLesson,    // `text`
  };
  Kind kind = Kind::kSeek;
  int64_t number = 0;
  float amount = 0;
  Instant at;
  std::string text;
  Input input;
};

using Intents = std::vector<Intent>;

inline Intent intent(Intent::Kind kind, int64_t number = 0) {
  Intent made;
  made.kind = kind;
  made.number = number;
  return made;
}

}  // namespace mailscope::viz
