// From GLFW's keys to ours. Room-internal.
#pragma once

#include "viz/platform/input.h"

namespace mailscope::viz {

/// `key`, `scancode` and `mods` as GLFW's key callback gives them. kNone for keys without a name
/// here.
Key key_from_glfw(int key, int scancode);
Mods mods_from_glfw(int mods);

}  // namespace mailscope::viz
