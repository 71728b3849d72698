// The whole window without a display: keys and clicks are made up, and what they do is looked at in
// the state, the playheads and the histories.
#include "viz/app/app.h"

#include <doctest/doctest.h>
#include <imgui.h>

#include <algorithm>
#include <set>

#include "viz/scene/what_if.h"

using namespace mailscope;
using namespace mailscope::viz;

namespace {

struct Window {
  std::unique_ptr<App> app;

  explicit Window(const AppOptions& options = {}, UiState state = {}, int width = 1440,
                  int height = 900) {
    OffscreenOptions offscreen;
    offscreen.width = width;
    offscreen.height = height;
    auto made = App::create(std::move(open_null(offscreen).value()), std::move(state));
    REQUIRE(made.ok());
    app = std::move(made.value());
    const Result<bool> opened = app->open_lesson(options);
    REQUIRE_MESSAGE(opened.ok(), opened.error());
    app->frame();
  }

  void settle() const {
    for (int i = 0; i < 50 && app->surface().input_pending(); ++i) app->frame();
    app->frame();
  }
  void press(Key key, int times = 1, Mods mods = {}) const {
    for (int i = 0; i < times; ++i) {
      app->surface().inject(key_event(key, mods));
      settle();
    }
  }
  void click(float x, float y) const {
    app->surface().inject(move_event(x, y));
    app->surface().inject(button_event(0, true));
    app->surface().inject(button_event(0, false));
    settle();
  }

  [[nodiscard]] const UiState& state() const { return app->state(); }
  [[nodiscard]] const OpenRun& run() const { return app->run(app->variant()); }
  [[nodiscard]] uint32_t n() const { return run().playhead.n; }
  [[nodiscard]] Instant at() const { return run().playhead.at; }
  [[nodiscard]] size_t branches() const { return run().history().branches().size(); }
  [[nodiscard]] uint32_t branch() const { return run().history().current_branch(); }
};

AppOptions lesson_options(const std::string& lesson, const std::string& variant = {},
                          const std::string& step = {}) {
  AppOptions options;
  options.lesson = lesson;
  options.variant = variant;
  options.step = step;
  return options;
}

/// A number for what the last frame drew: other words, other number.
uint64_t drawn() {
  const ImDrawData& data = *ImGui::GetDrawData();
  uint64_t sum = 0;
  for (int i = 0; i < data.CmdListsCount; ++i) {
    for (const ImDrawVert& vertex : data.CmdLists[i]->VtxBuffer) {
      sum = sum * 31 + static_cast<uint64_t>(vertex.pos.x * 8) * 7 +
            static_cast<uint64_t>(vertex.pos.y * 8) + static_cast<uint64_t>(vertex.uv.x * 4096) +
            vertex.col;
    }
  }
  return sum;
}

bool journal_has(const Window& window, InputKind kind, const std::string& text) {
  const Journal& journal = window.run().history().journal();
  return std::any_of(journal.begin(), journal.end(), [&](const JournalEntry& entry) {
    return entry.input.kind == kind && entry.input.text == text;
  });
}

/// Goes on by segments until something is on its way.
void go_to_something_in_flight(const Window& window) {
  window.app->apply(intent(Intent::Kind::kSetBeat, static_cast<int>(BeatSize::kSegment)));
  window.press(Key::kHome);
  for (int i = 0; i < 40; ++i) {
    window.press(Key::kRight);
    if (!window.run().history().world_at(window.n()).in_flight().empty()) return;
  }
  FAIL("nothing travels");
}

}  // namespace

TEST_CASE("arrows, Home and End step to and fro") {
  const Window window;
  CHECK(window.n() == 0);
  window.press(Key::kRight, 3);
  const std::vector<uint32_t>& beats = window.run().index.beats(BeatSize::kLine);
  CHECK(window.n() == beats[2]);
  window.press(Key::kLeft);
  CHECK(window.n() == beats[1]);
  window.press(Key::kEnd);
  CHECK(window.at() == window.run().end);
  window.press(Key::kHome);
  CHECK(window.n() == 0);
  window.press(Key::kLeft);
  CHECK(window.n() == 0);
}

