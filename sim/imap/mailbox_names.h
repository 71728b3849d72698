// Mailbox names as a server keeps them: which may be made, and how they lie above each other.
// RFC 3501 §5.1 (naming), §5.1.3 (modified UTF-7). What a LIST pattern matches: list_patterns.h.
#pragma once

#include <string>
#include <string_view>

namespace mailscope {

inline constexpr size_t kMaxMailboxName = 255;   // of a new name
inline constexpr size_t kMaxRenamedName = 1000;  // of what lies below a renamed one

/// Why a mailbox cannot be made with this name, in words for a NO response; empty when it can.
std::string_view why_not_a_new_name(std::string_view name);
/// "a/b" of "a/b/c"; empty at the top.
std::string_view superior_name(std::string_view name);
/// True of "a/b" and "a/b/c" for "a/b".
bool is_at_or_below(std::string_view name, std::string_view superior);
bool is_below(std::string_view name, std::string_view superior);

}  // namespace mailscope
