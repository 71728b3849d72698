// Message flags as bits: the system flags of RFC 3501 §2.3.2 in the low byte, and from bit 8 on the
// keywords of one mailbox, whose names the mailbox keeps. \Recent is not here: it belongs to a
// session.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mailscope {

using FlagBits = uint64_t;

struct Flag {
  static constexpr FlagBits kSeen = 1;
  static constexpr FlagBits kAnswered = 2;
  static constexpr FlagBits kFlagged = 4;
  static constexpr FlagBits kDeleted = 8;
  static constexpr FlagBits kDraft = 16;
  static constexpr FlagBits kSystem = 31;
  static constexpr int kFirstKeyword = 8;
  static constexpr size_t kMaxKeywords = 48;
};

/// The bit of a system flag such as "\Seen" (any case), or 0.
FlagBits system_flag(std::string_view name);

/// "\Seen \Flagged $Junk", in the order of the bits; `recent` adds \Recent at the end.
std::string flags_text(FlagBits flags, const std::vector<std::string>& keywords,
                       bool recent = false);

}  // namespace mailscope