TEST_CASE("Space plays and pauses, and time passes only while it plays") {
  const Window window;
  window.press(Key::kSpace);
  CHECK(window.state().playing);
  CHECK(window.app->wait_s() == 0);
  const Instant before = window.at();
  for (int i = 0; i < 10; ++i) window.app->frame();
  CHECK(window.at() > before);
  window.press(Key::kSpace);
  CHECK_FALSE(window.state().playing);
  const Instant paused = window.at();
  for (int i = 0; i < 10; ++i) window.app->frame();
  CHECK(window.at() == paused);
  // At the end it stops by itself, and playing again begins anew.
  window.press(Key::kEnd);
  window.press(Key::kSpace);
  CHECK(window.at() < window.run().end);
}

TEST_CASE("B and the brackets choose how far and how fast, within bounds") {
  const Window window;
  window.press(Key::kB);
  CHECK(window.state().beat == BeatSize::kExchange);
  window.press(Key::kB);
  CHECK(window.state().beat == BeatSize::kStep);
  window.press(Key::kRight, 2);
  CHECK(window.n() == window.run().run.step_dispatch[1] + 1);
  window.press(Key::kB);
  CHECK(window.state().beat == BeatSize::kSegment);
  window.press(Key::kLeftBracket, 20);
  CHECK(window.state().rate == 0);
  window.press(Key::kRightBracket, 20);
  CHECK(window.state().rate == kRateCount - 1);
}

TEST_CASE("PgDn and PgUp go through all lesson steps and stop at the ends") {
  const Window window;
  const size_t steps = window.app->lesson().steps.size();
  for (size_t i = 0; i < steps; ++i) {
    window.press(Key::kPageDown);
    CHECK(window.at() >= window.app->lesson().steps[i].at);
  }
  const Instant last = window.at();
  window.press(Key::kPageDown);
  CHECK(window.at() == last);
  window.press(Key::kPageUp, static_cast<int>(steps));
  CHECK(window.n() == 0);
}

TEST_CASE("Up and Down scroll the conversation; stepping follows again") {
  const Window window;
  window.press(Key::kEnd);
  CHECK(window.state().ladder_scroll < 0);
  window.press(Key::kUp, 2);
  CHECK(window.state().ladder_scroll >= 0);
  const float before = window.state().ladder_scroll;
  window.press(Key::kUp);
  CHECK(window.state().ladder_scroll == before - 1);
  window.press(Key::kDown);
  CHECK(window.state().ladder_scroll == before);
  window.press(Key::kLeft);
  CHECK(window.state().ladder_scroll < 0);
}

TEST_CASE("digits choose an answer, Enter reveals it, H hints; revealed it stays") {
  const Window window;
  REQUIRE_FALSE(window.app->lesson().questions.empty());
  const Question& question = window.app->lesson().questions.front();
  const std::vector<LessonStep>& steps = window.app->lesson().steps;
  const auto step = std::find_if(steps.begin(), steps.end(),
                                 [&](const LessonStep& each) { return each.id == question.step; });
  window.press(Key::kPageDown, static_cast<int>(step - steps.begin()) + 1);
  const auto answer = [&] {
    const auto found = window.state().answers.find(question.step);
    return found == window.state().answers.end() ? Answer{} : found->second;
  };
  window.press(Key::kEnter);
  CHECK_FALSE(answer().revealed);
  window.press(Key::kH);
  CHECK(answer().hint);
  window.press(Key::k9);
  CHECK(answer().chosen == -1);
  window.press(Key::k1);
  CHECK(answer().chosen == 0);
  window.press(Key::k2);
  CHECK(answer().chosen == 1);
  window.press(Key::kEnter);
  CHECK(answer().revealed);
  window.press(Key::k1);
  CHECK(answer().chosen == 1);
}

TEST_CASE("V and O go through variants and lessons, and the clock stays for variants") {
  const Window window;
  window.press(Key::kRight, 20);
  const Instant at = window.at();
  const size_t count = window.app->run_count();
  REQUIRE(count == 3);
  for (size_t i = 1; i <= count; ++i) {
    window.press(Key::kV);
    CHECK(window.app->variant() == i % count);
    CHECK(window.at() == at);
  }
  std::set<std::string> seen;
  for (size_t i = 0; i < lesson_ids().size(); ++i) {
    window.press(Key::kO);
    seen.insert(window.app->lesson().id);
  }
  CHECK(seen.size() == lesson_ids().size());
  CHECK(window.app->lesson().id == "pop3-vs-imap");
}

