// The bytes of BODY[section]: RFC 3501 §6.4.5.
#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/imap/message_facts.h"
#include "sim/wire/header.h"

namespace mailscope {
namespace {

/// The message inside a message/rfc822 part, of which its HEADER and TEXT speak.
const MimePart* section_message(const Message& message, const Section& section) {
  const MimePart* part = find_part(message.mime(), section.part);
  const bool is_message = part != nullptr && part->kind == MimePart::Kind::kMessage;
  return is_message ? &part->parts.front() : nullptr;
}

/// Tells whether a name is among some, whatever its letters' case. A client may ask for thousands:
/// more than a few are put in order first.
class NameSet {
 public:
  explicit NameSet(const std::vector<std::string>& names) : names_(names) {
    if (names.size() <= kFew) return;
    for (const std::string& name : names) sorted_.push_back(ascii_upper(name));
    std::sort(sorted_.begin(), sorted_.end());
  }
  [[nodiscard]] bool has(std::string_view name) const {
    if (!sorted_.empty()) {
      return std::binary_search(sorted_.begin(), sorted_.end(), ascii_upper(name));
    }
    return std::any_of(names_.begin(), names_.end(), [name](const std::string& each) {
      return equals_ignoring_case(each, name);
    });
  }

 private:
  static constexpr size_t kFew = 16;

  const std::vector<std::string>& names_;
  std::vector<std::string> sorted_;
};

/// The fields that are, or are not, among `names`, each whole, in the order of the header.
std::string selected_fields(std::string_view header, const std::vector<std::string>& names,
                            bool wanted) {
  const NameSet set(names);
  std::string out;
  size_t position = 0;
  while (const auto field = next_field(header, position)) {
    if (set.has(field->name.of(header)) == wanted) out += field->whole.of(header);
  }
  // RFC 3501 §6.4.5: the blank line goes with all header fetches, but for a message that has none.
  const bool has_blank_line =
      header == "\r\n" || (header.size() >= 4 && header.substr(header.size() - 4) == "\r\n\r\n");
  return has_blank_line ? out + "\r\n" : out;
}

/// BODYSTRUCTURE tells of one empty part in a multipart that has none, because the grammar wants
/// one: then it must be there to be fetched.
const MimePart* multipart_of_missing_part(const Message& message, std::vector<uint32_t> number) {
  if (number.empty() || number.back() != 1) return nullptr;
  number.pop_back();
  const MimePart* above = find_part(message.mime(), number);
  const bool empty =
      above != nullptr && above->kind == MimePart::Kind::kMultipart && above->parts.empty();
  return empty ? above : nullptr;
}

}  // namespace

std::optional<ByteSpan> section_span(const Message& message, const Section& section) {
  // Of the message itself no parts need be known.
  if (section.part.empty() && section.what == Section::kHeader) {
    return ByteSpan{0, message.header_size()};
  }
  if (section.part.empty() && section.what == Section::kText) {
    return ByteSpan{message.header_size(), message.size()};
  }
  switch (section.what) {
    case Section::kAll: {
      if (section.part.empty()) return ByteSpan{0, message.size()};
      const MimePart* part = find_part(message.mime(), section.part);
      if (part != nullptr) return part->body;
      const MimePart* above = multipart_of_missing_part(message, section.part);
      return above != nullptr ? std::optional<ByteSpan>({above->body.end, above->body.end})
                              : std::nullopt;
    }
    case Section::kMime: {
      if (section.part.empty()) return std::nullopt;
      const MimePart* part = find_part(message.mime(), section.part);
      if (part != nullptr) return part->header;
      const MimePart* above = multipart_of_missing_part(message, section.part);
      return above != nullptr ? std::optional<ByteSpan>({above->body.end, above->body.end})
                              : std::nullopt;
    }
    case Section::kHeader: {
      const MimePart* inside = section_message(message, section);
      return inside != nullptr ? std::optional<ByteSpan>(inside->header) : std::nullopt;
    }
    case Section::kText: {
      const MimePart* inside = section_message(message, section);
      return inside != nullptr ? std::optional<ByteSpan>(inside->body) : std::nullopt;
    }
    case Section::kHeaderFields:
    case Section::kHeaderFieldsNot:
      break;
  }
  return std::nullopt;
}

std::optional<std::string> section_bytes(const Message& message, const Section& section) {
  if (section.what == Section::kHeaderFields || section.what == Section::kHeaderFieldsNot) {
    const bool wanted = section.what == Section::kHeaderFields;
    if (section.part.empty()) {
      return selected_fields(rfc822_header(message), section.fields, wanted);
    }
    const MimePart* inside = section_message(message, section);
    if (inside == nullptr) return std::nullopt;
    return selected_fields(inside->header.of(message.text()), section.fields, wanted);
  }
  const std::optional<ByteSpan> span = section_span(message, section);
  if (!span) return std::nullopt;
  return std::string(span->of(message.text()));
}

std::string_view rfc822_header(const Message& message) {
  return message.text().substr(0, message.header_size());
}

std::string_view rfc822_text(const Message& message) {
  return message.text().substr(message.header_size());
}

}  // namespace mailscope
