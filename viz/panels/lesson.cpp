// The lesson: prose of the step, its question, and the list of steps.

#include <algorithm>

#include "viz/panels/panels.h"
#include "viz/panels/text_flow.h"
#include "viz/panels/widgets.h"
#include "viz/scene/prose.h"
#include "viz/style/icons.h"

namespace mailscope::viz {
namespace {

RunStyle style_of(ProseRun::Style style) {
  switch (style) {
    case ProseRun::Style::kBold:
      return RunStyle::kBold;
    case ProseRun::Style::kEmphasis:
      return RunStyle::kEmphasis;
    case ProseRun::Style::kCode:
      return RunStyle::kCode;
    case ProseRun::Style::kPlain:
      break;
  }
  return RunStyle::kPlain;
}

/// As one flow; the blocks must outlive it.
std::vector<TextRun> runs_of(const std::vector<ProseBlock>& blocks) {
  std::vector<TextRun> runs;
  for (const ProseBlock& block : blocks) {
    for (const ProseRun& run : block.runs) runs.push_back({run.text, style_of(run.style)});
  }
  return runs;
}

/// A sentence that may hold `code` and *emphasis*, after a bold lead; as one flow.
void draw_sentence(const Panel& panel, const std::string& lead, const std::string& markdown,
                   const FlowLook& look) {
  const std::vector<ProseBlock> blocks = parse_prose(markdown);
  std::vector<TextRun> runs = runs_of(blocks);
  if (!lead.empty()) runs.insert(runs.begin(), {lead, RunStyle::kBold});
  text_flow(panel.ui, runs, look);
}

void draw_prose(const Panel& panel, const std::string& markdown) {
  const Ui& ui = panel.ui;
  for (const ProseBlock& block : parse_prose(markdown)) {
    std::vector<TextRun> runs;
    for (const ProseRun& run : block.runs) runs.push_back({run.text, style_of(run.style)});
    const ImVec2 start = ImGui::GetCursorScreenPos();
    FlowLook look;
    if (block.kind == ProseBlock::Kind::kHeading) look.font = ui.fonts.bold;
    if (block.kind == ProseBlock::Kind::kItem) {
      const std::string bullet = block.number > 0 ? std::to_string(block.number) + "." : "•";
      draw_text(*ImGui::GetWindowDrawList(), ui.fonts.normal, start, ui.theme.muted, bullet);
      ImGui::SetCursorScreenPos({start.x + ui.units(5), start.y});
      look.width = ImGui::GetContentRegionAvail().x;
    }
    text_flow(ui, runs, look);
    ImGui::SetCursorScreenPos({start.x, ImGui::GetCursorScreenPos().y + ui.units(1)});
  }
}

/// The ground of the question is drawn first, as high as the question was in the frame before.
void draw_question(const Panel& panel, const Moment& moment, const Question& question) {
  const Ui& ui = panel.ui;
  const auto found = panel.state.answers.find(question.step);
  const Answer answer = found != panel.state.answers.end() ? found->second : Answer{};
  const int right = answer.revealed ? right_choice(*moment.run, question) : -1;
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 low = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  float* height = ImGui::GetStateStorage()->GetFloatRef(ImGui::GetID("question-height"), 0);
  const ImVec2 ground{low.x + width, low.y + *height};
  draw.AddRectFilled(low, ground, to_u32(ui.theme.accent.tint), ui.m().radius);
  draw.AddRect(low, ground, to_u32(ui.theme.accent.border), ui.m().radius);
  ImGui::SetCursorScreenPos({low.x + ui.units(2.5f), low.y + ui.units(2.5f)});
  ImGui::BeginGroup();
  const float inner = width - ui.units(5);
  const std::string predict = panel.t("ui.predict") + " ";
  const std::string& prompt = in_language(question.prompt, panel.state.language);
  FlowLook look;
  look.width = inner;
  draw_sentence(panel, predict, prompt, look);
  // A table of one column, because a choice is as wide as the room it finds.
  ImGui::BeginTable("choices", 1, ImGuiTableFlags_NoPadOuterX | ImGuiTableFlags_NoPadInnerX,
                    {inner, 0});
  ImGui::TableNextColumn();
  for (size_t i = 0; i < question.choices.size(); ++i) {
    const Question::Choice& option = question.choices[i];
    ChoiceLook choice_look;
    choice_look.chosen = answer.chosen == static_cast<int>(i);
    choice_look.enabled = !answer.revealed;
    if (answer.revealed && static_cast<int>(i) == right) choice_look.tone = &ui.theme.success;
    if (answer.revealed && choice_look.chosen && static_cast<int>(i) != right) {
      choice_look.tone = &ui.theme.danger;
    }
    const std::string id = "choice" + std::to_string(i);
    const std::string key = std::to_string(i + 1);
    const std::vector<ProseBlock> words =
        parse_prose(in_language(option.text, panel.state.language));
    if (choice(ui, id.c_str(), key, runs_of(words), choice_look)) {
      panel.want(Intent::Kind::kChoose, static_cast<int64_t>(i));
    }
  }
  ImGui::EndTable();
  if (answer.revealed) {
    const bool good = right >= 0 && answer.chosen == right;
    const std::string verdict = panel.t(good                ? "ui.right"
                                        : answer.chosen < 0 ? "ui.answer-is"
                                                            : "ui.wrong") +
                                " ";
    const int shown = answer.chosen >= 0 ? answer.chosen : right;
    std::string why;
    if (shown >= 0)
      why = in_language(question.choices[static_cast<size_t>(shown)].why, panel.state.language);
    draw_sentence(panel, verdict, why, look);
  } else {
    ButtonLook reveal;
    reveal.kind = ButtonKind::kPrimary;
    reveal.shortcut = "Enter";
    reveal.enabled = answer.chosen >= 0;
    if (button(ui, "reveal", panel.t("ui.reveal"), reveal)) panel.want(Intent::Kind::kReveal);
    const std::string& hint = in_language(question.hint, panel.state.language);
    if (!hint.empty()) {
      ImGui::SameLine(0, ui.units(2));
      if (button(ui, "hint", panel.t("ui.hint"))) panel.want(Intent::Kind::kHint);
      if (answer.hint) {
        look.color = ui.theme.muted;
        draw_sentence(panel, {}, hint, look);
      }
    }
  }
  ImGui::EndGroup();
  *height = ImGui::GetItemRectMax().y + ui.units(2.5f) - low.y;
  ImGui::SetCursorScreenPos({low.x, low.y + *height + ui.units(2)});
  ImGui::Dummy({1, 1});
}

void draw_step_list(const Panel& panel, const Moment& moment) {
  const Ui& ui = panel.ui;
  for (size_t i = 0; i < panel.lesson.steps.size(); ++i) {
    const int index = static_cast<int>(i);
    const bool here = index == moment.step;
    const bool done = index < moment.step;
    const ImVec2 start = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x;
    if (here) ImGui::SetScrollHereY(0.4f);
    ImGui::PushID(index);
    if (ImGui::InvisibleButton("step", {width, ui.units(6)}))
      panel.want(Intent::Kind::kGoToStep, index);
    const bool hovered = ImGui::IsItemHovered();
    ImGui::PopID();
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const float top = draw.GetClipRectMin().y - 1;
    const float bottom = draw.GetClipRectMax().y + ui.units(1);
    if (start.y < top || start.y + ui.units(6) > bottom) continue;  // seen whole or not at all
    if (hovered) {
      draw.AddRectFilled({start.x - ui.units(1), start.y}, {start.x + width, start.y + ui.units(6)},
                         to_u32(ui.theme.button_hover), ui.m().radius_small);
    }
    const char* icon = done ? kIconCheck : here ? kIconDotCircle : kIconCircleOutline;
    const Color color = here ? ui.theme.text : ui.theme.muted;
    const float y = start.y + (ui.units(6) - measure_text(ui.fonts.small, "X").y) / 2;
    draw_text(draw, ui.fonts.small, {start.x, y}, here ? ui.theme.accent.text : ui.theme.muted,
              icon);
    const std::string& title = in_language(panel.lesson.steps[i].title, panel.state.language);
    const ImFont* font = here ? ui.fonts.small_bold : ui.fonts.small;
    draw_text(draw, font, {start.x + ui.units(5), y}, color,
              ellipsized(font, title, width - ui.units(6)));
  }
}

}  // namespace

void draw_lesson(const Panel& panel, const Moment& moment, ImVec2 size) {
  const Ui& ui = panel.ui;
  const Lesson& lesson = panel.lesson;
  if (begin_card(ui, "lesson", size)) {
    // The scroll bars of the prose are inside; the list of steps stays in sight below.
    const bool asks = std::any_of(
        lesson.questions.begin(), lesson.questions.end(), [&](const Question& question) {
          return moment.step >= 0 &&
                 question.step == lesson.steps[static_cast<size_t>(moment.step)].id;
        });
    // A question needs the room more than the list does.
    const float list = std::min(ui.units(7) * static_cast<float>(lesson.steps.size()) + ui.units(8),
                                ImGui::GetContentRegionAvail().y * (asks ? 0.24f : 0.45f));
    ImGui::BeginChild("prose", {0, ImGui::GetContentRegionAvail().y - list}, false);
    const bool in_step = moment.step >= 0;
    const std::string& title =
        in_step ? in_language(lesson.steps[static_cast<size_t>(moment.step)].title,
                              panel.state.language)
                : in_language(lesson.title, panel.state.language);
    FlowLook large;
    large.font = ui.fonts.large;
    wrapped_text(ui, title, large);
    const std::string caption_text =
        in_step ? panel.t("ui.step-of",
                          {std::to_string(moment.step + 1), std::to_string(lesson.steps.size())})
                : panel.t("ui.minutes", {std::to_string(lesson.minutes)});
    FlowLook small;
    small.font = ui.fonts.small;
    small.color = ui.theme.muted;
    wrapped_text(ui, lesson.rfc.empty() ? caption_text : caption_text + " · " + lesson.rfc, small);
    ImGui::Dummy({1, ui.units(1)});
    draw_prose(panel, in_step ? in_language(lesson.steps[static_cast<size_t>(moment.step)].prose,
                                            panel.state.language)
                              : in_language(lesson.intro, panel.state.language));
    if (!in_step) {
      ImGui::Dummy({1, ui.units(1)});
      ButtonLook begin;
      begin.kind = ButtonKind::kPrimary;
      begin.icon = kIconPlay;
      if (button(ui, "begin", panel.t("ui.begin"), begin)) panel.want(Intent::Kind::kTogglePlay);
    }
    for (const Question& question : lesson.questions) {
      if (!in_step || question.step != lesson.steps[static_cast<size_t>(moment.step)].id) continue;
      ImGui::Dummy({1, ui.units(1)});
      draw_question(panel, moment, question);
    }
    ImGui::EndChild();
    rule(ui);
    ImGui::BeginChild("steps", {0, 0}, false);
    draw_step_list(panel, moment);
    ImGui::EndChild();
  }
  end_card(ui);
}

}  // namespace mailscope::viz
