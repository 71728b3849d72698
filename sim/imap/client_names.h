// Mailbox names as the client writes and reads them on the wire.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/base/ascii.h"
#include "sim/wire/imap_grammar.h"
#include "sim/wire/imap_utf7.h"

namespace mailscope::imap {

/// As it goes on the wire (RFC 3501 §5.1.3).
inline std::string wire_name(std::string_view folder) {
  return encode_astring(encode_mailbox_utf7(folder).value_or(std::string(folder)));
}

/// A command with a longer name would be longer than servers have to take (RFC 7162 §4).
constexpr size_t kMaxWireName = 8000;

/// The folder that a server means, INBOX in capitals (RFC 3501 §5.1); none when its name could not
/// be said back and mean the same, or is none: empty, too long, not modified UTF-7 (RFC 3501
/// §5.1.3), or with control characters (RFC 9051 §5.1).
inline std::optional<std::string> folder_name(std::string_view wire) {
  if (wire.empty() || wire.size() > kMaxWireName) return std::nullopt;
  if (equals_ignoring_case(wire, "INBOX")) return "INBOX";
  std::optional<std::string> name = parse_mailbox_utf7(wire);
  for (size_t i = 0; name && i < name->size(); ++i) {
    const auto byte = static_cast<unsigned char>((*name)[i]);
    const auto next = static_cast<unsigned char>(i + 1 < name->size() ? (*name)[i + 1] : 0);
    if (byte < 0x20 || byte == 0x7f || (byte == 0xc2 && next < 0xa0)) name.reset();
  }
  return name;
}

/// Such a name for people: what is printable of its beginning, in quotes.
inline std::string shown_name(std::string_view wire) {
  constexpr size_t kShown = 40;
  std::string shown = "\"";
  for (const char c : wire.substr(0, kShown)) shown += c >= 0x20 && c <= 0x7e ? c : '?';
  return shown + (wire.size() > kShown ? "...\"" : "\"");
}

}  // namespace mailscope::imap