TEST_CASE("L changes every word, T the colours, F1 shows the keys") {
  const Window window;
  window.press(Key::kRight, 10);
  const uint64_t english = drawn();
  window.press(Key::kL);
  CHECK(window.state().language == "zh");
  CHECK(drawn() != english);
  window.press(Key::kL);
  CHECK(drawn() == english);
  window.press(Key::kT);
  CHECK(window.state().dark);
  window.app->frame();
  CHECK(drawn() != english);
  window.press(Key::kT);
  window.press(Key::kF1);
  CHECK(window.state().help);
  CHECK(drawn() != english);
  window.press(Key::kEscape);
  CHECK_FALSE(window.state().help);
  window.press(Key::kF1, 2);
  CHECK_FALSE(window.state().help);
}

TEST_CASE("S shows what each session knows, its tab too, and in a lesson without IMAP nothing") {
  const Window window(lesson_options("uid-and-sequence", "", "delete"));
  const uint64_t line = drawn();
  window.press(Key::kS);
  CHECK(window.state().detail == Detail::kSessions);
  const uint64_t sessions = drawn();
  CHECK(sessions != line);
  window.press(Key::kS);
  CHECK(window.state().detail == Detail::kLine);
  CHECK(drawn() != sessions);
  window.press(Key::kS);
  window.press(Key::kPageDown);
  CHECK(drawn() != sessions);
  const Window without(lesson_options("quit-matters", "", ""));
  const uint64_t before = drawn();
  without.press(Key::kS);
  CHECK(drawn() == before);
}

TEST_CASE("plus and minus change the text size from 75 % to 250 %, no further") {
  const Window window;
  for (int i = 0; i < 9; ++i)
    window.app->apply([] {
      Intent zoom = intent(Intent::Kind::kZoom);
      zoom.amount = 0.25f;
      return zoom;
    }());
  CHECK(window.state().zoom == 2.5f);
  window.press(Key::kPlus);
  CHECK(window.state().zoom == 2.5f);
  window.press(Key::kMinus);
  CHECK(window.state().zoom == 2.25f);
  for (int i = 0; i < 9; ++i)
    window.app->apply([] {
      Intent zoom = intent(Intent::Kind::kZoom);
      zoom.amount = -0.25f;
      return zoom;
    }());
  CHECK(window.state().zoom == 0.75f);
  window.press(Key::kMinus);
  CHECK(window.state().zoom == 0.75f);
  window.press(Key::kEqual);
  CHECK(window.state().zoom == 1);
}

TEST_CASE("D loses a segment: a branch of one's own, and Backspace goes back and forth") {
  const Window window;
  go_to_something_in_flight(window);
  const Instant at = window.at();
  const size_t events = window.run().history().trace().size();
  window.press(Key::kD);
  CHECK(window.branches() == 2);
  CHECK(window.branch() == 1);
  CHECK(window.at() >= at);
  const size_t other_events = window.run().history().trace().size();
  CHECK(other_events != events);
  window.press(Key::kBackspace);
  CHECK(window.branch() == 0);
  CHECK(window.run().history().trace().size() == events);
  window.press(Key::kBackspace);
  CHECK(window.branch() == 1);
  CHECK(window.run().history().trace().size() == other_events);
  CHECK(window.run().history().verify().empty());
}

TEST_CASE("X cuts the connection that is open, M looks for mail") {
  const Window window;
  window.press(Key::kX);
  CHECK(window.branches() == 1);
  window.press(Key::kRight, 12);
  window.press(Key::kX);
  REQUIRE(window.branches() == 2);
  const std::vector<Lane>& lanes = window.run().index.lanes();
  CHECK(std::any_of(lanes.begin(), lanes.end(), [](const Lane& lane) { return lane.cut; }));
  const Window other;
  other.press(Key::kM);
  CHECK(other.branches() == 2);
  CHECK(other.run().index.lanes().front().opened < other.app->lesson().steps.front().at);
}

