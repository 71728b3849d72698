// The MIME structure of a message: a tree of parts with byte spans into the message, nothing copied
// but the small facts of each part's header. RFC 2045 §5 (fields, defaults), RFC 2046 §5.1
// (multipart) and §5.2.1 (message/rfc822). Where mail is malformed, the reading is the one that
// Dovecot's IMAP server reports. Total, bounded (depth, parts) and one pass over the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/wire/byte_span.h"
#include "sim/wire/mime_fields.h"

namespace mailscope {

/// A part: the message itself, or a body part of it.
struct MimePart {
  enum class Kind {
    kLeaf,       // no parts inside, whatever its type says (also a multipart without a boundary)
    kMultipart,  // parts: its body parts, possibly none when no boundary line was found
    kMessage,    // message/rfc822 or message/global; parts: exactly one, the message inside
  };

  Kind kind = Kind::kLeaf;
  ByteSpan header;  // with the blank line that ends it
  ByteSpan body;  // in the transfer encoding it came in; of a multipart: from preamble to epilogue
  size_t header_lines = 0;  // line ends in `header`
  size_t body_lines = 0;    // line ends in `body`

  MediaType media;  // text/plain when absent or malformed (RFC 2045 §5.2); see media.given
  std::optional<std::string> id;           // Content-ID, as written
  std::optional<std::string> description;  // Content-Description, not yet decoded
  std::optional<std::string> encoding;     // Content-Transfer-Encoding; absent means 7bit
  bool encoding_given = false;             // the field is there, though perhaps unreadable
  std::optional<std::string> md5;          // RFC 1864
  std::optional<std::string> location;     // RFC 2557
  std::optional<Disposition> disposition;  // RFC 2183
  std::vector<std::string> languages;      // RFC 3282

  std::vector<MimePart> parts;
};

inline constexpr size_t kMaxMimeDepth = 32;
inline constexpr size_t kMaxMimeParts = 10000;

/// The tree of a whole message. Spans are offsets in `message`. Deeper or further parts than the
/// limits stay undivided inside the last part that was.
MimePart parse_mime(std::string_view message);

/// The part that a part number names (RFC 3501 §6.4.5); {} is the message itself. Null when there
/// is no such part. A message that is no multipart has itself as part 1.
const MimePart* find_part(const MimePart& root, const std::vector<uint32_t>& number);

/// False for the two transfer encodings that are undone, base64 and quoted-printable.
bool is_identity_encoding(const MimePart& part);

/// The bytes of a leaf's body with its transfer encoding undone (base64, quoted-printable; anything
/// else stands for itself).
std::string decoded_body(const MimePart& part, std::string_view message);

}  // namespace mailscope
