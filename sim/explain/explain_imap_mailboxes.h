// What belongs to mailboxes as a whole in words: namespaces, quotas, access control lists,
// annotations (RFC 2342, RFC 9208, RFC 4314, RFC 5464), and the options of LIST and CREATE. Private
// to sim/explain.
#pragma once

#include <string>
#include <string_view>

#include "sim/explain/line_builder.h"
#include "sim/imap/protocol.h"

namespace mailscope::explain {

/// "* NAMESPACE ..." and its kind; false when it is another response.
bool explain_mailbox_response(LineBuilder& builder, Word word, std::string_view name);

/// The key of an option or resource that stands in one of these commands ("RETURN", "STORAGE");
/// empty when it has none.
std::string mailbox_item_key(imap::Command command, std::string_view item);

/// The key of the word (a string or atom, counted from 0) of one of these commands; null when it
/// has none of its own.
const char* mailbox_word_key(imap::Command command, int index);

}  // namespace mailscope::explain
