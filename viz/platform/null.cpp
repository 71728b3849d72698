// The null surface: Dear ImGui runs whole frames, and what it would draw is thrown away. For panel
// tests.
#include "viz/platform/offscreen.h"

namespace mailscope::viz {

namespace {

class NullSurface : public OffscreenSurface {
 public:
  using OffscreenSurface::OffscreenSurface;

  void begin_frame() override {
    feed_imgui();
    if (!fonts().IsBuilt()) fonts_changed();
    ImGui::NewFrame();
  }

  void end_frame(Color) override { ImGui::Render(); }

  // ImGui insists on a built atlas with some texture.
  void fonts_changed() override {
    unsigned char* pixels = nullptr;
    int width = 0;
    int height = 0;
    fonts().GetTexDataAsAlpha8(&pixels, &width, &height);
    fonts().SetTexID(ImTextureID{});
  }

  Result<Image> read_pixels() override { return Error{"A null surface has no pixels."}; }
};

}  // namespace

Result<std::unique_ptr<Surface>> open_null(const OffscreenOptions& options) {
  return std::unique_ptr<Surface>(std::make_unique<NullSurface>(options));
}

}  // namespace mailscope::viz
