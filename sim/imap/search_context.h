// A SEARCH or SORT that asked for UPDATE (RFC 5267 §4.3): its result, kept up to date and told as
// it changes.
#pragma once

#include <string>
#include <vector>

#include "sim/base/digest.h"
#include "sim/mail/mailbox.h"
#include "sim/wire/imap_command.h"

namespace mailscope {

struct SearchContext {
  std::string tag;  // of the command that began it
  bool uid_form = false;
  imap::SortArguments arguments;  // without criteria for SEARCH
  std::vector<Uid> result;        // in the order told

  void add_to(Digest& digest) const;
};

}  // namespace mailscope
