// The prose of a lesson: one Markdown file a language. Above the first "## Heading {#step-id}"
// stands the introduction; each section below one belongs to its step.
#pragma once

#include <string>
#include <vector>

#include "sim/lesson/lesson_draft.h"

namespace mailscope {

/// Puts the text of `language` into the lesson. Unknown and doubled sections are mistakes in
/// `errors` (the prose file's own); a step without a section is one in the draft's.
void read_prose(LessonDraft& draft, const std::string& language, const std::string& text,
                Diagnostics& errors);

}  // namespace mailscope
