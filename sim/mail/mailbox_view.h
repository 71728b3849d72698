// MailboxView: what one IMAP session believes about its selected mailbox. The server holds the
// truth; a session learns of it only through untagged responses, and only at the moments RFC 3501
// §7.4.1 and §5.5 allow. Between them its message sequence numbers stay as they are.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/mail/mail_store.h"

namespace mailscope {

/// Which news may be told now: a set. EXPUNGE shifts numbers, so it may not be sent while FETCH,
/// STORE or SEARCH is in progress, nor when no command is (RFC 3501 §7.4.1; IDLE counts as in
/// progress). NOTIFY can leave out any of them (RFC 5465 §5).
enum class NewsAllowed : uint8_t {
  kNone = 0,
  kExpunges = 1,
  kArrivals = 2,
  kFlags = 4,
  kWithoutExpunge = kArrivals | kFlags,
  kAll = kExpunges | kWithoutExpunge
};
constexpr NewsAllowed operator&(NewsAllowed a, NewsAllowed b) {
  return static_cast<NewsAllowed>(static_cast<uint8_t>(a) & static_cast<uint8_t>(b));
}
constexpr NewsAllowed operator|(NewsAllowed a, NewsAllowed b) {
  return static_cast<NewsAllowed>(static_cast<uint8_t>(a) | static_cast<uint8_t>(b));
}
constexpr bool allows(NewsAllowed set, NewsAllowed kind) { return (set & kind) == kind; }

/// One piece of news, in the order in which it must be told.
struct ViewNews {
  enum class Kind : uint8_t { kExpunge, kExists, kRecent, kFlags };
  Kind kind = Kind::kExists;
  SeqNum seq;          // of the message, in the numbering after the news told before it; for
                       // kExists and kRecent the count
  Uid uid;             // of the message (kExpunge, kFlags)
  uint32_t count = 0;  // kExists: how many of them are new
};

class MailboxView {
 public:
  MailboxView() = default;
  /// Select: the view knows all that is there now. Messages no session has been told of are \Recent
  /// here; after SELECT and after news of EXISTS the server calls MailStore::claim_recent, so that
  /// they are recent to no other session; after EXAMINE it does not (RFC 3501 §2.3.2, §6.3.2).
  MailboxView(const Mailbox& mailbox, bool read_only);

  [[nodiscard]] MailboxId mailbox() const { return mailbox_; }
  [[nodiscard]] bool read_only() const { return read_only_; }
  [[nodiscard]] uint32_t exists() const { return static_cast<uint32_t>(uids_.size()); }
  [[nodiscard]] uint32_t recent_count() const;
  [[nodiscard]] bool is_recent(Uid uid) const;
  /// 1-based; nullopt when out of range.
  [[nodiscard]] std::optional<Uid> uid_of(SeqNum seq) const;
  [[nodiscard]] std::optional<SeqNum> seq_of(Uid uid) const;
  [[nodiscard]] const CowList<Uid>& uids() const { return uids_; }
  /// The highest UID here; 0 in an empty mailbox.
  [[nodiscard]] uint32_t last_uid() const { return uids_.empty() ? 0 : uids_.back().value; }
  /// The position (sequence number - 1) of the first message with this UID or a greater one.
  [[nodiscard]] size_t lower_bound(Uid uid) const {
    return uids_.lower_bound(uid, [](Uid a, Uid b) { return a < b; });
  }
  /// Everything that happened up to this mod-sequence has been told, but for expunges held back.
  [[nodiscard]] uint64_t told_modseq() const { return told_modseq_; }
  /// Everything that happened up to this mod-sequence has been told, expunges too; at least 1.
  [[nodiscard]] uint64_t whole_up_to(const Mailbox& mailbox) const;

  /// True when the mailbox has changed in a way this session has not been told.
  [[nodiscard]] bool has_news(const Mailbox& mailbox) const {
    return mailbox.highest_modseq != told_modseq_ || mailbox.structure != told_structure_;
  }

  /// Messages from this UID on have not been announced.
  [[nodiscard]] Uid known_until() const { return known_until_; }

  /// What is to be told now, and from here on believed. O(1) when there is no news.
  std::vector<ViewNews> take_news(const Mailbox& mailbox, NewsAllowed allowed);
  /// The expunges of these alone, ascending, which the session's own command brought about: they
  /// are told whatever news is allowed.
  std::vector<ViewNews> take_expunged(const std::vector<Uid>& uids);

  /// The session has just been told these flags by a FETCH response of its own command, or asked
  /// not to be (.SILENT): no news about it any more. `modseq` is the entry's.
  void flags_told(Uid uid, uint64_t modseq);

  [[nodiscard]] uint64_t digest() const;

 private:
  struct Told {
    Uid uid;
    uint64_t modseq;
  };
  struct UidRange {
    Uid first;
    Uid end;  // past the last
  };

  void add_recent(Uid first, Uid end);
  /// Removes from uids_ what the mailbox no longer holds; the news, highest number first.
  void take_expunges(const Mailbox& mailbox, std::vector<ViewNews>& news);
  void remove(const std::vector<size_t>& places, std::vector<ViewNews>& news);
  /// RFC 3501 §7.3.2: told again when the size of the mailbox changes, and here only when the
  /// number is another.
  void take_recent(std::vector<ViewNews>& news);
  /// The places in uids_, ascending, of what the mailbox no longer holds.
  [[nodiscard]] std::vector<size_t> places_gone(const Mailbox& mailbox) const;
  void take_arrivals(const Mailbox& mailbox, std::vector<ViewNews>& news);
  /// With no news of flags now: later there is none of these but what changes from here on.
  void note_arrived(const Mailbox& mailbox, uint32_t known_before);
  void take_flags(const Mailbox& mailbox, uint32_t known_before, std::vector<ViewNews>& news);
  void keep_last_own_changes();
  static bool told_before(const Told& a, const Told& b);

  MailboxId mailbox_;
  bool read_only_ = false;
  CowList<Uid> uids_;            // by sequence number - 1; shared with the mailbox while equal
  uint64_t told_modseq_ = 0;     // everything up to here has been told, but for expunges held back
  uint64_t told_structure_ = 0;
  uint64_t told_expunged_ = 0;   // Mailbox::expunged_count() when all of them had been told
  std::vector<Told> own_changes_;  // told ahead of told_modseq_ by the session's own commands
  Uid known_until_;                // messages from this uid on have not been announced here
  std::vector<UidRange> recent_;   // ascending, disjoint
  uint32_t told_recent_ = 0;       // the number of the last RECENT, or of SELECT's
};

}  // namespace mailscope
