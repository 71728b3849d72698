// The header of a message: its fields with their spans, and unfolding (RFC 5322 §2.2). Field values
// are left as they stand; what they mean is for address, date, encoded_word and mime. The same
// reading serves the header of a MIME part (RFC 2045 §3). Lines may end with CRLF or a bare LF.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/wire/byte_span.h"

namespace mailscope {

/// One field. A line that is no field at all (no colon, or a name that cannot be one) is kept with
/// an empty name and the whole line as its value, so that the fields together are the header.
struct HeaderField {
  ByteSpan name;   // without the blanks that old software writes before the colon
  ByteSpan value;  // after the colon, still folded, without the line end that closes the field
  ByteSpan whole;  // all its lines with their line ends
};

/// All fields, and the span they stand in.
struct Header {
  std::vector<HeaderField> fields;  // at most kMaxHeaderFields; the rest is in `span` only
  ByteSpan span;          // from the first field to after the blank line that ends the header
  bool complete = false;  // the blank line is there
};

inline constexpr size_t kMaxHeaderFields = 10000;

/// End of the line that begins at `begin`, after its LF; the end of the text when there is none.
size_t line_end_after(std::string_view text, size_t begin);
/// `line` without its CRLF or LF.
std::string_view without_line_end(std::string_view line);

/// The field that begins at `position`, which then moves past it. nullopt at a blank line (which is
/// not passed) and at the end of the text. Spans are offsets in `text`.
std::optional<HeaderField> next_field(std::string_view text, size_t& position);
/// The same for fields of that name (any case) alone: the next one at or after `position`, which
/// must be the beginning of a line. Much quicker than asking every field for its name.
std::optional<HeaderField> next_field(std::string_view text, std::string_view name,
                                      size_t& position);
/// Where the header that begins at `begin` ends: after its blank line, or at the end of the text.
size_t header_end(std::string_view text, size_t begin = 0);
/// Reads fields from `begin` to the blank line or to the end of the text.
Header parse_header(std::string_view text, size_t begin = 0);

/// The first field of that name (any case) between `begin` and the blank line.
std::optional<HeaderField> find_field(std::string_view text, std::string_view name,
                                      size_t begin = 0);
/// The value of the first field of that name, unfolded and trimmed; nullopt when there is none.
std::optional<std::string> field_value(std::string_view text, std::string_view name,
                                       size_t begin = 0);

/// Without the line ends of folding (RFC 5322 §2.2.3): the blanks after them stay.
std::string unfolded(std::string_view value);

}  // namespace mailscope
