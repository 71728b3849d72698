// PREVIEW: the first words of a message, for a list of messages (RFC 8970).
#pragma once

#include <cstddef>
#include <string>

#include "sim/mail/message.h"

namespace mailscope {

/// Code points. RFC 8970 §3.1 recommends 200 and forbids more than 256.
inline constexpr size_t kPreviewCharacters = 200;

/// UTF-8 on one line, blanks collapsed; empty when the message has no text to show. Words that the
/// author quotes, and the line that says whom, are left out unless there is nothing else; so is the
/// signature.
std::string preview_text(const Message& message);

}  // namespace mailscope
