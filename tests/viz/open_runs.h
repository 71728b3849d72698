// The project's lessons, run in every variant and opened as the window opens them; and one that is
// very long. For tests and benchmarks of viz.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/lesson/lesson_file.h"
#include "viz/moment/moment.h"

namespace mailscope::viz::test {

/// A lesson with its variants' runs. The lesson stays where it is, because the runs point at it.
struct OpenLesson {
  std::unique_ptr<Lesson> lesson;
  std::vector<OpenRun> runs;  // by variant
};

inline OpenLesson open_lesson(const std::string& id) {
  OpenLesson open;
  Result<Lesson> found = find_lesson(id);
  if (!found.ok()) return open;
  open.lesson = std::make_unique<Lesson>(std::move(found.value()));
  for (const LessonVariant& variant : open.lesson->variants) {
    OpenRun& run = open.runs.emplace_back();
    run.run = run_lesson(*open.lesson, variant);
    run.refresh();
  }
  return open;
}

/// The devices of a lesson's variant looking for mail every 100 ms until the trace is this long.
inline OpenLesson open_busy(const std::string& id, const std::string& variant_name,
                            uint32_t events) {
  OpenLesson open;
  Result<Lesson> found = find_lesson(id);
  if (!found.ok()) return open;
  open.lesson = std::make_unique<Lesson>(std::move(found.value()));
  const LessonVariant& variant = *open.lesson->find_variant(variant_name);
  Scenario scenario = *variant.scenario;
  for (DeviceSpec& device : scenario.devices) device.poll = milliseconds(100);
  OpenRun& run = open.runs.emplace_back();
  run.run.lesson = open.lesson.get();
  run.run.variant = &variant;
  run.run.history = std::make_shared<History>(std::make_shared<const Scenario>(scenario),
                                              inputs_for(*open.lesson, variant));
  Instant until{};
  while (run.history().trace().size() < events && run.history().head().has_next()) {
    until = until + seconds(5);
    run.history().run_until(until);
  }
  open.lesson->end = until;
  run.refresh();
  return open;
}

/// Every lesson that is in the source tree.
inline const std::vector<OpenLesson>& all_lessons() {
  static const std::vector<OpenLesson> lessons = [] {
    std::vector<OpenLesson> opened;
    for (const std::string& id : lesson_ids()) opened.push_back(open_lesson(id));
    return opened;
  }();
  return lessons;
}

/// Calls `check(run)` with a copy of each variant's run of each lesson: playheads are free to move.
template <class Check>
void for_each_run(const Check& check) {
  for (const OpenLesson& open : all_lessons()) {
    for (const OpenRun& original : open.runs) {
      OpenRun run = original;
      check(run);
    }
  }
}

inline std::string name_of(const OpenRun& open) {
  return open.run.lesson->id + " " + open.run.variant->name;
}

}  // namespace mailscope::viz::test
