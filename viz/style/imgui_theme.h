// Puts a Theme into Dear ImGui's own style, so that stock widgets (fields, scroll bars, menus)
// match.
#pragma once

#include <imgui.h>

#include "viz/style/theme.h"

namespace mailscope::viz {

inline ImU32 to_u32(Color c) { return IM_COL32(c.r, c.g, c.b, c.a); }
ImVec4 to_vec4(Color c);

/// Overwrites the current context's style. Call outside a frame, again whenever theme or scale
/// changes.
void apply_theme(const Theme& theme);

}  // namespace mailscope::viz
