// The readers of command arguments, one for each form, by topic: imap_arguments_*.cpp. For
// imap_command.cpp, which knows which command takes which. Each reads from the first argument on
// (the space before it is passed) and notes in the Reader what the server must offer.
#pragma once

#include "sim/wire/imap_command.h"

namespace mailscope::imap {

// What several of them share.
std::string parse_mailbox_name(Reader& reader);
/// "(" item *(SP item) ")" of STATUS.
std::vector<StatusItem> parse_status_items(Reader& reader);
/// mod-sequence-value: at least 1 (RFC 7162 §7).
uint64_t parse_positive_modseq(Reader& reader);
/// [SP flag-list] [SP date-time] SP data of APPEND, from the flags on.
AppendMessage parse_append_message(Reader& reader);

// imap_arguments_session.cpp
Arguments parse_login(Reader& reader);
Arguments parse_authenticate(Reader& reader);
Arguments parse_enable(Reader& reader);
Arguments parse_id(Reader& reader);
Arguments parse_compress(Reader& reader);
Arguments parse_cancel_update(Reader& reader);

// imap_arguments_mailbox.cpp
Arguments parse_mailbox(Reader& reader);
Arguments parse_create(Reader& reader);
Arguments parse_select(Reader& reader);
Arguments parse_rename(Reader& reader);
Arguments parse_status(Reader& reader);

// imap_arguments_list.cpp
Arguments parse_list(Reader& reader);
Arguments parse_lsub(Reader& reader);

// imap_arguments_append.cpp
Arguments parse_append(Reader& reader);
Arguments parse_replace(Reader& reader);

// imap_arguments_message.cpp
Arguments parse_search(Reader& reader);
Arguments parse_sort(Reader& reader);
Arguments parse_thread(Reader& reader);
Arguments parse_fetch(Reader& reader);
Arguments parse_uid_fetch(Reader& reader);
Arguments parse_store(Reader& reader);
Arguments parse_copy(Reader& reader);
Arguments parse_set(Reader& reader);

// imap_arguments_rights.cpp
Arguments parse_quota_root(Reader& reader);
Arguments parse_set_quota(Reader& reader);
Arguments parse_set_acl(Reader& reader);
Arguments parse_acl_identifier(Reader& reader);
Arguments parse_get_metadata(Reader& reader);
Arguments parse_set_metadata(Reader& reader);

// imap_arguments_notify.cpp
Arguments parse_notify(Reader& reader);

}  // namespace mailscope::imap
