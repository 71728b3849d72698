// What the keys mean, and carrying out what panels and keys want: the only place where UiState,
// playheads and histories change.

#include <algorithm>

#include "viz/app/app.h"
#include "viz/scene/what_if.h"

namespace mailscope::viz {
namespace {

struct Shortcut {
  Key key;
  Intent::Kind kind;
  int64_t number;
};

/// Keys that always mean the same; the others are in handle_key().
constexpr Shortcut kShortcuts[] = {
    {Key::kSpace, Intent::Kind::kTogglePlay, 0},
    {Key::kLeft, Intent::Kind::kStepBack, 0},
    {Key::kRight, Intent::Kind::kStepForward, 0},
    {Key::kHome, Intent::Kind::kToStart, 0},
    {Key::kEnd, Intent::Kind::kToEnd, 0},
    {Key::kEnter, Intent::Kind::kReveal, 0},
    {Key::kH, Intent::Kind::kHint, 0},
    {Key::kF1, Intent::Kind::kToggleHelp, 0},
    {Key::kT, Intent::Kind::kToggleTheme, 0},
};

Intent zoom_by(float amount) {
  Intent made = intent(Intent::Kind::kZoom);
  made.amount = amount;
  return made;
}

Intent change(const Input& input) {
  Intent made = intent(Intent::Kind::kChangePast);
  made.input = input;
  return made;
}

}  // namespace

const Question* App::current_question() {
  const Moment moment = moment_at(current());
  if (moment.step < 0) return nullptr;
  for (const Question& question : lesson_.questions) {
    if (question.step == lesson_.steps[static_cast<size_t>(moment.step)].id) return &question;
  }
  return nullptr;
}

void App::handle_key(const KeyPress& press, std::vector<Intent>& intents) {
  const auto want = [&](Intent::Kind kind, int64_t number = 0) {
    intents.push_back(intent(kind, number));
  };
  if (press.mods.ctrl && press.key == Key::kQ) return surface_->close();
  if (press.key == Key::kEscape && state_.help) return want(Intent::Kind::kToggleHelp);
  if (handle_what_if_key(press.key, intents)) return;
  for (const Shortcut& shortcut : kShortcuts) {
    if (shortcut.key == press.key) return want(shortcut.kind, shortcut.number);
  }
  if (press.key >= Key::k1 && press.key <= Key::k9) {
    return want(Intent::Kind::kChoose, static_cast<int>(press.key) - static_cast<int>(Key::k1));
  }
  Intent scroll = intent(Intent::Kind::kScrollLadder);
  const Moment moment = moment_at(current());
  switch (press.key) {
    case Key::kB:
      return want(Intent::Kind::kSetBeat, (static_cast<int>(state_.beat) + 1) % 4);
    case Key::kLeftBracket:
      return want(Intent::Kind::kSetRate, std::max(state_.rate - 1, 0));
    case Key::kRightBracket:
      return want(Intent::Kind::kSetRate, std::min(state_.rate + 1, kRateCount - 1));
    case Key::kV:
      return want(Intent::Kind::kSetVariant, static_cast<int64_t>((variant_ + 1) % runs_.size()));
    case Key::kC:
      return want(Intent::Kind::kSetView, state_.view == View::kLesson ? 1 : 0);
    case Key::kS:
      return want(Intent::Kind::kSetDetail, state_.detail == Detail::kLine ? 1 : 0);
    case Key::kPageDown:
      return want(Intent::Kind::kGoToStep, moment.step + 1);
    case Key::kPageUp:
      return want(Intent::Kind::kGoToStep, moment.step - 1);
    case Key::kL: {
      Intent made = intent(Intent::Kind::kSetLanguage);
      made.text = state_.language == "zh" ? "en" : "zh";
      return intents.push_back(made);
    }
    case Key::kPlus:
    case Key::kEqual:
      return intents.push_back(zoom_by(0.25f));
    case Key::kMinus:
      return intents.push_back(zoom_by(-0.25f));
    case Key::kUp:
    case Key::kDown: {
      const float from =
          state_.ladder_scroll >= 0
              ? state_.ladder_scroll
              : std::max(
                    0.0f,
                    static_cast<float>(moment.index->row_of(state_.beat, moment.current_line)) - 5);
      scroll.amount = std::max(0.0f, from + (press.key == Key::kUp ? -1.0f : 1.0f));
      return intents.push_back(scroll);
    }
    case Key::kBackspace: {
      const History& history = current().history();
      if (history.branches().size() < 2) return;
      return want(
          Intent::Kind::kSwitchBranch,
          history.current_branch() == 0 ? static_cast<int64_t>(history.branches().size()) - 1 : 0);
    }
    case Key::kO: {
      const auto here = std::find(lesson_ids_.begin(), lesson_ids_.end(), lesson_.id);
      Intent made = intent(Intent::Kind::kOpenLesson);
      if (lesson_ids_.empty()) return;
      made.text = here == lesson_ids_.end() || here + 1 == lesson_ids_.end() ? lesson_ids_.front()
                                                                             : *(here + 1);
      return intents.push_back(made);
    }
    case Key::kW:
      return want(Intent::Kind::kWhatIf, 0);
    case Key::kD:
    case Key::kX:
    case Key::kM:
      return shortcut(moment, press.key, intents);
    default:
      return;
  }
}

void App::shortcut(const Moment& moment, Key key, std::vector<Intent>& intents) {
  const char* const cap = key == Key::kD ? "D" : key == Key::kX ? "X" : "M";
  for (const WhatIfSubject& subject : build_what_ifs(moment)) {
    for (const WhatIf& choice : subject.choices) {
      if (std::string_view(choice.shortcut) == cap) return intents.push_back(change(choice.input));
    }
  }
}

bool App::handle_what_if_key(Key key, std::vector<Intent>& intents) {
  if (state_.what_if < 0) return false;
  const auto choose = [&](int64_t number) {
    intents.push_back(intent(Intent::Kind::kWhatIf, number));
    return true;
  };
  const std::vector<WhatIfSubject> subjects = build_what_ifs(moment_at(current()));
  const auto last = static_cast<int>(subjects.size()) - 1;
  const int chosen = std::min(state_.what_if, last);
  const std::vector<WhatIf>& choices = subjects[static_cast<size_t>(chosen)].choices;
  const int digit = key == Key::kEnter ? 0 : static_cast<int>(key) - static_cast<int>(Key::k1);
  if (digit >= 0 && digit < static_cast<int>(choices.size())) {
    intents.push_back(change(choices[static_cast<size_t>(digit)].input));
    return true;
  }
  switch (key) {
    case Key::kW:
    case Key::kEscape:
      return choose(-1);
    case Key::kUp:
      return choose(std::max(chosen - 1, 0));
    case Key::kDown:
      return choose(std::min(chosen + 1, last));
    case Key::kHome:
    case Key::kPageUp:
      return choose(0);
    case Key::kEnd:
    case Key::kPageDown:
      return choose(last);
    case Key::kL:
    case Key::kT:
    case Key::kPlus:
    case Key::kEqual:
    case Key::kMinus:
      return false;  // looks can change at any time
    default:
      return true;  // the list is in front: nothing happens behind it
  }
}

void App::change_past(Input input) {
  OpenRun& open = current();
  const Instant at = open.playhead.at;
  input.at = std::max(input.at, at);
  state_.what_if = -1;
  open.history().fork(open.playhead.n, {std::move(input)});
  // Long enough to see what comes of it, retries included; the lesson's own steps go on.
  open.history().run_until(lesson_.end + seconds(60), 2000000);
  open.refresh();
  seek_time(open, at);
  state_.playing = false;
  after_seek();
}

void App::step_both(bool forward) {
  // Of the two sides that are shown, the one whose beat is nearest in time leads; the others follow
  // its clock.
  OpenRun* leader = nullptr;
  for (const std::string& name : lesson_.compare) {
    const LessonVariant* variant = lesson_.find_variant(name);
    OpenRun& side = runs_[static_cast<size_t>(variant - lesson_.variants.data())];
    const Playhead before = side.playhead;
    (forward ? step_forward : step_back)(side, state_.beat);
    const bool moved = side.playhead.at != before.at;
    const bool nearer = leader == nullptr || (forward ? side.playhead.at < leader->playhead.at
                                                      : side.playhead.at > leader->playhead.at);
    if (moved && nearer) leader = &side;
  }
  if (leader == nullptr) return;
  // A copy: the current run may be the leader itself.
  const Playhead lead = leader->playhead;
  for (OpenRun& each : runs_) {
    if (&each != leader) seek_time(each, lead.at);
  }
}

void App::set_view(View view) {
  if (view == View::kCompare && lesson_.compare.size() != 2) return;
  state_.view = view;
  if (view != View::kCompare) return;
  // The timeline shows one of the two that are compared.
  const bool compared = std::find(lesson_.compare.begin(), lesson_.compare.end(),
                                  lesson_.variants[variant_].name) != lesson_.compare.end();
  if (compared) return;
  variant_ =
      static_cast<size_t>(lesson_.find_variant(lesson_.compare[0]) - lesson_.variants.data());
}

void App::apply(const Intent& intent) {
  OpenRun& open = current();
  const bool compare = state_.view == View::kCompare;
  switch (intent.kind) {
    case Intent::Kind::kSeek:
      seek(open, static_cast<uint32_t>(intent.number));
      break;
    case Intent::Kind::kSeekTime:
      seek_time(open, intent.at);
      break;
    case Intent::Kind::kStepBack:
      state_.playing = false;
      if (compare) {
        step_both(false);
      } else {
        step_back(open, state_.beat);
      }
      break;
    case Intent::Kind::kStepForward:
      state_.playing = false;
      if (compare) {
        step_both(true);
      } else {
        step_forward(open, state_.beat);
      }
      break;
    case Intent::Kind::kToStart:
      seek(open, 0);
      break;
    case Intent::Kind::kToEnd:
      seek_end(open);
      break;
    case Intent::Kind::kGoToStep:
      if (intent.number < 0) {
        seek(open, 0);
      } else if (intent.number < static_cast<int64_t>(lesson_.steps.size())) {
        seek_step(open, static_cast<size_t>(intent.number));
      }
      break;
    case Intent::Kind::kTogglePlay:
      if (!state_.playing && open.playhead.at >= open.end) seek(open, 0);
      state_.playing = !state_.playing;
      return;
    case Intent::Kind::kSetBeat:
      state_.beat = static_cast<BeatSize>(intent.number);
      break;
    case Intent::Kind::kSetRate:
      state_.rate = static_cast<int>(intent.number);
      return;
    case Intent::Kind::kSetDetail:
      state_.detail = static_cast<Detail>(intent.number);
      return;
    case Intent::Kind::kSetView:
      return set_view(static_cast<View>(intent.number));
    case Intent::Kind::kSetVariant:
      variant_ = static_cast<size_t>(intent.number) % runs_.size();
      break;
    case Intent::Kind::kSetLanguage:
      state_.language = intent.text;
      surface_->set_title("Mailscope · " + in_language(lesson_.title, state_.language));
      return;
    case Intent::Kind::kToggleTheme:
      state_.dark = !state_.dark;
      looks_changed_ = true;
      return;
    case Intent::Kind::kZoom:
      state_.zoom = std::clamp(state_.zoom + intent.amount, kMinScale, kMaxScale);
      looks_changed_ = true;
      return;
    case Intent::Kind::kToggleHelp:
      state_.help = !state_.help;
      return;
    case Intent::Kind::kWhatIf:
      state_.what_if = static_cast<int>(intent.number);
      return;
    case Intent::Kind::kScrollLadder:
      (compare ? state_.compare_scroll : state_.ladder_scroll) = intent.amount;
      return;
    case Intent::Kind::kChoose:
    case Intent::Kind::kReveal:
    case Intent::Kind::kHint: {
      const Question* question = current_question();
      if (question == nullptr) return;
      Answer& answer = state_.answers[question->step];
      if (intent.kind == Intent::Kind::kHint) answer.hint = true;
      if (intent.kind == Intent::Kind::kReveal && answer.chosen >= 0) answer.revealed = true;
      const bool there = intent.number < static_cast<int64_t>(question->choices.size());
      if (intent.kind == Intent::Kind::kChoose && !answer.revealed && there) {
        answer.chosen = static_cast<int>(intent.number);
      }
      return;
    }
    case Intent::Kind::kChangePast:
      return change_past(intent.input);
    case Intent::Kind::kSwitchBranch: {
      const Instant at = open.playhead.at;
      open.history().switch_to(static_cast<uint32_t>(intent.number));
      open.refresh();
      seek_time(open, std::min(at, open.end));
      break;
    }
    case Intent::Kind::kOpenLesson: {
      AppOptions options;
      options.lesson = intent.text;
      const Result<bool> opened = open_lesson(options);
      if (!opened.ok()) std::fprintf(stderr, "mailscope: %s\n", opened.error().c_str());
      return;
    }
  }
  after_seek();
}

}  // namespace mailscope::viz
