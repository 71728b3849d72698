#include "viz/panels/widgets.h"

#include <algorithm>
#include <cmath>

#include "viz/panels/text_flow.h"
#include "viz/style/utf8.h"

namespace mailscope::viz {

namespace {

ImVec2 pixel(float x, float y) { return {std::round(x), std::round(y)}; }

ImVec2 plus(ImVec2 a, ImVec2 b) { return {a.x + b.x, a.y + b.y}; }

// A shape of ground and border whose edges lie on whole pixels.
void draw_box(const Ui& ui, ImDrawList& draw, ImVec2 min, ImVec2 max, Color ground, Color border,
              float radius) {
  // An outline is a second fill beneath: half the vertices of a stroke, and no seam at the corners.
  const float b = ui.m().border;
  draw.AddRectFilled(min, max, to_u32(border), radius);
  draw.AddRectFilled({min.x + b, min.y + b}, {max.x - b, max.y - b}, to_u32(ground),
                     std::max(0.0f, radius - b));
}

void draw_focus(const Ui& ui, ImDrawList& draw, ImVec2 min, ImVec2 max, float radius) {
  if (!ImGui::IsItemFocused() || !ImGui::GetIO().NavVisible) return;
  const float out = ui.m().border + 1;
  draw.AddRect({min.x - out, min.y - out}, {max.x + out, max.y + out}, to_u32(ui.theme.focus),
               radius + out, 0, 2 * ui.m().border);
}

struct Pressable {
  bool pressed = false;
  bool hovered = false;
  bool held = false;
};

Pressable press_area(const char* id, ImVec2 size) {
  Pressable p;
  p.pressed = ImGui::InvisibleButton(id, size);
  p.hovered = ImGui::IsItemHovered();
  p.held = ImGui::IsItemActive();
  if (p.hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  return p;
}

ImVec2 key_cap_size(const Ui& ui, std::string_view keys) {
  const ImVec2 text = measure_text(ui.fonts.mono_small, keys);
  return {std::round(text.x) + ui.units(2.5f), std::round(text.y) + ui.units(0.5f)};
}

void draw_key_cap(const Ui& ui, ImDrawList& draw, ImVec2 at, std::string_view keys, Color ground,
                  Color border, Color color) {
  const ImVec2 size = key_cap_size(ui, keys);
  const float lip = ui.m().border;  // the lower edge of a real key
  draw.AddRectFilled(at, {at.x + size.x, at.y + size.y + lip}, to_u32(border), ui.units(1));
  draw_box(ui, draw, at, plus(at, size), ground, border, ui.units(1));
  draw_text(draw, ui.fonts.mono_small, {at.x + ui.units(1.25f), at.y + ui.units(0.25f)}, color,
            keys);
}

struct ButtonColors {
  Color ground;
  Color border;
  Color text;
};

ButtonColors button_colors(const Theme& t, const ButtonLook& look, const Pressable& p) {
  const bool strong = look.kind == ButtonKind::kPrimary || look.kind == ButtonKind::kDanger;
  const bool quiet = look.kind == ButtonKind::kQuiet;
  const Tone& tone = look.kind == ButtonKind::kDanger ? t.danger : t.accent;
  ButtonColors c = {t.button, t.button_border, t.text};
  if (strong) c = {tone.fill, tone.fill, tone.on_fill};
  if (quiet) c = {with_alpha(t.button, 0), with_alpha(t.button, 0), t.text};
  if (!look.enabled) {
    c.text = with_alpha(c.text, 0.45f);
    if (strong) c.ground = c.border = mix(t.card, tone.fill, 0.45f);
    return c;
  }
  if (p.hovered || p.held) {
    if (strong) {
      // Away from the colour of the text upon it, so that the contrast only grows.
      const Color away = tone.on_fill.r > 127 ? rgb(0x000000) : rgb(0xFFFFFF);
      c.ground = c.border = mix(tone.fill, away, p.held ? 0.20f : 0.10f);
    } else {
      c.ground = p.held ? t.button_active : t.button_hover;
      if (quiet) c.border = c.ground;
    }
  }
  return c;
}

float icon_gap(const Ui& ui) { return ui.units(1.75f); }

}  // namespace

// ---- Text ---------------------------------------------------------------------------------------

ImVec2 measure_text(const ImFont* font, std::string_view text) {
  const float endless = 1e9f;
  return font->CalcTextSizeA(font->FontSize, endless, 0, text.data(), text.data() + text.size());
}

std::string ellipsized(const ImFont* font, std::string_view text, float width) {
  if (measure_text(font, text).x <= width) return std::string(text);
  constexpr std::string_view kEllipsis = "\xE2\x80\xA6";
  const float room = width - measure_text(font, kEllipsis).x;
  size_t fits = 0;
  float used = 0;
  for (size_t at = 0; at < text.size(); fits = at) {
    const size_t start = at;
    next_code_point(text, at);
    used += measure_text(font, text.substr(start, at - start)).x;
    if (used > room) break;
  }
  while (fits > 0 && text[fits - 1] == ' ') --fits;
  return std::string(text.substr(0, fits)) + std::string(kEllipsis);
}

void draw_text(ImDrawList& draw, const ImFont* font, ImVec2 at, Color color,
               std::string_view text) {
  if (text.empty()) return;
  draw.AddText(font, font->FontSize, pixel(at.x, at.y), to_u32(color), text.data(),
               text.data() + text.size());
}

void center_next(float top, float height, float item_height) {
  ImGui::SetCursorScreenPos(pixel(ImGui::GetCursorScreenPos().x, top + (height - item_height) / 2));
}

void text(const Ui&, const ImFont* font, Color color, std::string_view text) {
  draw_text(*ImGui::GetWindowDrawList(), font, ImGui::GetCursorScreenPos(), color, text);
  ImGui::Dummy(measure_text(font, text));
}

void caption(const Ui& ui, std::string_view words) {
  text(ui, ui.fonts.small, ui.theme.muted, words);
}

// ---- Small parts --------------------------------------------------------------------------------

ImVec2 chip_size(const Ui& ui, const Chip& chip) {
  return {std::round(measure_text(ui.fonts.tiny, chip.label).x) + ui.units(5), ui.m().chip};
}

void draw_chip(const Ui& ui, ImDrawList& draw, ImVec2 at, const Chip& chip) {
  const Theme& t = ui.theme;
  const ImVec2 size = chip_size(ui, chip);
  const ImVec2 min = pixel(at.x, at.y);
  const Color ground = chip.tone != nullptr ? chip.tone->tint : t.card;
  const Color border = chip.tone != nullptr ? chip.tone->border : t.button_border;
  const Color words = chip.tone != nullptr ? chip.tone->text : t.muted;
  draw_box(ui, draw, min, plus(min, size), ground, border, size.y / 2);
  const float y = min.y + (size.y - ui.fonts.tiny->FontSize) / 2;
  draw_text(draw, ui.fonts.tiny, {min.x + ui.units(2.5f), y}, words, chip.label);
}

bool chip(const Ui& ui, const char* id, const Chip& chip) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 min = ImGui::GetCursorScreenPos();
  const ImVec2 size = chip_size(ui, chip);
  Pressable p;
  if (chip.clickable) {
    p = press_area(id, size);
  } else {
    ImGui::Dummy(size);
  }
  draw_chip(ui, draw, min, chip);
  if (p.hovered) {
    draw.AddRectFilled(min, plus(min, size), to_u32(with_alpha(ui.theme.muted, 0.10f)), size.y / 2);
  }
  if (chip.clickable) draw_focus(ui, draw, min, plus(min, size), size.y / 2);
  return p.pressed;
}

void key_cap(const Ui& ui, std::string_view keys) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::Dummy(key_cap_size(ui, keys));
  draw_key_cap(ui, *ImGui::GetWindowDrawList(), at, keys, ui.theme.card, ui.theme.button_border,
               ui.theme.muted);
}

