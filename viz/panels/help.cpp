// F1: every key, and what can be done with the mouse.

#include "viz/panels/overlay.h"
#include "viz/panels/panels.h"
#include "viz/panels/text_flow.h"
#include "viz/panels/widgets.h"

namespace mailscope::viz {
namespace {

struct KeyRow {
  const char* keys;
  const char* text;
};

constexpr KeyRow kKeys[] = {
    {"Space", "ui.key-play"},
    {"← →", "ui.key-step"},
    {"Home End", "ui.key-ends"},
    {"↑ ↓", "ui.key-scroll"},
    {"PgUp PgDn", "ui.key-lesson-step"},
    {"1 … 9", "ui.key-answer"},
    {"Enter", "ui.key-reveal"},
    {"H", "ui.key-hint"},
    {"B", "ui.key-beat"},
    {"[ ]", "ui.key-rate"},
    {"V", "ui.key-variant"},
    {"C", "ui.key-compare"},
    {"S", "ui.key-sessions"},
    {"O", "ui.key-lessons"},
    {"D", "ui.key-drop"},
    {"X", "ui.key-cut"},
    {"M", "ui.key-check"},
    {"W", "ui.key-what-if"},
    {"Backspace", "ui.key-branch"},
    {"L", "ui.key-language"},
    {"T", "ui.key-theme"},
    {"+ −", "ui.key-zoom"},
    {"F1", "ui.key-help"},
    {"Ctrl Q", "ui.key-quit"},
};

}  // namespace

void draw_help(const Panel& panel) {
  if (!panel.state.help) return;
  const Ui& ui = panel.ui;
  const ImVec2 display = ImGui::GetIO().DisplaySize;
  const float width = std::min(ui.units(150), display.x - ui.units(8));
  const float height = std::min(ui.units(146), display.y - ui.units(8));
  if (begin_overlay(panel, "help", {width, height}, panel.t("ui.keys"))) {
    const float half = ImGui::GetContentRegionAvail().x / 2;
    const ImVec2 start = ImGui::GetCursorPos();
    constexpr size_t kRows = sizeof(kKeys) / sizeof(kKeys[0]);
    for (size_t i = 0; i < kRows; ++i) {
      const size_t column = i / ((kRows + 1) / 2);
      const auto row = static_cast<float>(i % ((kRows + 1) / 2));
      const float x = start.x + half * static_cast<float>(column);
      const float y = start.y + row * ui.units(8);
      ImGui::SetCursorPos({x, y});
      key_cap(ui, kKeys[i].keys);
      ImGui::SetCursorPos({x + ui.units(23), y});
      const std::string words =
          ellipsized(ui.fonts.small, panel.t(kKeys[i].text), half - ui.units(25));
      text(ui, ui.fonts.small, ui.theme.text, words);
    }
    ImGui::SetCursorPos(
        {start.x, start.y + ui.units(8) * static_cast<float>((kRows + 1) / 2) + ui.units(2)});
    rule(ui);
    FlowLook small;
    small.font = ui.fonts.small;
    small.color = ui.theme.muted;
    for (const char* key : {"ui.help-mouse-1", "ui.help-mouse-2", "ui.help-model"}) {
      wrapped_text(ui, panel.t(key), small);
    }
  }
  if (end_overlay(panel)) panel.want(Intent::Kind::kToggleHelp);
}

}  // namespace mailscope::viz
