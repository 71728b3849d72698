// The bar at the top: where one is, the views, and how the window looks.

#include <fmt/format.h>

#include "viz/panels/panels.h"
#include "viz/panels/widgets.h"
#include "viz/style/icons.h"

namespace mailscope::viz {
namespace {

void draw_lesson_menu(const Panel& panel, const TopBar& bar) {
  const Ui& ui = panel.ui;
  const std::string title =
      in_language(panel.lesson.title, panel.state.language) + "  " + std::string(kIconCaretDown);
  ButtonLook quiet;
  quiet.kind = ButtonKind::kQuiet;
  if (button(ui, "lessons", title, quiet)) ImGui::OpenPopup("lesson-list");
  tooltip(ui, panel.t("ui.tip-lessons"));
  if (ImGui::BeginPopup("lesson-list")) {
    for (const std::string& id : *bar.lesson_ids) {
      if (ImGui::MenuItem(id.c_str(), nullptr, id == panel.lesson.id)) {
        Intent made = intent(Intent::Kind::kOpenLesson);
        made.text = id;
        panel.intents.push_back(made);
      }
    }
    ImGui::EndPopup();
  }
  if (panel.lesson.variants.size() < 2) return;
  ImGui::SameLine(0, ui.units(1));
  const LessonVariant& variant = panel.lesson.variants[bar.variant];
  const std::string name =
      in_language(variant.title, panel.state.language) + "  " + std::string(kIconCaretDown);
  if (button(ui, "variants", name, quiet)) ImGui::OpenPopup("variant-list");
  tooltip(ui, panel.t("ui.tip-variants"));
  if (ImGui::BeginPopup("variant-list")) {
    for (size_t i = 0; i < panel.lesson.variants.size(); ++i) {
      const std::string& each = in_language(panel.lesson.variants[i].title, panel.state.language);
      if (ImGui::MenuItem(each.c_str(), nullptr, i == bar.variant)) {
        panel.want(Intent::Kind::kSetVariant, static_cast<int64_t>(i));
      }
    }
    ImGui::EndPopup();
  }
}

void draw_views(const Panel& panel, float center) {
  const Ui& ui = panel.ui;
  if (panel.lesson.compare.size() != 2) return;
  const std::string lesson = panel.t("ui.view-lesson");
  const std::string compare = panel.t("ui.view-compare");
  const float width = button_size(ui, lesson).x + button_size(ui, compare).x;
  const float x = center - width / 2;
  ImGui::SetCursorPosX(std::max(x, ImGui::GetCursorPosX()));
  const auto pressed =
      segmented(ui, "views", {lesson, compare}, static_cast<size_t>(panel.state.view));
  if (pressed) panel.want(Intent::Kind::kSetView, static_cast<int64_t>(*pressed));
  ImGui::SameLine();
}

void draw_branch(const Panel& panel, const TopBar& bar) {
  if (bar.branches < 2) return;
  const Ui& ui = panel.ui;
  ButtonLook look;
  look.icon = bar.branch == 0 ? kIconBranch : kIconUndo;
  look.kind = bar.branch == 0 ? ButtonKind::kSecondary : ButtonKind::kDanger;
  const std::string label =
      bar.branch == 0 ? panel.t("ui.your-version") : panel.t("ui.back-to-lesson");
  if (button(ui, "branch", label, look)) {
    panel.want(Intent::Kind::kSwitchBranch, bar.branch == 0 ? bar.branches - 1 : 0);
  }
  tooltip(ui, panel.t("ui.tip-branch"));
  ImGui::SameLine(0, ui.units(2));
}

}  // namespace

void draw_top_bar(const Panel& panel, const TopBar& bar, ImVec2 size) {
  const Ui& ui = panel.ui;
  ImGui::PushStyleColor(ImGuiCol_ChildBg, to_u32(ui.theme.card));
  ImGui::BeginChild("top-bar", size, false, ImGuiWindowFlags_NoScrollbar);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 low = ImGui::GetWindowPos();
  draw.AddLine({low.x, low.y + size.y - 1}, {low.x + size.x, low.y + size.y - 1},
               to_u32(ui.theme.card_border));
  const float y = (size.y - ui.m().button) / 2;
  ImGui::SetCursorPos({ui.units(4), y});
  center_next(y, ui.m().button, measure_text(ui.fonts.bold, "X").y);
  text(ui, ui.fonts.bold, ui.theme.text, std::string(kIconEnvelope) + "  Mailscope");
  ImGui::SameLine(0, ui.units(3));
  ImGui::SetCursorPosY(y);
  draw_lesson_menu(panel, bar);
  ImGui::SameLine(0, ui.units(4));
  ImGui::SetCursorPosY(y);

  const std::string language = panel.state.language == "zh" ? "EN" : "中文";
  const std::string zoom = fmt::format("{:.0f} %", static_cast<double>(panel.state.zoom) * 100);
  ButtonLook small;
  small.width = ui.units(9);
  float right = button_size(ui, language).x + small.width * 4 +
                measure_text(ui.fonts.small, zoom).x + ui.units(13);
  if (bar.branches > 1) right += ui.units(46);
  draw_views(panel, size.x / 2);
  ImGui::SetCursorPos({std::max(size.x - right, ImGui::GetCursorPosX()), y});
  draw_branch(panel, bar);
  if (button(ui, "language", language)) {
    Intent made = intent(Intent::Kind::kSetLanguage);
    made.text = panel.state.language == "zh" ? "en" : "zh";
    panel.intents.push_back(made);
  }
  tooltip(ui, panel.t("ui.tip-language"));
  ImGui::SameLine(0, ui.units(2));
  const auto zoom_by = [&](float amount) {
    Intent made = intent(Intent::Kind::kZoom);
    made.amount = amount;
    panel.intents.push_back(made);
  };
  small.icon = kIconMinus;
  if (button(ui, "smaller", "", small)) zoom_by(-0.25f);
  tooltip(ui, panel.t("ui.tip-smaller"));
  ImGui::SameLine(0, ui.units(1));
  center_next(y, ui.m().button, measure_text(ui.fonts.small, zoom).y);
  text(ui, ui.fonts.small, ui.theme.muted, zoom);
  ImGui::SameLine(0, ui.units(1));
  ImGui::SetCursorPosY(y);
  small.icon = kIconPlus;
  if (button(ui, "larger", "", small)) zoom_by(0.25f);
  tooltip(ui, panel.t("ui.tip-larger"));
  ImGui::SameLine(0, ui.units(2));
  small.icon = panel.state.dark ? kIconMoon : kIconSun;
  if (button(ui, "theme", "", small)) panel.want(Intent::Kind::kToggleTheme);
  tooltip(ui, panel.t("ui.tip-theme"));
  ImGui::SameLine(0, ui.units(1));
  small.icon = kIconKeyboard;
  if (button(ui, "keys", "", small)) panel.want(Intent::Kind::kToggleHelp);
  tooltip(ui, panel.t("ui.tip-keys"));
  ImGui::EndChild();
  ImGui::PopStyleColor();
}

}  // namespace mailscope::viz
