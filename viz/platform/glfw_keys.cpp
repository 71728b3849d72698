#include "viz/platform/glfw_keys.h"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include "sim/base/ascii.h"

namespace mailscope::viz {

namespace {

struct KeyPair {
  int glfw;
  Key key;
};

constexpr KeyPair kNamed[] = {
    {GLFW_KEY_SPACE, Key::kSpace},
    {GLFW_KEY_ENTER, Key::kEnter},
    {GLFW_KEY_KP_ENTER, Key::kEnter},
    {GLFW_KEY_ESCAPE, Key::kEscape},
    {GLFW_KEY_TAB, Key::kTab},
    {GLFW_KEY_BACKSPACE, Key::kBackspace},
    {GLFW_KEY_DELETE, Key::kDelete},
    {GLFW_KEY_INSERT, Key::kInsert},
    {GLFW_KEY_LEFT, Key::kLeft},
    {GLFW_KEY_RIGHT, Key::kRight},
    {GLFW_KEY_UP, Key::kUp},
    {GLFW_KEY_DOWN, Key::kDown},
    {GLFW_KEY_HOME, Key::kHome},
    {GLFW_KEY_END, Key::kEnd},
    {GLFW_KEY_PAGE_UP, Key::kPageUp},
    {GLFW_KEY_PAGE_DOWN, Key::kPageDown},
    {GLFW_KEY_KP_ADD, Key::kPlus},
    {GLFW_KEY_KP_SUBTRACT, Key::kMinus},
    {GLFW_KEY_KP_DIVIDE, Key::kSlash},
    {GLFW_KEY_KP_EQUAL, Key::kEqual},
    {GLFW_KEY_KP_DECIMAL, Key::kPeriod},
};

struct CharPair {
  char character;
  int glfw;  // the key that has it on a US keyboard
  Key key;
};

constexpr CharPair kSigns[] = {
    {'+', GLFW_KEY_UNKNOWN, Key::kPlus},
    {'-', GLFW_KEY_MINUS, Key::kMinus},
    {'=', GLFW_KEY_EQUAL, Key::kEqual},
    {',', GLFW_KEY_COMMA, Key::kComma},
    {'.', GLFW_KEY_PERIOD, Key::kPeriod},
    {'/', GLFW_KEY_SLASH, Key::kSlash},
    {'\\', GLFW_KEY_BACKSLASH, Key::kBackslash},
    {';', GLFW_KEY_SEMICOLON, Key::kSemicolon},
    {'\'', GLFW_KEY_APOSTROPHE, Key::kApostrophe},
    {'[', GLFW_KEY_LEFT_BRACKET, Key::kLeftBracket},
    {']', GLFW_KEY_RIGHT_BRACKET, Key::kRightBracket},
    {'`', GLFW_KEY_GRAVE_ACCENT, Key::kGrave},
};

Key nth(Key first, int n) { return static_cast<Key>(static_cast<int>(first) + n); }

// What the user's layout prints on the key: Ctrl+Z is where the Z is, also on a German keyboard.
Key key_from_cap(char cap) {
  if (ascii_alpha(cap)) return nth(Key::kA, ascii_upper(cap) - 'A');
  for (const CharPair& pair : kSigns) {
    if (pair.character == cap) return pair.key;
  }
  return Key::kNone;
}

// By position on a US keyboard: digits everywhere (a French keyboard has é on 2), and the rest when
// the layout has no Latin letters.
Key key_from_position(int key) {
  if (key >= GLFW_KEY_A && key <= GLFW_KEY_Z) return nth(Key::kA, key - GLFW_KEY_A);
  for (const CharPair& pair : kSigns) {
    if (pair.glfw == key) return pair.key;
  }
  return Key::kNone;
}

}  // namespace

Key key_from_glfw(int key, int scancode) {
  if (key >= GLFW_KEY_F1 && key <= GLFW_KEY_F12) return nth(Key::kF1, key - GLFW_KEY_F1);
  if (key >= GLFW_KEY_0 && key <= GLFW_KEY_9) return nth(Key::k0, key - GLFW_KEY_0);
  if (key >= GLFW_KEY_KP_0 && key <= GLFW_KEY_KP_9) return nth(Key::k0, key - GLFW_KEY_KP_0);
  for (const KeyPair& pair : kNamed) {
    if (pair.glfw == key) return pair.key;
  }
  const char* const name = glfwGetKeyName(key, scancode);
  const bool one_ascii = name != nullptr && name[0] > ' ' && name[1] == '\0';
  const Key by_cap = one_ascii ? key_from_cap(name[0]) : Key::kNone;
  return by_cap != Key::kNone ? by_cap : key_from_position(key);
}

Mods mods_from_glfw(int mods) {
  return {(mods & GLFW_MOD_CONTROL) != 0, (mods & GLFW_MOD_SHIFT) != 0, (mods & GLFW_MOD_ALT) != 0,
          (mods & GLFW_MOD_SUPER) != 0};
}

}  // namespace mailscope::viz
