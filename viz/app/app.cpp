#include "viz/app/app.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "viz/panels/text_flow.h"
#include "viz/panels/widgets.h"
#include "viz/style/imgui_theme.h"

namespace mailscope::viz {
namespace {

constexpr const char* kLanguages[] = {"en", "zh"};
/// The window's parts need this much room at a text size of 100 %; a smaller window scrolls.
constexpr float kLeastWidth = 1180;
constexpr float kLeastHeight = 660;

void add_translated(GlyphSet& glyphs, const Translated& text, bool heading) {
  for (const auto& [language, words] : text) {
    if (heading) add_heading(glyphs, words);
    add_text(glyphs, words);
  }
}

/// The timeline's height in units of the grid: two lanes have room in the least; more hosts that
/// begin connections get more.
float transport_units(const std::vector<Lane>& lanes) {
  std::set<std::pair<uint32_t, Protocol>> groups;
  for (const Lane& lane : lanes) groups.insert({lane.client.value, lane.protocol});
  return groups.size() <= 2 ? 22.0f : groups.size() <= 4 ? 24.0f : 28.5f;
}

}  // namespace

Result<std::unique_ptr<App>> App::create(std::unique_ptr<Surface> surface, UiState state) {
  std::vector<Catalog> catalogs;
  for (const char* language : kLanguages) {
    Result<Catalog> catalog = Catalog::load(home_folder(), language);
    if (!catalog.ok()) return Error{catalog.error()};
    catalogs.push_back(std::move(catalog.value()));
  }
  return std::unique_ptr<App>(new App(std::move(surface), std::move(state), std::move(catalogs)));
}

App::App(std::unique_ptr<Surface> surface, UiState state, std::vector<Catalog> catalogs)
    : surface_(std::move(surface)),
      state_(std::move(state)),
      catalogs_(std::move(catalogs)),
      lesson_ids_(::mailscope::lesson_ids()) {}

const Catalog& App::words() const {
  for (const Catalog& catalog : catalogs_) {
    if (catalog.language() == state_.language) return catalog;
  }
  return catalogs_.front();
}

Result<bool> App::open_lesson(const AppOptions& options) {
  Result<Lesson> lesson = find_lesson(options.lesson);
  if (!lesson.ok()) return Error{lesson.error()};
  const LessonVariant* variant = lesson.value().find_variant(options.variant);
  if (variant == nullptr) {
    return Error{"no variant \"" + options.variant + "\" in lesson " + lesson.value().id};
  }
  const auto chosen = static_cast<size_t>(variant - lesson.value().variants.data());
  size_t step = lesson.value().steps.size();
  for (size_t i = 0; i < lesson.value().steps.size(); ++i) {
    if (lesson.value().steps[i].id == options.step || std::to_string(i + 1) == options.step)
      step = i;
  }
  if (!options.step.empty() && options.step != "end" && step == lesson.value().steps.size()) {
    return Error{"no step \"" + options.step + "\" in lesson " + lesson.value().id};
  }
  runs_.clear();
  lesson_ = std::move(lesson.value());
  for (const LessonVariant& each : lesson_.variants) {
    ScenarioPtr scenario;
    if (!options.mail.empty()) {
      Result<std::vector<StoredMail>> mail = mail_for(*each.scenario, options.mail);
      if (!mail.ok()) return Error{mail.error()};
      scenario = with_mail(*each.scenario, mail.value());
    }
    OpenRun open;
    open.run = run_lesson(lesson_, each, std::move(scenario));
    open.refresh();
    runs_.push_back(std::move(open));
  }
  variant_ = chosen;
  state_.answers.clear();
  if (options.step == "end") {
    seek_end(current());
  } else if (step < lesson_.steps.size()) {
    // What the step is about has happened when it is looked at: its last beat.
    seek_step_end(current(), step);
  }
  follow_clock();
  collect_glyphs();
  surface_->set_title("Mailscope · " + in_language(lesson_.title, state_.language));
  return true;
}

void App::collect_glyphs() {
  GlyphSet glyphs;
  for (const Catalog& catalog : catalogs_) {
    for (const auto& [key, text] : catalog.all()) add_text(glyphs, text);
  }
  add_text(glyphs, "中文–›‹↻×−⌘⟨⟩");
  add_translated(glyphs, lesson_.title, true);
  add_translated(glyphs, lesson_.intro, false);
  for (const HostTitle& host : lesson_.host_titles) add_translated(glyphs, host.title, false);
  for (const LessonVariant& variant : lesson_.variants)
    add_translated(glyphs, variant.title, false);
  for (const LessonStep& step : lesson_.steps) {
    add_translated(glyphs, step.title, true);
    add_translated(glyphs, step.prose, false);
  }
  for (const Question& question : lesson_.questions) {
    add_translated(glyphs, question.prompt, false);
    add_translated(glyphs, question.hint, false);
    for (const Question::Choice& choice : question.choices) {
      add_translated(glyphs, choice.text, false);
      add_translated(glyphs, choice.why, false);
    }
  }
  // Subjects, senders and lines in whatever script the mail is written in.
  for (const OpenRun& open : runs_) {
    const Trace& trace = open.run.history->trace();
    for (uint32_t id = 1; id <= trace.size(); ++id) {
      const std::string_view text = trace.text(trace[id]);
      const bool foreign = std::any_of(text.begin(), text.end(),
                                       [](char c) { return static_cast<signed char>(c) < 0; });
      if (foreign) add_text(glyphs, text);
    }
    for (const StoredMail& mail : open.history().scenario().mail)
      add_text(glyphs, mail.message->from());
  }
  glyphs_ = std::move(glyphs);
  looks_changed_ = true;
}

void App::apply_looks() {
  looks_changed_ = false;
  const float scale = std::clamp(state_.zoom * surface_->content_scale(), kMinScale, kMaxScale);
  theme_ = state_.dark ? dark_theme(scale) : light_theme(scale);
  std::vector<std::string> warnings;
  fonts_ = load_fonts(surface_->fonts(), theme_.metrics, glyphs_, warnings);
  for (const std::string& warning : warnings)
    std::fprintf(stderr, "mailscope: %s\n", warning.c_str());
  surface_->fonts_changed();
  apply_theme(theme_);
}

void App::follow_clock() {
  for (size_t i = 0; i < runs_.size(); ++i) {
    if (i != variant_) seek_time(runs_[i], current().playhead.at);
  }
}

void App::after_seek() {
  state_.ladder_scroll = -1;
  state_.compare_scroll = -1;
  follow_clock();
}

void App::play(double elapsed_s) {
  if (!state_.playing) return;
  OpenRun& open = current();
  // Slow motion on the folded axis: a long silence passes as quickly as it is short on the
  // timeline.
  const auto advance = static_cast<int64_t>(
      std::min(elapsed_s, 0.25) * static_cast<double>(kRates[state_.rate].sim_ns_per_second));
  const int64_t position = open.axis.fold(open.playhead.at) + std::max<int64_t>(advance, 1);
  if (position >= open.axis.length()) state_.playing = false;
  seek_time(open, open.axis.unfold(position));
  after_seek();
}

void App::frame() {
  if (looks_changed_) {
    // The first frame of a context only exists so that there is a context to style.
    surface_->begin_frame();
    surface_->end_frame(Color{});
    apply_looks();
  }
  surface_->begin_frame();
  const double now = surface_->frame_time_s();
  play(last_frame_s_ == 0 ? 0 : now - last_frame_s_);
  last_frame_s_ = now;
  Intents intents;
  for (const KeyPress& press : surface_->input().keys) handle_key(press, intents);
  draw(intents);
  surface_->end_frame(theme_.background);
  for (const Intent& each : intents) apply(each);
  if (!intents.empty()) surface_->request_redraw();
}

void App::draw(Intents& intents) {
  const Ui ui{theme_, fonts_, theme_.metrics.scale};
  const Panel panel{ui, words(), state_, lesson_, intents};
  const Moment moment = moment_at(current());
  const ImVec2 display = ImGui::GetIO().DisplaySize;
  const Metrics& m = theme_.metrics;
  const ImVec2 canvas{std::max(display.x, kLeastWidth * m.scale),
                      std::max(display.y, kLeastHeight * m.scale)};
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize(display);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::PushStyleColor(ImGuiCol_WindowBg, to_u32(theme_.background));
  const bool scrolls = canvas.x > display.x || canvas.y > display.y;
  ImGui::Begin("mailscope", nullptr,
               ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBringToFrontOnFocus |
                   (scrolls ? ImGuiWindowFlags_HorizontalScrollbar
                            : ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse));
  ImGui::PopStyleVar();
  TopBar bar;
  bar.lesson_ids = &lesson_ids_;
  bar.variant = variant_;
  bar.branch = current().history().current_branch();
  bar.branches = static_cast<uint32_t>(current().history().branches().size());
  ImGui::SetCursorPos({0, 0});
  draw_top_bar(panel, bar, {canvas.x, m.top_bar});
  const float transport = ui.units(transport_units(current().index.lanes()));
  const ImVec2 body{canvas.x - 2 * m.gap, canvas.y - m.top_bar - transport - 3 * m.gap};
  ImGui::SetCursorPos({m.gap, m.top_bar + m.gap});
  if (state_.view == View::kCompare && lesson_.compare.size() == 2) {
    const LessonVariant* left = lesson_.find_variant(lesson_.compare[0]);
    const LessonVariant* right = lesson_.find_variant(lesson_.compare[1]);
    draw_compare(panel, moment_at(runs_[static_cast<size_t>(left - lesson_.variants.data())]),
                 moment_at(runs_[static_cast<size_t>(right - lesson_.variants.data())]), body);
  } else {
    draw_lesson_view(panel, moment, body);
  }
  ImGui::SetCursorPos({m.gap, canvas.y - transport - m.gap});
  draw_transport(panel, current(), moment, {body.x, transport});
  ImGui::SetCursorPos(canvas);
  ImGui::Dummy({0, 0});
  ImGui::End();
  ImGui::PopStyleColor();
  draw_what_ifs(panel, moment);
  draw_help(panel);
}

void App::draw_lesson_view(const Panel& panel, const Moment& moment, ImVec2 size) {
  const Metrics& m = theme_.metrics;
  const ImVec2 start = ImGui::GetCursorPos();
  const float left = std::floor(std::clamp(size.x * 0.21f, 250 * m.scale, 340 * m.scale));
  const float right = std::floor(std::clamp(size.x * 0.30f, 350 * m.scale, 520 * m.scale));
  const float middle = size.x - left - right - 2 * m.gap;
  draw_lesson(panel, moment, {left, size.y});

  const float stage = std::floor(std::clamp(size.y * 0.30f, 176 * m.scale, 290 * m.scale));
  // Sessions need room for numbers and for what is still to be told.
  const bool sessions = shown_detail(state_, *moment.scenario) == Detail::kSessions;
  const float least = (sessions ? 196.0f : 150.0f) * m.scale;
  const float meaning = std::floor(std::clamp(size.y * 0.26f, least, 240 * m.scale));
  const float x = start.x + left + m.gap;
  ImGui::SetCursorPos({x, start.y});
  draw_stage(panel, moment, {middle, stage});
  ImGui::SetCursorPos({x, start.y + stage + m.gap});
  draw_ladder(panel, moment, {middle, size.y - stage - meaning - 2 * m.gap});
  ImGui::SetCursorPos({x, start.y + size.y - meaning});
  draw_detail(panel, moment, {middle, meaning});

  const float costs = m.header + m.row * (size.y > 640 * m.scale ? 6.0f : 3.0f) + m.unit * 2;
  ImGui::SetCursorPos({x + middle + m.gap, start.y});
  ImGui::BeginChild("right", {right, size.y - costs - m.gap}, false);
  draw_mailboxes(panel, moment, {right, size.y - costs - m.gap});
  ImGui::EndChild();
  ImGui::SetCursorPos({x + middle + m.gap, start.y + size.y - costs});
  draw_costs(panel, moment, {right, costs});
}

}  // namespace mailscope::viz
