// Cards: the begin_card() and end_card() of widgets.h.
#include <algorithm>
#include <cmath>

#include "viz/panels/widgets.h"

namespace mailscope::viz {

namespace {

bool has_header(const CardHeader& header) {
  return !header.title.empty() || !header.tabs.empty() || !header.chips.empty() ||
         !header.note.empty();
}

void draw_ground(const Ui& ui, ImVec2 min, ImVec2 max, bool header) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const Metrics& m = ui.m();
  draw.AddRectFilled(min, max, to_u32(ui.theme.card_border), m.radius);
  draw.AddRectFilled({min.x + m.border, min.y + m.border}, {max.x - m.border, max.y - m.border},
                     to_u32(ui.theme.card), m.radius - m.border);
  if (!header) return;
  const float y = min.y + m.header;
  draw.AddRectFilled({min.x, y - m.border}, {max.x, y}, to_u32(ui.theme.card_border));
}

/// How wide the tabs are, with the room after each.
float tabs_width(const Ui& ui, const CardHeader& header) {
  float width = 0;
  for (const std::string_view label : header.tabs) {
    width += std::round(measure_text(ui.fonts.tiny, label).x) + ui.units(5);
  }
  return width;
}

// Chips from the right, then as much of the note as fits beside the tabs; returns where they begin.
float header_right(const Ui& ui, const CardHeader& header, ImVec2 min, float right,
                   CardEvents& events) {
  const Metrics& m = ui.m();
  float x = right - m.padding;
  for (size_t i = header.chips.size(); i-- > 0;) {
    const Chip& c = header.chips[i];
    const ImVec2 size = chip_size(ui, c);
    x -= size.x;
    ImGui::SetCursorScreenPos({x, min.y + std::floor((m.header - size.y) / 2)});
    ImGui::PushID(static_cast<int>(i));
    if (chip(ui, "chip", c)) events.chip = i;
    ImGui::PopID();
    x -= ui.units(1.5f);
  }
  if (!header.note.empty()) {
    const ImFont* font = ui.fonts.mono_small;
    const float room = x - min.x - m.padding - tabs_width(ui, header);
    const std::string note = ellipsized(font, header.note, room);
    x -= measure_text(font, note).x + ui.units(1);
    draw_text(*ImGui::GetWindowDrawList(), font, {x, min.y + (m.header - font->FontSize) / 2},
              ui.theme.muted, note);
  }
  return x - ui.units(2);
}

void header_tabs(const Ui& ui, const CardHeader& header, ImVec2 min, CardEvents& events) {
  const Theme& t = ui.theme;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImFont* font = ui.fonts.tiny;
  float x = min.x + ui.m().padding;
  for (size_t i = 0; i < header.tabs.size(); ++i) {
    const std::string_view label = header.tabs[i];
    const float width = std::round(measure_text(font, label).x);
    ImGui::SetCursorScreenPos({x - ui.units(1), min.y});
    ImGui::PushID(static_cast<int>(i));
    if (ImGui::InvisibleButton("tab", {width + ui.units(2), ui.m().header})) events.tab = i;
    ImGui::PopID();
    const bool hovered = ImGui::IsItemHovered();
    if (hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    const bool on = i == header.tab;
    draw_text(draw, font, {x, min.y + (ui.m().header - font->FontSize) / 2},
              on || hovered ? t.text : t.muted, label);
    if (on) {
      const float y = min.y + ui.m().header;
      draw.AddRectFilled({x, y - 2 * ui.m().border}, {x + width, y}, to_u32(t.accent.fill));
    }
    x += width + ui.units(5);
  }
}

void header_titles(const Ui& ui, const CardHeader& header, ImVec2 min, float room_to) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const Theme& t = ui.theme;
  const ImFont* font = ui.fonts.tiny;
  const float y = min.y + (ui.m().header - font->FontSize) / 2;
  float x = min.x + ui.m().padding;
  const std::string title = ellipsized(font, header.title, room_to - x);
  const bool alone = header.subtitle.empty();
  const Color color = header.tone != nullptr ? header.tone->text : alone ? t.muted : t.text;
  draw_text(draw, font, {x, y}, color, title);
  x += measure_text(font, title).x + ui.units(2.5f);
  if (alone || room_to - x < ui.units(6)) return;
  const ImFont* light = ui.fonts.small;
  // On the title's baseline.
  draw_text(draw, light, {x, std::round(y + font->Ascent - light->Ascent)}, t.muted,
            ellipsized(light, header.subtitle, room_to - x));
}

}  // namespace

bool begin_card(const Ui& ui, const char* id, ImVec2 size, const CardHeader& header,
                CardEvents* events) {
  const Metrics& m = ui.m();
  const ImVec2 min = ImGui::GetCursorScreenPos();
  const ImVec2 rest = ImGui::GetContentRegionAvail();
  const ImVec2 max = {std::round(min.x + (size.x > 0 ? size.x : rest.x + size.x)),
                      std::round(min.y + (size.y > 0 ? size.y : rest.y + size.y))};
  const bool headed = has_header(header);
  CardEvents pressed;
  ImGui::PushID(id);
  ImGui::BeginGroup();
  draw_ground(ui, min, max, headed);
  if (headed) {
    const float room_to = header_right(ui, header, min, max.x, pressed);
    if (header.tabs.empty()) {
      header_titles(ui, header, min, room_to);
    } else {
      header_tabs(ui, header, min, pressed);
    }
  }
  if (events != nullptr) *events = pressed;
  // The child leaves the border free, so that rows and stages cannot paint over it.
  const float top = headed ? m.header : m.border;
  ImGui::SetCursorScreenPos({min.x + m.border, min.y + top});
  const ImVec2 padding = header.flush ? ImVec2(0, 0) : ImVec2(m.padding, m.padding);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, padding);
  const ImVec2 inner = {std::max(1.0f, max.x - min.x - 2 * m.border),
                        std::max(1.0f, max.y - min.y - top - m.border)};
#if IMGUI_VERSION_NUM >= 19000
  const bool visible = ImGui::BeginChild("card", inner, ImGuiChildFlags_AlwaysUseWindowPadding);
#else
  const bool visible =
      ImGui::BeginChild("card", inner, false, ImGuiWindowFlags_AlwaysUseWindowPadding);
#endif
  ImGui::PopStyleVar();
  return visible;
}

void end_card(const Ui& ui) {
  ImGui::EndChild();
  const ImVec2 corner = ImGui::GetItemRectMax();
  ImGui::SetCursorScreenPos(corner);
  ImGui::Dummy({ui.m().border, ui.m().border});
  ImGui::EndGroup();
  ImGui::PopID();
}

}  // namespace mailscope::viz
