#include "sim/wire/smtp_grammar.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/wire/charset.h"

namespace mailscope::smtp {
namespace {

constexpr size_t kMaxLocalPart = 64;  // RFC 5321 §4.5.3.1.1
constexpr size_t kMaxDomain = 255;    // §4.5.3.1.2

constexpr size_t kMaxPath = 256;  // §4.5.3.1.3, the angle brackets counted

/// atext of RFC 5322 §3.2.3; with `utf8` also anything above ASCII (RFC 6531 §3.3).
bool is_atext(char c, bool utf8) {
  return ascii_alpha(c) || ascii_digit(c) || (utf8 && static_cast<signed char>(c) < 0) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

/// The length of a Local-part at the start of `text`, or 0.
size_t local_part_size(std::string_view text, bool utf8) {
  if (!text.empty() && text[0] == '"') {
    for (size_t i = 1; i < text.size(); ++i) {
      if (text[i] == '\\') {
        ++i;
      } else if (text[i] == '"') {
        return i + 1;
      }
    }
    return 0;
  }
  size_t i = 0;
  while (i < text.size() &&
         (is_atext(text[i], utf8) || (text[i] == '.' && i > 0 && text[i - 1] != '.'))) {
    ++i;
  }
  return i > 0 && text[i - 1] == '.' ? 0 : i;
}

/// "@one.example,@two.example:" before the mailbox (RFC 5321 §4.1.2, A-d-l).
bool skip_source_route(std::string_view& text, bool utf8) {
  if (text.empty() || text[0] != '@') return false;
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  std::string_view route = text.substr(0, colon);
  while (!route.empty()) {
    const std::string_view hop = route.substr(0, route.find(','));
    if (hop.empty() || hop[0] != '@' || !is_domain(hop.substr(1), utf8)) return false;
    route.remove_prefix(std::min(route.size(), hop.size() + 1));
  }
  text.remove_prefix(colon + 1);
  return true;
}

/// A Local-part or a domain is over the limits of §4.5.3.1.
bool is_too_long(std::string_view mailbox, bool utf8) {
  const size_t local = local_part_size(mailbox, utf8);
  if (local > kMaxLocalPart) return true;
  return local > 0 && local < mailbox.size() && mailbox.size() - local - 1 > kMaxDomain;
}

/// Splits " KEY=value KEY" after the path; false when one is malformed (RFC 5321 §4.1.2).
bool parse_parameters(std::string_view text, PathArgument& path) {
  while (!text.empty()) {
    if (text[0] != ' ') return false;
    while (!text.empty() && text[0] == ' ') text.remove_prefix(1);
    if (text.empty()) break;
    const std::string_view word = text.substr(0, text.find(' '));
    const std::string_view key = word.substr(0, word.find('='));
    if (key.empty() || !(ascii_alpha(key[0]) || ascii_digit(key[0]))) return false;
    for (const char c : key) {
      if (!ascii_alpha(c) && !ascii_digit(c) && c != '-') return false;
    }
    const bool has_value = key.size() < word.size();
    const std::string_view value = has_value ? word.substr(key.size() + 1) : "";
    // esmtp-value: at least one character, none of them "=".
    if (has_value && (value.empty() || value.find('=') != std::string_view::npos)) return false;
    path.parameters.emplace_back(ascii_upper(key), std::string(value));
    text.remove_prefix(word.size());
  }
  return true;
}

}  // namespace

std::optional<CommandLine> parse_command(std::string_view line, bool utf8) {
  for (const char c : line) {
    const auto octet = static_cast<unsigned char>(c);
    if ((octet < 0x20 && c != '\t') || octet == 0x7f) return std::nullopt;
    if (octet > 0x7f && !utf8) return std::nullopt;
  }
  if (utf8 && !valid_utf8(line)) return std::nullopt;
  const std::string_view text = line.substr(0, line.find_last_not_of(" \t") + 1);
  const size_t verb_end = std::min(text.find(' '), text.size());
  if (verb_end == 0) return std::nullopt;
  CommandLine command;
  command.verb = ascii_upper(text.substr(0, verb_end));
  command.tokens.push_back({0, verb_end});
  const size_t argument = text.find_first_not_of(' ', verb_end);
  if (argument != std::string_view::npos) {
    command.argument = std::string(text.substr(argument));
    command.tokens.push_back({argument, text.size() - argument});
  }
  return command;
}

std::string PathArgument::address() const {
  if (null) return {};
  return domain.empty() ? local_part : local_part + "@" + domain;
}

namespace {

/// Four numbers of 0 to 255 (RFC 5321 §4.1.3).
bool is_ipv4(std::string_view text) {
  int numbers = 0;
  while (true) {
    const size_t dot = std::min(text.find('.'), text.size());
    if (dot > 3 || !parse_number(text.substr(0, dot), 255)) return false;
    ++numbers;
    if (dot == text.size()) return numbers == 4;
    text.remove_prefix(dot + 1);
  }
}

}  // namespace

bool is_address_literal(std::string_view text) {
  if (text.size() < 3 || text.front() != '[' || text.back() != ']') return false;
  const std::string_view inside = text.substr(1, text.size() - 2);
  for (const char c : inside) {
    if (c <= ' ' || c == '[' || c == ']' || c == '\\') return false;
  }
  // Every other form begins with a tag: "IPv6:2001:db8::1".
  return inside.find(':') != std::string_view::npos || is_ipv4(inside);
}

bool is_domain(std::string_view text, bool utf8) {
  if (text.empty() || text.size() > kMaxDomain) return false;
  size_t label = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.') {
      if (label == 0 || text[i - 1] == '-') return false;
      label = 0;
      continue;
    }
    const bool letter = ascii_alpha(c) || (utf8 && static_cast<signed char>(c) < 0);
    if (!letter && !ascii_digit(c) && (c != '-' || label == 0)) return false;
    if (++label > 63) return false;
  }
  return label > 0 && text.back() != '-';
}

