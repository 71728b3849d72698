#include "viz/panels/overlay.h"

#include <string>

#include "viz/panels/widgets.h"

namespace mailscope::viz {

bool begin_overlay(const Panel& panel, const char* id, ImVec2 size, std::string_view title) {
  const ImVec2 display = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize(display);
  ImGui::PushStyleColor(ImGuiCol_WindowBg, to_u32(with_alpha(rgb(0), 0.45f)));
  ImGui::Begin(
      (std::string(id) + "-shade").c_str(), nullptr,
      ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings);
  ImGui::SetCursorPos({(display.x - size.x) / 2, (display.y - size.y) / 2});
  CardHeader header;
  header.title = title;
  return begin_card(panel.ui, id, size, header);
}

bool end_overlay(const Panel& panel) {
  end_card(panel.ui);
  const bool beside = ImGui::IsMouseClicked(ImGuiMouseButton_Left) && ImGui::IsWindowHovered();
  ImGui::End();
  ImGui::PopStyleColor();
  return beside;
}

}  // namespace mailscope::viz
