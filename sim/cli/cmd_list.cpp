// mailsim list: the lessons there are.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/cli/commands.h"
#include "sim/lesson/lesson_file.h"

namespace mailscope::cli {

int run_list(const Options& options) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  int status = kDone;
  for (const std::string& id : lesson_ids()) {
    const Result<Lesson> lesson = find_lesson(id);
    if (!lesson.ok()) {
      status = complain(lesson.error());
      continue;
    }
    std::vector<std::string> variants;
    for (const LessonVariant& variant : lesson.value().variants) variants.push_back(variant.name);
    if (options.json) {
      all.push_back({{"id", id},
                     {"title", lesson.value().title},
                     {"summary", lesson.value().summary},
                     {"minutes", lesson.value().minutes},
                     {"rfc", lesson.value().rfc},
                     {"variants", variants}});
      continue;
    }
    fmt::print("{}\n  {}\n  {}\n  {} min; {}; {}\n", id,
               in_language(lesson.value().title, options.language),
               in_language(lesson.value().summary, options.language), lesson.value().minutes,
               lesson.value().rfc, fmt::join(variants, ", "));
  }
  if (options.json) fmt::print("{}\n", all.dump(2));
  return status;
}

}  // namespace mailscope::cli