TEST_CASE("W lists what could happen instead; every right-click change is there for a key") {
  const Window window;
  go_to_something_in_flight(window);
  window.press(Key::kW);
  CHECK(window.state().what_if == 0);
  window.press(Key::kSpace);
  CHECK_FALSE(window.state().playing);  // the list is in front
  window.press(Key::kUp);
  CHECK(window.state().what_if == 0);
  window.press(Key::kEscape);
  CHECK(window.state().what_if == -1);
  CHECK(window.branches() == 1);
  // The second choice for a segment in flight: it comes later.
  window.press(Key::kW);
  window.press(Key::k2);
  CHECK(window.state().what_if == -1);
  REQUIRE(window.branches() == 2);
  CHECK(journal_has(window, InputKind::kDelaySegment, ""));
}

TEST_CASE("with W a chosen host is switched off and a chosen message is deleted") {
  const Window window(lesson_options("pop3-vs-imap", "imap", "3"));
  OpenRun open = window.run();
  const std::vector<WhatIfSubject> things = build_what_ifs(moment_at(open));
  const auto press_for = [&](const Window& on, WhatIfSubject::Kind kind, InputKind wanted) {
    const auto thing = std::find_if(things.begin(), things.end(),
                                    [&](const WhatIfSubject& each) { return each.kind == kind; });
    REQUIRE(thing != things.end());
    const auto choice = std::find_if(thing->choices.begin(), thing->choices.end(),
                                     [&](const WhatIf& each) { return each.input.kind == wanted; });
    REQUIRE(choice != thing->choices.end());
    on.press(Key::kW);
    on.press(Key::kDown, static_cast<int>(thing - things.begin()));
    on.press(static_cast<Key>(static_cast<int>(Key::k1) + (choice - thing->choices.begin())));
    return thing->text;
  };
  press_for(window, WhatIfSubject::Kind::kHost, InputKind::kStopHost);
  CHECK(journal_has(window, InputKind::kStopHost, ""));
  window.press(Key::kBackspace);
  const std::string subject = press_for(window, WhatIfSubject::Kind::kMessage, InputKind::kDelete);
  CHECK(journal_has(window, InputKind::kDelete, subject));
}

TEST_CASE("the compare view steps both sides on one clock") {
  const Window window;
  window.press(Key::kC);
  CHECK(window.state().view == View::kCompare);
  Instant before = window.at();
  for (int i = 0; i < 60; ++i) {
    window.press(Key::kRight);
    CHECK(window.at() > before);
    before = window.at();
    for (size_t r = 0; r < window.app->run_count(); ++r) {
      CHECK(window.app->run(r).playhead.at == before);
    }
  }
  window.press(Key::kLeft);
  CHECK(window.at() < before);
  CHECK(window.app->run(0).playhead.at == window.app->run(2).playhead.at);
  window.press(Key::kC);
  CHECK(window.state().view == View::kLesson);
}

TEST_CASE("Ctrl Q closes the window") {
  const Window window;
  Mods ctrl;
  ctrl.ctrl = true;
  CHECK_FALSE(window.app->surface().should_close());
  window.press(Key::kQ, 1, ctrl);
  CHECK(window.app->surface().should_close());
}

TEST_CASE("the buttons at the bottom do what their keys do") {
  const Window window;
  window.press(Key::kRight, 20);
  const std::vector<uint32_t>& beats = window.run().index.beats(BeatSize::kLine);
  const Metrics metrics = light_theme().metrics;
  const float y = 900 - metrics.gap - metrics.unit * 11;
  // Where each button is, is the panel's affair: they are found by what they do.
  std::set<std::string> found;
  for (float x = 12; x < 300; x += 9) {
    window.app->apply(intent(Intent::Kind::kSeek, beats[10]));
    window.click(x, y);
    if (window.state().playing) {
      found.insert("play");
      window.press(Key::kSpace);
    } else if (window.n() == beats[11]) {
      found.insert("forward");
    } else if (window.n() == beats[9]) {
      found.insert("back");
    } else if (window.n() == 0) {
      found.insert("start");
    } else if (window.at() == window.run().end) {
      found.insert("end");
    }
  }
  CHECK(found == std::set<std::string>{"start", "back", "play", "forward", "end"});
}

