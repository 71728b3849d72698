#include "sim/wire/smtp_parameters.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/wire/base64.h"
#include "sim/wire/smtp_grammar.h"

namespace mailscope::smtp {
namespace {

/// RFC 3461 §4: xchar is from "!" to "~", but for "+" and "=".
bool is_xchar(char c) { return c > ' ' && c < '\x7f' && c != '+' && c != '='; }

/// A digit of hexchar: capitals only (RFC 3461 §4).
int hex_digit(char c) {
  if (ascii_digit(c)) return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

std::optional<std::string> decode_xtext(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (is_xchar(text[i])) {
      plain += text[i];
      continue;
    }
    if (text[i] != '+' || i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    const int octet = high * 16 + low;
    if (high < 0 || low < 0 || octet < ' ' || octet > '~') return std::nullopt;
    plain += static_cast<char>(octet);
    i += 2;
  }
  return plain;
}

std::string encode_xtext(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_xchar(c)) {
      out += c;
    } else {
      out += fmt::format("+{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::optional<Notify> parse_notify(std::string_view value) {
  Notify notify;
  if (equals_ignoring_case(value, "NEVER")) {
    notify.never = true;
    return notify;
  }
  for (;;) {
    const std::string_view word = value.substr(0, value.find(','));
    bool* const known = equals_ignoring_case(word, "SUCCESS")   ? &notify.success
                        : equals_ignoring_case(word, "FAILURE") ? &notify.failure
                        : equals_ignoring_case(word, "DELAY")   ? &notify.delay
                                                                : nullptr;
    if (known == nullptr) return std::nullopt;  // NEVER stands alone
    *known = true;
    if (word.size() == value.size()) return notify;
    value.remove_prefix(word.size() + 1);
  }
}

std::optional<bool> parse_ret(std::string_view value) {
  if (equals_ignoring_case(value, "FULL")) return false;
  if (equals_ignoring_case(value, "HDRS")) return true;
  return std::nullopt;
}

std::optional<std::string> parse_envid(std::string_view value) {
  if (value.empty() || value.size() > 100) return std::nullopt;
  return decode_xtext(value);
}

std::optional<std::string> parse_orcpt(std::string_view value) {
  const size_t semicolon = value.find(';');
  if (semicolon == 0 || semicolon == std::string_view::npos || value.size() > 500) {
    return std::nullopt;
  }
  const std::string_view type = value.substr(0, semicolon);
  const bool atom = std::all_of(type.begin(), type.end(), [](char c) {
    return ascii_alpha(c) || ascii_digit(c) || c == '-';
  });
  const std::optional<std::string> address = decode_xtext(value.substr(semicolon + 1));
  if (!atom || !address || address->empty()) return std::nullopt;
  return std::string(type) + ";" + *address;
}

std::string encode_orcpt(std::string_view original_recipient) {
  const size_t semicolon = std::min(original_recipient.find(';'), original_recipient.size());
  const size_t address = std::min(semicolon + 1, original_recipient.size());
  return std::string(original_recipient.substr(0, semicolon)) + ";" +
         encode_xtext(original_recipient.substr(address));
}

std::optional<std::string> parse_auth_mailbox(std::string_view value) {
  if (value == "<>") return std::string();
  const std::optional<std::string> mailbox = decode_xtext(value);
  if (!mailbox || !parse_mailbox(*mailbox)) return std::nullopt;
  return mailbox;
}

std::optional<Chunk> parse_chunk(std::string_view argument) {
  const size_t space = std::min(argument.find(' '), argument.size());
  const std::optional<uint64_t> size = parse_number(argument.substr(0, space));
  if (!size) return std::nullopt;
  const std::string_view rest = trimmed(argument.substr(space));
  if (!rest.empty() && !equals_ignoring_case(rest, "LAST")) return std::nullopt;
  return Chunk{*size, !rest.empty()};
}

AuthArgument parse_auth(std::string_view argument) {
  AuthArgument auth;
  const size_t space = std::min(argument.find(' '), argument.size());
  auth.mechanism = ascii_upper(argument.substr(0, space));
  const std::string_view response = trimmed(argument.substr(space));
  auth.has_response = !response.empty();
  if (response.empty() || response == "=") return auth;
  const std::optional<std::string> decoded = parse_base64(response);
  auth.malformed = !decoded;
  auth.response = decoded.value_or("");
  return auth;
}

}  // namespace mailscope::smtp
