// What a change of a mail store is in words: "The flags of “Lunch” in INBOX change from no flags to
// \Seen." The names come from the trace itself, as they were when it happened.
#pragma once

#include <string>

#include "sim/explain/catalog.h"
#include "sim/trace/trace.h"

namespace mailscope {

/// Of the kStoreChange event `change`.
std::string store_change_words(const Catalog& catalog, const Trace& trace, EventId change);
/// "\Seen \Flagged" of system flags as events carry them, or the catalog's word for none.
std::string flags_words(const Catalog& catalog, int64_t bits);

}  // namespace mailscope
