#include "sim/imap/fact_text.h"

#include <cstddef>

namespace mailscope {
namespace {

constexpr size_t kMaxQuoted = 1000;  // many clients read a quoted string into one line's buffer

bool can_be_quoted(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0 || byte == '\r' || byte == '\n' || byte >= 0x80) return false;
  }
  return text.size() <= kMaxQuoted;
}

}  // namespace

void append_fact_string(std::string& out, std::string_view text) {
  if (can_be_quoted(text)) {
    out += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
    return;
  }
  // CHAR8 leaves NUL out (RFC 3501 §9); U+FFFD says that something stood there, in valid UTF-8.
  std::string sent;
  sent.reserve(text.size());
  for (const char c : text) {
    if (c == '\0') {
      sent += "\xEF\xBF\xBD";
    } else {
      sent += c;
    }
  }
  out += '{' + std::to_string(sent.size()) + "}\r\n" + sent;
}

void append_fact_nstring(std::string& out, const std::optional<std::string>& text) {
  if (text) {
    append_fact_string(out, *text);
  } else {
    out += "NIL";
  }
}

}  // namespace mailscope
