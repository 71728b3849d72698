// What a session asked to be told of by NOTIFY (RFC 5465), and what it has been told of the
// mailboxes that it has not selected.
#pragma once

#include <vector>

#include "sim/base/digest.h"
#include "sim/wire/imap_command.h"

namespace mailscope {

struct NotifyState {
  bool set = false;  // NOTIFY SET was said; without it the rules of RFC 3501 hold
  std::vector<imap::NotifyGroup> groups;

  void add_to(Digest& digest) const;
};

}  // namespace mailscope
