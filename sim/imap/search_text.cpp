#include "sim/imap/search_text.h"

#include <string>

#include "sim/base/ascii.h"
#include "sim/wire/charset.h"
#include "sim/wire/encoded_word.h"
#include "sim/wire/header.h"

namespace mailscope {
namespace {

/// Nothing in it has to be undone before it is compared: no folding, no encoded words, no 8-bit.
bool is_plain(std::string_view value) {
  return is_ascii(value) && value.find('\n') == std::string_view::npos &&
         value.find("=?") == std::string_view::npos;
}

/// On one line: a line end and the blanks after it are one space, as the author meant them.
std::string one_line(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const bool crlf = c == '\r' && i + 1 < value.size() && value[i + 1] == '\n';
    if (crlf) continue;
    if (c != '\n') {
      out += c;
      continue;
    }
    while (i + 1 < value.size() && (value[i + 1] == ' ' || value[i + 1] == '\t')) ++i;
    out += ' ';
  }
  return out;
}

bool value_contains(std::string_view value, const CasemapNeedle& needle) {
  if (is_plain(value)) return needle.found_in(value);
  return needle.found_in(decode_encoded_words(one_line(value)));
}

/// A field whole, "Subject: words", so that its name and value can be looked for together.
bool header_contains(std::string_view text, const CasemapNeedle& needle) {
  size_t position = 0;
  while (const auto field = next_field(text, position)) {
    if (value_contains(without_line_end(field->whole.of(text)), needle)) return true;
  }
  return false;
}

bool leaf_contains(const MimePart& part, std::string_view message, const CasemapNeedle& needle) {
  // Besides text, a message that is not looked into: a delivery report, a part of a message.
  if (!is_media(part.media, "text") && !is_media(part.media, "message")) return false;
  const std::string charset = param_text(part.media.params, "charset").value_or("");
  if (is_identity_encoding(part)) {
    const std::string_view body = part.body.of(message);
    if (keeps_ascii(charset) && is_ascii(body)) return needle.found_in(body);
    return needle.found_in(utf8_from_charset(body, charset));
  }
  return needle.found_in(utf8_from_charset(decoded_body(part, message), charset));
}

/// What is in `part` but its own header.
bool inside_contains(const MimePart& part, std::string_view message, const CasemapNeedle& needle) {
  if (part.kind == MimePart::Kind::kLeaf) return leaf_contains(part, message, needle);
  for (const MimePart& inner : part.parts) {
    if (header_contains(inner.header.of(message), needle)) return true;
    if (inside_contains(inner, message, needle)) return true;
  }
  return false;
}

}  // namespace

bool field_contains(std::string_view text, std::string_view name, const CasemapNeedle& needle) {
  size_t position = 0;
  while (const auto field = next_field(text, name, position)) {
    if (value_contains(trimmed(field->value.of(text)), needle)) return true;
  }
  return false;
}

bool body_contains(const Message& message, const CasemapNeedle& needle) {
  return needle.empty() || inside_contains(message.mime(), message.text(), needle);
}

bool text_contains(const Message& message, const CasemapNeedle& needle) {
  return header_contains(message.text(), needle) || body_contains(message, needle);
}

}  // namespace mailscope