void code_span(const Ui& ui, std::string_view code) { text_flow(ui, {{code, RunStyle::kCode}}); }

void dot(const Ui& ui, const Tone& tone) {
  const float height = ui.fonts.small->FontSize;
  const float radius = std::round(height * 0.28f);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::Dummy({2 * radius + ui.units(0.5f), height});
  // A rounded square, not a circle: fewer vertices, the same look at this size.
  const ImVec2 min = pixel(at.x, at.y + height / 2 - radius);
  ImGui::GetWindowDrawList()->AddRectFilled(min, {min.x + 2 * radius, min.y + 2 * radius},
                                            to_u32(tone.fill), radius);
}

void rule(const Ui& ui) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  ImGui::Dummy({width, ui.m().border});
  ImGui::GetWindowDrawList()->AddRectFilled(at, {at.x + width, at.y + ui.m().border},
                                            to_u32(ui.theme.grid));
}

// ---- Things to press ----------------------------------------------------------------------------

ImVec2 button_size(const Ui& ui, std::string_view label, const ButtonLook& look) {
  float width = 0;
  if (!look.icon.empty()) width += measure_text(ui.fonts.normal, look.icon).x;
  if (!look.icon.empty() && !label.empty()) width += icon_gap(ui);
  width += measure_text(ui.fonts.normal, label).x;
  if (!look.shortcut.empty()) width += ui.units(2) + key_cap_size(ui, look.shortcut).x;
  const float whole = std::round(width) + ui.units(6);
  return {std::max({look.width, whole, ui.m().button}), ui.m().button};
}

