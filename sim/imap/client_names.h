// Mailbox names as the client writes and reads them on the wire.
#pragma once

#include <string>
#include <string_view>

#include "sim/wire/imap_grammar.h"
#include "sim/wire/imap_utf7.h"

namespace mailscope::imap {

/// As it goes on the wire (RFC 3501 §5.1.3).
inline std::string wire_name(std::string_view folder) {
  return encode_astring(encode_mailbox_utf7(folder).value_or(std::string(folder)));
}

/// As people read it; what is not modified UTF-7 stays as it came.
inline std::string folder_name(std::string_view wire) {
  return parse_mailbox_utf7(wire).value_or(std::string(wire));
}

}  // namespace mailscope::imap
