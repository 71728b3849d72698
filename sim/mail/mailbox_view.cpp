#include "sim/mail/mailbox_view.h"

#include <algorithm>

#include "sim/base/check.h"
#include "sim/base/digest.h"

namespace mailscope {

MailboxView::MailboxView(const Mailbox& mailbox, bool read_only)
    : mailbox_(mailbox.id),
      read_only_(read_only),
      told_modseq_(mailbox.highest_modseq),
      told_structure_(mailbox.structure),
      known_until_(mailbox.uid_next) {
  uids_.reserve(mailbox.entries.size());
  for (size_t i = 0; i < mailbox.entries.size(); ++i) uids_.push_back(mailbox.entries[i].uid);
  add_recent(mailbox.first_recent, mailbox.uid_next);
}

void MailboxView::add_recent(Uid first, Uid end) {
  if (!(first < end)) return;
  if (!recent_.empty() && recent_.back().end == first) {
    recent_.back().end = end;
  } else {
    recent_.push_back({first, end});
  }
}

uint32_t MailboxView::recent_count() const {
  uint32_t count = 0;
  for (const UidRange& range : recent_) {
    const auto first = std::lower_bound(uids_.begin(), uids_.end(), range.first);
    count += static_cast<uint32_t>(std::lower_bound(first, uids_.end(), range.end) - first);
  }
  return count;
}

bool MailboxView::is_recent(Uid uid) const {
  return std::any_of(recent_.begin(), recent_.end(), [uid](const UidRange& range) {
    return !(uid < range.first) && uid < range.end;
  });
}

std::optional<Uid> MailboxView::uid_of(SeqNum seq) const {
  if (seq.value == 0 || seq.value > uids_.size()) return std::nullopt;
  return uids_[seq.value - 1];
}

std::optional<SeqNum> MailboxView::seq_of(Uid uid) const {
  const auto found = std::lower_bound(uids_.begin(), uids_.end(), uid);
  if (found == uids_.end() || *found != uid) return std::nullopt;
  return SeqNum{static_cast<uint32_t>(found - uids_.begin() + 1)};
}

std::vector<ViewNews> MailboxView::take_news(const Mailbox& mailbox, NewsAllowed allowed) {
  std::vector<ViewNews> news;
  if (!has_news(mailbox)) return news;
  if (mailbox.structure != told_structure_) {
    if (allowed == NewsAllowed::kAll) take_expunges(mailbox, news);
  }
  const uint32_t known_before = exists();
  if (mailbox.structure != told_structure_) take_arrivals(mailbox, news);
  if (mailbox.highest_modseq != told_modseq_) take_flags(mailbox, known_before, news);
  if (allowed == NewsAllowed::kAll || !misses_messages(mailbox)) {
    told_structure_ = mailbox.structure;
  }
  return news;
}

bool MailboxView::misses_messages(const Mailbox& mailbox) const {
  return uids_.size() != mailbox.entries.size();
}

void MailboxView::take_expunges(const Mailbox& mailbox, std::vector<ViewNews>& news) {
  // Both lists ascend, so one walk finds what is gone. The news goes from the end to the front:
  // then each number is right whatever was told before it.
  size_t kept = 0;
  size_t at = 0;
  const size_t first_news = news.size();
  for (size_t i = 0; i < uids_.size(); ++i) {
    while (at < mailbox.entries.size() && mailbox.entries[at].uid < uids_[i]) ++at;
    if (at < mailbox.entries.size() && mailbox.entries[at].uid == uids_[i]) {
      uids_[kept++] = uids_[i];
    } else {
      news.push_back(
          {ViewNews::Kind::kExpunge, SeqNum{static_cast<uint32_t>(i + 1)}, uids_[i]});
    }
  }
  uids_.resize(kept);
  std::reverse(news.begin() + static_cast<std::ptrdiff_t>(first_news), news.end());
}

void MailboxView::take_arrivals(const Mailbox& mailbox, std::vector<ViewNews>& news) {
  const uint32_t known_before = exists();
  for (size_t i = mailbox.lower_bound(known_until_); i < mailbox.entries.size(); ++i) {
    uids_.push_back(mailbox.entries[i].uid);
  }
  if (exists() != known_before) {
    news.push_back({ViewNews::Kind::kExists, SeqNum{exists()}, {}});
    const size_t ranges_before = recent_.size();
    const Uid end_before = recent_.empty() ? Uid{} : recent_.back().end;
    add_recent(std::max(mailbox.first_recent, known_until_), mailbox.uid_next);
    if (recent_.size() != ranges_before ||
        (!recent_.empty() && recent_.back().end != end_before)) {
      news.push_back({ViewNews::Kind::kRecent, SeqNum{recent_count()}, {}});
    }
  }
  known_until_ = mailbox.uid_next;
}

void MailboxView::take_flags(const Mailbox& mailbox, uint32_t known_before,
                             std::vector<ViewNews>& news) {
  const auto before = [](const Told& a, const Told& b) {
    return a.uid != b.uid ? a.uid < b.uid : a.modseq < b.modseq;
  };
  std::sort(own_changes_.begin(), own_changes_.end(), before);
  for (size_t i = 0; i < mailbox.entries.size(); ++i) {
    const MailboxEntry& entry = mailbox.entries[i];
    if (entry.modseq <= told_modseq_) continue;
    if (std::binary_search(own_changes_.begin(), own_changes_.end(),
                           Told{entry.uid, entry.modseq}, before)) {
      continue;
    }
    const std::optional<SeqNum> seq = seq_of(entry.uid);
    // A message only just announced by EXISTS has had no flags told that could be out of date.
    if (!seq || seq->value > known_before) continue;
    news.push_back({ViewNews::Kind::kFlags, *seq, entry.uid});
  }
  own_changes_.clear();
  told_modseq_ = mailbox.highest_modseq;
}

void MailboxView::flags_told(Uid uid, uint64_t modseq) {
  if (modseq > told_modseq_) own_changes_.push_back({uid, modseq});
}

uint64_t MailboxView::digest() const {
  Digest digest;
  digest.add(mailbox_);
  digest.add(read_only_);
  for (const Uid uid : uids_) digest.add(uid.value);
  digest.add(told_modseq_);
  digest.add(told_structure_);
  digest.add(known_until_.value);
  for (const UidRange& range : recent_) {
    digest.add(range.first.value);
    digest.add(range.end.value);
  }
  return digest.value();
}

}  // namespace mailscope
