// One message of a selected mailbox with the number the session knows it by: what SORT and THREAD
// are about.
#pragma once

#include "sim/mail/mailbox.h"

namespace mailscope {

struct NumberedMessage {
  SeqNum seq;
  const MailboxEntry* entry = nullptr;  // never null; of the mailbox as it is now
};

/// The sent date in seconds since 1970, UTC: the Date field's, else INTERNALDATE (RFC 5256 §2.2).
inline int64_t sent_date(const MailboxEntry& entry) {
  const std::optional<DateTime> date = entry.message->date();
  return date ? date->unix_seconds : entry.internal_date;
}

}  // namespace mailscope
