#include "sim/lesson/prose.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"

namespace mailscope {
namespace {

/// The one language's side of a lesson under way.
class ProseReader {
 public:
  ProseReader(LessonDraft& draft, const std::string& language, Diagnostics& errors)
      : draft_(draft), language_(language), errors_(errors), seen_(draft.lesson.steps.size()) {}

  void add_line(std::string_view line) {
    ++number_;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.substr(0, 3) == "```") in_code_ = !in_code_;
    if (!in_code_ && line.substr(0, 3) == "## ") return begin_section(line);
    if (!in_code_ && line.substr(0, 2) == "# ") {
      if (title_line_ == 0 && number_of_sections_ == 0) {
        title_line_ = number_;  // the title itself stands in lesson.toml
        return;
      }
      errors_.error({number_, 1}, "a second title", "one line \"# Title\" at the top");
      return;
    }
    if (target_ == nullptr) return;
    *target_ += line;
    *target_ += '\n';
  }

  void finish() {
    trim(draft_.lesson.intro[language_]);
    if (title_line_ == 0) errors_.error({1, 1}, "no title", "a first line \"# Title\"");
    for (size_t i = 0; i < seen_.size(); ++i) {
      LessonStep& step = draft_.lesson.steps[i];
      if (!seen_[i]) {
        draft_.errors.error(draft_.step_places[i],
                            fmt::format("step \"{}\" has no section in {}.md", step.id, language_),
                            fmt::format("\"## Heading {{#{}}}\" and a text in {}", step.id,
                                        errors_.name()));
        continue;
      }
      trim(step.prose[language_]);
      if (step.prose[language_].empty()) {
        errors_.error({seen_[i], 1}, fmt::format("the section of step \"{}\" is empty", step.id),
                      "two to five sentences");
      }
    }
  }

  void begin() { target_ = &draft_.lesson.intro[language_]; }

 private:
  static void trim(std::string& text) { text = std::string(trimmed(text)); }

  void begin_section(std::string_view line) {
    ++number_of_sections_;
    target_ = nullptr;
    const size_t open = line.rfind("{#");
    const size_t close = line.rfind('}');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
      return errors_.error({number_, 1}, "a heading without a step",
                           "\"## Heading {#step-id}\"");
    }
    const std::string id(line.substr(open + 2, close - open - 2));
    // Columns count characters, and headings may be in any script.
    const auto column = static_cast<uint32_t>(
        std::count_if(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(open),
                      [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }) + 1);
    const std::vector<std::string> names = draft_.step_names();
    const auto at = std::find(names.begin(), names.end(), id);
    if (at == names.end()) {
      return errors_.error({number_, column}, fmt::format("unknown step \"{}\"", id.substr(0, 60)),
                           "the id of a [[step]] of lesson.toml" + suggestion(id, names));
    }
    const auto index = static_cast<size_t>(at - names.begin());
    if (seen_[index] != 0) {
      return errors_.error({number_, column}, fmt::format("a second section for step \"{}\"", id),
                           "one section for each step");
    }
    seen_[index] = number_;
    LessonStep& step = draft_.lesson.steps[index];
    step.title[language_] = std::string(trimmed(line.substr(3, open - 3)));
    target_ = &step.prose[language_];
  }

  LessonDraft& draft_;
  const std::string& language_;
  Diagnostics& errors_;
  std::vector<uint32_t> seen_;  // by step: the line of its heading, or 0
  uint32_t number_ = 0;
  uint32_t title_line_ = 0;
  uint32_t number_of_sections_ = 0;
  bool in_code_ = false;
  std::string* target_ = nullptr;
};

}  // namespace

void read_prose(LessonDraft& draft, const std::string& language, const std::string& text,
                Diagnostics& errors) {
  ProseReader reader(draft, language, errors);
  reader.begin();
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    reader.add_line(std::string_view(text).substr(at, end - at));
    at = end + 1;
  }
  reader.finish();
}

}  // namespace mailscope
