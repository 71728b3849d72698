// Ui: what every drawing function needs to know about looks. Cheap to make, one a frame, passed
// down.
#pragma once

#include <imgui.h>

#include "viz/style/fonts.h"
#include "viz/style/imgui_theme.h"
#include "viz/style/theme.h"

namespace mailscope::viz {

struct Ui {
  const Theme& theme;
  const Fonts& fonts;
  float scale = 1;

  [[nodiscard]] const Metrics& m() const { return theme.metrics; }
  /// `units` steps of the grid, in pixels.
  [[nodiscard]] float units(float units) const { return theme.metrics.unit * units; }
};

}  // namespace mailscope::viz
