#include "sim/mail/mailbox_view.h"

#include <algorithm>

#include "sim/base/check.h"
#include "sim/base/digest.h"

namespace mailscope {

MailboxView::MailboxView(const Mailbox& mailbox, bool read_only)
    : mailbox_(mailbox.id),
      read_only_(read_only),
      uids_(mailbox.uids),
      told_modseq_(mailbox.highest_modseq),
      told_structure_(mailbox.structure),
      told_expunged_(mailbox.expunged_count()),
      known_until_(mailbox.uid_next) {
  add_recent(mailbox.first_recent, mailbox.uid_next);
  told_recent_ = recent_count();
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
    count += static_cast<uint32_t>(lower_bound(range.end) - lower_bound(range.first));
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
  const size_t found = lower_bound(uid);
  if (found == uids_.size() || uids_[found] != uid) return std::nullopt;
  return SeqNum{static_cast<uint32_t>(found + 1)};
}

std::vector<ViewNews> MailboxView::take_news(const Mailbox& mailbox, NewsAllowed allowed) {
  std::vector<ViewNews> news;
  if (!has_news(mailbox)) return news;
  const bool moved = mailbox.structure != told_structure_;
  if (moved && allows(allowed, NewsAllowed::kExpunges)) take_expunges(mailbox, news);
  const uint32_t known_before = exists();
  if (moved && allows(allowed, NewsAllowed::kArrivals)) {
    take_arrivals(mailbox, news);
    if (!allows(allowed, NewsAllowed::kFlags)) note_arrived(mailbox, known_before);
  }
  if (moved && allowed != NewsAllowed::kNone) take_recent(news);
  if (mailbox.highest_modseq != told_modseq_ && allows(allowed, NewsAllowed::kFlags)) {
    take_flags(mailbox, known_before, news);
  }
  if (told_expunged_ == mailbox.expunged_count() && known_until_ == mailbox.uid_next) {
    told_structure_ = mailbox.structure;
    uids_ = mailbox.uids;  // equal: from here on the two share their chunks again
  }
  return news;
}

std::vector<ViewNews> MailboxView::take_expunged(const std::vector<Uid>& uids) {
  std::vector<size_t> places;
  for (const Uid uid : uids) {
    if (const std::optional<SeqNum> seq = seq_of(uid)) places.push_back(seq->value - 1);
  }
  std::vector<ViewNews> news;
  remove(places, news);
  take_recent(news);
  return news;
}

void MailboxView::take_recent(std::vector<ViewNews>& news) {
  if (recent_count() == told_recent_) return;
  told_recent_ = recent_count();
  news.push_back({ViewNews::Kind::kRecent, SeqNum{told_recent_}, {}});
}

std::vector<size_t> MailboxView::places_gone(const Mailbox& mailbox) const {
  std::vector<size_t> places;
  if (const std::optional<std::vector<Uid>> gone = mailbox.expunged_after(told_expunged_)) {
    for (const Uid uid : *gone) {
      const std::optional<SeqNum> seq = seq_of(uid);
      if (seq) places.push_back(seq->value - 1);
    }
    return places;
  }
  // The mailbox has forgotten: both lists ascend, so one walk finds what is missing.
  size_t at = 0;
  size_t place = 0;
  for (const Uid uid : uids_) {
    while (at < mailbox.uids.size() && mailbox.uids[at] < uid) ++at;
    if (at == mailbox.uids.size() || mailbox.uids[at] != uid) places.push_back(place);
    ++place;
  }
  return places;
}

uint64_t MailboxView::whole_up_to(const Mailbox& mailbox) const {
  if (told_expunged_ == mailbox.expunged_count()) return told_modseq_;
  if (told_expunged_ < mailbox.expunged_before) return 1;  // when they went has been forgotten
  const auto first = static_cast<size_t>(told_expunged_ - mailbox.expunged_before);
  return std::min(told_modseq_, mailbox.expunged[first].modseq - 1);
}

void MailboxView::take_expunges(const Mailbox& mailbox, std::vector<ViewNews>& news) {
  if (told_expunged_ == mailbox.expunged_count()) return;
  remove(places_gone(mailbox), news);
  told_expunged_ = mailbox.expunged_count();
}

void MailboxView::remove(const std::vector<size_t>& places, std::vector<ViewNews>& news) {
  // From the end to the front: then each number is right whatever was told before it.
  for (size_t i = places.size(); i > 0; --i) {
    const size_t place = places[i - 1];
    news.push_back({ViewNews::Kind::kExpunge, SeqNum{static_cast<uint32_t>(place + 1)},
                    uids_[place]});
  }
  uids_.erase(places);
}

void MailboxView::take_arrivals(const Mailbox& mailbox, std::vector<ViewNews>& news) {
  const uint32_t known_before = exists();
  for (size_t i = mailbox.lower_bound(known_until_); i < mailbox.uids.size(); ++i) {
    uids_.push_back(mailbox.uids[i]);
  }
  if (exists() != known_before) {
    news.push_back({ViewNews::Kind::kExists, SeqNum{exists()}, {}, exists() - known_before});
    add_recent(std::max(mailbox.first_recent, known_until_), mailbox.uid_next);
  }
  known_until_ = mailbox.uid_next;
}

void MailboxView::note_arrived(const Mailbox& mailbox, uint32_t known_before) {
  for (size_t place = known_before; place < uids_.size(); ++place) {
    const std::optional<size_t> index = mailbox.find(uids_[place]);
    if (index) flags_told(uids_[place], mailbox.entries[*index].modseq);
  }
}

void MailboxView::take_flags(const Mailbox& mailbox, uint32_t known_before,
                             std::vector<ViewNews>& news) {
  if (!std::is_sorted(own_changes_.begin(), own_changes_.end(), told_before)) {
    std::sort(own_changes_.begin(), own_changes_.end(), told_before);
  }
  // Entries come in the order of their UIDs, and so do the own changes: one walk along both.
  auto own = own_changes_.cbegin();
  mailbox.for_each_since(told_modseq_, [&](size_t, const MailboxEntry& entry) {
    const Told told{entry.uid, entry.modseq};
    while (own != own_changes_.cend() && told_before(*own, told)) ++own;
    if (own != own_changes_.cend() && !told_before(told, *own)) return;
    const std::optional<SeqNum> seq = seq_of(entry.uid);
    // A message only just announced by EXISTS has had no flags told that could be out of date.
    if (!seq || seq->value > known_before) return;
    news.push_back({ViewNews::Kind::kFlags, *seq, entry.uid});
  });
  own_changes_.clear();
  told_modseq_ = mailbox.highest_modseq;
}

void MailboxView::flags_told(Uid uid, uint64_t modseq) {
  if (modseq <= told_modseq_) return;
  own_changes_.push_back({uid, modseq});
  // A session that hears no news of flags keeps them for as long as it does not (RFC 5465 §3.1).
  constexpr size_t kSpare = 1000;
  if (own_changes_.size() > 2 * uids_.size() + kSpare) keep_last_own_changes();
}

void MailboxView::keep_last_own_changes() {
  std::sort(own_changes_.begin(), own_changes_.end(), told_before);
  size_t kept = 0;
  for (size_t i = 0; i < own_changes_.size(); ++i) {
    const bool last =
        i + 1 == own_changes_.size() || own_changes_[i + 1].uid != own_changes_[i].uid;
    if (last && seq_of(own_changes_[i].uid)) own_changes_[kept++] = own_changes_[i];
  }
  own_changes_.resize(kept);
}

bool MailboxView::told_before(const Told& a, const Told& b) {
  return a.uid != b.uid ? a.uid < b.uid : a.modseq < b.modseq;
}

uint64_t MailboxView::digest() const {
  Digest digest;
  digest.add(mailbox_);
  digest.add(read_only_);
  for (const Uid uid : uids_) digest.add(uid.value);
  digest.add(told_modseq_);
  digest.add(told_structure_);
  for (const Told& told : own_changes_) {
    digest.add(told.uid.value);
    digest.add(told.modseq);
  }
  digest.add(known_until_.value);
  for (const UidRange& range : recent_) {
    digest.add(range.first.value);
    digest.add(range.end.value);
  }
  return digest.value();
}

}  // namespace mailscope
