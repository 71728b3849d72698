// OffscreenSurface: what the headless and the null surface share: a made-up clock, injected input,
// a size that is simply given. Room-internal; callers see Surface.
#pragma once

#include <deque>
#include <string>

#include "viz/platform/imgui_context.h"
#include "viz/platform/surface.h"

namespace mailscope::viz {

class OffscreenSurface : public Surface {
 public:
  explicit OffscreenSurface(const OffscreenOptions& options);

  [[nodiscard]] PixelSize size() const override { return {options_.width, options_.height}; }
  [[nodiscard]] float content_scale() const override { return options_.content_scale; }
  [[nodiscard]] bool should_close() const override { return closed_; }
  void close() override { closed_ = true; }
  void wait_events(double) override {}
  void request_redraw() override {}
  [[nodiscard]] double frame_time_s() const override { return time_s_; }
  [[nodiscard]] const FrameInput& input() const override { return input_; }
  [[nodiscard]] ImFontAtlas& fonts() override { return *context_.io().Fonts; }
  void set_title(const std::string&) override {}
  void inject(const InputEvent& event) override { queue_.push_back(event); }
  [[nodiscard]] bool input_pending() const override;

 protected:
  /// Makes the context current and tells ImGui size, time and the next events; before
  /// ImGui::NewFrame().
  void feed_imgui();

  ImGuiContextOwner context_;

 private:
  bool apply(const InputEvent& event);
  void apply_key(const KeyPress& press);
  void release_key();

  OffscreenOptions options_;
  bool closed_ = false;
  double time_s_ = 0;
  std::deque<InputEvent> queue_;
  FrameInput input_;
  Key held_key_ = Key::kNone;  // pressed in this frame, to be released in the next
  bool moved_ = false;
  bool clicked_ = false;  // a button changed in this frame
};

}  // namespace mailscope::viz
