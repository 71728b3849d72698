// What the explanations of POP3 commands and responses share.
#pragma once

#include <string_view>

#include "sim/explain/line_builder.h"
#include "sim/pop3/protocol.h"

namespace mailscope::explain {

/// The row of a keyword in capitals; null when there is none.
const pop3::CommandRow* find_pop3_row(std::string_view keyword);
/// Its answer is a list, or with an argument may be a single line.
bool is_pop3_listing(const pop3::CommandRow* row);
void explain_malformed_pop3(LineBuilder& builder);
LineMeaning explain_pop3_response(std::string_view line, const LineContext& context);

}  // namespace mailscope::explain
