#include "sim/mail/mailbox.h"

#include <algorithm>

namespace mailscope {
namespace {

/// The index of the first item with a higher mod-sequence.
template <class Item>
size_t first_after(const CowVector<Item>& items, uint64_t modseq) {
  size_t low = 0;
  size_t high = items.size();
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (items[middle].modseq <= modseq) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace

void EntrySummary::add(const MailboxEntry& entry) {
  const uint64_t size = entry.message->size();
  octets += size;
  if ((entry.flags & Flag::kSeen) == 0) ++unseen;
  if ((entry.flags & Flag::kDeleted) != 0) {
    ++deleted;
    deleted_octets += size;
  }
  max_modseq = std::max(max_modseq, entry.modseq);
}

void EntrySummary::remove(const MailboxEntry& entry) {
  const uint64_t size = entry.message->size();
  octets -= size;
  if ((entry.flags & Flag::kSeen) == 0) --unseen;
  if ((entry.flags & Flag::kDeleted) != 0) {
    --deleted;
    deleted_octets -= size;
  }
}

void EntrySummary::change(State before, const MailboxEntry& entry) {
  const FlagBits changed = before ^ entry.flags;
  if ((changed & Flag::kSeen) != 0) (entry.flags & Flag::kSeen) == 0 ? ++unseen : --unseen;
  if ((changed & Flag::kDeleted) != 0) {
    const uint64_t size = entry.message->size();
    const bool marked = (entry.flags & Flag::kDeleted) != 0;
    marked ? ++deleted : --deleted;
    deleted_octets += marked ? size : -size;
  }
  max_modseq = std::max(max_modseq, entry.modseq);
}

size_t Mailbox::lower_bound(Uid uid) const {
  return uids.lower_bound(uid, [](Uid a, Uid b) { return a < b; });
}

std::optional<size_t> Mailbox::find(Uid uid) const {
  const size_t i = lower_bound(uid);
  if (i == uids.size() || uids[i] != uid) return std::nullopt;
  return i;
}

std::optional<size_t> Mailbox::first_unseen() const {
  for (size_t c = 0; c < entries.chunk_count(); ++c) {
    const auto& chunk = entries.chunk(c);
    if (chunk.summary.unseen == 0) continue;
    for (size_t i = 0; i < chunk.values.size(); ++i) {
      if ((chunk.values[i].flags & Flag::kSeen) == 0) return entries.chunk_begin(c) + i;
    }
  }
  return std::nullopt;
}

std::optional<std::vector<Uid>> Mailbox::expunged_after(uint64_t mark) const {
  if (mark < expunged_before) return std::nullopt;
  std::vector<Uid> uids_gone;
  for (size_t i = static_cast<size_t>(mark - expunged_before); i < expunged.size(); ++i) {
    uids_gone.push_back(expunged[i].uid);
  }
  if (!std::is_sorted(uids_gone.begin(), uids_gone.end())) {
    std::sort(uids_gone.begin(), uids_gone.end());
  }
  return uids_gone;
}

std::optional<std::vector<Uid>> Mailbox::expunged_since(uint64_t modseq) const {
  if (modseq < expunged_modseq) return std::nullopt;
  return expunged_after(expunged_before + first_after(expunged, modseq));
}

FlagBits Mailbox::changed_since(const MailboxEntry& entry, uint64_t modseq) const {
  FlagBits changed = 0;
  // From change to change back in time.
  for (uint64_t at = entry.modseq; at > modseq;) {
    const size_t i = first_after(flags_changed, at - 1);
    if (i == flags_changed.size() || flags_changed[i].modseq != at) return ~FlagBits{0};
    changed |= flags_changed[i].flags;
    at = flags_changed[i].before;
  }
  return changed;
}

}  // namespace mailscope
