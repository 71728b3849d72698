// How Key is told to Dear ImGui when there is no backend to do it. Room-internal.
#pragma once

#include <imgui.h>

#include "viz/platform/input.h"

namespace mailscope::viz {

/// ImGui's name for `key`; ImGuiKey_COUNT when this version has none (1.86 knows only editing
/// keys).
ImGuiKey imgui_key(Key key);

/// Once for a context without a backend. 1.86: makes KeysDown be indexed by Key.
void map_imgui_keys(ImGuiIO& io);
void set_imgui_key(ImGuiIO& io, Key key, bool down);
void set_imgui_mods(ImGuiIO& io, Mods mods);

}  // namespace mailscope::viz
