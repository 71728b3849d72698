#include "sim/lesson/lesson_draft.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "sim/imap/protocol.h"
#include "sim/lesson/lesson_file.h"
#include "sim/mail/import.h"
#include "sim/pop3/protocol.h"
#include "sim/smtp/protocol.h"

namespace mailscope {
namespace {

namespace fs = std::filesystem;

/// Names of the mail files there are, for suggestions.
std::vector<std::string> mail_files(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator it(folder, error);
  for (; !error && it != fs::directory_iterator(); it.increment(error)) {
    names.push_back(it->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool plain_file_name(const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return c == '-' || c == '_' || c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
  });
  return plain && !name.empty() && name[0] != '.' && name.size() <= 100;
}

}  // namespace

std::vector<std::string> LessonDraft::host_names() const {
  std::vector<std::string> names;
  for (const HostSpec& host : scenario.hosts) names.push_back(host.name);
  return names;
}

std::vector<std::string> LessonDraft::variant_names() const {
  std::vector<std::string> names;
  for (const LessonVariant& variant : lesson.variants) names.push_back(variant.name);
  return names;
}

std::vector<std::string> LessonDraft::step_names() const {
  std::vector<std::string> names;
  for (const LessonStep& step : lesson.steps) names.push_back(step.id);
  return names;
}

HostId LessonDraft::host(const Word& word) {
  const HostId found = scenario.find_host(word.text);
  if (!found.valid()) {
    errors.error(word.at, fmt::format("unknown host \"{}\"", word.text.substr(0, 60)),
                 "the name of a [[host]]" + suggestion(word.text, host_names()));
  }
  return found;
}

HostId LessonDraft::host(TableReader& reader, std::string_view key, Need need) {
  const bool there = reader.has(key);
  const Word word = reader.word(key, need);
  return there && !word.text.empty() ? host(word) : HostId{};
}

bool LessonDraft::check_account(HostId host, const Word& user) {
  if (!host.valid() || user.text.empty()) return false;  // reported already
  std::vector<std::string> users;
  for (const AccountSpec& known : scenario.accounts) {
    if (known.host == host) users.push_back(known.user);
  }
  if (std::find(users.begin(), users.end(), user.text) != users.end()) return true;
  errors.error(user.at, fmt::format("no account \"{}\" on this host", user.text.substr(0, 60)),
               "the user of an [[account]] there" + suggestion(user.text, users));
  return false;
}

void LessonDraft::check_variant(const Word& word) {
  const std::vector<std::string> names = variant_names();
  if (std::find(names.begin(), names.end(), word.text) != names.end()) return;
  errors.error(word.at, fmt::format("unknown variant \"{}\"", word.text.substr(0, 60)),
               "the name of a [[variant]]" + suggestion(word.text, names));
}

std::vector<const TomlEntry*> LessonDraft::overrides(TableReader& reader, std::string_view name) {
  std::vector<const TomlEntry*> found;
  const TomlValue* value = reader.value("variant");
  if (value == nullptr) return found;
  if (value->kind != TomlValue::Kind::kTable) {
    reader.error(value->at, fmt::format("\"variant\" is {}", toml_kind_name(value->kind)),
                 fmt::format("a table for each variant that differs: [{}.variant.NAME]", name));
    return found;
  }
  for (const TomlEntry& entry : value->entries) {
    check_variant({entry.key, entry.at});
    found.push_back(&entry);
  }
  return found;
}

std::vector<std::string> LessonDraft::variants(TableReader& reader) {
  std::vector<std::string> names;
  for (const Word& word : reader.words("variants")) {
    check_variant(word);
    names.push_back(word.text);
  }
  return names;
}

LinkConfig LessonDraft::link(TableReader& reader, LinkConfig otherwise) {
  LinkConfig config = otherwise;
  config.delay = reader.duration("delay", config.delay);
  config.bits_per_second = reader.rate("rate", config.bits_per_second);
  config.queue_packets =
      static_cast<uint32_t>(reader.number("queue", 1, 100000, config.queue_packets));
  config.loss_ppm = reader.share("loss", config.loss_ppm);
  config.jitter = reader.duration("jitter", config.jitter);
  for (const char* key : {"delay", "jitter"}) {
    const Duration value = key[0] == 'd' ? config.delay : config.jitter;
    if (value > seconds(3600)) {
      reader.error(reader.at(key), fmt::format("\"{}\" is over an hour", key), "at most \"1h\"");
    }
  }
  return config;
}

MessagePtr LessonDraft::message(TableReader& reader) {
  const MessagePtr found = read_message(reader);
  if (found != nullptr) {
    subjects.push_back(found->subject());
  } else {
    mail_missing = true;
  }
  return found;
}

MessagePtr LessonDraft::read_message(TableReader& reader) {
  const Word file = reader.word("file");
  const Word text = reader.block("text");
  if (file.text.empty() == text.text.empty()) {
    reader.error(reader.at(), fmt::format("{} needs either \"file\" or \"text\"", reader.what()),
                 "file = \"lunch.eml\" (in assets/mail/) or text = \"\"\"...\"\"\"");
    return nullptr;
  }
  if (file.text.empty()) {
    return with_last_line_ended(make_message(crlf_normalised(text.text)));
  }
  const std::string path = mail_folder + "/" + file.text;
  std::error_code ignored;
  if (!plain_file_name(file.text) || !fs::is_regular_file(path, ignored)) {
    errors.error(
        file.at, fmt::format("no mail file \"{}\"", file.text.substr(0, 100)),
        "the name of a file in assets/mail/" + suggestion(file.text, mail_files(mail_folder)));
    return nullptr;
  }
  ImportLimits limits;
  limits.message_bytes = limits.total_bytes = LessonLimits::kMailBytes;
  const Result<std::vector<ImportedMessage>> imported = import_mail(path, limits);
  if (!imported.ok() || imported.value().empty()) {
    errors.error(file.at, imported.ok() ? "no message in the file" : imported.error(),
                 "a mail file, of at most 32 MiB");
    return nullptr;
  }
  mail_bytes += imported.value()[0].message->size();
  if (mail_bytes > LessonLimits::kMailBytes) {
    errors.error(file.at, "the mail of this lesson is over 32 MiB", "smaller messages");
    return nullptr;
  }
  return with_last_line_ended(imported.value()[0].message);
}

uint16_t implicit_tls_port(Protocol protocol) {
  return protocol == Protocol::kSmtp   ? smtp::kSubmissionsPort
         : protocol == Protocol::kPop3 ? pop3::kTlsPort
                                       : imap::kTlsPort;
}

}  // namespace mailscope
