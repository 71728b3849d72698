// POP3 responses in words, by the command they answer. RFC 1939, RFC 2449 (CAPA, response codes),
// RFC 3206, RFC 5034 (challenges), RFC 6856 (LANG).
#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/explain/explain_pop3.h"
#include "sim/wire/pop3_grammar.h"

namespace mailscope::explain {
namespace {

using pop3::Command;

bool is_message(const pop3::CommandRow* row) {
  return row != nullptr && (row->command == Command::kRetr || row->command == Command::kTop);
}

/// What this response answers.
struct Answered {
  const pop3::CommandRow* row = nullptr;
  std::string argument;  // the first one, or empty
};

Answered answered_by(std::string_view command_line) {
  const std::optional<pop3::CommandLine> command =
      pop3::parse_command(command_line, pop3::Charset::kUtf8);
  if (!command) return {};
  const pop3::CommandRow* row = find_pop3_row(command->keyword);
  const bool secret = row == nullptr || row->command == Command::kPass;
  return {row, secret || command->arguments.empty() ? std::string() : command->arguments[0]};
}

/// The rest of a response, from `at` on: nobody but people reads it.
void explain_text(LineBuilder& builder, size_t at) {
  const size_t begin = builder.line().find_first_not_of(' ', at);
  if (begin == std::string_view::npos) return;
  builder.add(begin, builder.line().size(), "text", "pop3.token.text");
}

/// "[IN-USE]" at `at`; returns where it ends, and its row's key in `key`.
size_t explain_code(LineBuilder& builder, size_t at, std::string& key) {
  const std::string_view line = builder.line();
  const size_t open = line.find_first_not_of(' ', at);
  if (open == std::string_view::npos || line[open] != '[') return at;
  const size_t close = line.find(']', open);
  if (close == std::string_view::npos) return at;
  const std::string code = ascii_upper(line.substr(open + 1, close - open - 1));
  key = "pop3.code.other";
  for (const pop3::ResponseCodeRow& row : pop3::kResponseCodes) {
    if (code != row.code) continue;
    key = "pop3.code." + code;
    builder.section(row.section);
  }
  builder.add(open, close + 1, "code", key, {code});
  return close + 1;
}

void explain_error(LineBuilder& builder, const Answered& answered) {
  if (answered.row != nullptr && answered.row->command == Command::kQuit) {
    builder.sentence("pop3.line.ERR.QUIT");
    builder.section("RFC 1939 §6");
  } else if (answered.row != nullptr) {
    builder.sentence("pop3.line.ERR.command", {answered.row->name});
  } else {
    builder.sentence("pop3.line.ERR");
  }
  builder.add(0, 4, "status", "pop3.token.ERR");
  std::string code;
  const size_t after = explain_code(builder, 4, code);
  // A code says why, which is more than that it was refused.
  if (!code.empty() && code != "pop3.code.other") builder.sentence(code);
  explain_text(builder, after);
}

/// "+OK 3 353", "+OK 2 200", "+OK 2 whqtswO00WBw418f9t5JxYwZ": the two values have a place and a
/// meaning.
bool explain_values(LineBuilder& builder, const Answered& answered) {
  const std::string_view line = builder.line();
  const Command command = answered.row->command;
  const bool one = !answered.argument.empty();
  if (command == Command::kLang && one) {
    const Word tag = next_word(line, 3);
    const std::string name(line.substr(tag.begin, tag.end - tag.begin));
    builder.sentence("pop3.answer.LANG.one", {name});
    builder.add(tag.begin, tag.end, "argument", "pop3.token.language", {name});
    explain_text(builder, tag.end);
    return true;
  }
  const bool stat = command == Command::kStat;
  const bool listing = command == Command::kList || command == Command::kUidl;
  if (!stat && !(listing && one)) return false;
  const Word first = next_word(line, 3);
  const Word second = next_word(line, first.end);
  const std::string a(line.substr(first.begin, first.end - first.begin));
  const std::string b(line.substr(second.begin, second.end - second.begin));
  if (!parse_number(a, UINT32_MAX) || b.empty()) return false;
  builder.sentence(std::string("pop3.answer.") + answered.row->name + (stat ? "" : ".one"), {a, b});
  builder.add(first.begin, first.end, "argument", stat ? "pop3.token.count" : "pop3.token.number",
              {a});
  const char* key = stat                        ? "pop3.token.total"
                    : command == Command::kList ? "pop3.token.size"
                                                : "pop3.token.unique-id";
  builder.add(second.begin, second.end, "argument", key, {b});
  explain_text(builder, second.end);
  return true;
}

void explain_ok(LineBuilder& builder, const Answered& answered, bool greeting) {
  builder.add(0, 3, "status", "pop3.token.OK");
  if (answered.row == nullptr) {
    builder.sentence(greeting ? "pop3.answer.greeting" : "pop3.answer.OK");
    const std::string_view line = builder.line();
    const std::string_view stamp = greeting ? pop3::parse_timestamp(line) : std::string_view();
    if (stamp.empty()) return explain_text(builder, 3);
    const size_t begin = line.find(stamp);
    const size_t text = line.find_first_not_of(' ', 3);
    const size_t text_end = line.find_last_not_of(' ', begin - 1) + 1;
    if (text < text_end) builder.add(text, text_end, "text", "pop3.token.text");
    builder.add(begin, begin + stamp.size(), "argument", "pop3.token.timestamp");
    return explain_text(builder, begin + stamp.size());
  }
  builder.section(answered.row->section);
  if (explain_values(builder, answered)) return;
  const bool values_missing = answered.row->command == Command::kStat ||
                              (is_pop3_listing(answered.row) && !answered.argument.empty());
  builder.sentence(
      values_missing ? "pop3.answer.OK" : std::string("pop3.answer.") + answered.row->name,
      {answered.argument});
  std::string code;
  explain_text(builder, explain_code(builder, 3, code));
}

/// What follows the name of a capability, from `at` on.
void explain_parameters(LineBuilder& builder, std::string_view name, size_t at) {
  const std::string_view line = builder.line();
  for (Word word = next_word(line, at); word.begin < word.end; word = next_word(line, word.end)) {
    const std::string value(line.substr(word.begin, word.end - word.begin));
    const char* key = "pop3.token.parameters";
    if (name == "SASL") key = "pop3.token.mechanism";
    if (name == "IMPLEMENTATION") key = "pop3.token.implementation";
    if (name == "UTF8" && value == "USER") key = "pop3.token.utf8-names";
    if (name == "LOGIN-DELAY" || name == "EXPIRE") {
      const bool seconds = name == "LOGIN-DELAY";
      if (value == "USER") key = "pop3.token.varies";
      if (parse_number(value)) key = seconds ? "pop3.token.delay" : "pop3.token.days";
      if (!seconds && value == "NEVER") key = "pop3.token.never";
    }
    builder.add(word.begin, word.end, "argument", key, {value});
  }
}

/// A line of the list that LIST, UIDL or CAPA began.
void explain_listing(LineBuilder& builder, const Answered& answered) {
  const std::string_view line = builder.line();
  builder.section(answered.row->section);
  if (line == ".") {
    builder.sentence("pop3.line.end-of-list");
    return builder.add(0, 1, "status", "pop3.token.end");
  }
  if (answered.row->command == Command::kCapa) {
    const Word word = next_word(line, 0);
    const std::string name = ascii_upper(line.substr(word.begin, word.end - word.begin));
    const bool known =
        std::any_of(std::begin(pop3::kExtensions), std::end(pop3::kExtensions),
                    [&](const pop3::ExtensionRow& row) { return row.listed && name == row.name; });
    builder.sentence("pop3.line.capability", {name});
    builder.add(word.begin, word.end, "data", "pop3.capability." + (known ? name : "other"),
                {name});
    return explain_parameters(builder, name, word.end);
  }
  if (answered.row->command == Command::kLang) {
    const Word tag = next_word(line, 0);
    const std::string name(line.substr(tag.begin, tag.end - tag.begin));
    builder.sentence("pop3.line.language", {name});
    builder.add(tag.begin, tag.end, "data", "pop3.token.language", {name});
    const Word rest = next_word(line, tag.end);
    return builder.add(rest.begin, line.size(), "text", "pop3.token.language-name");
  }
  const std::optional<pop3::Listing> listing = pop3::parse_listing(line);
  if (!listing) return explain_malformed_pop3(builder);
  const bool sizes = answered.row->command == Command::kList;
  const std::string number = std::to_string(listing->number);
  builder.sentence(sizes ? "pop3.line.size" : "pop3.line.unique-id", {number, listing->value});
  const size_t space = line.find(' ');
  builder.add(0, space, "data", "pop3.token.number", {number});
  builder.add(space + 1, space + 1 + listing->value.size(), "data",
              sizes ? "pop3.token.size" : "pop3.token.unique-id", {listing->value});
}

/// Nobody said what this line answers: its shape is all there is to see.
const pop3::CommandRow* listing_command(std::string_view line) {
  const std::optional<pop3::Listing> listing = pop3::parse_listing(line);
  if (!listing) return nullptr;
  return find_pop3_row(parse_number(listing->value) ? "LIST" : "UIDL");
}

}  // namespace

LineMeaning explain_pop3_response(std::string_view line, const LineContext& context) {
  LineBuilder builder(line);
  Answered answered = answered_by(context.answers);
  const bool may_challenge = answered.row == nullptr || answered.row->command == Command::kAuth;
  if (may_challenge && !context.in_data && pop3::parse_challenge(line)) {
    builder.section("RFC 5034 §4");
    builder.sentence("pop3.line.challenge");
    builder.add(0, 1, "status", "pop3.token.challenge");
    builder.add(2, line.size(), "argument", "pop3.token.challenge-text");
    return builder.take();
  }
  const std::optional<pop3::Response> response = pop3::parse_response(line);
  if (context.in_data || !response) {
    if (answered.row == nullptr && !context.in_data) answered.row = listing_command(line);
    if (is_pop3_listing(answered.row)) {
      explain_listing(builder, answered);
    } else if (context.in_data || is_message(answered.row) || line == ".") {
      explain_message_line(builder, "pop3", true, context.in_body);
    } else {
      explain_malformed_pop3(builder);
    }
    return builder.take();
  }
  builder.section("RFC 1939 §3");
  if (response->ok) {
    explain_ok(builder, answered, context.answers.empty());
  } else {
    explain_error(builder, answered);
  }
  return builder.take();
}

}  // namespace mailscope::explain
