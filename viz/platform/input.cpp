#include "viz/platform/input.h"

#include <utility>

namespace mailscope::viz {

InputEvent move_event(float x, float y) {
  InputEvent event;
  event.kind = InputEvent::Kind::kMove;
  event.x = x;
  event.y = y;
  return event;
}

InputEvent button_event(int button, bool down) {
  InputEvent event;
  event.kind = InputEvent::Kind::kButton;
  event.button = button;
  event.down = down;
  return event;
}

InputEvent scroll_event(float x, float y) {
  InputEvent event;
  event.kind = InputEvent::Kind::kScroll;
  event.x = x;
  event.y = y;
  return event;
}

InputEvent key_event(Key key, Mods mods) {
  InputEvent event;
  event.kind = InputEvent::Kind::kKey;
  event.key = {key, mods, false};
  return event;
}

InputEvent text_event(std::u32string text) {
  InputEvent event;
  event.kind = InputEvent::Kind::kText;
  event.text = std::move(text);
  return event;
}

}  // namespace mailscope::viz
