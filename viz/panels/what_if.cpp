// What-ifs by mouse (a menu on one thing) and by keys (W: a list of all things): what can be
// changed about what happens from this moment on.

#include "viz/panels/what_if.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "viz/panels/overlay.h"
#include "viz/panels/panels.h"
#include "viz/panels/text_flow.h"
#include "viz/panels/widgets.h"

namespace mailscope::viz {
namespace {

void want_change(const Panel& panel, const Input& input) {
  Intent made = intent(Intent::Kind::kChangePast);
  made.input = input;
  panel.intents.push_back(std::move(made));
}

const char* kind_key(WhatIfSubject::Kind kind) {
  switch (kind) {
    case WhatIfSubject::Kind::kSegment:
      return "ui.what-if-segment";
    case WhatIfSubject::Kind::kConnection:
      return "ui.what-if-connection";
    case WhatIfSubject::Kind::kMessage:
      return "ui.what-if-message";
    case WhatIfSubject::Kind::kHost:
      break;
  }
  return "ui.what-if-host";
}

/// "RETR 1", "IMAP, laptop → mail server", "Bob's phone", "Lunch?".
std::string name_of(const Panel& panel, const Scenario& scenario, const WhatIfSubject& subject) {
  switch (subject.kind) {
    case WhatIfSubject::Kind::kConnection:
      return subject.text + "  " + panel.host_title(scenario, subject.host) + " → " +
             panel.host_title(scenario, subject.peer);
    case WhatIfSubject::Kind::kHost:
      return panel.host_title(scenario, subject.host);
    case WhatIfSubject::Kind::kSegment:
    case WhatIfSubject::Kind::kMessage:
      break;
  }
  return subject.text;
}

void draw_subjects(const Panel& panel, const Moment& moment,
                   const std::vector<WhatIfSubject>& subjects, size_t chosen) {
  const Ui& ui = panel.ui;
  const std::vector<Column> columns{{"", 0, ui.units(23), false}, {"", 1, 0, false}};
  begin_table(ui, "what-if-things", columns);
  const WhatIfSubject* before = nullptr;
  for (size_t i = 0; i < subjects.size(); ++i) {
    const WhatIfSubject& subject = subjects[i];
    // A kind is named where it begins; mail under the device that it is on.
    const bool mail = subject.kind == WhatIfSubject::Kind::kMessage;
    const bool first =
        before == nullptr || before->kind != subject.kind || (mail && before->host != subject.host);
    const std::string kind = !first ? std::string()
                             : mail ? panel.host_title(*moment.scenario, subject.host)
                                    : panel.t(kind_key(subject.kind));
    const std::string name = name_of(panel, *moment.scenario, subject);
    Cell left;
    left.text = kind;
    left.color = ui.theme.muted;
    Cell right;
    right.text = name;
    if (subject.kind == WhatIfSubject::Kind::kSegment) right.font = ui.fonts.mono_small;
    std::optional<Color> tint;
    if (i == chosen) tint = ui.theme.accent.tint;
    ImGui::PushID(static_cast<int>(i));
    if (table_row(ui, columns, {left, right}, tint)) {
      panel.want(Intent::Kind::kWhatIf, static_cast<int64_t>(i));
    }
    if (i == chosen) ImGui::SetScrollHereY(0.5f);
    ImGui::PopID();
    before = &subject;
  }
  end_table();
}

void draw_choices(const Panel& panel, const WhatIfSubject& subject) {
  for (size_t i = 0; i < subject.choices.size(); ++i) {
    const WhatIf& each = subject.choices[i];
    const std::string digit = std::to_string(i + 1);
    const std::string words = panel.t(each.text);
    if (choice(panel.ui, each.text, digit, {TextRun{words}})) want_change(panel, each.input);
  }
}

}  // namespace

void what_if_menu(const Panel& panel, const std::vector<WhatIf>& choices) {
  ImGui::TextDisabled("%s", panel.t("ui.change-past").c_str());
  for (const WhatIf& each : choices) {
    if (ImGui::MenuItem(panel.t(each.text).c_str(), each.shortcut)) want_change(panel, each.input);
  }
}

void draw_what_ifs(const Panel& panel, const Moment& moment) {
  if (panel.state.what_if < 0) return;
  const Ui& ui = panel.ui;
  const ImVec2 display = ImGui::GetIO().DisplaySize;
  const ImVec2 size{std::min(ui.units(190), display.x - ui.units(8)),
                    std::min(ui.units(120), display.y - ui.units(8))};
  if (begin_overlay(panel, "what-if-list", size, panel.t("ui.what-if"))) {
    const std::vector<WhatIfSubject> subjects = build_what_ifs(moment);
    const size_t chosen = std::min(static_cast<size_t>(panel.state.what_if), subjects.size() - 1);
    FlowLook small;
    small.font = ui.fonts.small;
    small.color = ui.theme.muted;
    wrapped_text(ui, panel.t("ui.what-if-hint"), small);
    ImGui::Dummy({0, ui.units(1)});
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float left = std::floor(room.x * 0.62f);
    ImGui::BeginChild("things", {left, room.y}, false);
    draw_subjects(panel, moment, subjects, chosen);
    ImGui::EndChild();
    ImGui::SameLine(0, ui.units(4));
    ImGui::BeginChild("choices", {room.x - left - ui.units(4), room.y}, false);
    draw_choices(panel, subjects[chosen]);
    ImGui::EndChild();
  }
  if (end_overlay(panel)) panel.want(Intent::Kind::kWhatIf, -1);
}

}  // namespace mailscope::viz
