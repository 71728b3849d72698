// Events as JSON, for tools. The fields are those of sim/trace/event.h.
#pragma once

#include <nlohmann/json.hpp>

#include "sim/trace/trace.h"

namespace mailscope::cli {

using Json = nlohmann::ordered_json;

/// {"id", "at_ns", "host", "conn", "protocol", "kind", "cause", "code", "a", "b", "x", "y", "text",
/// "detail"}; fields that are 0 or empty are left out.
Json event_json(const Trace& trace, uint32_t id);
/// Of an untagged response of IMAP, why it was said: {"solicited", "reason", "command", "change"},
/// the last two being events. It is searched for in what came before: nothing for a server that has
/// other things to do.
void add_untagged_cause(Json& json, const Trace& trace, uint32_t id);

/// As text; bytes that are no UTF-8 are replaced by U+FFFD.
std::string json_text(const Json& json, int indent);

}  // namespace mailscope::cli
