// mailsim check: runs lessons in every variant and says which of their expectations do not hold. A
// question for whose measure no choice is right counts as failed, too, and so does a copy of a
// mailbox that is not what its server has once the programs have had time to look.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/cli/commands.h"
#include "sim/lesson/lesson_file.h"
#include "sim/lesson/verdict.h"
#include "sim/sweep/caches.h"

namespace mailscope::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Tally {
  size_t passed = 0;
  size_t failed = 0;
  Json failures = Json::array();

  void add(const LessonRun& run, bool holds, int line, const std::string& text, bool json) {
    if (holds) {
      ++passed;
      return;
    }
    ++failed;
    failures.push_back({{"lesson", run.lesson->id},
                        {"variant", run.variant->name},
                        {"line", line},
                        {"text", text}});
    if (!json) {
      fmt::print("{}/lesson.toml:{}: {}: {}\n", run.lesson->id, line, run.variant->name, text);
    }
  }
};

void check_variant(const Lesson& lesson, const LessonVariant& variant, const Catalog& words,
                   bool json, Tally& tally) {
  const LessonRun run = run_lesson(lesson, variant);
  const size_t passed = tally.passed;
  const size_t failed = tally.failed;
  const uint32_t done = run.history->trace().dispatches();
  tally.add(run, done < kMaxLessonDispatches, 1,
            words.text("verdict.no-end", {std::to_string(done)}), json);
  for (const Verdict& verdict : check_expectations(run)) {
    tally.add(run, verdict.holds, verdict.expectation->source_line, verdict_text(verdict, words),
              json);
  }
  const std::string caches = sweep::check_caches_after(run.history->head());
  tally.add(run, caches.empty(), 1, words.text("verdict.caches", {caches}), json);
  for (const Question& question : lesson.questions) {
    tally.add(run, right_choice(run, question) >= 0, question.source_line,
              words.text("verdict.no-choice", {question.measure}), json);
  }
  if (!json) {
    fmt::print("{} {}: {} passed, {} failed\n", lesson.id, variant.name, tally.passed - passed,
               tally.failed - failed);
  }
}

}  // namespace

int run_check(const Options& options) {
  const std::vector<std::string> ids = options.lessons.empty() ? lesson_ids() : options.lessons;
  if (ids.empty()) return complain("there are no lessons in " + home_folder() + "/lessons");
  const Result<Catalog> words = Catalog::load(home_folder(), options.language);
  if (!words.ok()) return complain(words.error());
  Tally tally;
  for (const std::string& id : ids) {
    const Result<Lesson> lesson = find_lesson(id);
    if (!lesson.ok()) return complain(lesson.error());
    const std::vector<const LessonVariant*> variants =
        picked_variants(lesson.value(), options.variant);
    if (variants.empty()) return kUnusable;
    for (const LessonVariant* variant : variants) {
      check_variant(lesson.value(), *variant, words.value(), options.json, tally);
    }
  }
  if (options.json) {
    const Json summary = {
        {"passed", tally.passed}, {"failed", tally.failed}, {"failures", tally.failures}};
    fmt::print("{}\n", summary.dump(2, ' ', false, Json::error_handler_t::replace));
  } else {
    fmt::print("{} passed, {} failed\n", tally.passed, tally.failed);
  }
  return tally.failed == 0 ? kDone : kFailed;
}

}  // namespace mailscope::cli
