#include "sim/wire/imap_url.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/wire/charset.h"

namespace mailscope::imap {
namespace {

constexpr std::string_view kScheme = "imap:";
constexpr std::string_view kMarks = "-._~/";

/// bchar of RFC 5092 §11, but for percent-encoding.
bool is_bchar(char c) {
  return ascii_alpha(c) || ascii_digit(c) ||
         std::string_view("-._~!$'()*+,&=:@/").find(c) != std::string_view::npos;
}

int hex_value(char c) {
  if (ascii_digit(c)) return c - '0';
  const char upper = ascii_upper(c);
  return upper >= 'A' && upper <= 'F' ? upper - 'A' + 10 : -1;
}

/// nullopt for a character that must be encoded, a broken encoding, NUL, and what is not UTF-8.
std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
      if (low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
      if (c == '\0') return std::nullopt;
    } else if (!is_bchar(c)) {
      return std::nullopt;
    }
    out += c;
  }
  if (!valid_utf8(out)) return std::nullopt;
  return out;
}

std::string encoded(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (ascii_alpha(c) || ascii_digit(c) || kMarks.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return out;
}

/// [enc-user [";AUTH=" mechanism] "@"] host [":" port]
bool take_server(std::string_view text, ImapUrl& url) {
  const size_t at = text.find('@');
  if (at != std::string_view::npos) {
    const std::string_view user = text.substr(0, at);
    const std::optional<std::string> name = decoded(user.substr(0, user.find(';')));
    if (!name) return false;
    url.user = *name;
    text.remove_prefix(at + 1);
  }
  const size_t bracket = text.rfind(']');  // of an IPv6 address
  const size_t colon = text.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || bracket < colon)) {
    const std::optional<uint64_t> port = parse_number(text.substr(colon + 1), UINT16_MAX);
    if (!port) return false;
    url.port = static_cast<uint16_t>(*port);
    text = text.substr(0, colon);
  }
  url.host = std::string(text);
  const bool address = text.size() > 2 && text.front() == '[' && text.back() == ']';
  if (address) text = text.substr(1, text.size() - 2);
  return !text.empty() && std::all_of(text.begin(), text.end(), [address](char c) {
    return ascii_alpha(c) || ascii_digit(c) || c == '-' || c == '.' || (address && c == ':');
  });
}

bool take_section(std::string_view value, ImapUrl& url) {
  const std::optional<std::string> text = decoded(value);
  if (!text || text->empty()) return false;
  const std::string bracketed = '[' + *text + ']';
  Reader reader(bracketed);
  url.section = parse_section(reader);
  reader.end();
  return !reader.failed();
}

/// partial-range = number ["." nz-number]
bool take_partial(std::string_view value, ImapUrl& url) {
  const size_t dot = value.find('.');
  const std::optional<uint64_t> origin = parse_number(value.substr(0, dot), INT64_MAX);
  if (!origin) return false;
  url.origin = *origin;
  if (dot == std::string_view::npos) return true;
  url.count = parse_number(value.substr(dot + 1), INT64_MAX);
  return url.count.value_or(0) > 0;
}

bool take_number(std::string_view value, uint32_t& number) {
  const std::optional<uint64_t> parsed = parse_number(value, UINT32_MAX);
  number = static_cast<uint32_t>(parsed.value_or(0));
  return number != 0;
}

/// The parameters in their order; each but UIDVALIDITY is a path segment of its own.
class Parameters {
 public:
  explicit Parameters(std::string_view text) : rest_(text) {}

