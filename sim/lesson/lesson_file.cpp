#include "sim/lesson/lesson_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "sim/lesson/lesson_draft.h"
#include "sim/lesson/prose.h"
#include "sim/lesson/toml_value.h"
#include "sim/mail/import.h"

namespace mailscope {
namespace {

namespace fs = std::filesystem;

/// The whole file, unless it is absurdly large.
Result<std::string> read_text(const fs::path& path, const std::string& name) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return Error{fmt::format("{} cannot be found.", name)};
  const uintmax_t size = fs::file_size(path, error);
  if (error || size > LessonLimits::kFileBytes) {
    return Error{fmt::format("{} is over 1 MiB; expected a lesson's text.", name)};
  }
  std::ifstream stream(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(stream)), {});
  if (!stream.good() && !stream.eof()) return Error{fmt::format("{} cannot be read.", name)};
  return text;
}

/// The title and other facts of the lesson as a whole.
void read_head(LessonDraft& draft, TableReader& root) {
  Lesson& lesson = draft.lesson;
  lesson.title = root.translated("title", Need::kRequired);
  lesson.summary = root.translated("summary", Need::kRequired);
  lesson.minutes = static_cast<int>(root.number("minutes", 1, 600, 10));
  lesson.rfc = root.text("rfc");
  draft.scenario.seed = static_cast<uint64_t>(root.number("seed", 0, INT64_MAX, 1));
  if (!root.has("end")) root.error({}, "no \"end\"", "end = \"25s\": when the run is over");
  lesson.end = Instant{} + root.duration("end", LessonLimits::kEnd);
  if (lesson.end - Instant{} > LessonLimits::kEnd) {
    root.error(root.at("end"), "\"end\" is over a day", "at most \"24h\"");
  }
}

void read_compare(LessonDraft& draft, TableReader& root) {
  const std::vector<Word> words = root.words("compare");
  if (!words.empty() && words.size() != 2) {
    root.error(root.at("compare"), "\"compare\" does not name two variants",
               "the names of two variants to show side by side");
  }
  for (const Word& word : words) {
    draft.check_variant(word);
    draft.lesson.compare.push_back(word.text);
  }
}

/// Everything that stands in lesson.toml itself.
void read_toml(LessonDraft& draft, const std::string& text, const std::string& name) {
  if (text.size() > LessonLimits::kFileBytes) {
    return draft.errors.error({}, "the file is over 1 MiB", "a lesson's text");
  }
  draft.lesson.id = fs::path(name).parent_path().filename().string();
  const TomlValue value = parse_toml(text, draft.errors);
  if (!draft.errors.empty()) return;
  TableReader root(value, "the lesson", draft.errors);
  read_head(draft, root);
  draft.scenario.name = draft.lesson.id;
  read_network(draft, root);
  read_compare(draft, root);
  read_mailboxes(draft, root);
  read_steps(draft, root);
  read_checks(draft, root);
  root.finish();
  for (size_t v = 0; v < draft.lesson.variants.size(); ++v) {
    Scenario scenario = draft.scenario;
    scenario.services = draft.services[v];
    scenario.devices = draft.devices[v];
    draft.lesson.variants[v].scenario = std::make_shared<const Scenario>(std::move(scenario));
  }
}

/// How a folder's files are called in messages: from the home folder on, where they are in it.
std::string shown_folder(const fs::path& folder) {
  std::error_code error;
  const fs::path relative = fs::relative(folder, home_folder(), error);
  const std::string text = relative.generic_string();
  if (error || text.empty() || text.substr(0, 2) == "..") return folder.generic_string();
  return text;
}

}  // namespace

std::string home_folder() {
  const char* home = std::getenv("MAILSCOPE_HOME");
  return home != nullptr && *home != '\0' ? home : MAILSCOPE_HOME_DIR;
}

Result<Lesson> parse_lesson(const std::string& text, const std::string& name,
                            const std::string& mail_folder) {
  LessonDraft draft(name, text.substr(0, LessonLimits::kFileBytes + 1), mail_folder);
  read_toml(draft, text, name);
  if (!draft.errors.empty()) return Error{draft.errors.text()};
  return std::move(draft.lesson);
}

