#include "viz/platform/imgui_keys.h"

namespace mailscope::viz {

namespace {

struct KeyPair {
  Key key;
  ImGuiKey imgui;
};

constexpr KeyPair kPairs[] = {
    {Key::kSpace, ImGuiKey_Space},
    {Key::kEnter, ImGuiKey_Enter},
    {Key::kEscape, ImGuiKey_Escape},
    {Key::kTab, ImGuiKey_Tab},
    {Key::kBackspace, ImGuiKey_Backspace},
    {Key::kDelete, ImGuiKey_Delete},
    {Key::kInsert, ImGuiKey_Insert},
    {Key::kLeft, ImGuiKey_LeftArrow},
    {Key::kRight, ImGuiKey_RightArrow},
    {Key::kUp, ImGuiKey_UpArrow},
    {Key::kDown, ImGuiKey_DownArrow},
    {Key::kHome, ImGuiKey_Home},
    {Key::kEnd, ImGuiKey_End},
    {Key::kPageUp, ImGuiKey_PageUp},
    {Key::kPageDown, ImGuiKey_PageDown},
    {Key::kA, ImGuiKey_A},
    {Key::kC, ImGuiKey_C},
    {Key::kV, ImGuiKey_V},
    {Key::kX, ImGuiKey_X},
    {Key::kY, ImGuiKey_Y},
    {Key::kZ, ImGuiKey_Z},
};

}  // namespace

ImGuiKey imgui_key(Key key) {
  for (const KeyPair& pair : kPairs) {
    if (pair.key == key) return pair.imgui;
  }
  return ImGuiKey_COUNT;
}

#if IMGUI_VERSION_NUM >= 18700

// Made-up events are spread over frames by us; ImGui doing it again would make tests wait twice.
void map_imgui_keys(ImGuiIO& io) { io.ConfigInputTrickleEventQueue = false; }

void set_imgui_key(ImGuiIO& io, Key key, bool down) {
  if (imgui_key(key) != ImGuiKey_COUNT) io.AddKeyEvent(imgui_key(key), down);
}

void set_imgui_mods(ImGuiIO& io, Mods mods) {
  io.AddKeyEvent(ImGuiMod_Ctrl, mods.ctrl);
  io.AddKeyEvent(ImGuiMod_Shift, mods.shift);
  io.AddKeyEvent(ImGuiMod_Alt, mods.alt);
  io.AddKeyEvent(ImGuiMod_Super, mods.super);
}

#else

void map_imgui_keys(ImGuiIO& io) {
  for (const KeyPair& pair : kPairs) io.KeyMap[pair.imgui] = static_cast<int>(pair.key);
}

void set_imgui_key(ImGuiIO& io, Key key, bool down) { io.KeysDown[static_cast<int>(key)] = down; }

void set_imgui_mods(ImGuiIO& io, Mods mods) {
  io.KeyCtrl = mods.ctrl;
  io.KeyShift = mods.shift;
  io.KeyAlt = mods.alt;
  io.KeySuper = mods.super;
}

#endif

}  // namespace mailscope::viz
