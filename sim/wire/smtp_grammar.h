// SMTP lines: commands, paths, replies. RFC 5321 §4.1.2 (syntax), §4.2 (replies), RFC 6531 §3.3
// (`utf8`: letters beyond ASCII in addresses). Pure functions; every parse of a command keeps where
// its tokens are. The values of parameters are in smtp_parameters.h.
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

/// nullopt when there is no verb, a control character, or an 8-bit one (RFC 5321 §2.4) that is not
/// part of well-formed UTF-8 where that is allowed.
std::optional<CommandLine> parse_command(std::string_view line, bool utf8 = false);

/// The address part of a MAIL or RCPT command.
struct PathArgument {
  std::string local_part;     // quotes kept as they were
  std::string domain;         // empty for <> and <postmaster>
  bool null = false;          // <>
  bool source_route = false;  // one was given, and is ignored (RFC 5321 §4.1.1.3, appendix C)
  std::vector<std::pair<std::string, std::string>> parameters;  // KEYWORD, value
  Token path_token;                                             // <...> in the argument

  /// local-part@domain, or "" for the null path, or "postmaster".
  [[nodiscard]] std::string address() const;
};

/// Parses "FROM:<path> params" or "TO:<path> params"; `keyword` is "FROM" or "TO". On failure the
/// text says what was expected.
struct PathResult {
  std::optional<PathArgument> path;
  std::string expected;
  bool too_long = false;  // over a limit of RFC 5321 §4.5.3.1
};
PathResult parse_path_argument(std::string_view argument, std::string_view keyword,
                               bool utf8 = false);

/// local-part@domain as in a path, without <>; nullopt when malformed or over the limits of
/// §4.5.3.1.
std::optional<PathArgument> parse_mailbox(std::string_view text, bool utf8 = false);

/// A Domain or address literal as EHLO takes it.
bool is_domain(std::string_view text, bool utf8 = false);
bool is_address_literal(std::string_view text);

/// A local part as it is meant: a quoted string without its quotes and backslashes.
std::string unquoted_local_part(std::string_view local_part);
/// Has an octet above ASCII.
bool is_eight_bit(std::string_view text);

struct ReplyLine {
  int code = 0;
  bool last = true;  // "250 " ends a reply, "250-" goes on
  std::string text;
};
/// nullopt when it is not three digits and then a space, a hyphen or the end (RFC 5321 §4.2).
std::optional<ReplyLine> parse_reply_line(std::string_view line);

}  // namespace mailscope::smtp
