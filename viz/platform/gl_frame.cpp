#include "viz/platform/gl_frame.h"

#include <epoxy/gl.h>
#include <imgui.h>
#include <imgui_impl_opengl3.h>

#include <algorithm>

namespace mailscope::viz {

void draw_imgui_frame(PixelSize size, Color clear) {
  constexpr float kMax = 255.0f;
  ImGui::Render();
  glViewport(0, 0, size.width, size.height);
  glDisable(GL_SCISSOR_TEST);
  glClearColor(static_cast<float>(clear.r) / kMax, static_cast<float>(clear.g) / kMax,
               static_cast<float>(clear.b) / kMax, 1.0f);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

Image read_framebuffer(PixelSize size) {
  Image image;
  image.width = size.width;
  image.height = size.height;
  const size_t row = static_cast<size_t>(size.width) * 4;
  const size_t rows = static_cast<size_t>(size.height);
  image.rgba.resize(row * rows);
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, size.width, size.height, GL_RGBA, GL_UNSIGNED_BYTE, image.rgba.data());
  // OpenGL counts rows from the bottom.
  for (size_t y = 0; y < rows / 2; ++y) {
    const auto top = image.rgba.begin() + static_cast<std::ptrdiff_t>(y * row);
    const auto bottom = image.rgba.begin() + static_cast<std::ptrdiff_t>((rows - 1 - y) * row);
    std::swap_ranges(top, top + static_cast<std::ptrdiff_t>(row), bottom);
  }
  // Blending leaves an alpha of its own in the framebuffer, which means nothing on a screen.
  for (size_t i = 3; i < image.rgba.size(); i += 4) image.rgba[i] = 255;
  return image;
}

}  // namespace mailscope::viz
