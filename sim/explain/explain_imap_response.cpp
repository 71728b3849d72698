// IMAP lines from the server in words: status responses with their codes, data, requests to go on,
// and what follows a literal. RFC 3501 §7; RFC 4315 (UIDPLUS); RFC 5530 (codes).
#include <algorithm>
#include <optional>

#include "sim/base/ascii.h"
#include "sim/explain/explain_imap.h"
#include "sim/explain/explain_imap_data.h"
#include "sim/explain/explain_imap_mailboxes.h"
#include "sim/explain/explain_imap_messages.h"
#include "sim/wire/imap_command.h"

namespace mailscope::explain {
namespace {

using imap::Command;

struct StatusRow {
  std::string_view name;
  const char* section;
};
constexpr StatusRow kStatuses[] = {{"OK", "RFC 3501 §7.1.1"},
                                   {"NO", "RFC 3501 §7.1.2"},
                                   {"BAD", "RFC 3501 §7.1.3"},
                                   {"PREAUTH", "RFC 3501 §7.1.4"},
                                   {"BYE", "RFC 3501 §7.1.5"}};

const StatusRow* find_status(std::string_view word) {
  for (const StatusRow& row : kStatuses) {
    if (equals_ignoring_case(word, row.name)) return &row;
  }
  return nullptr;
}

/// Adds what is inside [ ]; returns the catalog's key of the code, with its value in `value`.
std::string add_code(LineBuilder& builder, size_t open, size_t close, std::string& value) {
  const std::string_view line = builder.line();
  const std::string_view inside = line.substr(0, close);
  const Word word = next_word(inside, open + 1);
  const std::string name = ascii_upper(inside.substr(word.begin, word.end - word.begin));
  const char* section = nullptr;
  for (const imap::ResponseCodeRow& row : imap::kResponseCodes) {
    if (name == row.code) section = row.section;
  }
  if (section != nullptr) builder.section(section);
  const bool known = section != nullptr;
  const std::string key = known ? "imap.code." + name : "imap.code.other";
  const size_t rest = next_word(inside, word.end).begin;
  value = std::string(inside.substr(rest));
  builder.add(word.begin, word.end, "code", key, {known ? value : name});
  if (name == "CAPABILITY") {
    add_capabilities(builder, rest, close);
  } else if (name == "PERMANENTFLAGS") {
    add_flag_list(builder, rest);
  } else if (name == "COPYUID" || name == "APPENDUID") {
    add_uidplus(builder, rest, close, name == "COPYUID");
  } else {
    builder.add(rest, close, "argument", known ? "imap.token.code-value" : "imap.token.rest",
                {value});
  }
  return known ? key : std::string();
}

/// "[CODE ...] text" from `at` on; returns the code's key, or nothing.
std::string add_code_and_text(LineBuilder& builder, size_t at, std::string& value) {
  const std::string_view line = builder.line();
  size_t begin = next_word(line, at).begin;
  std::string key;
  if (begin < line.size() && line[begin] == '[') {
    const size_t close = line.find(']', begin);
    if (close != std::string_view::npos) {
      key = add_code(builder, begin, close, value);
      begin = next_word(line, close + 1).begin;
    }
  }
  builder.add(begin, line.size(), "text", "imap.token.human-text");
  return key;
}

void explain_tagged(LineBuilder& builder, Word tag, Word word, const StatusRow& status,
                    const LineContext& context) {
  const std::string_view line = builder.line();
  const std::string tag_text(line.substr(tag.begin, tag.end - tag.begin));
  const imap::CommandLine answered = imap::parse_command_head(context.answers);
  const imap::CommandRow* row = imap::find_command(answered.name);
  const std::string name(status.name);
  if (row != nullptr && answered.tag == tag_text) {
    builder.sentence("imap.tagged." + name + ".command", {tag_text, row->name});
  } else {
    builder.sentence("imap.tagged." + name, {tag_text});
  }
  builder.add(tag.begin, tag.end, "tag", "imap.token.answered-tag", {tag_text});
  builder.section(status.section);
  builder.add(word.begin, word.end, "status", "imap.status-of-command." + name);
  std::string value;
  add_code_and_text(builder, word.end, value);
  builder.section(status.section);
}

void explain_untagged_status(LineBuilder& builder, Word word, const StatusRow& status,
                             const LineContext& context) {
  const std::string name(status.name);
  builder.section(status.section);
  builder.add(word.begin, word.end, "status", "imap.status-untagged." + name);
  std::string value;
  const std::string code = add_code_and_text(builder, word.end, value);
  const bool greeting =
      context.answers.empty() && name == "OK" && (code.empty() || code == "imap.code.CAPABILITY");
  if (greeting) {
    builder.section(status.section);
    return builder.sentence("imap.line.greeting");
  }
  if (!code.empty()) return builder.sentence(code, {value});
  builder.sentence("imap.untagged." + name);
}

/// "+ idling", "+ Ready for the literal", "+ <base64>".
void explain_continue(LineBuilder& builder, const LineContext& context) {
  const std::string_view line = builder.line();
  const imap::CommandRow* row = command_row(context.answers);
  const Word text = next_word(line, 1);
  const bool idle = row != nullptr ? row->command == Command::kIdle
                                   : equals_ignoring_case(line.substr(text.begin), "idling");
  builder.section(idle ? "RFC 2177 §3" : "RFC 3501 §7.5");
  const char* key = "imap.line.continue";
  if (idle) key = "imap.line.continue.idle";
  if (row != nullptr && row->command == Command::kAuthenticate) key = "imap.line.continue.sasl";
  if (find_announcement(context.answers)) key = "imap.line.continue.literal";
  builder.sentence(key);
  builder.add(0, 1, "status", "imap.token.plus");
  builder.add(text.begin, line.size(), "text", "imap.token.human-text");
}

/// True when the data was not asked for by the command that this answers: news of the mailbox.
bool is_news(std::string_view name, const LineContext& context) {
  if (context.answers.empty()) return false;
  const imap::CommandRow* row = command_row(context.answers);
  if (row == nullptr) return false;
  switch (row->command) {
    case Command::kSelect:
    case Command::kExamine: return false;
    case Command::kFetch:
    case Command::kUidFetch:
    case Command::kStore:
    case Command::kUidStore: return name != "FETCH" && name != "UIDFETCH";
    case Command::kExpunge:
    case Command::kUidExpunge: return name != "EXPUNGE";
    default: return true;
  }
}

/// "* 3 EXISTS"; false when it is none that RFC 3501 knows.
bool explain_numbered(LineBuilder& builder, Word number, const LineContext& context) {
  const std::string_view line = builder.line();
  const Word word = next_word(line, number.end);
  const std::string name = ascii_upper(line.substr(word.begin, word.end - word.begin));
  constexpr StatusRow kNames[] = {{"EXISTS", "RFC 3501 §7.3.1"},
                                  {"RECENT", "RFC 3501 §7.3.2"},
                                  {"EXPUNGE", "RFC 3501 §7.4.1"},
                                  {"FETCH", "RFC 3501 §7.4.2"},
                                  {"UIDFETCH", "RFC 9586 §3.3"}};
  const auto* row = std::find_if(std::begin(kNames), std::end(kNames),
                                 [&](const StatusRow& known) { return name == known.name; });
  if (row == std::end(kNames)) return false;
  const std::string value(line.substr(number.begin, number.end - number.begin));
  const bool news = name != "RECENT" && is_news(name, context);
  builder.section(row->section);
  builder.sentence("imap.response." + name + (news ? ".news" : ""), {value});
  const bool message = name == "EXPUNGE" || name == "FETCH";
  builder.add(number.begin, number.end, "argument",
              message              ? "imap.token.sequence-number"
              : name == "UIDFETCH" ? "imap.token.uid"
                                   : "imap.token.count",
              {value});
  builder.add(word.begin, word.end, "status", "imap.token." + name);
  if (name == "FETCH" || name == "UIDFETCH") add_fetch_data(builder, word.end);
  return true;
}

/// "* LIST ..." and the others without a number; false when it is none that RFC 3501 knows.
bool explain_named(LineBuilder& builder, Word word, const LineContext& context) {
  const std::string_view line = builder.line();
  const std::string name = ascii_upper(line.substr(word.begin, word.end - word.begin));
  const imap::CommandRow* row = command_row(context.answers);
  const bool uid = row != nullptr && row->command == Command::kUidSearch;
  const bool search = name == "SEARCH";
  const char* section = name == "CAPABILITY" ? "RFC 3501 §7.2.1"
                        : name == "LIST"     ? "RFC 3501 §7.2.2"
                        : name == "LSUB"     ? "RFC 3501 §7.2.3"
                        : name == "STATUS"   ? "RFC 3501 §7.2.4"
                        : search             ? "RFC 3501 §7.2.5"
                        : name == "FLAGS"    ? "RFC 3501 §7.2.6"
                                             : nullptr;
  if (section == nullptr) {
    return explain_message_response(builder, word, name, row != nullptr && row->uid_form) ||
           explain_mailbox_response(builder, word, name);
  }
  builder.section(section);
  const bool nothing = search && next_word(line, word.end).begin == line.size();
  builder.sentence("imap.response." + name + (nothing ? ".none" : search && uid ? ".uid" : ""));
  builder.add(word.begin, word.end, "status", "imap.token." + name);
  if (name == "CAPABILITY") add_capabilities(builder, word.end, line.size());
  if (name == "FLAGS") add_flag_list(builder, next_word(line, word.end).begin);
  if (name == "LIST" || name == "LSUB") add_list_data(builder, word.end);
  if (name == "STATUS") add_status_data(builder, word.end);
  if (search) add_numbers(builder, word.end, uid);
  return true;
}

void explain_untagged(LineBuilder& builder, const LineContext& context) {
  const std::string_view line = builder.line();
  builder.add(0, 1, "tag", "imap.token.untagged");
  const Word word = next_word(line, 1);
  const std::string_view text = line.substr(word.begin, word.end - word.begin);
  if (const StatusRow* status = find_status(text)) {
    return explain_untagged_status(builder, word, *status, context);
  }
  if (parse_number(text, UINT32_MAX)) {
    if (explain_numbered(builder, word, context)) return;
  } else if (explain_named(builder, word, context)) {
    return;
  }
  builder.sentence("imap.response.other");
  builder.section("RFC 3501 §7");
  builder.add(word.begin, line.size(), "text", "imap.token.rest");
}

LineMeaning explain_response(std::string_view line, const LineContext& context) {
  LineBuilder builder(line);
  if (line.empty() || line[0] == ' ' || line[0] == ')') {
    builder.sentence("imap.line.after-literal");
    builder.section("RFC 3501 §7.4.2");
    add_fetch_data(builder, 0);
    return builder.take();
  }
  const Word tag = next_word(line, 0);
  const Word word = next_word(line, tag.end);
  const StatusRow* status = find_status(line.substr(word.begin, word.end - word.begin));
  if (line[0] == '*' && tag.end == 1 && line.size() > 1) {
    explain_untagged(builder, context);
  } else if (line[0] == '+' && tag.end == 1) {
    explain_continue(builder, context);
  } else if (status != nullptr) {
    explain_tagged(builder, tag, word, *status, context);
  } else {
    builder.sentence("imap.line.malformed-response");
    builder.section("RFC 3501 §7");
    builder.add(0, line.size(), "text", "imap.token.malformed");
  }
  return builder.take();
}

}  // namespace

LineMeaning explain_imap_response(std::string_view line, const LineContext& context) {
  if (!context.in_data) return explain_response(line, context);
  LineBuilder builder(line);
  explain_message_line(builder, "imap", false, context.in_body);
  return builder.take();
}

}  // namespace mailscope::explain
