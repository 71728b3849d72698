// Keys, characters and pointer events in the program's own words, whatever delivers them: GLFW's
// window, a test, a script. Dear ImGui 1.86 knows only some 22 keys, so shortcuts are read from
// here and not from it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mailscope::viz {

/// Letters and digits by what is printed on the key cap in the user's layout. The keypad's are
/// folded in.
// clang-format off
enum class Key : uint8_t {
  kNone, kSpace, kEnter, kEscape, kTab, kBackspace, kDelete, kInsert,
  kLeft, kRight, kUp, kDown, kHome, kEnd, kPageUp, kPageDown,
  kF1, kF2, kF3, kF4, kF5, kF6, kF7, kF8, kF9, kF10, kF11, kF12,
  k0, k1, k2, k3, k4, k5, k6, k7, k8, k9,
  kA, kB, kC, kD, kE, kF, kG, kH, kI, kJ, kK, kL, kM,
  kN, kO, kP, kQ, kR, kS, kT, kU, kV, kW, kX, kY, kZ,
  kPlus, kMinus, kEqual, kComma, kPeriod, kSlash, kBackslash, kSemicolon, kApostrophe,
  kLeftBracket, kRightBracket, kGrave,
  kCount,
};
// clang-format on

struct Mods {
  bool ctrl = false;
  bool shift = false;
  bool alt = false;
  bool super = false;

  friend bool operator==(Mods a, Mods b) {
    return a.ctrl == b.ctrl && a.shift == b.shift && a.alt == b.alt && a.super == b.super;
  }
  friend bool operator!=(Mods a, Mods b) { return !(a == b); }
};

/// One press of a key, or one automatic repetition of it while it is held.
struct KeyPress {
  Key key = Key::kNone;
  Mods mods;
  bool repeat = false;
};

/// What happened since the frame before. ImGui has been told the same; before acting on a key, ask
/// io.WantTextInput whether a field is being typed into.
struct FrameInput {
  std::vector<KeyPress> keys;
  std::u32string typed;
};

/// An event that a test or a script makes up; see Surface::inject().
struct InputEvent {
  enum class Kind : uint8_t { kMove, kButton, kScroll, kKey, kText };

  Kind kind = Kind::kMove;
  float x = 0;          // kMove: position; kScroll: lines, to the right
  float y = 0;          // kMove: position; kScroll: lines, upwards
  int button = 0;       // kButton: 0 left, 1 right, 2 middle
  bool down = false;    // kButton
  KeyPress key;         // kKey: pressed now, released a frame later
  std::u32string text;  // kText
};

/// The key with this name, letter case ignored: "Right", "PageDown", "W", "1", "F1", "+"; kNone
/// when none has it.
Key key_named(std::string_view name);

InputEvent move_event(float x, float y);
InputEvent button_event(int button, bool down);
InputEvent scroll_event(float x, float y);
InputEvent key_event(Key key, Mods mods = {});
InputEvent text_event(std::u32string text);

}  // namespace mailscope::viz
