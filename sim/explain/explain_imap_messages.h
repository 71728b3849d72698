// The parts of commands and responses about messages that RFC 3501 does not have: search keys,
// RETURN options and sort keys (RFC 4731, RFC 5032, RFC 5182, RFC 5256, RFC 5267, RFC 7162, RFC
// 8474, RFC 8514, RFC 9394), and the responses ESEARCH, SORT, THREAD and VANISHED. Private to
// sim/explain.
#pragma once

#include <string>
#include <string_view>

#include "sim/explain/line_builder.h"

namespace mailscope::explain {

/// The catalog's key of an item of SEARCH, SORT or THREAD that is no search key of RFC 3501; empty
/// when it is none. `criteria`: it stands before the character set of SORT or THREAD.
std::string search_item_key(std::string_view name, bool criteria);

/// "ESEARCH (TAG "a1") UID COUNT 3", "SORT 5 2", "THREAD (2)(3 6)", "VANISHED (EARLIER) 1:3":
/// `word` is the name, in capitals in `name`. False when it is none of them. `uid`: they answer a
/// command in its UID form.
bool explain_message_response(LineBuilder& builder, Word word, std::string_view name, bool uid);

}  // namespace mailscope::explain
