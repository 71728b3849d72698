// The special uses that a mailbox can be given: RFC 6154 §2. \All and \Flagged are
// of mailboxes that show messages of others, which this server has none of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/base/ascii.h"

namespace mailscope::imap {

inline constexpr std::string_view kSpecialUses[] = {"\\Archive", "\\Drafts", "\\Junk", "\\Sent",
                                                    "\\Trash"};

/// RFC 6154 §4: the special uses of a mailbox as an annotation.
inline constexpr std::string_view kSpecialUseEntry = "/private/specialuse";

/// The value of the annotation.
inline std::string encode_uses(const std::vector<std::string>& uses) {
  std::string all;
  for (const std::string& use : uses) all += (all.empty() ? "" : " ") + use;
  return all;
}

/// As the table spells it; empty when there is none, or none that can be given.
inline std::string_view find_special_use(std::string_view use) {
  for (const std::string_view known : kSpecialUses) {
    if (equals_ignoring_case(use, known)) return known;
  }
  return {};
}

}  // namespace mailscope::imap
