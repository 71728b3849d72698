// The null surface runs whole ImGui frames, and injected input arrives as from a person.
#include <doctest/doctest.h>
#include <imgui.h>

#include <algorithm>

#include "viz/platform/surface.h"

using namespace mailscope::viz;

namespace {

std::unique_ptr<Surface> null_surface() {
  OffscreenOptions options;
  options.width = 300;
  options.height = 200;
  return std::move(open_null(options).value());
}

// One frame with a button at (20, 20)..(120, 60) and a text field below; true when the button was
// pressed.
bool frame(Surface& surface, std::string* typed = nullptr) {
  surface.begin_frame();
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize({300, 200});
  ImGui::Begin("w", nullptr, ImGuiWindowFlags_NoDecoration);
  ImGui::SetCursorScreenPos({20, 20});
  const bool pressed = ImGui::Button("press", {100, 40});
  if (typed != nullptr) {
    char buffer[64] = {};
    std::copy(typed->begin(), typed->end(), buffer);
    ImGui::SetKeyboardFocusHere();
    ImGui::InputText("##field", buffer, sizeof buffer);
    *typed = buffer;
  }
  ImGui::End();
  surface.end_frame({});
  return pressed;
}

}  // namespace

TEST_CASE("a frame has the size given and a clock that counts frames") {
  const auto surface = null_surface();
  CHECK(surface->size().width == 300);
  CHECK(surface->content_scale() == 1);
  CHECK_FALSE(surface->should_close());
  frame(*surface);
  CHECK(ImGui::GetIO().DisplaySize.x == 300);
  const double before = surface->frame_time_s();
  frame(*surface);
  CHECK(surface->frame_time_s() - before == doctest::Approx(1.0 / 60));
  surface->close();
  CHECK(surface->should_close());
  CHECK_FALSE(surface->read_pixels().ok());
}

TEST_CASE("an injected click presses a button exactly once") {
  const auto surface = null_surface();
  frame(*surface);
  surface->inject(move_event(50, 40));
  surface->inject(button_event(0, true));
  surface->inject(button_event(0, false));
  int presses = 0;
  int frames = 0;
  while (surface->input_pending() && frames < 20) {
    presses += frame(*surface) ? 1 : 0;
    ++frames;
  }
  presses += frame(*surface) ? 1 : 0;
  CHECK(presses == 1);
  CHECK(frames == 3);
}

TEST_CASE("injected keys are seen by the program and by ImGui's fields") {
  const auto surface = null_surface();
  std::string typed;
  frame(*surface, &typed);
  frame(*surface, &typed);
  surface->inject(text_event(U"ab"));
  frame(*surface, &typed);
  CHECK(surface->input().typed == U"ab");
  CHECK(typed == "ab");
  Mods ctrl;
  ctrl.ctrl = true;
  surface->inject(key_event(Key::kK, ctrl));
  surface->inject(key_event(Key::kBackspace));
  frame(*surface, &typed);
  REQUIRE(surface->input().keys.size() == 1);
  CHECK(surface->input().keys[0].key == Key::kK);
  CHECK(surface->input().keys[0].mods == ctrl);
  CHECK_FALSE(surface->input().keys[0].repeat);
  frame(*surface, &typed);
  REQUIRE(surface->input().keys.size() == 1);
  CHECK(surface->input().keys[0].key == Key::kBackspace);
  frame(*surface, &typed);
  CHECK(surface->input().keys.empty());
  CHECK(typed == "a");
  CHECK_FALSE(surface->input_pending());
}

TEST_CASE("two surfaces live side by side, each with its own ImGui context") {
  const auto first = null_surface();
  const auto second = null_surface();
  CHECK(&first->fonts() != &second->fonts());
  frame(*first);
  frame(*second);
  frame(*first);
}

TEST_CASE("keys are found by the names on them") {
  CHECK(key_named("space") == Key::kSpace);
  CHECK(key_named("PageDown") == Key::kPageDown);
  CHECK(key_named("w") == Key::kW);
  CHECK(key_named("0") == Key::k0);
  CHECK(key_named("F12") == Key::kF12);
  CHECK(key_named("+") == Key::kPlus);
  CHECK(key_named("F13") == Key::kNone);
  CHECK(key_named("") == Key::kNone);
  CHECK(key_named("Any") == Key::kNone);
}
