// SMTP lines: commands, paths, replies. RFC 5321 §4.1.2 (syntax), §4.2 (replies). Pure functions;
// every parse of a command keeps where its tokens are.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailscope::smtp {

struct Token {
  size_t begin = 0;
  size_t size = 0;
};

struct CommandLine {
  std::string verb;      // in capitals
  std::string argument;  // all after the verb and its spaces, trailing spaces removed
  std::vector<Token> tokens;
};

/// nullopt when there is no verb, or a control or 8-bit character (RFC 5321 §2.4).
std::optional<CommandLine> parse_command(std::string_view line);

/// The address part of a MAIL or RCPT command.
struct PathArgument {
  std::string local_part;  // quotes kept as they were
  std::string domain;      // empty for <> and <postmaster>
  bool null = false;       // <>
  bool source_route = false;  // one was given, and is ignored (RFC 5321 §4.1.1.3, appendix C)
  std::vector<std::pair<std::string, std::string>> parameters;  // KEYWORD, value
  Token path_token;        // <...> in the argument

  /// local-part@domain, or "" for the null path, or "postmaster".
  [[nodiscard]] std::string address() const;
};

/// Parses "FROM:<path> params" or "TO:<path> params"; `keyword` is "FROM" or "TO". On failure the
/// text says what was expected.
struct PathResult {
  std::optional<PathArgument> path;
  std::string expected;
};
PathResult parse_path_argument(std::string_view argument, std::string_view keyword);

/// local-part@domain as in a path, without <>; nullopt when malformed or over the limits of
/// §4.5.3.1.
std::optional<PathArgument> parse_mailbox(std::string_view text);

/// A Domain or address literal as EHLO takes it.
bool is_domain(std::string_view text);
bool is_address_literal(std::string_view text);

struct ReplyLine {
  int code = 0;
  bool last = true;   // "250 " ends a reply, "250-" goes on
  std::string text;
};
/// nullopt when it is not three digits and then a space, a hyphen or the end (RFC 5321 §4.2).
std::optional<ReplyLine> parse_reply_line(std::string_view line);

}  // namespace mailscope::smtp
