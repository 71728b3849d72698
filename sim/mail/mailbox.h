// One mailbox on a server: numbered messages with flags, dates and modification sequence. Only
// MailStore changes it; sessions look at it through a MailboxView (IMAP) or a Maildrop (POP3). RFC
// 3501 §2.3.1 (UIDs), RFC 7162 §3.1 (modification sequence).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/cow.h"
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
  FlagBits flags = 0;
  int64_t internal_date = 0;  // seconds since 1970, UTC
  uint64_t modseq = 0;
  MessagePtr message;
};

struct Mailbox {
  MailboxId id;
  AccountId account;
  std::string name;  // as on the wire; INBOX is spelt in capitals
  bool deleted = false;     // the slot of a deleted mailbox is kept so that ids stay stable
  bool no_select = false;   // \Noselect: a name that only holds others (RFC 3501 §6.3.4)
  bool subscribed = false;
  uint32_t uid_validity = 0;
  Uid uid_next{1};
  Uid first_recent{1};      // messages from here on have been told to no session yet
  uint64_t highest_modseq = 1;
  uint64_t structure = 0;   // goes up with every message added or expunged
  std::vector<std::string> keywords;
  CowVector<MailboxEntry> entries;  // ascending by uid
  uint64_t entries_digest = 0;      // sum over entries: kept up with each change, so O(1) to read

  /// Index into entries, or nullopt.
  [[nodiscard]] std::optional<size_t> find(Uid uid) const;
  /// Index of the first entry with this uid or a greater one; entries.size() when none.
  [[nodiscard]] size_t lower_bound(Uid uid) const;
};

}  // namespace mailscope