bool button(const Ui& ui, const char* id, std::string_view label, const ButtonLook& look) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 min = ImGui::GetCursorScreenPos();
  const ImVec2 size = button_size(ui, label, look);
  const float needed = button_size(ui, label, {look.kind, look.icon, look.shortcut, true, 0}).x;
  Pressable p;
  if (look.enabled) {
    p = press_area(id, size);
  } else {
    ImGui::Dummy(size);
  }
  const ButtonColors c = button_colors(ui.theme, look, p);
  draw_box(ui, draw, min, plus(min, size), c.ground, c.border, ui.m().radius_small);
  const ImFont* font = ui.fonts.normal;
  const float y = min.y + (size.y - font->FontSize) / 2;
  float x = min.x + ui.units(3) + (size.x - needed) / 2;
  if (look.icon.size() + label.size() > 0 && label.empty() && look.shortcut.empty()) {
    x = min.x + (size.x - measure_text(font, look.icon).x) / 2;  // an icon alone: in the middle
  }
  draw_text(draw, font, {x, y}, c.text, look.icon);
  if (!look.icon.empty()) x += measure_text(font, look.icon).x + (label.empty() ? 0 : icon_gap(ui));
  draw_text(draw, font, {x, y}, c.text, label);
  x += measure_text(font, label).x + ui.units(2);
  if (!look.shortcut.empty()) {
    const ImVec2 cap = key_cap_size(ui, look.shortcut);
    const ImVec2 at = pixel(x, min.y + (size.y - cap.y) / 2);
    const bool plain = look.kind == ButtonKind::kSecondary || look.kind == ButtonKind::kQuiet;
    const Color ink = plain ? ui.theme.muted : c.text;
    draw_key_cap(ui, draw, at, look.shortcut, c.ground, mix(c.ground, ink, 0.4f), ink);
  }
  if (look.enabled) draw_focus(ui, draw, min, plus(min, size), ui.m().radius_small);
  return p.pressed;
}

