// Playhead: where in the history the person looks. `n` dispatches have been handled; `at` lies
// between the n-th and the next, so that what is in flight can be drawn on its way.
#pragma once

#include <cstdint>

#include "sim/base/time.h"

namespace mailscope::viz {

struct Playhead {
  uint32_t n = 0;
  uint32_t beat_began = 0;   // dispatches handled before the last beat: what it changed is marked
  Instant at;
};

}  // namespace mailscope::viz
