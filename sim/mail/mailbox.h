// One mailbox on a server: numbered messages with flags, dates and modification sequence. Only
// MailStore changes it; sessions look at it through a MailboxView (IMAP) or a Maildrop (POP3). RFC
// 3501 §2.3.1 (UIDs), RFC 7162 §3.1 (modification sequence).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/cow.h"
#include "sim/base/cow_list.h"
#include "sim/base/ids.h"
#include "sim/mail/flags.h"
#include "sim/mail/message.h"

namespace mailscope {

/// Unique identifier of a message in a mailbox, ascending, never reused (RFC 3501 §2.3.1.1).
struct Uid {
  uint32_t value = 0;
  friend bool operator==(Uid a, Uid b) { return a.value == b.value; }
  friend bool operator!=(Uid a, Uid b) { return a.value != b.value; }
  friend bool operator<(Uid a, Uid b) { return a.value < b.value; }
};

/// Message sequence number in one IMAP session: 1-based, shifts on expunge (RFC 3501 §2.3.1.2).
struct SeqNum {
  uint32_t value = 0;
  friend bool operator==(SeqNum a, SeqNum b) { return a.value == b.value; }
  friend bool operator<(SeqNum a, SeqNum b) { return a.value < b.value; }
};

struct MailboxEntry {
  Uid uid;
  uint32_t save_date = 0;     // when it came into this mailbox: seconds since 1970 (RFC 8514 §3)
  FlagBits flags = 0;
  int64_t internal_date = 0;  // seconds since 1970, UTC
  uint64_t modseq = 0;
  uint64_t text_digest = 0;  // of the message's text
  MessagePtr message;
};

/// What is known of many entries without looking at each.
struct EntrySummary {
  uint64_t octets = 0;
  uint64_t deleted_octets = 0;
  uint32_t unseen = 0;
  uint32_t deleted = 0;
  uint64_t max_modseq = 0;  // no entry has a higher one; removing does not lower it

  void add(const MailboxEntry& entry);
  void remove(const MailboxEntry& entry);

  // For CowList::update(): flags and modseq can change.
  using State = FlagBits;
  static State state_of(const MailboxEntry& entry) { return entry.flags; }
  void change(State before, const MailboxEntry& entry);
};

/// An expunged message, remembered for VANISHED (RFC 7162 §3.2.10).
struct Expunged {
  Uid uid;
  uint64_t modseq = 0;
};

/// A change of a message's flags, remembered for UNCHANGEDSINCE (RFC 7162 §3.1.12).
struct FlagsChanged {
  uint64_t modseq = 0;  // that the entry has from it
  uint64_t before = 0;  // that the entry had
  FlagBits flags = 0;   // those that are others now
};

/// What an identifier may do with a mailbox (RFC 4314 §2): letters of "lrswipkxtea".
struct AclEntry {
  std::string identifier;  // "anyone", an account's name, or either after "-"
  std::string rights;
};

/// An annotation (RFC 5464).
struct MetadataEntry {
  std::string name;  // in small letters, "/shared/comment"
  std::string value;
};

struct Mailbox {
  MailboxId id;
  AccountId account;
  std::string name;  // as on the wire; INBOX is spelt in capitals
  bool deleted = false;     // the slot of a deleted mailbox is kept so that ids stay stable
  bool no_select = false;   // \Noselect: a name that only holds others (RFC 3501 §6.3.4)
  uint32_t uid_validity = 0;
  Uid uid_next{1};
  Uid first_recent{1};      // messages from here on have been told to no session yet
  uint64_t highest_modseq = 1;
  uint64_t structure = 0;   // goes up with every message added or expunged
  std::vector<std::string> keywords;
  std::vector<std::string> special_use;  // "\\Drafts" and the like (RFC 6154 §2)
  std::vector<AclEntry> acl;             // besides the owner, who may do everything
  std::vector<MetadataEntry> metadata;   // ascending by name; /private is the owner's
  bool keeps_modseqs = true;  // false: IMAP tells no mod-sequences of it (RFC 7162 §3.1.2.2)
  bool keeps_uids = true;     // false: UIDs are good for one session of IMAP alone (RFC 4315 §3)
  CowList<MailboxEntry, EntrySummary> entries;  // ascending by uid
  CowList<Uid> uids;                // of the entries: what a session that selects it shares
  CowVector<Expunged> expunged;     // ascending by modseq; the last kMaxExpunged or more
  uint64_t expunged_before = 0;     // how many were forgotten from the front of `expunged`
  uint64_t expunged_modseq = 0;     // expunges up to this mod-sequence may have been forgotten
  CowVector<FlagsChanged> flags_changed;  // ascending by modseq; the last kMaxFlagsChanged or more
  uint64_t entries_digest = 0;      // sum over entries: kept up with each change, so O(1) to read

  /// Index into entries, or nullopt.
  [[nodiscard]] std::optional<size_t> find(Uid uid) const;
  /// Index of the first entry with this uid or a greater one; entries.size() when none.
  [[nodiscard]] size_t lower_bound(Uid uid) const;
  /// Index of the first message without \Seen, or nullopt: O(chunks).
  [[nodiscard]] std::optional<size_t> first_unseen() const;
  /// Calls visit(index, entry) for each entry changed after that mod-sequence, in order: passes
  /// over chunks in which nothing changed.
  template <class Visit>
  void for_each_since(uint64_t modseq, Visit visit) const {
    for (size_t c = 0; c < entries.chunk_count(); ++c) {
      const auto& chunk = entries.chunk(c);
      if (chunk.summary.max_modseq <= modseq) continue;
      for (size_t i = 0; i < chunk.values.size(); ++i) {
        if (chunk.values[i].modseq > modseq) visit(entries.chunk_begin(c) + i, chunk.values[i]);
      }
    }
  }
  /// Which flags of the entry changed after that mod-sequence; all, when it is not known any more.
  [[nodiscard]] FlagBits changed_since(const MailboxEntry& entry, uint64_t modseq) const;
  /// How many messages have ever been expunged: a mark to come back to with expunged_after().
  [[nodiscard]] uint64_t expunged_count() const { return expunged_before + expunged.size(); }
  /// The UIDs expunged after that mark, ascending; nullopt when they have been forgotten.
  [[nodiscard]] std::optional<std::vector<Uid>> expunged_after(uint64_t mark) const;
  /// The UIDs expunged after that mod-sequence, ascending; nullopt when they have been forgotten.
  [[nodiscard]] std::optional<std::vector<Uid>> expunged_since(uint64_t modseq) const;
};

/// At least so many expunged messages are remembered.
inline constexpr size_t kMaxExpunged = 65536;
/// And so many changes of flags.
inline constexpr size_t kMaxFlagsChanged = 1024;

}  // namespace mailscope
