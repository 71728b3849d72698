// The mbox format: many messages in one text, each after a separator line "From sender date" (RFC
// 4155, appendix A). Pure splitting of bytes; reading files is import. Content-Length fields are
// not trusted: a wrong one would swallow the next message.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/wire/byte_span.h"
#include "sim/wire/date.h"

namespace mailscope {

/// One message of an mbox, as offsets in its text.
struct MboxEntry {
  ByteSpan separator;              // the "From " line with its line end
  ByteSpan content;                // without the empty line that precedes the next separator
  std::optional<DateTime> stored;  // the separator's date, when the mail was put there
};

/// True when `text` begins with a separator line.
bool looks_like_mbox(std::string_view text);

/// All messages, at most `max_entries`. A separator is a line that begins with "From ", ends with a
/// date, and stands first or after an empty line; so "From here on" in a letter divides nothing.
/// The very first line needs no date. What stands before the first separator is dropped.
std::vector<MboxEntry> split_mbox(std::string_view text, size_t max_entries);

/// An entry's content as mail: one ">" removed from each ">From " line (mboxrd; in mboxo only
/// deeper quotes differ), lines ended by CRLF.
std::string message_text_from_mbox(std::string_view content);

/// The letters of Maildir (F flagged, R replied, S seen, T trashed, D draft) that the Status and
/// X-Status fields of mbox mail stand for, in ASCII order.
std::string flags_from_status_fields(std::string_view message);

}  // namespace mailscope
