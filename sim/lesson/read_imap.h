// The keys of a lesson file that are about an IMAP server and the mailboxes that stand on it.
#pragma once

#include "sim/imap/server.h"
#include "sim/lesson/lesson_draft.h"
#include "sim/lesson/table_reader.h"

namespace mailscope {

/// Of [[service]] with protocol imap: extensions, without, auth, plain_needs_tls, append_limit,
/// quota, quota_messages, autologout, alert, remarks, trouble.
void read_imap_service(TableReader& reader, ServiceSpec& service);

/// [[mailbox]]: one that is there at the start, whether or not mail is in it.
void read_mailbox(LessonDraft& draft, const TomlValue& value);

}  // namespace mailscope
