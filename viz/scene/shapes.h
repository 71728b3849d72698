// Shapes: what scenes are made of. Positions are pixels from the top left of the scene's own area.
#pragma once

#include "sim/base/protocol.h"
#include "viz/style/theme.h"

namespace mailscope::viz {

struct Point {
  float x = 0;
  float y = 0;
};

struct Area {
  float width = 0;
  float height = 0;
};

/// The tone in which a protocol is drawn everywhere.
const Tone& protocol_tone(const Theme& theme, Protocol protocol);

}  // namespace mailscope::viz
