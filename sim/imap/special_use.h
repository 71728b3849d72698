// The special uses that a mailbox can be given: RFC 6154 §2. \All and \Flagged are
// of mailboxes that show messages of others, which this server has none of.
#pragma once

#include <string_view>

#include "sim/base/ascii.h"

namespace mailscope::imap {

inline constexpr std::string_view kSpecialUses[] = {"\\Archive", "\\Drafts", "\\Junk", "\\Sent",
                                                    "\\Trash"};

/// As the table spells it; empty when there is none, or none that can be given.
inline std::string_view find_special_use(std::string_view use) {
  for (const std::string_view known : kSpecialUses) {
    if (equals_ignoring_case(use, known)) return known;
  }
  return {};
}

}  // namespace mailscope::imap
