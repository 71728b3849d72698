// Quoted-printable: RFC 2045 §6.7, and the "Q" encoding of header words built on it (RFC 2047
// §4.2). Decoding is lenient as §6.7 advises: what is not a valid escape stands for itself.
#pragma once

#include <string>
#include <string_view>

namespace mailscope {

/// The body text that `text` encodes. Soft line breaks vanish, blanks before a line end are
/// dropped.
std::string decode_quoted_printable(std::string_view text);
/// Lines of at most 76 characters; CRLF in `bytes` stays a line end, any other CR or LF is escaped.
std::string encode_quoted_printable(std::string_view bytes);
/// The "Q" encoding inside an encoded word: "_" is a space.
std::string decode_q_word(std::string_view text);

}  // namespace mailscope
