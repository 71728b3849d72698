#include "viz/platform/offscreen.h"

#include "sim/base/check.h"
#include "viz/platform/imgui_keys.h"

namespace mailscope::viz {

OffscreenSurface::OffscreenSurface(const OffscreenOptions& options) : options_(options) {
  CHECK(options.width > 0 && options.height > 0);
  ImGuiIO& io = context_.io();
  io.BackendPlatformName = "mailscope offscreen";
  map_imgui_keys(io);
}

bool OffscreenSurface::input_pending() const { return !queue_.empty() || held_key_ != Key::kNone; }

void OffscreenSurface::feed_imgui() {
  context_.make_current();
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {static_cast<float>(options_.width), static_cast<float>(options_.height)};
  io.DisplayFramebufferScale = {1, 1};
  io.DeltaTime = static_cast<float>(options_.frame_s);
  time_s_ += options_.frame_s;
  input_ = {};
  release_key();
  moved_ = false;
  clicked_ = false;
  while (!queue_.empty() && apply(queue_.front())) queue_.pop_front();
}

// False when the event must wait for the next frame. 1.86 sees only the state at a frame's start,
// so two changes in one frame would be lost; and a click belongs where the pointer was seen to be
// before.
bool OffscreenSurface::apply(const InputEvent& event) {
  ImGuiIO& io = ImGui::GetIO();
  switch (event.kind) {
    case InputEvent::Kind::kMove:
      if (clicked_) return false;
      moved_ = true;
#if IMGUI_VERSION_NUM >= 18700
      io.AddMousePosEvent(event.x, event.y);
#else
      io.MousePos = {event.x, event.y};
#endif
      return true;
    case InputEvent::Kind::kButton:
      CHECK(event.button >= 0 && event.button < 5);
      if (moved_ || clicked_) return false;
      clicked_ = true;
#if IMGUI_VERSION_NUM >= 18700
      io.AddMouseButtonEvent(event.button, event.down);
#else
      io.MouseDown[event.button] = event.down;
#endif
      return true;
    case InputEvent::Kind::kScroll:
#if IMGUI_VERSION_NUM >= 18700
      io.AddMouseWheelEvent(event.x, event.y);
#else
      io.MouseWheelH += event.x;
      io.MouseWheel += event.y;
#endif
      return true;
    case InputEvent::Kind::kKey:
      if (held_key_ != Key::kNone) return false;
      apply_key(event.key);
      return true;
    case InputEvent::Kind::kText:
      for (const char32_t c : event.text) io.AddInputCharacter(static_cast<unsigned>(c));
      input_.typed += event.text;
      return true;
  }
  return true;
}

void OffscreenSurface::apply_key(const KeyPress& press) {
  ImGuiIO& io = ImGui::GetIO();
  held_key_ = press.key;
  set_imgui_mods(io, press.mods);
  set_imgui_key(io, press.key, true);
  input_.keys.push_back(press);
}

void OffscreenSurface::release_key() {
  if (held_key_ == Key::kNone) return;
  ImGuiIO& io = ImGui::GetIO();
  set_imgui_key(io, held_key_, false);
  set_imgui_mods(io, {});
  held_key_ = Key::kNone;
}

}  // namespace mailscope::viz
