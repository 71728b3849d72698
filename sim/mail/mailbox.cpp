#include "sim/mail/mailbox.h"

namespace mailscope {

size_t Mailbox::lower_bound(Uid uid) const {
  size_t low = 0;
  size_t high = entries.size();
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (entries[middle].uid < uid) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

std::optional<size_t> Mailbox::find(Uid uid) const {
  const size_t i = lower_bound(uid);
  if (i == entries.size() || entries[i].uid != uid) return std::nullopt;
  return i;
}

}  // namespace mailscope
