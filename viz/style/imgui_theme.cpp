#include "viz/style/imgui_theme.h"

namespace mailscope::viz {

namespace {

void apply_colors(const Theme& t, ImVec4* colors) {
  const auto set = [colors](int slot, Color color) { colors[slot] = to_vec4(color); };
  const Color clear = {0, 0, 0, 0};
  set(ImGuiCol_Text, t.text);
  set(ImGuiCol_TextDisabled, t.muted);
  set(ImGuiCol_WindowBg, t.background);
  set(ImGuiCol_ChildBg, clear);  // a card paints its own ground
  set(ImGuiCol_PopupBg, t.card);
  set(ImGuiCol_Border, t.card_border);
  set(ImGuiCol_BorderShadow, clear);
  set(ImGuiCol_FrameBg, t.button);
  set(ImGuiCol_FrameBgHovered, t.button_hover);
  set(ImGuiCol_FrameBgActive, t.button_hover);
  set(ImGuiCol_TitleBg, t.card);
  set(ImGuiCol_TitleBgActive, t.card);
  set(ImGuiCol_TitleBgCollapsed, t.card);
  set(ImGuiCol_MenuBarBg, t.card);
  set(ImGuiCol_ScrollbarBg, clear);
  set(ImGuiCol_ScrollbarGrab, mix(t.card, t.muted, 0.30f));
  set(ImGuiCol_ScrollbarGrabHovered, mix(t.card, t.muted, 0.50f));
  set(ImGuiCol_ScrollbarGrabActive, mix(t.card, t.muted, 0.70f));
  set(ImGuiCol_CheckMark, t.accent.text);
  set(ImGuiCol_SliderGrab, t.accent.fill);
  set(ImGuiCol_SliderGrabActive, t.accent.text);
  set(ImGuiCol_Button, t.button);
  set(ImGuiCol_ButtonHovered, t.button_hover);
  set(ImGuiCol_ButtonActive, t.button_active);
  set(ImGuiCol_Header, t.selection);
  set(ImGuiCol_HeaderHovered, t.button_hover);
  set(ImGuiCol_HeaderActive, t.button_active);
  set(ImGuiCol_Separator, t.grid);
  set(ImGuiCol_SeparatorHovered, t.accent.border);
  set(ImGuiCol_SeparatorActive, t.accent.fill);
  set(ImGuiCol_ResizeGrip, clear);
  set(ImGuiCol_ResizeGripHovered, t.accent.border);
  set(ImGuiCol_ResizeGripActive, t.accent.fill);
  set(ImGuiCol_Tab, t.card);
  set(ImGuiCol_TabHovered, t.button_hover);
  set(ImGuiCol_TabActive, t.selection);
  set(ImGuiCol_PlotLines, t.accent.fill);
  set(ImGuiCol_PlotHistogram, t.accent.fill);
  set(ImGuiCol_TableHeaderBg, clear);
  set(ImGuiCol_TableBorderStrong, t.card_border);
  set(ImGuiCol_TableBorderLight, t.grid);
  set(ImGuiCol_TableRowBg, clear);
  set(ImGuiCol_TableRowBgAlt, clear);
  set(ImGuiCol_TextSelectedBg, with_alpha(t.accent.fill, t.dark ? 0.55f : 0.25f));
  set(ImGuiCol_DragDropTarget, t.accent.fill);
  set(ImGuiCol_NavHighlight, t.focus);
  set(ImGuiCol_ModalWindowDimBg, with_alpha(t.dark ? rgb(0x05070A) : rgb(0x1C2430), 0.45f));
}

}  // namespace

ImVec4 to_vec4(Color c) {
  constexpr float kMax = 255.0f;
  return {static_cast<float>(c.r) / kMax, static_cast<float>(c.g) / kMax,
          static_cast<float>(c.b) / kMax, static_cast<float>(c.a) / kMax};
}

void apply_theme(const Theme& theme) {
  const Metrics& m = theme.metrics;
  ImGuiStyle& style = ImGui::GetStyle();
  style = ImGuiStyle();
  style.WindowPadding = {m.padding, m.padding};
  style.FramePadding = {m.unit * 2, m.unit * 1.5f};
  style.ItemSpacing = {m.gap, m.unit * 1.5f};
  style.ItemInnerSpacing = {m.unit * 1.5f, m.unit};
  style.CellPadding = {m.unit * 2, m.unit * 0.5f};
  style.IndentSpacing = m.unit * 4;
  style.ScrollbarSize = m.unit * 2.5f;
  style.GrabMinSize = m.unit * 3;
  style.WindowBorderSize = 0;
  style.ChildBorderSize = 0;
  style.PopupBorderSize = m.border;
  style.FrameBorderSize = m.border;
  style.WindowRounding = 0;
  style.ChildRounding = m.radius;
  style.PopupRounding = m.radius;
  style.FrameRounding = m.radius_small;
  style.ScrollbarRounding = m.radius_small;
  style.GrabRounding = m.radius_small;
  style.TabRounding = m.radius_small;
  style.DisplaySafeAreaPadding = {m.unit, m.unit};
  // Thick lines out of the baked texture: a tenth of the vertices. See the measures in
  // ENVIRONMENT.md.
  style.AntiAliasedLines = true;
  style.AntiAliasedLinesUseTex = true;
  style.AntiAliasedFill = true;
  style.CircleTessellationMaxError = 0.35f;
  apply_colors(theme, style.Colors);
}

}  // namespace mailscope::viz