Result<Lesson> read_lesson(const std::string& folder) {
  fs::path path = fs::path(folder).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // "lessons/x/"
  const std::string shown = shown_folder(path);
  const std::string name = shown + "/lesson.toml";
  const Result<std::string> text = read_text(path / "lesson.toml", name);
  if (!text.ok()) return Error{text.error()};
  LessonDraft draft(name, text.value(), home_folder() + "/assets/mail");
  read_toml(draft, text.value(), name);
  std::string mistakes;
  const bool readable = draft.errors.empty() || !draft.lesson.steps.empty();
  for (const std::string& language : lesson_languages()) {
    const std::string prose_name = fmt::format("{}/{}.md", shown, language);
    const Result<std::string> prose = read_text(path / (language + ".md"), prose_name);
    if (!prose.ok()) return Error{prose.error()};
    if (!readable) continue;
    Diagnostics errors(prose_name, prose.value());
    read_prose(draft, language, prose.value(), errors);
    if (!errors.empty()) mistakes += (mistakes.empty() ? "" : "\n") + errors.text();
  }
  if (!draft.errors.empty()) {
    mistakes = draft.errors.text() + (mistakes.empty() ? "" : "\n") + mistakes;
  }
  if (!mistakes.empty()) return Error{mistakes};
  draft.lesson.folder = path.generic_string();
  return std::move(draft.lesson);
}

std::vector<std::string> lesson_ids() {
  std::vector<std::string> ids;
  std::error_code error;
  fs::directory_iterator it(home_folder() + "/lessons", error);
  for (; !error && it != fs::directory_iterator(); it.increment(error)) {
    std::error_code ignored;
    if (fs::is_regular_file(it->path() / "lesson.toml", ignored)) {
      ids.push_back(it->path().filename().string());
    }
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

Result<Lesson> find_lesson(const std::string& id_or_folder) {
  const std::vector<std::string> ids = lesson_ids();
  if (std::find(ids.begin(), ids.end(), id_or_folder) != ids.end()) {
    return read_lesson(home_folder() + "/lessons/" + id_or_folder);
  }
  std::error_code ignored;
  if (fs::is_regular_file(fs::path(id_or_folder) / "lesson.toml", ignored)) {
    return read_lesson(id_or_folder);
  }
  if (ids.empty()) {
    return Error{fmt::format(
        "no lessons in {}/lessons; MAILSCOPE_HOME should name Mailscope's folder", home_folder())};
  }
  return Error{fmt::format("unknown lesson \"{}\"{} (lessons: {})", id_or_folder.substr(0, 100),
                           suggestion(id_or_folder, ids), one_of(ids))};
}

ScenarioPtr with_mail(const Scenario& scenario, const std::vector<StoredMail>& mail) {
  Scenario changed = scenario;
  if (!scenario.accounts.empty()) {
    const AccountSpec& first = scenario.accounts.front();
    const auto of_first = [&first](const StoredMail& stored) {
      return stored.host == first.host && stored.account == first.user;
    };
    changed.mail.erase(std::remove_if(changed.mail.begin(), changed.mail.end(), of_first),
                       changed.mail.end());
  }
  changed.mail.insert(changed.mail.end(), mail.begin(), mail.end());
  return std::make_shared<const Scenario>(std::move(changed));
}

MessagePtr with_last_line_ended(const MessagePtr& message) {
  const std::string_view text = message->text();
  if (text.size() >= 2 && text.substr(text.size() - 2) == "\r\n") return message;
  return make_message(std::string(text) + "\r\n");
}

Result<std::vector<StoredMail>> mail_for(const Scenario& scenario, const std::string& path) {
  if (scenario.accounts.empty()) return Error{"this lesson has no mailbox that could be filled"};
  const Result<std::vector<ImportedMessage>> imported = import_mail(path);
  if (!imported.ok()) return Error{imported.error()};
  constexpr struct {
    char letter;
    FlagBits flag;
  } kLetters[] = {{'S', Flag::kSeen}, {'R', Flag::kAnswered}, {'F', Flag::kFlagged},
                  {'T', Flag::kDeleted}, {'D', Flag::kDraft}};
  std::vector<StoredMail> mail;
  for (const ImportedMessage& message : imported.value()) {
    StoredMail stored;
    stored.host = scenario.accounts.front().host;
    stored.account = scenario.accounts.front().user;
    stored.message = with_last_line_ended(message.message);
    for (const auto& known : kLetters) {
      if (message.flags.find(known.letter) != std::string::npos) stored.flags.system |= known.flag;
    }
    if (message.stored) stored.internal_date = message.stored->unix_seconds;
    mail.push_back(std::move(stored));
  }
  return mail;
}

}  // namespace mailscope
