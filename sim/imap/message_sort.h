// SORT: the order of messages by what their headers say (RFC 5256 §3, RFC 5957 for DISPLAYFROM and
// DISPLAYTO). Text is decoded, and compared by casemap.
#pragma once

#include <vector>

#include "sim/imap/numbered_message.h"
#include "sim/wire/imap_search_grammar.h"

namespace mailscope {

/// Sorts `messages` by the criteria, the first one first. What is alike by all of them stays in the
/// order of sequence numbers, which REVERSE does not turn round.
void sort_messages(std::vector<NumberedMessage>& messages,
                   const std::vector<imap::SortCriterion>& criteria);

}  // namespace mailscope
