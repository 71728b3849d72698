// POP3 commands in words, and the responses that a client gives to AUTH's challenges. RFC 1939, RFC
// 2449, RFC 5034, RFC 6856.
#include "sim/explain/explain_pop3.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/pop3/protocol.h"
#include "sim/wire/base64.h"
#include "sim/wire/pop3_grammar.h"

namespace mailscope::explain {

using pop3::Command;

const pop3::CommandRow* find_pop3_row(std::string_view keyword) {
  for (const pop3::CommandRow& row : pop3::kCommands) {
    if (keyword == row.name) return &row;
  }
  return nullptr;
}

bool is_pop3_listing(const pop3::CommandRow* row) {
  return row != nullptr && (row->command == Command::kList || row->command == Command::kUidl ||
                            row->command == Command::kCapa || row->command == Command::kLang);
}

void explain_malformed_pop3(LineBuilder& builder) {
  builder.sentence("pop3.line.malformed");
  builder.section("RFC 1939 §3");
  builder.add(0, builder.line().size(), "text", "pop3.token.malformed");
}

namespace {

/// Key of the sentence of a command: LIST, UIDL and LANG mean something else with an argument.
std::string sentence_key(const pop3::CommandRow& row, bool argument) {
  return std::string("pop3.line.") + row.name + (is_pop3_listing(&row) && argument ? ".one" : "");
}

/// Commands whose arguments are words: what each of them is.
struct WordArguments {
  Command command;
  const char* keys[2];
  bool shown[2];  // fit to be repeated
};
constexpr WordArguments kWordArguments[] = {
    {Command::kApop, {"pop3.token.user", "pop3.token.digest"}, {true, false}},
    {Command::kAuth, {"pop3.token.mechanism", "pop3.token.initial-response"}, {true, false}},
    {Command::kLang, {"pop3.token.language-range", "pop3.token.extra"}, {true, false}},
};

const WordArguments* word_arguments(Command command) {
  for (const WordArguments& row : kWordArguments) {
    if (row.command == command) return &row;
  }
  return nullptr;
}

bool arguments_fit(const pop3::CommandRow& row, const pop3::CommandLine& command) {
  if (row.command == Command::kUser || row.command == Command::kPass) return !command.rest.empty();
  const size_t count = command.arguments.size();
  return count >= row.min_arguments && count <= row.max_arguments &&
         (word_arguments(row.command) != nullptr ||
          std::all_of(command.arguments.begin(), command.arguments.end(),
                      [](const std::string& text) { return parse_number(text, UINT32_MAX); }));
}

void explain_arguments(LineBuilder& builder, const pop3::CommandRow& row,
                       const pop3::CommandLine& command) {
  const std::string_view line = builder.line();
  if (row.command == Command::kUser || row.command == Command::kPass) {
    const bool user = row.command == Command::kUser;
    const size_t begin = command.tokens[0].size + 1;
    return builder.add(begin, line.size(), "argument",
                       user ? "pop3.token.user" : "pop3.token.password",
                       {user ? command.rest : std::string()});
  }
  for (size_t i = 1; i < command.tokens.size(); ++i) {
    const pop3::Token& token = command.tokens[i];
    const std::string value(line.substr(token.begin, token.size));
    const WordArguments* words = word_arguments(row.command);
    if (words != nullptr && i <= row.max_arguments) {
      builder.add(token.begin, token.begin + token.size, "argument", words->keys[i - 1],
                  {words->shown[i - 1] ? value : std::string()});
      continue;
    }
    const char* key = i > row.max_arguments              ? "pop3.token.extra"
                      : !parse_number(value, UINT32_MAX) ? "pop3.token.not-a-number"
                      : i == 2                           ? "pop3.token.lines"
                                                         : "pop3.token.number";
    builder.add(token.begin, token.begin + token.size, "argument", key, {value});
  }
}

/// What a client says while AUTH is under way. RFC 1939 §3: a keyword has three or four letters, so
/// a longer word that is base64 is a response.
bool explain_auth_response(LineBuilder& builder) {
  const std::string_view line = builder.line();
  if (line == "*") {
    builder.sentence("pop3.line.cancel");
    builder.add(0, 1, "command", "pop3.token.cancel");
  } else if (line.empty()) {
    builder.sentence("pop3.line.empty-response");
  } else if (line.size() > 4 && parse_base64(line)) {
    builder.sentence("pop3.line.auth-response");
    builder.add(0, line.size(), "argument", "pop3.token.auth-response");
  } else {
    return false;
  }
  builder.section("RFC 5034 §4");
  return true;
}

LineMeaning explain_command(std::string_view line) {
  LineBuilder builder(line);
  if (explain_auth_response(builder)) return builder.take();
  const std::optional<pop3::CommandLine> command = pop3::parse_command(line, pop3::Charset::kUtf8);
  if (!command) {
    explain_malformed_pop3(builder);
    return builder.take();
  }
  const pop3::CommandRow* row = find_pop3_row(command->keyword);
  if (row == nullptr) {
    builder.sentence("pop3.line.unknown", {command->keyword});
    builder.section("RFC 1939 §3");
    builder.add(0, command->tokens[0].size, "command", "pop3.token.unknown", {command->keyword});
    builder.add(command->tokens[0].size + 1, line.size(), "text", "pop3.token.rest");
    return builder.take();
  }
  std::vector<std::string> arguments = command->arguments;
  arguments.resize(2);
  if (row->command == Command::kUser) arguments[0] = command->rest;
  if (row->command == Command::kPass) arguments = {"", ""};
  if (arguments_fit(*row, *command)) {
    builder.sentence(sentence_key(*row, !command->arguments.empty()), arguments);
  } else {
    builder.sentence(
        row->max_arguments == 0 ? "pop3.line.no-argument" : "pop3.line.wrong-arguments",
        {row->name, row->arguments});
  }
  builder.section(row->section);
  builder.add(0, command->tokens[0].size, "command", std::string("pop3.command.") + row->name);
  explain_arguments(builder, *row, *command);
  return builder.take();
}

}  // namespace

LineMeaning explain_pop3(Direction direction, std::string_view line, const LineContext& context) {
  if (direction == Direction::kToServer) return explain_command(line);
  return explain_pop3_response(line, context);
}

}  // namespace mailscope::explain