TEST_CASE("dragging along the timeline goes to that time") {
  const Window window;
  const Metrics metrics = light_theme().metrics;
  const float y = 900 - metrics.gap - metrics.unit * 11;
  window.click(1000, y);
  const Instant first = window.at();
  CHECK(first.ns > 0);
  window.click(1300, y);
  CHECK(window.at() > first);
  window.click(1100, y);
  CHECK(window.at() > first);
}

TEST_CASE("tiny and huge windows, and the largest text, are drawn without harm") {
  constexpr PixelSize kSizes[] = {{400, 300}, {3840, 2160}};
  for (const PixelSize size : kSizes) {
    for (const float zoom : {0.75f, 2.5f}) {
      CAPTURE(size.width);
      CAPTURE(zoom);
      UiState state;
      state.zoom = zoom;
      const Window window(lesson_options("pop3-vs-imap", "imap", "2"), state, size.width,
                          size.height);
      window.press(Key::kRight, 2);
      window.press(Key::kC);
      window.press(Key::kF1);
      CHECK(ImGui::GetDrawData()->TotalVtxCount > 100);
    }
  }
}

TEST_CASE("every lesson, variant, language and theme gives a frame at every step") {
  for (const std::string& id : lesson_ids()) {
    const Window window(lesson_options(id));
    for (int look = 0; look < 4; ++look) {
      if (look % 2 == 0) window.press(Key::kT);
      window.press(Key::kS);
      window.press(Key::kL);
      for (size_t v = 0; v < window.app->run_count(); ++v) {
        window.press(Key::kV);
        for (size_t step = 0; step <= window.app->lesson().steps.size(); ++step) {
          window.app->apply(intent(Intent::Kind::kGoToStep, static_cast<int64_t>(step)));
          window.app->frame();
          CHECK(ImGui::GetDrawData()->TotalVtxCount > 1000);
        }
      }
    }
    CHECK(window.state().language == "en");
    CHECK_FALSE(window.state().dark);
  }
}

TEST_CASE("what cannot be opened is said in one clear sentence") {
  auto made = App::create(std::move(open_null({}).value()), {});
  REQUIRE(made.ok());
  App& app = *made.value();
  const auto error = [&](const AppOptions& options) {
    const Result<bool> opened = app.open_lesson(options);
    return opened.ok() ? std::string() : opened.error();
  };
  CHECK(error(lesson_options("pop3-vs-imag")).find("pop3-vs-imap") != std::string::npos);
  CHECK(error(lesson_options("pop3-vs-imap", "nope")).find("nope") != std::string::npos);
  CHECK(error(lesson_options("pop3-vs-imap", "", "99")).find("99") != std::string::npos);
  AppOptions mail = lesson_options("pop3-vs-imap");
  mail.mail = "/nowhere/at/all";
  CHECK(error(mail).find("/nowhere/at/all") != std::string::npos);
  CHECK(error(lesson_options("pop3-vs-imap", "", "end")).empty());
}

TEST_CASE("the same window is drawn through EGL, and other words are other pixels") {
  OffscreenOptions offscreen;
  offscreen.width = 1280;
  offscreen.height = 720;
  Result<std::unique_ptr<Surface>> surface = open_headless(offscreen);
  if (!surface.ok()) {
    MESSAGE("skipped: " << surface.error());
    return;
  }
  auto made = App::create(std::move(surface.value()), {});
  REQUIRE(made.ok());
  App& app = *made.value();
  REQUIRE(app.open_lesson(lesson_options("pop3-vs-imap", "", "1")).ok());
  const auto pixels = [&] {
    for (int i = 0; i < 4; ++i) app.frame();
    return app.surface().read_pixels().value();
  };
  const Image english = pixels();
  CHECK(english.width == 1280);
  Intent chinese = intent(Intent::Kind::kSetLanguage);
  chinese.text = "zh";
  app.apply(chinese);
  const Image translated = pixels();
  CHECK(translated.rgba != english.rgba);
}
