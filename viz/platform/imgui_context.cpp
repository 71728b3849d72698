#include "viz/platform/imgui_context.h"

namespace mailscope::viz {

ImGuiContextOwner::ImGuiContextOwner() : context_(nullptr) {
  IMGUI_CHECKVERSION();
  ImGuiContext* const before = ImGui::GetCurrentContext();
  context_ = ImGui::CreateContext();
  ImGui::SetCurrentContext(context_);
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;  // the program lays its panels out itself and keeps its own settings
  io.LogFilename = nullptr;
  io.ConfigInputTextCursorBlink =
      false;  // a blinking cursor would wake an idle window twice a second
  io.ConfigWindowsMoveFromTitleBarOnly = true;
  ImGui::SetCurrentContext(before != nullptr ? before : context_);
}

ImGuiContextOwner::~ImGuiContextOwner() {
  ImGuiContext* const current = ImGui::GetCurrentContext();
  ImGui::DestroyContext(context_);
  if (current != context_) ImGui::SetCurrentContext(current);
}

ImGuiIO& ImGuiContextOwner::io() const {
  ImGuiContext* const current = ImGui::GetCurrentContext();
  ImGui::SetCurrentContext(context_);
  ImGuiIO& io = ImGui::GetIO();
  ImGui::SetCurrentContext(current);
  return io;
}

}  // namespace mailscope::viz
