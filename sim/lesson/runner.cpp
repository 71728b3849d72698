#include "sim/lesson/runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/lesson/measure.h"

namespace mailscope {
namespace {

/// With a person's own mail in place of the lesson's, "read Lunch" has nothing to read. The message
/// at the same place in the mailbox is taken instead, so that the lesson still shows something.
void retarget(Input& input, const Scenario& lesson, const Scenario& own) {
  if (input.text.empty()) return;
  for (size_t i = 0; i < std::min(lesson.mail.size(), own.mail.size()); ++i) {
    if (find_ignoring_case(lesson.mail[i].message->subject(), input.text) == std::string::npos) {
      continue;
    }
    const std::string& subject = own.mail[i].message->subject();
    if (!subject.empty()) input.text = subject;
    return;
  }
}

std::optional<Instant> when_said(const StepCue& cue, const Trace& trace, Instant from) {
  for (uint32_t i = trace.events_until(from) + 1; i <= trace.size(); ++i) {
    const Event& event = trace[i];
    if (event.kind != EventKind::kLineSent || trace.host_name(event.host) != cue.from) continue;
    if (trace.text(event).find(cue.said) != std::string_view::npos) return event.at;
  }
  return std::nullopt;
}

}  // namespace

bool applies(const std::vector<std::string>& variants, const LessonVariant& variant) {
  return variants.empty() ||
         std::find(variants.begin(), variants.end(), variant.name) != variants.end();
}

std::vector<Input> inputs_for(const Lesson& lesson, const LessonVariant& variant) {
  std::vector<Input> inputs;
  for (const LessonStep& step : lesson.steps) {
    for (size_t i = 0; i < step.inputs.size(); ++i) {
      if (applies(step.input_variants[i], variant)) inputs.push_back(step.inputs[i]);
    }
  }
  return inputs;
}

LessonRun run_lesson(const Lesson& lesson, const LessonVariant& variant, ScenarioPtr scenario) {
  LessonRun run;
  run.lesson = &lesson;
  run.variant = &variant;
  std::vector<Input> inputs = inputs_for(lesson, variant);
  if (scenario == nullptr) scenario = variant.scenario;
  const bool own_mail = scenario != variant.scenario;
  if (own_mail) {
    for (Input& input : inputs) retarget(input, *variant.scenario, *scenario);
  }
  run.history = std::make_shared<History>(std::move(scenario), std::move(inputs));
  uint32_t left = kMaxLessonDispatches;
  left -= run.history->run_until(lesson.end, left);
  // A mailbox with thousands of messages needs longer than the lesson's three: what is being
  // fetched at the end is fetched, and a program that was turned away meanwhile gets its second
  // try.
  if (own_mail) {
    left -= run.history->run_until(lesson.end + kOwnMailPatience, left);
    run.history->run_to_rest(lesson.end + kOwnMailLimit, left);
  }
  place_steps(run);
  return run;
}

void place_steps(LessonRun& run) {
  const Trace& trace = run.history->trace();
  const std::vector<LessonStep>& steps = run.lesson->steps;
  run.step_at.assign(steps.size(), run.lesson->end);
  Instant from{};
  for (size_t i = 0; i < steps.size(); ++i) {
    const std::optional<Instant> begin =
        steps[i].cue ? when_said(*steps[i].cue, trace, std::max(from, steps[i].at)) : steps[i].at;
    if (begin) run.step_at[i] = from = *begin;
  }
  for (size_t i = steps.size(); i > 1; --i) {
    run.step_at[i - 2] = std::min(run.step_at[i - 2], run.step_at[i - 1]);
  }
  run.step_dispatch.clear();
  for (const Instant at : run.step_at) {
    run.step_dispatch.push_back(trace.dispatches_until(at - nanoseconds(1)));
  }
  run.step_dispatch.push_back(trace.dispatches());
}

int step_at(const LessonRun& run, uint32_t n) {
  int step = -1;
  for (size_t i = 0; i + 1 < run.step_dispatch.size(); ++i) {
    if (run.step_dispatch[i] <= n) step = static_cast<int>(i);
  }
  return step;
}

uint32_t step_end(const LessonRun& run, size_t step) { return run.step_dispatch[step + 1]; }

Result<int64_t> measure(const LessonRun& run, uint32_t n, const std::string& what) {
  const Result<Measure> parsed = parse_measure(what, run.history->scenario());
  if (!parsed.ok()) return Error{"expected " + parsed.error()};
  return take_measure(*run.history, n, parsed.value());
}

int right_choice(const LessonRun& run, const Question& question) {
  for (size_t i = 0; i < run.lesson->steps.size(); ++i) {
    if (run.lesson->steps[i].id != question.step) continue;
    const Result<int64_t> value = measure(run, step_end(run, i), question.measure);
    for (size_t c = 0; value.ok() && c < question.choices.size(); ++c) {
      if (question.choices[c].value == value.value()) return static_cast<int>(c);
    }
  }
  return -1;
}

}  // namespace mailscope
