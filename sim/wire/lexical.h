// The lexical pieces that header field values share: comments and folding white space, quoted
// strings (RFC 5322 §3.2.1 to §3.2.4). Used by address, date and mime_fields. Lenient: a comment or
// quoted string that nobody closed ends with the text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailscope {

/// Position after blanks, line ends and (nested) comments. When there were comments, the content of
/// the last one, unescaped, is put into `last_comment`, if given.
size_t skip_cfws(std::string_view text, size_t position, std::string* last_comment = nullptr);

/// Reads the quoted string whose opening quote is at `position`, and moves past it. Returns its
/// content with quoted pairs undone and line ends dropped.
std::string read_quoted_string(std::string_view text, size_t& position);

}  // namespace mailscope
