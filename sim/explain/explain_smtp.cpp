// SMTP lines in words: commands, and replies by the command they answer. RFC 5321 §4.1, §4.2, and
// the extensions of smtp::kExtensions. What a client says in a SASL exchange is never shown: it may
// hold a password.
#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/explain/line_builder.h"
#include "sim/smtp/protocol.h"
#include "sim/wire/base64.h"
#include "sim/wire/smtp_grammar.h"
#include "sim/wire/smtp_parameters.h"

namespace mailscope::explain {
namespace {

using smtp::Command;

/// Keywords of an EHLO reply that are no rows of the table and have a text all the same.
constexpr std::string_view kOtherExtensions[] = {"ETRN", "EXPN", "HELP", "VRFY"};

bool has_extension_text(std::string_view keyword) {
  for (const smtp::ExtensionRow& row : smtp::kExtensions) {
    if (keyword == row.keyword) return true;
  }
  return std::find(std::begin(kOtherExtensions), std::end(kOtherExtensions), keyword) !=
         std::end(kOtherExtensions);
}

/// Replies that mean something of their own after a command: smtp.answer.<code>.<command>. DATA
/// here is the end of the message, not the command, which 354 answers.
struct AnswerRow {
  int code;
  std::string_view command;
};
constexpr AnswerRow kAnswers[] = {
    {220, "STARTTLS"}, {235, "AUTH"}, {250, "BDAT"}, {250, "DATA"}, {250, "EHLO"}, {250, "EXPN"},
    {250, "HELO"},     {250, "MAIL"}, {250, "NOOP"}, {250, "RCPT"}, {250, "RSET"}, {250, "VRFY"},
    {451, "RCPT"},     {452, "RCPT"}, {501, "AUTH"}, {503, "DATA"}, {503, "MAIL"}, {503, "RCPT"},
    {504, "AUTH"},     {550, "RCPT"}, {552, "DATA"}, {552, "MAIL"}, {552, "RCPT"}, {554, "DATA"}};

const smtp::CommandRow* find_row(std::string_view verb) {
  for (const smtp::CommandRow& row : smtp::kCommands) {
    if (verb == row.name) return &row;
  }
  return nullptr;
}

void explain_malformed(LineBuilder& builder) {
  builder.sentence("smtp.line.malformed");
  builder.section("RFC 5321 §2.4");
  builder.add(0, builder.line().size(), "text", "smtp.token.malformed");
}

void explain_parameter(LineBuilder& builder, Word word) {
  const std::string_view text = builder.line().substr(word.begin, word.end - word.begin);
  const std::string keyword = ascii_upper(text.substr(0, text.find('=')));
  const std::string value(keyword.size() < text.size() ? text.substr(keyword.size() + 1) : "");
  for (const smtp::ParameterRow& row : smtp::kParameters) {
    if (keyword != row.keyword || (keyword == "SIZE" && !parse_number(value))) continue;
    return builder.add(word.begin, word.end, "argument", "smtp.parameter." + keyword, {value});
  }
  builder.add(word.begin, word.end, "argument", "smtp.parameter.other", {keyword, value});
}

/// FROM:<path> or TO:<path>, and parameters. `at` is where the argument begins in the line.
void explain_path(LineBuilder& builder, Command command, const std::string& argument, size_t at) {
  const std::string_view line = builder.line();
  const bool from = command == Command::kMail;
  const smtp::PathResult parsed = smtp::parse_path_argument(argument, from ? "FROM" : "TO", true);
  if (!parsed.path) {
    builder.sentence(from ? "smtp.line.MAIL.malformed" : "smtp.line.RCPT.malformed");
    return builder.add(at, at + argument.size(), "argument",
                       from ? "smtp.token.from.malformed" : "smtp.token.to.malformed");
  }
  const std::string address = parsed.path->address();
  const bool null = parsed.path->null;
  if (null) builder.sentence("smtp.line.MAIL.null");
  if (!null) builder.sentence(from ? "smtp.line.MAIL" : "smtp.line.RCPT", {address});
  const size_t open = at + parsed.path->path_token.begin;
  const size_t close = open + parsed.path->path_token.size;
  builder.add(at, open, "argument", from ? "smtp.token.from" : "smtp.token.to");
  builder.add(open, close, "argument",
              null   ? "smtp.token.null-path"
              : from ? "smtp.token.reverse-path"
                     : "smtp.token.forward-path",
              {address});
  const std::string_view kept = line.substr(0, at + argument.size());
  for (Word word = next_word(kept, close); word.begin < kept.size();) {
    explain_parameter(builder, word);
    word = next_word(kept, word.end);
  }
}

/// Key of the argument of any command but MAIL, RCPT, AUTH and BDAT.
const char* argument_key(const smtp::CommandRow& row, const std::string& argument) {
  if (!row.takes_argument) return "smtp.token.extra";
  switch (row.command) {
    case Command::kEhlo:
    case Command::kHelo:
      return smtp::is_address_literal(argument) ? "smtp.token.address-literal"
             : smtp::is_domain(argument)        ? "smtp.token.domain"
                                                : "smtp.token.domain.malformed";
    case Command::kVrfy:
    case Command::kExpn:
      return "smtp.token.whom";
    case Command::kHelp:
      return "smtp.token.topic";
    case Command::kNoop:
      return "smtp.token.ignored";
    default:
      return "smtp.token.extra";
  }
}

/// The words of AUTH's and BDAT's arguments; the second of AUTH is never shown.
void explain_words(LineBuilder& builder, Command command, size_t at) {
  const bool auth = command == Command::kAuth;
  const std::string_view line = builder.line();
  const Word first = next_word(line, at);
  builder.add(first.begin, first.end, "argument",
              auth ? "smtp.token.mechanism" : "smtp.token.chunk-size",
              {std::string(line.substr(first.begin, first.end - first.begin))});
  const Word second = next_word(line, first.end);
  builder.add(second.begin, second.end, "argument",
              auth ? "smtp.token.initial-response" : "smtp.token.last-chunk");
}

/// A response of a SASL exchange: one word of base64 that is no command (RFC 4954 §4).
bool is_sasl_response(std::string_view line) {
  if (line == "*" || line.size() < 8 || find_row(ascii_upper(line)) != nullptr) return line == "*";
  return parse_base64(line).has_value();
}

LineMeaning explain_sasl_response(std::string_view line) {
  LineBuilder builder(line);
  builder.sentence(line == "*" ? "smtp.line.cancel" : "smtp.line.response");
  builder.section("RFC 4954 §4");
  builder.add(0, line.size(), "argument",
              line == "*" ? "smtp.token.cancel" : "smtp.token.response");
  return builder.take();
}

LineMeaning explain_command(std::string_view line) {
  if (is_sasl_response(line)) return explain_sasl_response(line);
  LineBuilder builder(line);
  const std::optional<smtp::CommandLine> command = smtp::parse_command(line, true);
  if (!command) {
    explain_malformed(builder);
    return builder.take();
  }
  const size_t verb_end = command->tokens[0].size;
  const size_t at = command->tokens.size() > 1 ? command->tokens[1].begin : line.size();
  const smtp::CommandRow* row = find_row(command->verb);
  if (row == nullptr) {
    builder.sentence("smtp.line.unknown", {command->verb});
    builder.section("RFC 5321 §4.2.4");
    builder.add(0, verb_end, "command", "smtp.token.unknown", {command->verb});
    builder.add(at, line.size(), "text", "smtp.token.rest");
    return builder.take();
  }
  builder.section(row->section);
  if (command->argument.empty() ? row->needs_argument : !row->takes_argument) {
    builder.sentence(row->takes_argument ? "smtp.line.wrong-arguments" : "smtp.line.no-argument",
                     {row->name, row->arguments});
  } else {
    // Of AUTH only the mechanism: what follows may be a password.
    const bool first = row->command == Command::kAuth || row->command == Command::kBdat;
    const std::string& all = command->argument;
    builder.sentence(std::string("smtp.line.") + row->name,
                     {first ? all.substr(0, all.find(' ')) : all});
  }
  builder.add(0, verb_end, "command", std::string("smtp.command.") + row->name);
  const bool path = row->command == Command::kMail || row->command == Command::kRcpt;
  const bool words = row->command == Command::kAuth || row->command == Command::kBdat;
  if (path && !command->argument.empty()) {
    explain_path(builder, row->command, command->argument, at);
  } else if (words) {
    explain_words(builder, row->command, at);
  } else {
    builder.add(at, at + command->argument.size(), "argument",
                argument_key(*row, command->argument), {command->argument});
  }
  return builder.take();
}

/// What a reply answers, and what that command was about: an address, a domain, a name.
struct Answered {
  std::string command;  // in capitals; empty when it is not known
  std::string argument;
};

Answered answered_by(std::string_view line, int code) {
  if (line == ".") return {"DATA", ""};
  if (is_sasl_response(line)) return {"AUTH", ""};
  const std::optional<smtp::CommandLine> command = smtp::parse_command(line, true);
  if (!command || find_row(command->verb) == nullptr) return {};
  Answered answered{command->verb, command->argument};
  if (answered.command == "AUTH") {
    answered.argument = answered.argument.substr(0, answered.argument.find(' '));
  }
  if (answered.command == "MAIL" || answered.command == "RCPT") {
    const smtp::PathResult parsed = smtp::parse_path_argument(
        command->argument, answered.command == "MAIL" ? "FROM" : "TO", true);
    answered.argument = parsed.path ? parsed.path->address() : std::string();
  }
  if (answered.command == "DATA" && code == 354) answered.command.clear();
  return answered;
}

std::string reply_key(int code) {
  for (const smtp::ReplyRow& row : smtp::kReplies) {
    if (row.code == code) return fmt::format("smtp.reply.{}", code);
  }
  return fmt::format("smtp.reply.{}xx", code / 100);
}

const char* reply_section(int code) {
  for (const smtp::ReplyRow& row : smtp::kReplies) {
    if (row.code == code) return row.section;
  }
  return "RFC 5321 §4.2.1";
}

std::string sentence_key(int code, std::string_view command) {
  for (const AnswerRow& row : kAnswers) {
    if (row.code == code && row.command == command) {
      return fmt::format("smtp.answer.{}.{}", code, command);
    }
  }
  return reply_key(code);
}

/// "2.1.5" (RFC 3463 §2).
bool is_enhanced_code(std::string_view word) {
  const size_t first = word.find('.');
  if (first != 1 || word.size() < 5) return false;
  const size_t second = word.find('.', 2);
  return second != std::string_view::npos && parse_number(word.substr(0, 1), 5) &&
         parse_number(word.substr(2, second - 2), 999) &&
         parse_number(word.substr(second + 1), 999);
}

/// Its class, and its subject with its detail.
void explain_enhanced_code(LineBuilder& builder, Word word) {
  const std::string_view code = builder.line().substr(word.begin, word.end - word.begin);
  const char digit = code[0];
  const bool has_text = digit == '2' || digit == '4' || digit == '5';
  builder.add(word.begin, word.begin + 1, "code",
              has_text ? std::string("smtp.class.") + digit : "smtp.token.enhanced");
  for (const smtp::StatusRow& row : smtp::kStatuses) {
    if (code.substr(2) != row.detail) continue;
    return builder.add(word.begin + 2, word.end, "code", std::string("smtp.status.") + row.detail);
  }
  builder.add(word.begin + 2, word.end, "code", "smtp.token.enhanced");
}

/// A line of an EHLO reply after the first: an extension the server offers (RFC 5321 §4.1.1.1).
bool explain_extension(LineBuilder& builder, const Answered& answered) {
  const std::string_view line = builder.line();
  const Word word = next_word(line, 4);
  const std::string_view written = line.substr(word.begin, word.end - word.begin);
  const std::string keyword = ascii_upper(written);
  const bool known = has_extension_text(keyword);
  // The first line begins with the server's domain, which has a dot or is not in capitals.
  const bool other = answered.command == "EHLO" && !keyword.empty() && keyword == written &&
                     keyword.find('.') == std::string::npos;
  if (!known && !other) return false;
  if (!answered.command.empty() && answered.command != "EHLO") return false;
  builder.section("RFC 5321 §4.1.1.1");
  builder.sentence("smtp.line.extension", {keyword});
  builder.add(word.begin, word.end, "data", "smtp.extension." + (known ? keyword : "other"),
              {keyword});
  for (Word next = next_word(line, word.end); next.begin < line.size();) {
    const std::string value(line.substr(next.begin, next.end - next.begin));
    builder.add(next.begin, next.end, "argument",
                keyword == "SIZE"   ? "smtp.token.max-size"
                : keyword == "AUTH" ? "smtp.token.mechanism"
                                    : "smtp.token.parameter",
                {value});
    next = next_word(line, next.end);
  }
  return true;
}

LineMeaning explain_reply(std::string_view line, const LineContext& context) {
  LineBuilder builder(line);
  const std::optional<smtp::ReplyLine> reply = smtp::parse_reply_line(line);
  if (!reply) {
    builder.sentence("smtp.line.malformed-reply");
    builder.section("RFC 5321 §4.2");
    builder.add(0, line.size(), "text", "smtp.token.malformed-reply");
    return builder.take();
  }
  const Answered answered = answered_by(context.answers, reply->code);
  builder.section(reply_section(reply->code));
  const std::string key = sentence_key(reply->code, answered.command);
  const bool general = key == reply_key(reply->code);
  builder.sentence(key, {general ? std::to_string(reply->code) : answered.argument});
  builder.add(0, 3, "code", reply_key(reply->code), {std::to_string(reply->code)});
  if (!reply->last) builder.add(3, 4, "status", "smtp.token.more");
  if (reply->code == 250 && line.size() > 4 && explain_extension(builder, answered)) {
    return builder.take();
  }
  const Word word = next_word(line, std::min<size_t>(4, line.size()));
  size_t text = word.begin;
  if (is_enhanced_code(line.substr(word.begin, word.end - word.begin))) {
    explain_enhanced_code(builder, word);
    text = next_word(line, word.end).begin;
  }
  if (reply->code == 334) {
    builder.add(text, line.size(), "data", "smtp.token.challenge");
    return builder.take();
  }
  builder.add(text, line.size(), "text", "smtp.token.text");
  return builder.take();
}

}  // namespace

LineMeaning explain_smtp(Direction direction, std::string_view line, const LineContext& context) {
  if (direction == Direction::kToClient) return explain_reply(line, context);
  if (!context.in_data && line != ".") return explain_command(line);
  LineBuilder builder(line);
  explain_message_line(builder, "smtp", true, context.in_body);
  return builder.take();
}

}  // namespace mailscope::explain
