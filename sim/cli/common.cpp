// What several commands need.

#include <fmt/format.h>

#include <cstdio>

#include "sim/cli/commands.h"
#include "sim/lesson/diagnostics.h"

namespace mailscope::cli {

int complain(const std::string& message) {
  fmt::print(stderr, "mailsim: {}\n", message);
  return kUnusable;
}

std::vector<const LessonVariant*> picked_variants(const Lesson& lesson, const std::string& name) {
  std::vector<const LessonVariant*> picked;
  std::vector<std::string> names;
  for (const LessonVariant& variant : lesson.variants) {
    names.push_back(variant.name);
    if (name.empty() || variant.name == name) picked.push_back(&variant);
  }
  if (picked.empty()) {
    complain(fmt::format("{} has no variant \"{}\"{} (variants: {})", lesson.id, name,
                         suggestion(name, names), one_of(names)));
  }
  return picked;
}

}  // namespace mailscope::cli
