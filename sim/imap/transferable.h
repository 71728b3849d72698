// What a literal8 brought, made fit for every later FETCH: parts in the binary transfer encoding,
// which hold NULs and line ends that are none, become base64 (RFC 3516 §4.4 leaves that to the
// server; RFC 3501 §4.3.1 has no other way to send them in BODY[]).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailscope {

/// The message with CRLF line ends and without NULs; nullopt when a NUL stands anywhere but in the
/// body of a part that says Content-Transfer-Encoding: binary.
std::optional<std::string> transferable_message(std::string_view text);

}  // namespace mailscope
