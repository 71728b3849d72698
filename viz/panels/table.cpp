// Tables: the begin_table(), table_row() and end_table() of widgets.h. Drawn by hand: a row is one
// item.
#include <algorithm>
#include <cmath>

#include "viz/panels/widgets.h"

namespace mailscope::viz {

namespace {

constexpr float kColumnGap = 3;  // units between a cell's words and the next column

// The left edge of each column, and after them the right edge of the table; all in pixels.
std::vector<float> column_edges(const Ui& ui, const std::vector<Column>& columns, float left,
                                float width) {
  float fixed = 0;
  float weight = 0;
  for (const Column& c : columns) {
    fixed += c.width;
    if (c.width <= 0) weight += c.weight;
  }
  const float side = ui.units(2);
  const float rest = std::max(0.0f, width - 2 * side - fixed);
  std::vector<float> edges = {left + side};
  for (const Column& c : columns) {
    const float share = c.width > 0 ? c.width : rest * c.weight / std::max(weight, 0.001f);
    edges.push_back(std::round(edges.back() + share));
  }
  return edges;
}

// One cell's words; true when they had to be shortened.
bool draw_cell(const Ui& ui, const Column& column, const Cell& cell, float x0, float x1,
               float top) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImFont* font = cell.font != nullptr ? cell.font : ui.fonts.small;
  const float room = x1 - x0 - ui.units(kColumnGap);
  if (cell.chip != nullptr) {
    Chip shape;
    shape.tone = cell.chip;
    const std::string words = ellipsized(ui.fonts.tiny, cell.text, room - ui.units(5));
    shape.label = words;
    draw_chip(ui, draw, {x0, top + (ui.m().row - ui.m().chip) / 2}, shape);
    return words.size() != cell.text.size();
  }
  const std::string words = ellipsized(font, cell.text, room);
  const float width = measure_text(font, words).x;
  const float x = column.right ? x1 - ui.units(kColumnGap) - width : x0;
  // All fonts of a row stand on one baseline, that of the small font centred in the row.
  const float baseline = top + (ui.m().row - ui.fonts.small->FontSize) / 2 + ui.fonts.small->Ascent;
  const Color color = cell.color.value_or(ui.theme.text);
  draw_text(draw, font, {x, baseline - font->Ascent}, color, words);
  if (cell.struck) {
    const float y = std::round(baseline - font->Ascent * 0.30f);
    draw.AddRectFilled({x, y}, {x + width, y + ui.m().border}, to_u32(color));
  }
  return words.size() != cell.text.size();
}

}  // namespace

void begin_table(const Ui& ui, const char* id, const std::vector<Column>& columns) {
  ImGui::PushID(id);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
  const bool titled = std::any_of(columns.begin(), columns.end(),
                                  [](const Column& column) { return !column.title.empty(); });
  if (!titled) return;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  ImGui::Dummy({width, ui.m().row});
  const std::vector<float> edges = column_edges(ui, columns, at.x, width);
  for (size_t i = 0; i < columns.size(); ++i) {
    Cell cell;
    cell.text = columns[i].title;
    cell.color = ui.theme.muted;
    draw_cell(ui, columns[i], cell, edges[i], edges[i + 1], at.y);
  }
  rule(ui);
}

bool table_row(const Ui& ui, const std::vector<Column>& columns, const std::vector<Cell>& cells,
               std::optional<Color> tint) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 size = {std::max(1.0f, ImGui::GetContentRegionAvail().x), ui.m().row};
  // A row's place within the table is its name: rows have no state to lose.
  ImGui::PushID(static_cast<int>(ImGui::GetCursorPosY()));
  const bool pressed = ImGui::InvisibleButton("row", size);
  ImGui::PopID();
  if (!ImGui::IsItemVisible()) return pressed;
  const bool hovered = ImGui::IsItemHovered();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 max = {at.x + size.x, at.y + size.y};
  if (tint) draw.AddRectFilled(at, max, to_u32(*tint));
  if (hovered) draw.AddRectFilled(at, max, to_u32(with_alpha(ui.theme.muted, 0.08f)));
  const std::vector<float> edges = column_edges(ui, columns, at.x, size.x);
  const float mouse_x = ImGui::GetIO().MousePos.x;
  for (size_t i = 0; i < cells.size() && i < columns.size(); ++i) {
    const bool cut = draw_cell(ui, columns[i], cells[i], edges[i], edges[i + 1], at.y);
    if (cut && hovered && mouse_x >= edges[i] && mouse_x < edges[i + 1]) {
      tooltip(ui, cells[i].text);
    }
  }
  return pressed;
}

void end_table() {
  ImGui::PopStyleVar();
  ImGui::PopID();
}

}  // namespace mailscope::viz
