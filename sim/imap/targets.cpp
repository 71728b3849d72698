// Which messages a command names: sets of numbers, of UIDs, and "$" (RFC 3501 §9, sequence-set; RFC
// 5182 §2.1), as this session numbers them.
#include "sim/imap/server.h"

namespace mailscope {
namespace {

/// Finds the entries of ascending UIDs: fast where one follows the other.
class EntryFinder {
 public:
  explicit EntryFinder(const Mailbox& mailbox) : mailbox_(mailbox), entries_(mailbox.entries) {}

  /// nullopt when the mailbox has it no more.
  std::optional<size_t> find(Uid uid) {
    if (!is_at(uid)) next_ = mailbox_.lower_bound(uid);
    if (!is_at(uid)) return std::nullopt;
    return next_++;
  }

 private:
  bool is_at(Uid uid) { return next_ < mailbox_.entries.size() && entries_[next_].uid == uid; }

  const Mailbox& mailbox_;
  CowList<MailboxEntry, EntrySummary>::Cursor entries_;
  size_t next_ = 0;
};

}  // namespace

ImapServer::Targets ImapServer::targets_of(const Turn& turn, const imap::SequenceSet& set) const {
  Targets targets;
  EntryFinder finder(selected(turn));
  CowList<Uid>::Cursor uids(view_.uids());
  const auto add = [&](size_t position) {
    const Uid uid = uids[position];
    if (const std::optional<size_t> index = finder.find(uid)) {
      targets.found.push_back({SeqNum{static_cast<uint32_t>(position + 1)}, uid, *index});
    } else {
      targets.some_expunged = true;
    }
  };
  if (set.is_saved_result()) {
    // RFC 5182 §2.1: what has been expunged since is no longer in it.
    for (const Uid uid : saved_result_) {
      if (const std::optional<SeqNum> seq = view_.seq_of(uid)) add(seq->value - 1);
    }
  } else if (!turn.row->uid_form) {
    for (const imap::SequenceSet::Range range : set.resolved(view_.exists())) {
      // RFC 3501 §9, seq-number: an error, and so is "*" in an empty mailbox.
      if (range.first == 0 || range.last > view_.exists()) {
        targets.bad_number = true;
        return targets;
      }
      targets.found.reserve(targets.found.size() + range.last - range.first + 1);
      for (uint32_t seq = range.first; seq <= range.last; ++seq) add(seq - 1);
    }
  } else {
    for (const imap::SequenceSet::Range range : set.resolved(view_.last_uid())) {
      for (size_t at = view_.lower_bound(Uid{range.first});
           at < view_.exists() && uids[at].value <= range.last; ++at) {
        add(at);
      }
    }
  }
  // RFC 3501 §6.4.8: a UID that does not exist is ignored without any error.
  if (turn.row->uid_form) targets.some_expunged = false;
  return targets;
}

namespace {

/// Of ascending UIDs.
imap::SequenceSet set_of(const std::vector<Uid>& uids) {
  imap::SequenceSet set;
  for (size_t i = 0; i < uids.size();) {
    size_t last = i;
    while (last + 1 < uids.size() && uids[last + 1].value == uids[last].value + 1) ++last;
    set.add(uids[i].value, uids[last].value);
    i = last + 1;
  }
  return set;
}

}  // namespace

imap::SearchKey ImapServer::with_uids(const imap::SearchKey& key) const {
  using Kind = imap::SearchKey::Kind;
  imap::SearchKey out = key;
  for (imap::SearchKey& inner : out.keys) inner = with_uids(inner);
  if (key.kind != Kind::kSequenceSet && key.kind != Kind::kUid) return out;
  if (key.set.is_saved_result()) {
    out.kind = Kind::kUid;
    out.set = set_of(saved_result_);
  } else if (key.kind == Kind::kSequenceSet) {
    std::vector<Uid> uids;
    for (const imap::SequenceSet::Range range : key.set.resolved(view_.exists())) {
      for (uint32_t seq = range.first; seq <= range.last; ++seq) {
        if (const std::optional<Uid> uid = view_.uid_of(SeqNum{seq})) uids.push_back(*uid);
      }
    }
    out.kind = Kind::kUid;
    out.set = set_of(uids);
  }
  return out;
}

}  // namespace mailscope
