// The strings inside ENVELOPE and BODYSTRUCTURE: quoted where RFC 3501 §9 lets them be, else
// literals. Only for message_facts; the grammar of commands and responses is in sim/wire.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailscope {

/// Appends a quoted string, or a literal when `text` has 8-bit characters, CR, LF or NUL, or is
/// long.
void append_fact_string(std::string& out, std::string_view text);
/// The same, or NIL.
void append_fact_nstring(std::string& out, const std::optional<std::string>& text);

}  // namespace mailscope
