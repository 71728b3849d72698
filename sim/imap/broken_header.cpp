#include "sim/imap/broken_header.h"

#include "sim/base/ascii.h"
#include "sim/wire/header.h"

namespace mailscope {
namespace {

std::string_view why_not_parsed(const MimePart& part, std::string_view text) {
  const std::string_view header = text.substr(0, part.header.end);
  for (size_t at = part.header.begin; const auto field = next_field(header, at);) {
    if (field->name.empty()) return "a line of the header is no field (RFC 5322 2.2)";
    if (!part.media.given && equals_ignoring_case(field->name.of(text), "Content-Type")) {
      return "Content-Type names no type (RFC 2045 5.1)";
    }
  }
  for (const MimePart& inner : part.parts) {
    const std::string_view why = why_not_parsed(inner, text);
    if (!why.empty()) return why;
  }
  return {};
}

}  // namespace

std::string_view why_not_parsed(const Message& message) {
  return why_not_parsed(message.mime(), message.text());
}

}  // namespace mailscope
