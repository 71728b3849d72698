// Base64: RFC 4648 §4 and RFC 2045 §6.8. Two ways to read it, because two kinds of text carry it: a
// protocol line (SMTP AUTH, IMAP AUTHENTICATE) must be exactly right, a message body is read as far
// as possible. Nothing of modified UTF-7 or base64url lives here.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mailscope {

/// One line without line breaks, padded.
std::string encode_base64(std::string_view bytes);
/// For a message body: lines of at most `line_length` characters, each ended by CRLF.
std::string encode_base64_lines(std::string_view bytes, size_t line_length = 76);

/// Strict, for protocol lines: nullopt unless `text` is whole groups of four, correctly padded,
/// with nothing else in between (RFC 4648 §3.3) and no stray bits at the end (§3.5).
std::optional<std::string> parse_base64(std::string_view text);
/// Lenient, for bodies and encoded words (RFC 2045 §6.8): other characters are skipped, padding
/// ends a group wherever it stands, a last incomplete group gives the whole bytes it holds.
std::string decode_base64(std::string_view text);

}  // namespace mailscope
