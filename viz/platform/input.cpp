#include "viz/platform/input.h"

#include <iterator>
#include <optional>
#include <utility>

#include "sim/base/ascii.h"

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

Key key_named(std::string_view name) {
  // In the order of Key, from kSpace on.
  constexpr std::string_view kNames[] = {"Space",  "Enter",  "Escape", "Tab",    "Backspace",
                                         "Delete", "Insert", "Left",   "Right",  "Up",
                                         "Down",   "Home",   "End",    "PageUp", "PageDown"};
  constexpr std::pair<std::string_view, Key> kSigns[] = {
      {"+", Key::kPlus}, {"-", Key::kMinus}, {"[", Key::kLeftBracket}, {"]", Key::kRightBracket}};
  const auto after = [](Key first, size_t steps) {
    return static_cast<Key>(static_cast<size_t>(first) + steps);
  };
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (equals_ignoring_case(name, kNames[i])) return after(Key::kSpace, i);
  }
  for (const auto& [sign, key] : kSigns) {
    if (name == sign) return key;
  }
  if (name.size() == 1 && ascii_digit(name[0])) {
    return after(Key::k0, static_cast<size_t>(name[0] - '0'));
  }
  if (name.size() == 1 && ascii_alpha(name[0])) {
    return after(Key::kA, static_cast<size_t>((name[0] & ~0x20) - 'A'));
  }
  const std::optional<uint64_t> number = name.size() >= 2 && (name[0] & ~0x20) == 'F'
                                             ? parse_number(name.substr(1), 12)
                                             : std::nullopt;
  return number && *number >= 1 ? after(Key::kF1, *number - 1) : Key::kNone;
}

}  // namespace mailscope::viz
