// From flags as a command writes them to flags as the store takes them (RFC 3501 §2.3.2).
#pragma once

#include <string>
#include <vector>

#include "sim/mail/mail_store.h"

namespace mailscope {

/// System flags by their bit, the others as keywords. A "\Flag" that is not known is passed over,
/// as RFC 3501 §7.1 has it for what PERMANENTFLAGS does not name.
inline FlagNames flag_names(const std::vector<std::string>& flags) {
  FlagNames names;
  for (const std::string& flag : flags) {
    if (const FlagBits bit = system_flag(flag)) {
      names.system |= bit;
    } else if (flag.front() != '\\') {
      names.keywords.push_back(flag);
    }
  }
  return names;
}

/// Those of the flags that are in `kept`; keywords, when it has the bits of any.
inline FlagNames with_bits(FlagNames names, FlagBits kept) {
  names.system &= kept;
  if ((kept & ~Flag::kSystem) == 0) names.keywords.clear();
  return names;
}

}  // namespace mailscope
