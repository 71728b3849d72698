#include "sim/wire/imap_url.h"

#include <algorithm>

#include "sim/base/ascii.h"

namespace mailscope::imap {
namespace {

int hex_value(char c) {
  if (ascii_digit(c)) return c - '0';
  const char upper = ascii_upper(c);
  return upper >= 'A' && upper <= 'F' ? upper - 'A' + 10 : -1;
}

/// RFC 3986 §2.1; nullopt for a % that two hexadecimal digits do not follow, and for %00.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

/// Takes `word` from the front of `text`, in any case.
bool take(std::string_view& text, std::string_view word) {
  if (!starts_with_ignoring_case(text, word)) return false;
  text.remove_prefix(word.size());
  return true;
}

/// Takes everything before the next "/;", which is left.
std::string_view take_until_parameter(std::string_view& text) {
  const size_t end = std::min(text.find("/;"), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end);
  return taken;
}

std::optional<uint32_t> nz_number(std::string_view digits) {
  const std::optional<uint64_t> number = parse_number(digits, UINT32_MAX);
  if (!number || *number == 0) return std::nullopt;
  return static_cast<uint32_t>(*number);
}

/// "user;AUTH=*@host:143"
bool parse_authority(std::string_view authority, ImapUrl& url) {
  const size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    const std::string_view user = authority.substr(0, at);
    const std::optional<std::string> name = percent_decoded(user.substr(0, user.find(';')));
    if (!name) return false;
    url.user = *name;
    authority.remove_prefix(at + 1);
  }
  url.host = std::string(authority.substr(0, authority.find(':')));
  return !url.host.empty();
}

/// "1.2.MIME", what BODY[...] has between its brackets.
bool parse_url_section(std::string_view encoded, ImapUrl& url) {
  const std::optional<std::string> text = percent_decoded(encoded);
  if (!text) return false;
  const std::string bracketed = '[' + *text + ']';
  Reader reader(bracketed);
  url.section = parse_section(reader);
  return !reader.failed() && reader.at_end();
}

/// "0.1024" or "1024".
bool parse_url_partial(std::string_view range, ImapUrl& url) {
  const size_t dot = range.find('.');
  const std::optional<uint64_t> origin = parse_number(range.substr(0, dot), UINT32_MAX);
  if (!origin) return false;
  url.origin = static_cast<uint32_t>(*origin);
  if (dot == std::string_view::npos) return true;
  url.count = nz_number(range.substr(dot + 1));
  return url.count.has_value();
}

/// "INBOX;UIDVALIDITY=7"
bool parse_mailbox_part(std::string_view part, ImapUrl& url) {
  constexpr std::string_view kValidity = ";UIDVALIDITY=";
  const size_t semicolon = part.find(';');
  if (semicolon != std::string_view::npos) {
    std::string_view validity = part.substr(semicolon);
    if (!take(validity, kValidity)) return false;
    url.uid_validity = nz_number(validity);
    if (!url.uid_validity) return false;
  }
  const std::optional<std::string> name = percent_decoded(part.substr(0, semicolon));
  if (!name || (name->empty() && (url.from_root || semicolon != std::string_view::npos))) {
    return false;
  }
  url.mailbox = *name;
  return true;
}

}  // namespace

std::optional<ImapUrl> parse_imap_url(std::string_view text) {
  ImapUrl url;
  // RFC 5092 §11: every character is printable ASCII; anything else would be percent-encoded.
  for (const char c : text) {
    if (c <= ' ' || c > '~') return std::nullopt;
  }
  if (take(text, "imap://") || take(text, "//")) {
    const size_t slash = std::min(text.find('/'), text.size());
    if (!parse_authority(text.substr(0, slash), url)) return std::nullopt;
    text.remove_prefix(slash);
  }
  url.from_root = take(text, "/");
  if (!url.host.empty() && !url.from_root) return std::nullopt;
  if (!starts_with_ignoring_case(text, ";UID=")) {
    if (!parse_mailbox_part(take_until_parameter(text), url) || !take(text, "/")) {
      return std::nullopt;
    }
  } else if (url.from_root) {
    return std::nullopt;
  }
  if (!take(text, ";UID=")) return std::nullopt;
  const std::optional<uint32_t> uid = nz_number(take_until_parameter(text));
  if (!uid) return std::nullopt;
  url.uid = *uid;
  if (take(text, "/;SECTION=") && !parse_url_section(take_until_parameter(text), url)) {
    return std::nullopt;
  }
  if (take(text, "/;PARTIAL=") && !parse_url_partial(take_until_parameter(text), url)) {
    return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  return url;
}

}  // namespace mailscope::imap
