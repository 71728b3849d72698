#include "sim/lesson/lesson.h"

namespace mailscope {
namespace {

const std::string kNoText;

}  // namespace

const std::string& in_language(const Translated& text, const std::string& language) {
  const auto found = text.find(language);
  if (found != text.end()) return found->second;
  const auto english = text.find("en");
  return english != text.end() ? english->second : kNoText;
}

const LessonVariant* Lesson::find_variant(const std::string& name) const {
  if (name.empty()) return variants.empty() ? nullptr : &variants.front();
  for (const LessonVariant& variant : variants) {
    if (variant.name == name) return &variant;
  }
  return nullptr;
}

}  // namespace mailscope