std::optional<PathArgument> parse_mailbox(std::string_view text, bool utf8) {
  PathArgument path;
  const size_t local = local_part_size(text, utf8);
  if (local == 0 || local > kMaxLocalPart) return std::nullopt;
  path.local_part = std::string(text.substr(0, local));
  if (local == text.size()) {
    // RFC 5321 §4.1.1.3: "postmaster" alone is a forward-path without a domain.
    if (equals_ignoring_case(path.local_part, "postmaster")) return path;
    return std::nullopt;
  }
  if (text[local] != '@') return std::nullopt;
  const std::string_view domain = text.substr(local + 1);
  if (!is_domain(domain, utf8) && !is_address_literal(domain)) return std::nullopt;
  path.domain = std::string(domain);
  return path;
}

PathResult parse_path_argument(std::string_view argument, std::string_view keyword, bool utf8) {
  const std::string wanted = std::string(keyword) + ":<address>";
  if (!starts_with_ignoring_case(argument, std::string(keyword) + ":")) {
    return {{}, wanted, false};
  }
  const size_t open = keyword.size() + 1;
  // RFC 5321 §3.3: no space between the colon and the path.
  if (open >= argument.size() || argument[open] != '<') return {{}, wanted, false};
  size_t close = open + 1;
  for (bool quoted = false; close < argument.size(); ++close) {
    if (argument[close] == '\\' && quoted) {
      ++close;
    } else if (argument[close] == '"') {
      quoted = !quoted;
    } else if (argument[close] == '>' && !quoted) {
      break;
    }
  }
  if (close >= argument.size()) return {{}, "a closing >", false};
  std::string_view inner = argument.substr(open + 1, close - open - 1);
  PathArgument path;
  if (inner.empty()) {
    if (keyword != "FROM") {
      return {{}, "an address: only MAIL FROM may be null", false};
    }
    path.null = true;
  } else {
    const bool long_path = inner.size() + 2 > kMaxPath;
    const bool routed = skip_source_route(inner, utf8);
    if (long_path || is_too_long(inner, utf8)) {
      return {{}, "a path of at most 256 octets, 64 of them before the @", true};
    }
    const std::optional<PathArgument> mailbox = parse_mailbox(inner, utf8);
    // RFC 5321 §4.1.1.3: only a forward-path may be "postmaster" without a domain.
    if (!mailbox || (mailbox->domain.empty() && keyword != "TO")) {
      return {{}, "local-part@domain between < and >", false};
    }
    path = *mailbox;
    path.source_route = routed;
  }
  path.path_token = {open, close + 1 - open};
  if (!parse_parameters(argument.substr(close + 1), path)) {
    return {{}, "parameters as KEYWORD=value", false};
  }
  return {std::move(path), {}, false};
}

std::string unquoted_local_part(std::string_view local_part) {
  if (local_part.size() < 2 || local_part.front() != '"') return std::string(local_part);
  std::string plain;
  for (size_t i = 1; i + 1 < local_part.size(); ++i) {
    if (local_part[i] == '\\' && i + 2 < local_part.size()) ++i;
    plain += local_part[i];
  }
  return plain;
}

bool is_eight_bit(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<signed char>(c) < 0; });
}

std::optional<ReplyLine> parse_reply_line(std::string_view line) {
  if (line.size() < 3) return std::nullopt;
  const std::optional<uint64_t> code = parse_number(line.substr(0, 3), 999);
  if (!code || *code < 200 || *code > 599) return std::nullopt;
  ReplyLine reply;
  reply.code = static_cast<int>(*code);
  if (line.size() > 3) {
    if (line[3] != ' ' && line[3] != '-') return std::nullopt;
    reply.last = line[3] == ' ';
    reply.text = std::string(line.substr(4));
  }
  return reply;
}

}  // namespace mailscope::smtp
