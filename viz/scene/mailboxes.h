// Mailboxes: every copy of the mailbox side by side, with what the last beat changed marked by a
// sign and a tint: the server's own, and each device's. Read from the world at the moment and the
// beat's events.
#pragma once

#include <string>
#include <vector>

#include "viz/moment/moment.h"

namespace mailscope::viz {

enum class RowChange : uint8_t { kNone, kAdded, kRemoved, kChanged };

struct MailRow {
  /// Message sequence number, or POP3 message number. On a device: as its open session counts;
  /// empty without one.
  std::string number;
  uint32_t key = 0;          // a device: the entry's
  std::string identity;      // UID or unique-id
  std::string from;
  std::string subject;
  uint64_t size = 0;
  FlagBits flags = 0;
  std::string flags_text;    // "\Seen \Flagged"
  bool whole = true;         // a device: the body is here, too
  bool marked = false;       // POP3 DELE in a session that goes on
  RowChange change = RowChange::kNone;
  std::string mailbox;  // as a person reads it; when it is not INBOX
};

/// Where the rows of one mailbox begin, when there are several.
struct MailboxHead {
  std::string name;
  size_t first_row = 0;
  size_t messages = 0;
};

struct MailboxCard {
  HostId host;
  bool server = false;
  bool pop3 = false;         // a device that collects by POP3: its flags are its own
  std::string account;
  std::vector<MailRow> rows;       // by mailbox, INBOX first
  std::vector<MailboxHead> heads;  // none when all of them are in INBOX
  std::vector<std::string> empty;  // names of mailboxes without a message, INBOX apart
  std::string lock_holder;   // a server whose maildrop is locked: by which host
  bool differs = false;      // a device: not what the server holds
  size_t added = 0;          // by the last beat
  size_t removed = 0;
  size_t changed = 0;
};

/// The server's card first for each account, then its devices'.
std::vector<MailboxCard> build_mailboxes(const Moment& moment);

}  // namespace mailscope::viz
