// The conversation card: a click goes to the moment an arrow arrived, hovering explains, the wheel
// scrolls.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/explain/explain.h"
#include "viz/panels/panels.h"
#include "viz/panels/widgets.h"
#include "viz/style/icons.h"

namespace mailscope::viz {
namespace {

ImVec2 offset(ImVec2 origin, Point point) { return {origin.x + point.x, origin.y + point.y}; }

void draw_head(ImDrawList& draw, ImVec2 tip, ImVec2 from, ImU32 color, float size) {
  const float length = std::max(std::hypot(tip.x - from.x, tip.y - from.y), 1.0f);
  const ImVec2 back{(from.x - tip.x) / length * size, (from.y - tip.y) / length * size};
  const ImVec2 side{-back.y * 0.5f, back.x * 0.5f};
  draw.AddTriangleFilled(tip, {tip.x + back.x + side.x, tip.y + back.y + side.y},
                         {tip.x + back.x - side.x, tip.y + back.y - side.y}, color);
}

/// "+OK unique-ids follow  +4 lines", "message data, 4.8 kB".
std::string arrow_label(const Panel& panel, const LadderArrow& arrow) {
  std::string label = arrow.label;
  if (arrow.block) label = panel.t("ui.message-data", {octets_text(arrow.octets)}) + "  " + label;
  if (arrow.more_lines > 0) {
    label += "  " + panel.t("ui.more-lines",
                            {std::to_string(arrow.more_lines), octets_text(arrow.octets)});
  }
  return label;
}

/// Nobody reads "1980317" milliseconds: a run this long is told in minutes and seconds.
bool is_long(const Moment& moment) {
  const uint32_t last = moment.trace->size();
  return last > 0 && (*moment.trace)[last].at - Instant{} >= kClockFrom;
}

std::string row_time(Instant at, bool long_run) {
  return long_run ? time_text(at) : std::to_string((at.ns + 500000) / 1000000);
}

void draw_mark(const Panel& panel, const Moment& moment, const LadderScene& scene,
               const LadderArrow& arrow, ImVec2 origin, float width) {
  const Ui& ui = panel.ui;
  const Event& event = (*moment.trace)[arrow.event];
  const bool fault = event.kind == EventKind::kFault;
  const std::string words(moment.trace->text(event));
  const std::string verb = words.substr(0, words.find(' '));
  const std::string argument = verb.size() < words.size() ? words.substr(verb.size() + 1) : "";
  const std::string key = (fault ? "changes.fault." : "changes.action.") + verb;
  std::string text = panel.words.has(key) ? panel.t(key, {argument}) : words;
  if (event.host.valid()) text = panel.host_title(*moment.scenario, event.host) + ": " + text;
  const Tone& tone = fault ? ui.theme.danger : ui.theme.accent;
  const std::string label = std::string(fault ? kIconScissors : kIconUser) + "  " + text;
  const ImFont* font = ui.fonts.small;
  const float left = scene.columns.empty() ? origin.x : origin.x + scene.columns.front().x;
  const float right = scene.columns.empty() ? origin.x + width : origin.x + scene.columns.back().x;
  const float center = (left + right) / 2;
  const std::string shown = ellipsized(font, label, std::max(width - ui.units(24), ui.units(20)));
  const ImVec2 size = measure_text(font, shown);
  const float y = origin.y + arrow.y + scene.row_height / 2;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw_dashed(draw, {left, y}, {right, y}, to_u32(tone.border), ui.m().border, ui.units(1));
  const ImVec2 low{center - size.x / 2 - ui.units(2), y - size.y / 2 - ui.units(0.5f)};
  const ImVec2 high{center + size.x / 2 + ui.units(2), y + size.y / 2 + ui.units(0.5f)};
  draw.AddRectFilled(low, high, to_u32(ui.theme.card), ui.units(2.5f));
  draw.AddRectFilled(low, high, to_u32(tone.tint), ui.units(2.5f));
  draw.AddRect(low, high, to_u32(tone.border), ui.units(2.5f));
  draw_text(draw, font, {std::floor(low.x + ui.units(2)), std::floor(y - size.y / 2)},
            arrow.future ? ui.theme.muted : tone.text, shown);
}

void draw_arrow(const Panel& panel, const LadderArrow& arrow, ImVec2 origin, float left,
                float right) {
  const Ui& ui = panel.ui;
  const Theme& theme = ui.theme;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const Tone& tone = arrow.lost ? theme.danger : protocol_tone(theme, arrow.protocol);
  const ImVec2 from = offset(origin, arrow.from);
  const ImVec2 to = offset(origin, arrow.to);
  const float thickness = ui.m().line * (arrow.octets > 20000  ? 3.2f
                                         : arrow.octets > 1500 ? 2.0f
                                         : arrow.current       ? 1.6f
                                                               : 1.0f);
  const ImVec2 reached{from.x + (to.x - from.x) * arrow.progress,
                       from.y + (to.y - from.y) * arrow.progress};
  const float dash = ui.units(1);
  if (arrow.future) {
    draw_dashed(draw, from, to, to_u32(theme.faint), ui.m().border, dash);
  } else if (arrow.under_way || arrow.lost) {
    draw_dashed(draw, reached, to, to_u32(theme.faint), ui.m().line, dash);
    draw.AddLine(from, reached, to_u32(tone.fill), thickness);
    if (arrow.lost && !arrow.under_way) {
      draw_text(draw, ui.fonts.small, {reached.x - ui.units(2), reached.y - ui.units(2)},
                theme.danger.text, kIconClose);
    } else {
      draw_head(draw, reached, from, to_u32(tone.fill), ui.units(2.4f));
    }
  } else {
    draw.AddLine(from, to, to_u32(tone.fill), thickness);
    draw_head(draw, to, from, to_u32(tone.fill), ui.units(2.4f));
  }
  // A long line may go beyond its arrow, over the verticals of hosts it does not concern.
  const ImFont* font = arrow.current ? ui.fonts.mono_bold : ui.fonts.mono;
  // The monospaced font has no icons: the lock stands before the label by itself.
  const float lock = arrow.encrypted ? measure_text(ui.fonts.small, kIconLock).x + ui.units(1) : 0;
  const std::string label = ellipsized(font, arrow_label(panel, arrow), right - left - lock);
  const ImVec2 size = measure_text(font, label);
  const float x = std::clamp((from.x + to.x) / 2 - size.x / 2, left + lock,
                             std::max(right - size.x, left + lock));
  const float y = std::min(from.y, to.y) - size.y - ui.units(0.25f);
  draw.AddRectFilled({x - lock - 2, y}, {x + size.x + 2, y + size.y},
                     to_u32(arrow.current ? theme.selection : theme.card));
  if (arrow.encrypted) {
    draw_text(draw, ui.fonts.small, {std::floor(x - lock), std::floor(y)},
              arrow.future ? theme.muted : tone.text, kIconLock);
  }
  draw_text(draw, font, {std::floor(x), std::floor(y)},
            arrow.future || arrow.block ? theme.muted : theme.text, label);
}

void explain_hovered(const Panel& panel, const Moment& moment, const LadderArrow& arrow) {
  const Event& event = (*moment.trace)[arrow.event];
  if (event.kind != EventKind::kLineSent) return;
  const uint32_t command = moment.index->answered_by(arrow.event);
  LineContext context;
  if (command != 0) context.answers = moment.trace->text((*moment.trace)[command]);
  context.in_data = (event.code & LineFlags::kBlock) != 0;
  context.handshake = (event.code & LineFlags::kHandshake) != 0;
  const LineMeaning meaning =
      explain_line(event.protocol, event.direction, moment.trace->text(event), context);
  const std::string tip =
      arrow_label(panel, arrow) + "\n\n" + panel.t(meaning.key, meaning.arguments);
  tooltip(panel.ui, tip);
}

void draw_columns(const Panel& panel, const Moment& moment, const LadderScene& scene, ImVec2 origin,
                  float top, float height) {
  const Ui& ui = panel.ui;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  float room = ui.units(60);
  if (scene.columns.size() > 1) room = scene.columns[1].x - scene.columns[0].x - ui.units(2);
  for (const LadderColumn& column : scene.columns) {
    const std::string name =
        ellipsized(ui.fonts.small, panel.host_title(*moment.scenario, column.host), room);
    const ImVec2 size = measure_text(ui.fonts.small, name);
    draw_text(draw, ui.fonts.small,
              {std::floor(origin.x + column.x - size.x / 2), origin.y + (top - size.y) / 2},
              ui.theme.muted, name);
    draw.AddLine({origin.x + column.x, origin.y + top}, {origin.x + column.x, origin.y + height},
                 to_u32(ui.theme.lifeline), ui.m().line);
  }
}

}  // namespace

float ladder_time_width(const Ui& ui, const Moment& moment) {
  const uint32_t last = moment.trace->size();
  const Instant end = last > 0 ? (*moment.trace)[last].at : Instant{};
  const float digits = measure_text(ui.fonts.mono_small, row_time(end, is_long(moment))).x;
  return std::max(std::ceil(digits) + ui.units(4), ui.units(13));
}

void draw_ladder_body(const Panel& panel, const Moment& moment, const LadderScene& scene,
                      ImVec2 size, bool interactive) {
  const Ui& ui = panel.ui;
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  const float top = ui.units(7);
  ImGui::InvisibleButton("ladder", {std::max(size.x, 1.0f), std::max(size.y, 1.0f)});
  const bool hovered = ImGui::IsItemHovered();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw_columns(panel, moment, scene, origin, top, size.y);
  draw.PushClipRect({origin.x, origin.y + top}, {origin.x + size.x, origin.y + size.y}, true);
  const ImVec2 rows{origin.x, origin.y + top};
  const float mouse = ImGui::GetIO().MousePos.y - rows.y;
  const LadderArrow* under = nullptr;
  const bool long_run = is_long(moment);
  const float left = ladder_time_width(ui, moment);
  for (const LadderArrow& arrow : scene.arrows) {
    const bool here = hovered && mouse >= arrow.y && mouse < arrow.y + scene.row_height;
    if (!arrow.answer && (arrow.current || here)) {
      const Color ground =
          arrow.current ? ui.theme.selection : with_alpha(ui.theme.selection, 0.5f);
      draw.AddRectFilled({origin.x, rows.y + arrow.y},
                         {origin.x + size.x, rows.y + arrow.y + scene.row_height}, to_u32(ground));
      // The ground covers the verticals: they are drawn again above it.
      for (const LadderColumn& column : scene.columns) {
        draw.AddLine({origin.x + column.x, rows.y + arrow.y},
                     {origin.x + column.x, rows.y + arrow.y + scene.row_height},
                     to_u32(ui.theme.lifeline), ui.m().line);
      }
    }
    if (here && (under == nullptr || (arrow.answer && mouse > arrow.y + scene.row_height * 0.62f)))
      under = &arrow;
    if (!arrow.answer && !arrow.future) {
      draw_text(
          draw, ui.fonts.mono_small,
          {origin.x + ui.units(2.5f), std::floor(rows.y + arrow.y + scene.row_height * 0.36f)},
          arrow.current ? ui.theme.accent.text : ui.theme.muted, row_time(arrow.at, long_run));
    }
    if (arrow.kind == LadderRow::Kind::kMark) {
      draw_mark(panel, moment, scene, arrow, rows, size.x);
    } else {
      draw_arrow(panel, arrow, rows, rows.x + left, rows.x + size.x - ui.units(2));
    }
  }
  draw.PopClipRect();
  if (!interactive || !hovered) return;
  if (under != nullptr) {
    explain_hovered(panel, moment, *under);
    if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) panel.want(Intent::Kind::kSeek, under->seek);
  }
  const float wheel = ImGui::GetIO().MouseWheel;
  if (wheel != 0) {
    Intent scroll = intent(Intent::Kind::kScrollLadder);
    scroll.amount = std::max(0.0f, scene.first_row - wheel * 3);
    panel.intents.push_back(scroll);
  }
}

