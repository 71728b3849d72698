// Reading lessons from disk. A mistake is an author's error: file, line, the text with a caret
// under it, and what was expected.
#pragma once

#include <string>
#include <vector>

#include "sim/base/result.h"
#include "sim/lesson/lesson.h"

namespace mailscope {

/// The folder that holds `lessons/` and `assets/`: $MAILSCOPE_HOME, or where the program was built
/// from.
std::string home_folder();

/// Reads lessons/<id>/lesson.toml with en.md and zh.md beside it.
Result<Lesson> read_lesson(const std::string& folder);

/// Ids of all lessons in home_folder()/lessons, sorted.
std::vector<std::string> lesson_ids();
/// By id, or by a path to a lesson's folder; the error names the nearest id.
Result<Lesson> find_lesson(const std::string& id_or_folder);

/// Replaces the mail of the scenario's first account with these messages (their flags kept), for
/// --mail.
ScenarioPtr with_mail(const Scenario& scenario, const std::vector<StoredMail>& mail);
/// The message itself, or one with CRLF added: RFC 5322 §2.1 ends every line with it, the last one,
/// too, and neither SMTP nor POP3 could carry a message that does otherwise without changing it.
MessagePtr with_last_line_ended(const MessagePtr& message);
/// Reads an mbox, Maildir, .eml or folder for with_mail().
Result<std::vector<StoredMail>> mail_for(const Scenario& scenario, const std::string& path);

/// The lesson file parsed from text, for tests and fuzzing: `name` is used in errors; mail files
/// are looked for in `mail_folder`.
Result<Lesson> parse_lesson(const std::string& text, const std::string& name,
                            const std::string& mail_folder);

}  // namespace mailscope
