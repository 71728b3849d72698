// Modified UTF-7: how IMAP writes mailbox names that are not ASCII (RFC 3501 §5.1.3),
// "Entw&APw-rfe". Printable ASCII stands for itself, "&-" for "&", everything else for UTF-16 in a
// base64 of its own.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailscope::imap {

/// From UTF-8; nullopt when `name` is not valid UTF-8.
std::optional<std::string> encode_mailbox_utf7(std::string_view name);
/// To UTF-8; nullopt when `name` is not well-formed modified UTF-7, or not the one way to write it.
std::optional<std::string> parse_mailbox_utf7(std::string_view name);

}  // namespace mailscope::imap
