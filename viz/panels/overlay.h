// A card in the middle of the window, with all the rest dimmed behind it: help, lists.
#pragma once

#include <string_view>

#include "viz/panels/panel.h"

namespace mailscope::viz {

/// Begins the card; always call end_overlay(), also when this returns false (nothing visible).
bool begin_overlay(const Panel& panel, const char* id, ImVec2 size, std::string_view title);
/// True when the person clicked beside the card, which means: away with it.
bool end_overlay(const Panel& panel);

}  // namespace mailscope::viz
