// Running a lesson: one History a variant, and the dispatch at which each step begins and ends.
// Answers of questions are measured here, from the run; verdict.h checks what the lesson expects.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/lesson/lesson.h"
#include "sim/world/history.h"

namespace mailscope {

/// A lesson in one variant, run to its end.
struct LessonRun {
  const Lesson* lesson = nullptr;       // outlives the run
  const LessonVariant* variant = nullptr;
  std::shared_ptr<History> history;
  /// When each step begins in this run: its time, or when its cue was said. A step whose cue is
  /// never said begins with the step after it, or at the end.
  std::vector<Instant> step_at;
  /// Dispatches handled when each step begins; one more at the end for the end of the run.
  std::vector<uint32_t> step_dispatch;
};

/// A lesson that has not ended after so many is stopped.
constexpr uint32_t kMaxLessonDispatches = 5000000;

/// With a person's own mail a run goes on after the lesson's end: for so long, then until all is at
/// rest.
constexpr Duration kOwnMailPatience = seconds(120);
constexpr Duration kOwnMailLimit = seconds(24 * 3600);

/// Whether what is for these variants is for this one; an empty list means all.
bool applies(const std::vector<std::string>& variants, const LessonVariant& variant);
/// The actions of all steps that this variant has.
std::vector<Input> inputs_for(const Lesson& lesson, const LessonVariant& variant);
/// Finds step_at and step_dispatch anew: after the history was forked and run again.
void place_steps(LessonRun& run);

/// Runs it. `scenario` replaces the variant's (for --mail); null: the variant's own.
LessonRun run_lesson(const Lesson& lesson, const LessonVariant& variant,
                     ScenarioPtr scenario = nullptr);

/// The step under way after n dispatches: an index into lesson.steps, or -1 before the first.
int step_at(const LessonRun& run, uint32_t n);
/// Dispatches handled at the end of the step (by index); the end of the run for the last.
uint32_t step_end(const LessonRun& run, size_t step);

/// A number measured after n dispatches: "messages HOST [MAILBOX]" (server store or device copy),
/// "unseen HOST", "bodies HOST" (whole messages on a device), "bytes-down HOST", "bytes-up HOST",
/// "round-trips HOST", "connections HOST", "copies SUBJECT" (places that hold it).
Result<int64_t> measure(const LessonRun& run, uint32_t n, const std::string& what);

/// Index of the right choice, or -1 when none fits (an author's mistake that `check` reports).
int right_choice(const LessonRun& run, const Question& question);

}  // namespace mailscope
