// Maildrop: what one POP3 session believes. RFC 1939 §3-§5: the messages are numbered from 1 when
// the lock is taken; numbers do not change during the session; marks live here and touch the store
// only in the UPDATE state.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/mail/mail_store.h"

namespace mailscope {

struct MaildropEntry {
  Uid uid;
  uint64_t size = 0;  // octets that RETR sends, without dots doubled and the final one
  bool marked = false;
};

class Maildrop {
 public:
  Maildrop() = default;
  /// The snapshot of this mailbox as it is now.
  explicit Maildrop(const Mailbox& mailbox);

  [[nodiscard]] MailboxId mailbox() const { return mailbox_; }
  /// All messages, the marked ones too; message number n is at n - 1.
  [[nodiscard]] const std::vector<MaildropEntry>& entries() const { return entries_; }
  /// The entry with this message number, or null when there is none or it is marked.
  [[nodiscard]] const MaildropEntry* live(uint64_t number) const;
  [[nodiscard]] uint64_t live_count() const;
  [[nodiscard]] uint64_t live_size() const;

  void mark(uint64_t number, TraceWriter& trace);
  /// RSET, and the end of a session without QUIT.
  void unmark_all(TraceWriter& trace);
  /// The UPDATE state: removes what is marked from the store, the first `able` messages of it, and
  /// returns how many were not removed. What somebody else removed meanwhile is no failure.
  uint64_t commit(MailStore& store, uint64_t able, TraceWriter& trace);

 private:
  MailboxId mailbox_;
  std::vector<MaildropEntry> entries_;
};

/// The unique-id listing of a message (RFC 1939 §7): uidvalidity and uid, so it outlives the
/// session.
std::string unique_id(const Mailbox& mailbox, Uid uid);

}  // namespace mailscope
