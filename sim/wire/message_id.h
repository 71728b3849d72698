// Message ids as header fields name them: Message-ID, In-Reply-To and References (RFC 5322 §3.6.4),
// in the one spelling by which they are compared.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mailscope {

inline constexpr size_t kMaxMessageIds = 10000;

/// The ids of a field value, "left@right" without the angle brackets, in their order; at most
/// `limit`. Quoting, folding and comments are undone, so that <"a.b"@c> and <a.b@c> are one id (RFC
/// 5256 §3); case is kept, because it counts. Anything between them, and what is no id, is passed
/// over.
std::vector<std::string> parse_message_ids(std::string_view value, size_t limit = kMaxMessageIds);

}  // namespace mailscope