  /// The value of the parameter `name`, if it is next.
  std::optional<std::string_view> take(std::string_view name) {
    if (!starts_with_ignoring_case(rest_, name)) return std::nullopt;
    rest_.remove_prefix(name.size());
    const size_t end = rest_.find(';');
    std::string_view value = rest_.substr(0, end);
    rest_.remove_prefix(value.size());
    if (!rest_.empty()) {  // the slash before the next one is its own
      if (value.empty() || value.back() != '/') return std::string_view();
      value.remove_suffix(1);
    }
    return value;
  }
  [[nodiscard]] bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

constexpr std::string_view kUidValidity = ";UIDVALIDITY=";

/// ["/"] enc-mailbox, and the slash before ";UID="; nothing at all for the selected mailbox.
bool take_mailbox(std::string_view& text, ImapUrl& url) {
  const size_t semicolon = text.find(';');
  if (semicolon == std::string_view::npos) return false;
  std::string_view mailbox = text.substr(0, semicolon);
  text.remove_prefix(semicolon);
  const bool with_validity = starts_with_ignoring_case(text, kUidValidity);
  if (mailbox.empty()) return url.host.empty() && !with_validity;
  url.from_root = mailbox.front() == '/';
  if (url.from_root) mailbox.remove_prefix(1);
  // A colon in its first segment would make it a scheme (RFC 3986 §4.2).
  const bool scheme = mailbox.substr(0, mailbox.find('/')).find(':') != std::string_view::npos;
  if (scheme && !url.from_root) return false;
  if (!with_validity) {
    if (mailbox.empty() || mailbox.back() != '/') return false;
    mailbox.remove_suffix(1);
  }
  const std::optional<std::string> name = decoded(mailbox);
  url.mailbox = name.value_or("");
  return !url.mailbox.empty();
}

bool take_parameters(std::string_view text, ImapUrl& url) {
  Parameters parameters(text);
  if (const auto value = parameters.take(kUidValidity)) {
    uint32_t number = 0;
    if (!take_number(*value, number)) return false;
    url.uid_validity = number;
  }
  const auto uid = parameters.take(";UID=");
  if (!uid || !take_number(*uid, url.uid)) return false;
  if (const auto value = parameters.take(";SECTION=")) {
    if (!take_section(*value, url)) return false;
  }
  if (const auto value = parameters.take(";PARTIAL=")) {
    if (!take_partial(*value, url)) return false;
  }
  return parameters.done();
}

}  // namespace

std::optional<ImapUrl> parse_imap_url(std::string_view text) {
  ImapUrl url;
  // RFC 5092 §11: every character is printable ASCII; anything else would be percent-encoded.
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!printable) return std::nullopt;
  const bool absolute = starts_with_ignoring_case(text, kScheme);
  if (absolute) text.remove_prefix(kScheme.size());
  if (text.substr(0, 2) == "//") {
    const std::string_view server = text.substr(2, text.substr(2).find('/'));
    if (!take_server(server, url)) return std::nullopt;
    text.remove_prefix(2 + server.size());
  } else if (absolute) {
    return std::nullopt;
  }
  if (!take_mailbox(text, url) || !take_parameters(text, url)) return std::nullopt;
  return url;
}

std::string encode_imap_url(const ImapUrl& url) {
  std::string out;
  if (!url.host.empty()) {
    out = "imap://" + (url.user.empty() ? "" : encoded(url.user) + '@') + url.host;
    if (url.port != ImapUrl().port) out += ':' + std::to_string(url.port);
  }
  if (!url.mailbox.empty()) {
    // Two slashes would begin a server, and one would begin at the root.
    const bool slash = url.mailbox.front() == '/';
    if (url.from_root) out += '/';
    out += (slash ? "%2F" : "") + encoded(std::string_view(url.mailbox).substr(slash ? 1 : 0));
  }
  if (url.uid_validity) out += ";UIDVALIDITY=" + std::to_string(*url.uid_validity);
  out += (url.mailbox.empty() ? ";UID=" : "/;UID=") + std::to_string(url.uid);
  const std::string section = encode_section(url.section);
  if (section != "[]") out += "/;SECTION=" + encoded(section.substr(1, section.size() - 2));
  if (url.origin > 0 || url.count) out += "/;PARTIAL=" + std::to_string(url.origin);
  if (url.count) out += '.' + std::to_string(*url.count);
  return out;
}

}  // namespace mailscope::imap
