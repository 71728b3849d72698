// Net-Unicode (RFC 5198 §2): the one way in which text is written for others to compare. UTF-8 in
// Normalization Form C, without control characters. IMAP asks it of mailbox names (RFC 9051 §5.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailscope {

/// `text` as Net-Unicode; nullopt when it is not UTF-8, or holds a control character (C0, DEL, C1)
/// or a line or paragraph separator (U+2028, U+2029), which have no place in a name.
std::optional<std::string> net_unicode(std::string_view text);

}  // namespace mailscope
