// App: the window's frame loop in one place: open lessons, read keys, draw the panels, apply what
// they want. frame = draw(build_scene(moment_at(history, playhead), ui), ui), which returns
// intents, applied after.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/explain/catalog.h"
#include "sim/lesson/lesson_file.h"
#include "viz/moment/moment.h"
#include "viz/panels/panels.h"
#include "viz/platform/surface.h"
#include "viz/state/ui_state.h"

namespace mailscope::viz {

struct AppOptions {
  std::string lesson = "pop3-vs-imap";
  std::string step;  // --at
  std::string variant;
  std::string mail;  // --mail
};

class App {
 public:
  /// Reads the catalogs; an error names the file.
  static Result<std::unique_ptr<App>> create(std::unique_ptr<Surface> surface, UiState state);

  /// Opens a lesson and goes to a step; the error is for the person.
  Result<bool> open_lesson(const AppOptions& options);

  /// One frame: keys, drawing, intents. `now_s` is read from the surface once.
  void frame();
  /// How long the loop may sleep before the next frame is wanted.
  [[nodiscard]] double wait_s() const { return state_.playing ? 0.0 : 10.0; }
  [[nodiscard]] Surface& surface() { return *surface_; }

  // For tests.
  [[nodiscard]] const UiState& state() const { return state_; }
  [[nodiscard]] const OpenRun& run(size_t index) const { return runs_[index]; }
  [[nodiscard]] size_t run_count() const { return runs_.size(); }
  [[nodiscard]] size_t variant() const { return variant_; }
  [[nodiscard]] const Lesson& lesson() const { return lesson_; }
  void apply(const Intent& intent);

 private:
  App(std::unique_ptr<Surface> surface, UiState state, std::vector<Catalog> catalogs);

  void apply_looks();
  void collect_glyphs();
  void handle_key(const KeyPress& press, std::vector<Intent>& intents);
  /// Does the first what-if that has this key.
  void shortcut(const Moment& moment, Key key, std::vector<Intent>& intents);
  /// Keys while the list of what-ifs is open; true when the key was for it.
  bool handle_what_if_key(Key key, std::vector<Intent>& intents);
  void play(double elapsed_s);
  void draw(Intents& intents);
  void draw_lesson_view(const Panel& panel, const Moment& moment, ImVec2 size);
  void change_past(Input input);
  void set_view(View view);
  void step_both(bool forward);
  void after_seek();
  /// The same moment in the other variants, so that every view is on one clock.
  void follow_clock();
  [[nodiscard]] OpenRun& current() { return runs_[variant_]; }
  [[nodiscard]] const Catalog& words() const;
  [[nodiscard]] const Question* current_question();

  std::unique_ptr<Surface> surface_;
  UiState state_;
  std::vector<Catalog> catalogs_;
  std::vector<std::string> lesson_ids_;
  Lesson lesson_;
  std::vector<OpenRun> runs_;  // by variant
  size_t variant_ = 0;
  Theme theme_;
  Fonts fonts_;
  GlyphSet glyphs_;
  bool looks_changed_ = true;
  double last_frame_s_ = 0;
};

}  // namespace mailscope::viz
