// Why a message's header, or that of one of its parts, cannot be read as it was meant: what the
// response code PARSE is about (RFC 3501 §7.1). What can be read in it is told all the same.
#pragma once

#include <string_view>

#include "sim/mail/message.h"

namespace mailscope {

/// Empty when there is nothing to complain of. Looks at every header in the message.
std::string_view why_not_parsed(const Message& message);

}  // namespace mailscope
