// Surface: where frames are drawn and input comes from. Each surface owns one Dear ImGui context
// and makes it current in begin_frame(). Three kinds: open_window() (GLFW, a person),
// open_headless() (EGL without a display: screenshots, picture tests), open_null() (no graphics at
// all: panel tests, 0.03 ms a frame).
//
//   while (!surface->should_close()) {
//     surface->wait_events(timeout_s);
//     surface->begin_frame();       // ImGui::NewFrame() is inside
//     ...ImGui calls...
//     surface->end_frame(theme.background);
//   }
//
// Pixels are pixels of the framebuffer and ImGui's coordinates are the same; sizes are scaled by
// the theme.
#pragma once

#include <memory>
#include <string>

#include "sim/base/result.h"
#include "viz/platform/image.h"
#include "viz/platform/input.h"
#include "viz/style/color.h"

struct ImFontAtlas;

namespace mailscope::viz {

struct PixelSize {
  int width = 0;
  int height = 0;
};

class Surface {
 public:
  Surface() = default;
  Surface(const Surface&) = delete;
  Surface& operator=(const Surface&) = delete;
  virtual ~Surface() = default;

  [[nodiscard]] virtual PixelSize size() const = 0;
  /// The display's scale: 1 at 96 dots an inch, 2 on a hi-dpi screen. Multiply with the user's
  /// zoom.
  [[nodiscard]] virtual float content_scale() const = 0;
  [[nodiscard]] virtual bool should_close() const = 0;
  virtual void close() = 0;

  /// Sleeps until input, a request_redraw() or `timeout_s`; 0 only polls. After input it returns at
  /// once for two more frames, because ImGui needs them to settle (hovering, new windows). Tests
  /// never sleep.
  virtual void wait_events(double timeout_s) = 0;
  /// Asks for one more frame without waiting. The window's may be called from any thread.
  virtual void request_redraw() = 0;

  /// Starts an ImGui frame with the input so far. Seconds since the surface opened are in
  /// frame_time_s().
  virtual void begin_frame() = 0;
  /// Draws the frame upon `clear` and shows it.
  virtual void end_frame(Color clear) = 0;
  [[nodiscard]] virtual double frame_time_s() const = 0;
  /// Keys and characters of this frame; valid from begin_frame() to the next.
  [[nodiscard]] virtual const FrameInput& input() const = 0;

  /// The atlas for load_fonts(); change it outside a frame only, then call fonts_changed().
  [[nodiscard]] virtual ImFontAtlas& fonts() = 0;
  virtual void fonts_changed() = 0;

  /// The last frame's pixels; an error on a null surface, and on a window the first time: only once
  /// asked does it keep its frames.
  [[nodiscard]] virtual Result<Image> read_pixels() = 0;
  virtual void set_title(const std::string& title) = 0;

  /// Queues a made-up event. One change of the same button or key is told per frame, so a press and
  /// release queued together take two frames; input_pending() says whether events are left. A
  /// window refuses (CHECK).
  virtual void inject(const InputEvent& event) = 0;
  [[nodiscard]] virtual bool input_pending() const = 0;
};

struct WindowOptions {
  std::string title = "Mailscope";
  int width =
      1440;  // at content scale 1; multiplied by the display's scale, limited to its work area
  int height = 900;
  bool vsync = true;
};

struct OffscreenOptions {
  int width = 1440;  // pixels
  int height = 900;
  float content_scale = 1;
  double frame_s = 1.0 / 60;  // how much time each frame is told has passed
};

/// An error when there is no display or no OpenGL 3.3; its text says what to do.
Result<std::unique_ptr<Surface>> open_window(const WindowOptions& options);
/// An error when EGL has no surfaceless platform, as on a machine without Mesa.
Result<std::unique_ptr<Surface>> open_headless(const OffscreenOptions& options);
/// Never fails. The font atlas is built when the first frame begins, if it was not before.
Result<std::unique_ptr<Surface>> open_null(const OffscreenOptions& options);

}  // namespace mailscope::viz
