// What a FETCH response says of a message by itself, item by item: everything but FLAGS and MODSEQ,
// which are the session's and the mailbox's (cmd_fetch.cpp). RFC 3501 §6.4.5 and §7.4.2, RFC 3516
// (BINARY), RFC 8474 (EMAILID, THREADID), RFC 8514 (SAVEDATE), RFC 8970 (PREVIEW).
#pragma once

#include <vector>

#include "sim/imap/response_writer.h"
#include "sim/imap/work_limit.h"
#include "sim/mail/mailbox.h"
#include "sim/wire/imap_fetch_grammar.h"

namespace mailscope {

/// The value of the item, without its name.
void add_fetch_item(ResponseWriter& writer, const MailboxEntry& entry, const imap::FetchItem& item,
                    WorkLimit& work);

/// False when one of them is a BINARY of a part whose transfer encoding nobody here can undo (RFC
/// 3516 §4.3).
bool can_decode(const Message& message, const std::vector<imap::FetchItem>& items,
                WorkLimit& work);

bool asks_for(const std::vector<imap::FetchItem>& items, imap::FetchItem::Kind kind);

}  // namespace mailscope
