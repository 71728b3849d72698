// The bar at the bottom: buttons to step and play, and the timeline to scrub.

#include <algorithm>
#include <cmath>

#include "viz/panels/panels.h"
#include "viz/panels/widgets.h"
#include "viz/style/icons.h"

namespace mailscope::viz {
namespace {

constexpr const char* kBeatKeys[] = {"ui.by-segment", "ui.by-line", "ui.by-exchange", "ui.by-step"};

void draw_buttons(const Panel& panel) {
  const Ui& ui = panel.ui;
  const auto press = [&](const char* id, const char* icon, Intent::Kind kind, const char* tip,
                         ButtonKind look_kind, float width) {
    ButtonLook look;
    look.icon = icon;
    look.kind = look_kind;
    look.width = width;
    if (button(ui, id, "", look)) panel.want(kind);
    tooltip(ui, panel.t(tip));
    ImGui::SameLine(0, ui.units(1));
  };
  const float narrow = ui.units(9);
  press("start", kIconToStart, Intent::Kind::kToStart, "ui.tip-start", ButtonKind::kSecondary,
        narrow);
  press("back", kIconStepBack, Intent::Kind::kStepBack, "ui.tip-back", ButtonKind::kSecondary,
        narrow);
  press("play", panel.state.playing ? kIconPause : kIconPlay, Intent::Kind::kTogglePlay,
        "ui.tip-play", ButtonKind::kPrimary, ui.units(13));
  press("forward", kIconStepForward, Intent::Kind::kStepForward, "ui.tip-forward",
        ButtonKind::kSecondary, narrow);
  press("end", kIconToEnd, Intent::Kind::kToEnd, "ui.tip-end", ButtonKind::kSecondary, narrow);
}

/// Two buttons that open a list: how far a step goes, and how slowly time passes.
void draw_choices(const Panel& panel) {
  const Ui& ui = panel.ui;
  const std::string beat =
      panel.t(kBeatKeys[static_cast<int>(panel.state.beat)]) + "  " + std::string(kIconCaretDown);
  ButtonLook look;
  look.width = ui.units(31);
  if (button(ui, "beat", beat, look)) ImGui::OpenPopup("beats");
  tooltip(ui, panel.t("ui.tip-beat"));
  if (ImGui::BeginPopup("beats")) {
    for (int i = 0; i < 4; ++i) {
      if (ImGui::MenuItem(panel.t(kBeatKeys[i]).c_str(), nullptr,
                          static_cast<int>(panel.state.beat) == i)) {
        panel.want(Intent::Kind::kSetBeat, i);
      }
    }
    ImGui::EndPopup();
  }
  ImGui::SameLine(0, ui.units(1));
  const std::string rate =
      std::string(kRates[panel.state.rate].label) + "  " + std::string(kIconCaretDown);
  look.width = ui.units(22);
  if (button(ui, "rate", rate, look)) ImGui::OpenPopup("rates");
  tooltip(ui, panel.t("ui.tip-rate"));
  if (ImGui::BeginPopup("rates")) {
    for (int i = 0; i < kRateCount; ++i) {
      if (ImGui::MenuItem(kRates[i].label, nullptr, panel.state.rate == i)) {
        panel.want(Intent::Kind::kSetRate, i);
      }
    }
    ImGui::EndPopup();
  }
}

void draw_lanes(const Panel& panel, const Scenario& scenario, const TimelineScene& scene,
                ImVec2 origin, float left, float width, float top, float row) {
  const Ui& ui = panel.ui;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float height = std::min(row * 0.5f, ui.units(2.5f));
  float y = top;
  for (const TimelineLane& lane : scene.lanes) {
    const Tone& tone = protocol_tone(ui.theme, lane.protocol);
    const std::string host = lane.label.empty()
                                 ? std::string("…")
                                 : panel.host_title(scenario, scenario.find_host(lane.label));
    const std::string label = ellipsized(ui.fonts.tiny, host + " " + protocol_name(lane.protocol),
                                         left - origin.x - ui.units(2));
    const ImVec2 size = measure_text(ui.fonts.tiny, label);
    draw_text(draw, ui.fonts.tiny, {origin.x, std::floor(y + (row - size.y) / 2)}, ui.theme.muted,
              label);
    const float bar = y + (row - height) / 2;
    for (const TimelineBar& shape : lane.bars) {
      const float a = left + shape.begin * width;
      const float b = std::max(left + shape.end * width, a + 1);
      draw.AddRectFilled({a, bar}, {b, bar + height}, to_u32(shape.busy ? tone.fill : tone.tint),
                         2);
    }
    for (const float cut : lane.cuts) {
      draw_text(draw, ui.fonts.small, {left + cut * width - ui.units(1), bar - ui.units(1)},
                ui.theme.danger.text, kIconScissors);
    }
    y += row;
  }
}

void draw_steps(const Panel& panel, const TimelineScene& scene, ImVec2 origin, float left,
                float width, float height, int current) {
  const Ui& ui = panel.ui;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  float last_label = -1000;
  for (const TimelineStep& step : scene.steps) {
    const float x = left + step.begin * width;
    draw.AddLine({x, origin.y}, {x, origin.y + height}, to_u32(ui.theme.grid), ui.m().border);
    const std::string number = std::to_string(step.number);
    const ImVec2 size = measure_text(ui.fonts.tiny, number);
    const float center = left + (step.begin + step.end) / 2 * width - size.x / 2;
    if (center < last_label + size.x + 4) continue;
    const bool here = static_cast<int>(step.number) == current + 1;
    draw_text(draw, ui.fonts.tiny, {std::floor(center), origin.y + height - size.y},
              here ? ui.theme.accent.text : ui.theme.muted, number);
    last_label = center;
  }
}

void draw_timeline(const Panel& panel, const OpenRun& open, const Moment& moment, ImVec2 size) {
  const Ui& ui = panel.ui;
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  const float bottom = ui.units(4);
  const auto lanes_fit = static_cast<size_t>(std::max(1.0f, (size.y - bottom) / ui.units(2.95f)));
  const TimelineScene scene = build_timeline(open, moment, lanes_fit);
  const float left = origin.x + ui.units(36);
  const float width = std::max(size.x - ui.units(39), 10.0f);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw_steps(panel, scene, origin, left, width, size.y, moment.step);
  const auto lanes = static_cast<float>(std::max<size_t>(scene.lanes.size(), 1));
  const float row = std::min((size.y - bottom) / lanes, ui.units(6));
  draw_lanes(panel, *moment.scenario, scene, origin, left, width, origin.y, row);
  for (const float fold : scene.folds) {
    const float x = left + fold * width;
    draw.AddLine({x - 1, origin.y + 2}, {x + 2, origin.y + size.y - bottom}, to_u32(ui.theme.card),
                 ui.units(0.75f));
  }
  for (const float change : scene.changes) {
    draw.AddCircleFilled({left + change * width, origin.y + size.y - bottom - ui.units(0.2f)},
                         ui.units(0.7f), to_u32(ui.theme.success.fill), 8);
  }
  const float x = left + scene.playhead * width;
  draw.AddLine({x, origin.y}, {x, origin.y + size.y - ui.units(1)}, to_u32(ui.theme.accent.fill),
               ui.m().line);
  draw.AddTriangleFilled({x - ui.units(1.4f), origin.y - 1}, {x + ui.units(1.4f), origin.y - 1},
                         {x, origin.y + ui.units(1.8f)}, to_u32(ui.theme.accent.fill));

  ImGui::SetCursorScreenPos({left, origin.y});
  ImGui::InvisibleButton("scrub", {width, size.y});
  const float fraction = std::clamp((ImGui::GetIO().MousePos.x - left) / width, 0.0f, 1.0f);
  const Instant at =
      open.axis.unfold(static_cast<int64_t>(fraction * static_cast<float>(open.axis.length())));
  if (ImGui::IsItemActive()) {
    Intent seek = intent(Intent::Kind::kSeekTime);
    seek.at = at;
    panel.intents.push_back(seek);
  } else if (ImGui::IsItemHovered()) {
    ImGui::SetTooltip("%s", time_text(at).c_str());
  }
}

}  // namespace

void draw_transport(const Panel& panel, const OpenRun& open, const Moment& moment, ImVec2 size) {
  const Ui& ui = panel.ui;
  if (begin_card(ui, "transport", size)) {
    const ImVec2 start = ImGui::GetCursorPos();
    const float height = ImGui::GetContentRegionAvail().y;
    ImGui::SetCursorPosY(start.y + (height - ui.m().button) / 2);
    draw_buttons(panel);
    ImGui::SameLine(0, ui.units(2));
    draw_choices(panel);
    ImGui::SameLine(0, ui.units(4));
    ImGui::SetCursorPosY(start.y);
    draw_timeline(panel, open, moment, {ImGui::GetContentRegionAvail().x, height});
  }
  end_card(ui);
}

}  // namespace mailscope::viz