bool choice(const Ui& ui, const char* id, std::string_view key, const std::vector<TextRun>& label,
            const ChoiceLook& look) {
  const Theme& t = ui.theme;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 min = ImGui::GetCursorScreenPos();
  const ImVec2 after = ImGui::GetCursorPos();
  const float width = ImGui::GetContentRegionAvail().x;
  const ImVec2 cap = key_cap_size(ui, key);
  const float left = ui.units(2.5f) + cap.x + ui.units(2.5f);
  FlowLook words;
  words.width = width - left - ui.units(2);
  words.color = look.enabled || look.chosen ? t.text : t.muted;
  const float pad = std::round((ui.m().button - ui.fonts.normal->FontSize) / 2) + ui.units(0.5f);
  const float height = flow_height(ui, label, words.width) + 2 * pad;
  Pressable p;
  if (look.enabled) {
    p = press_area(id, {width, height});
  } else {
    ImGui::Dummy({width, height});
  }
  const ImVec2 max = {min.x + width, min.y + height};
  const Color ground = look.tone != nullptr ? look.tone->tint
                       : p.hovered          ? t.button_hover
                                            : t.button;
  const Color edge = look.tone != nullptr ? look.tone->fill : t.accent.fill;
  if (look.chosen) {  // a border of double width
    draw.AddRectFilled(min, max, to_u32(edge), ui.m().radius_small);
    const float b = ui.m().border;
    draw_box(ui, draw, {min.x + b, min.y + b}, {max.x - b, max.y - b}, ground, edge,
             ui.m().radius_small - b);
  } else {
    const Color thin = look.tone != nullptr ? look.tone->border : t.button_border;
    draw_box(ui, draw, min, max, ground, thin, ui.m().radius_small);
  }
  draw_focus(ui, draw, min, max, ui.m().radius_small);
  const float cap_y = min.y + pad + (ui.fonts.normal->FontSize - cap.y) / 2;
  draw_key_cap(ui, draw, pixel(min.x + ui.units(2.5f), cap_y), key, t.card, t.button_border,
               t.muted);
  const ImVec2 below = ImGui::GetCursorPos();
  ImGui::SetCursorPos({after.x + left, after.y + pad});
  text_flow(ui, label, words);
  ImGui::SetCursorPos(below);
  return p.pressed;
}

std::optional<size_t> segmented(const Ui& ui, const char* id,
                                const std::vector<std::string_view>& labels, size_t chosen) {
  std::optional<size_t> pressed;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const Theme& t = ui.theme;
  ImGui::PushID(id);
  for (size_t i = 0; i < labels.size(); ++i) {
    if (i > 0) ImGui::SameLine(0, ui.units(1));
    const bool on = i == chosen;
    // As wide as the bold words, chosen or not: nothing jumps when the choice moves.
    const float inner = measure_text(ui.fonts.bold, labels[i]).x;
    const ImVec2 size = {std::round(inner) + ui.units(6), ui.m().button};
    const ImVec2 min = ImGui::GetCursorScreenPos();
    ImGui::PushID(static_cast<int>(i));
    const Pressable p = press_area("segment", size);
    ImGui::PopID();
    const ImVec2 max = plus(min, size);
    if (on || p.hovered) {
      draw.AddRectFilled(min, max, to_u32(on ? t.accent.tint : t.button_hover),
                         ui.m().radius_small);
    }
    const ImFont* font = on ? ui.fonts.bold : ui.fonts.normal;
    const float x = min.x + (size.x - measure_text(font, labels[i]).x) / 2;
    const Color words = on ? t.accent.text : p.hovered ? t.text : t.muted;
    draw_text(draw, font, {x, min.y + (size.y - font->FontSize) / 2}, words, labels[i]);
    draw_focus(ui, draw, min, max, ui.m().radius_small);
    if (p.pressed) pressed = i;
  }
  ImGui::PopID();
  return pressed;
}

void draw_dashed(ImDrawList& draw, ImVec2 a, ImVec2 b, ImU32 color, float thickness, float dash) {
  const float length = std::hypot(b.x - a.x, b.y - a.y);
  if (length < 1) return;
  const ImVec2 unit{(b.x - a.x) / length, (b.y - a.y) / length};
  for (float at = 0; at < length; at += dash * 2) {
    const float end = std::min(at + dash, length);
    draw.AddLine({a.x + unit.x * at, a.y + unit.y * at}, {a.x + unit.x * end, a.y + unit.y * end},
                 color, thickness);
  }
}

void tooltip(const Ui& ui, std::string_view text) {
  if (!ImGui::IsItemHovered()) return;
  ImGui::PushStyleColor(ImGuiCol_PopupBg, to_u32(ui.theme.tooltip));
  ImGui::PushStyleColor(ImGuiCol_Border, to_u32(ui.theme.tooltip));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui.units(2.5f), ui.units(1.75f)));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, ui.m().radius_small);
  ImGui::BeginTooltip();
  FlowLook look;
  look.font = ui.fonts.small;
  look.color = ui.theme.tooltip_text;
  look.width = std::min(measure_text(look.font, text).x + 1, ui.units(90));
  wrapped_text(ui, text, look);
  ImGui::EndTooltip();
  ImGui::PopStyleVar(2);
  ImGui::PopStyleColor(2);
}

}  // namespace mailscope::viz
