// OBJECTID: names of messages, threads and mailboxes that outlive UIDs and renaming (RFC 8474). All
// of them are letters and digits, 1 to 255 of them, and the same in every run of the same world.
#pragma once

#include <string>

#include "sim/mail/mailbox.h"
#include "sim/mail/message.h"

namespace mailscope {

/// MAILBOXID: of a mailbox for as long as it exists, whatever it is called (RFC 8474 §4).
std::string mailbox_object_id(MailboxId mailbox);
/// EMAILID: of the same bytes in any mailbox (RFC 8474 §5.1).
std::string email_object_id(const Message& message);
/// THREADID: of the oldest message that this one's header names, itself among them; when it names
/// none, a thread of its own (RFC 8474 §5.2: every message has one, or none has).
std::string thread_object_id(const Message& message);

}  // namespace mailscope