void draw_ladder(const Panel& panel, const Moment& moment, ImVec2 size) {
  const Ui& ui = panel.ui;
  const std::string title = panel.t("ui.conversation");
  const std::string segments = panel.t("ui.beat-segment");
  const std::string lines = panel.t("ui.beat-line");
  const std::string exchanges = panel.t("ui.beat-exchange");
  const auto tone = [&](BeatSize detail) {
    return panel.state.beat == detail ? &ui.theme.accent : nullptr;
  };
  CardHeader header;
  header.title = title;
  header.flush = true;
  const std::string show = panel.t("ui.show");
  header.note = show;
  header.chips = {{segments, tone(BeatSize::kSegment), true},
                  {lines, tone(BeatSize::kLine), true},
                  {exchanges, tone(BeatSize::kExchange), true}};
  CardEvents events;
  if (begin_card(ui, "ladder-card", size, header, &events)) {
    const ImVec2 space = ImGui::GetContentRegionAvail();
    const LadderScene scene =
        build_ladder(moment, panel.state.beat, {space.x, space.y - ui.units(7)}, ui.units(9),
                     ladder_time_width(ui, moment), panel.state.ladder_scroll);
    draw_ladder_body(panel, moment, scene, space, true);
    if (scene.arrows.empty()) {
      const std::string empty = panel.t("ui.ladder-empty");
      const ImVec2 corner = ImGui::GetItemRectMin();
      const ImVec2 text_size = measure_text(ui.fonts.normal, empty);
      draw_text(*ImGui::GetWindowDrawList(), ui.fonts.normal,
                {std::floor(corner.x + (space.x - text_size.x) / 2), corner.y + space.y / 2},
                ui.theme.muted, empty);
    }
  }
  end_card(ui);
  if (events.chip) panel.want(Intent::Kind::kSetBeat, static_cast<int64_t>(*events.chip));
}

}  // namespace mailscope::viz
