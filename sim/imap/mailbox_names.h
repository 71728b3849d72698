// Mailbox names as a server sees them: which may be made, and which a LIST pattern matches.
// RFC 3501 §5.1 (naming), §5.1.3 (modified UTF-7), §6.3.8 (wildcards).
#pragma once

#include <string>
#include <string_view>

namespace mailscope {

inline constexpr size_t kMaxMailboxName = 255;   // of a new name
inline constexpr size_t kMaxRenamedName = 1000;  // of what lies below a renamed one
inline constexpr size_t kMaxListPattern = 1000;

/// Why a mailbox cannot be made with this name, in words for a NO response; empty when it can.
std::string_view why_not_a_new_name(std::string_view name);
/// "*" matches anything, "%" anything but the hierarchy separator. INBOX matches in any case.
bool matches_pattern(std::string_view name, std::string_view pattern);
/// "a/b" of "a/b/c"; empty at the top.
std::string_view superior_name(std::string_view name);

}  // namespace mailscope
