// The few OpenGL calls that window and headless surface share. Room-internal; a 3.3 core context is
// current.
#pragma once

#include "viz/platform/image.h"
#include "viz/platform/surface.h"
#include "viz/style/color.h"

namespace mailscope::viz {

/// Fills the bound framebuffer with `clear` and draws the finished ImGui frame upon it.
void draw_imgui_frame(PixelSize size, Color clear);
/// The bound framebuffer's pixels, top row first, opaque.
Image read_framebuffer(PixelSize size);

}  // namespace mailscope::viz
