// Character sets: mail bytes to UTF-8 for showing. The only place that calls iconv(3). Never fails:
// what cannot be converted becomes U+FFFD, and a label that lies is seen through where that is
// safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailscope {

/// Length of the well-formed UTF-8 sequence at `position` (RFC 3629 §4); 0 when there is none.
size_t utf8_length_at(std::string_view text, size_t position);
bool valid_utf8(std::string_view text);
/// Every byte that is not part of well-formed UTF-8 becomes U+FFFD.
std::string repaired_utf8(std::string_view text);
/// At most `limit` bytes of valid UTF-8, cut before a character, not inside.
std::string_view utf8_prefix(std::string_view text, size_t limit);

/// `bytes` in the named character set. Without a usable name, as utf8_from_unlabelled().
std::string utf8_from_charset(std::string_view bytes, std::string_view charset);
/// True for the names that utf8_from_charset() converts by; what else is asked for with a SEARCH
/// gets NO [BADCHARSET] (RFC 3501 §6.4.4).
bool is_known_charset(std::string_view charset);
/// False for those in which bytes below 128 may mean something else than ASCII.
bool keeps_ascii(std::string_view charset);
/// Bytes that nobody labelled: UTF-8 if they are, else Windows-1252, the commonest 8-bit mail.
std::string utf8_from_unlabelled(std::string_view bytes);

}  // namespace mailscope
