#include "sim/imap/binary_section.h"

#include "sim/base/ascii.h"
#include "sim/imap/message_facts.h"

namespace mailscope {
namespace {

/// RFC 2045 §6.1. Anything else is a private agreement of others.
bool has_known_encoding(const MimePart& part) {
  if (!part.encoding) return !part.encoding_given;
  for (const std::string_view known : {"7bit", "8bit", "binary", "quoted-printable", "base64"}) {
    if (equals_ignoring_case(*part.encoding, known)) return true;
  }
  return false;
}

}  // namespace

BinarySection binary_section(const Message& message, const std::vector<uint32_t>& part) {
  using Outcome = BinarySection::Outcome;
  if (part.empty()) return {Outcome::kBytes, std::string(message.text())};
  const MimePart* found = find_part(message.mime(), part);
  if (found == nullptr) {
    // The empty part that BODYSTRUCTURE makes up for a multipart without any.
    const bool made_up = section_span(message, Section{part, Section::kAll, {}}).has_value();
    return {made_up ? Outcome::kBytes : Outcome::kNoSuchPart, {}};
  }
  if (found->kind == MimePart::Kind::kMultipart) {
    return {Outcome::kBytes, std::string(found->body.of(message.text()))};
  }
  // A message/rfc822 in base64 is against RFC 2046 §5.2.1, but who asks for it decoded gets it so.
  if (!has_known_encoding(*found)) return {Outcome::kUnknownEncoding, {}};
  return {Outcome::kBytes, decoded_body(*found, message.text())};
}

}  // namespace mailscope
