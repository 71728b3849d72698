// Encoded words: RFC 2047, non-ASCII text in header fields, read for showing. Lenient where mailers
// are: words may be too long, stand inside other text, hold spaces, or split a character between
// them.
#pragma once

#include <string>
#include <string_view>

namespace mailscope {

/// `text` (an unfolded field value or a display name) as UTF-8. Blanks between two encoded words
/// vanish (§6.2). What is no well-formed encoded word stays as it is; never fails.
std::string decode_encoded_words(std::string_view text);

}  // namespace mailscope
