// The headless surface draws real pixels without a display, the same every time.
#include <doctest/doctest.h>
#include <imgui.h>

#include <cstdlib>

#include "viz/platform/surface.h"

using namespace mailscope::viz;
using mailscope::Result;

namespace {

constexpr Color kGround = {10, 20, 30, 255};

Image picture(Surface& surface) {
  for (int i = 0; i < 2; ++i) {
    surface.begin_frame();
    ImDrawList& draw = *ImGui::GetForegroundDrawList();
    draw.AddRectFilled({10, 20}, {30, 40}, IM_COL32(200, 100, 50, 255));
    draw.AddText({50, 20}, IM_COL32_WHITE, "Mailscope");
    surface.end_frame(kGround);
  }
  Result<Image> image = surface.read_pixels();
  REQUIRE(image.ok());
  return image.value();
}

Color at(const Image& image, size_t x, size_t y) {
  const size_t i = (y * static_cast<size_t>(image.width) + x) * 4;
  return {image.rgba[i], image.rgba[i + 1], image.rgba[i + 2], image.rgba[i + 3]};
}

// Null, after a message, where EGL is not to be had: the test is skipped there.
std::unique_ptr<Surface> headless_surface() {
  OffscreenOptions options;
  options.width = 160;
  options.height = 90;
  Result<std::unique_ptr<Surface>> surface = open_headless(options);
  if (!surface.ok()) {
    MESSAGE("skipped: " << surface.error());
    return nullptr;
  }
  return std::move(surface.value());
}

}  // namespace

TEST_CASE("a headless picture has the pixels drawn, top row first") {
  const auto surface = headless_surface();
  if (surface == nullptr) return;
  const Image image = picture(*surface);
  CHECK(image.width == 160);
  CHECK(image.height == 90);
  CHECK(at(image, 0, 0) == kGround);
  CHECK(at(image, 20, 30) == Color{200, 100, 50, 255});
  CHECK(at(image, 20, 60) == kGround);  // were it upside down, this would be the square
  size_t lit = 0;
  for (size_t x = 50; x < 130; ++x) lit += at(image, x, 27) != kGround ? 1u : 0u;
  CHECK(lit > 10);
}

TEST_CASE("headless pictures are the same byte for byte") {
  const auto first = headless_surface();
  if (first == nullptr) return;
  const auto second = headless_surface();
  const Image a = picture(*first);
  const Image b = picture(*second);
  CHECK(a.rgba == b.rgba);
  CHECK(picture(*first).rgba == a.rgba);
}

TEST_CASE("without a display a window is refused with a sentence") {
  if (std::getenv("DISPLAY") != nullptr || std::getenv("WAYLAND_DISPLAY") != nullptr) return;
  const Result<std::unique_ptr<Surface>> window = open_window({});
  REQUIRE_FALSE(window.ok());
  CHECK(window.error().find("display") != std::string::npos);
}
