// The data inside IMAP responses, token by token. Private to sim/explain. Each function adds what
// it understands from `at` on; what it does not becomes one token that says so.
#pragma once

#include <cstddef>

#include "sim/explain/line_builder.h"

namespace mailscope::explain {

/// Where the value that begins at `at` ends: an atom, a quoted string, a list with all inside it,
/// or an announcement. A list that a literal interrupts ends with the line.
size_t value_end(std::string_view line, size_t at);

/// "IMAP4rev1 IDLE AUTH=PLAIN", up to `end`.
void add_capabilities(LineBuilder& builder, size_t at, size_t end);
/// "(\Seen \Recent)"; returns where it ends.
size_t add_flag_list(LineBuilder& builder, size_t at);
/// COPYUID's "uidvalidity uids uids" or APPENDUID's "uidvalidity uid", up to `end` (RFC 4315 §3).
void add_uidplus(LineBuilder& builder, size_t at, size_t end, bool copy);
/// SEARCH's numbers.
void add_numbers(LineBuilder& builder, size_t at, bool uid);
/// "(\Noselect) "/" name"
void add_list_data(LineBuilder& builder, size_t at);
/// "INBOX (MESSAGES 3 UNSEEN 1)"
void add_status_data(LineBuilder& builder, size_t at);
/// "(UID 2 FLAGS (\Seen) BODY[] {112}", or what follows such a literal: " FLAGS (\Seen))".
void add_fetch_data(LineBuilder& builder, size_t at);

}  // namespace mailscope::explain
