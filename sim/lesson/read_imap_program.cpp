#include "sim/lesson/read_imap_program.h"

#include <fmt/format.h>

#include "sim/imap/mailbox_names.h"

namespace mailscope {
namespace {

constexpr const char* kUses[] = {"\\Archive", "\\Drafts", "\\Junk", "\\Sent", "\\Trash"};

/// A mailbox by its name, or by what it is for.
std::string read_folder(TableReader& reader, std::string_view key, const std::string& otherwise) {
  if (!reader.has(key)) return otherwise;
  const Word word = reader.word(key);
  for (const char* use : kUses) {
    if (word.text == use) return word.text;
  }
  const std::string_view why = why_not_a_new_name(word.text);
  if (!word.text.empty() && !why.empty()) {
    reader.error(word.at, fmt::format("\"{}\": {}", key, why),
                 "a mailbox such as \"Sent\", or what it is for, such as \"\\\\Sent\"");
  }
  return word.text;
}

std::vector<std::string> read_folders(TableReader& reader, std::vector<std::string> otherwise) {
  if (!reader.has("folders")) return otherwise;
  std::vector<std::string> folders;
  for (const Word& word : reader.words("folders", 100)) {
    const std::string_view why = why_not_a_new_name(word.text);
    if (word.text != "*" && word.text != "INBOX" && !why.empty()) {
      reader.error(word.at, fmt::format("\"folders\": {}", why),
                   "mailboxes such as \"Archive\", or \"*\" for all of them");
    }
    folders.push_back(word.text);
  }
  return folders;
}

}  // namespace

ImapClientConfig read_imap_program(TableReader& reader, ImapClientConfig config) {
  config.headers_first = reader.flag("headers_first", config.headers_first);
  config.body_limit = static_cast<uint64_t>(
      reader.number("body_limit", 0, INT32_MAX, static_cast<int64_t>(config.body_limit)));
  if (reader.has("body_limit") && config.headers_first) {
    reader.error(reader.at("body_limit"), "\"body_limit\" with headers first",
                 "headers_first = false");
  }
  config.previews = reader.flag("previews", config.previews);
  config.resync = static_cast<ImapResync>(reader.choice("resync", {"uids", "condstore", "qresync"},
                                                        Need::kOptional,
                                                        static_cast<size_t>(config.resync)));
  config.use_idle = reader.flag("idle", config.use_idle);
  config.use_notify = reader.flag("notify", config.use_notify);
  config.noop_every = reader.duration("noop", config.noop_every);
  if (config.noop_every.ns != 0 && config.noop_every < seconds(1)) {
    reader.error(reader.at("noop"), "\"noop\" is under a second",
                 "at least \"1s\", or \"0s\" for never");
  }
  if (config.noop_every.ns != 0 && config.use_idle) {
    reader.error(reader.at("noop"), "\"noop\" beside IDLE", "idle = false");
  }
  config.pipeline = reader.flag("pipeline", config.pipeline);
  config.folders = read_folders(reader, std::move(config.folders));
  config.use_move = reader.flag("move", config.use_move);
  config.drafts = read_folder(reader, "drafts", config.drafts);
  config.sent = read_folder(reader, "sent", config.sent);
  config.trash = read_folder(reader, "trash", config.trash);
  return config;
}

}  // namespace mailscope
