// Any bytes as a lesson file: a lesson, or an error that names its place. A lesson that is read runs, for a
// little while: nothing an author can write may stop the program.
#include "sim/base/check.h"
#include "sim/lesson/lesson_file.h"
#include "sim/lesson/runner.h"

using namespace mailscope;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Result<Lesson> lesson = parse_lesson(text, "lessons/fuzz/lesson.toml", "/nonexistent");
  if (!lesson.ok()) {
    CHECK(lesson.error().find("lessons/fuzz/lesson.toml") == 0);
    return 0;
  }
  for (const LessonVariant& variant : lesson.value().variants) {
    History history(variant.scenario, inputs_for(lesson.value(), variant));
    history.run_until(lesson.value().end, 3000);
  }
  return 0;
}
