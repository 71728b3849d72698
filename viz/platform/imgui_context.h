// ImGuiContextOwner: one Dear ImGui context for one surface, with what all surfaces set alike.
// Room-internal.
#pragma once

#include <imgui.h>

namespace mailscope::viz {

class ImGuiContextOwner {
 public:
  ImGuiContextOwner();
  ImGuiContextOwner(const ImGuiContextOwner&) = delete;
  ImGuiContextOwner& operator=(const ImGuiContextOwner&) = delete;
  ~ImGuiContextOwner();

  void make_current() const { ImGui::SetCurrentContext(context_); }
  /// This context's io, also while another is current.
  [[nodiscard]] ImGuiIO& io() const;

 private:
  ImGuiContext* context_;
};

}  // namespace mailscope::viz
