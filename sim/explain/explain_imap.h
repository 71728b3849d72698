// What IMAP commands and responses have in common for the explanations: flags, sets, FETCH items,
// literals. Private to sim/explain.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/explain/line_builder.h"
#include "sim/imap/protocol.h"

namespace mailscope::explain {

/// True when `name` is one of `names`.
template <class Names>
bool is_one_of(std::string_view name, const Names& names) {
  for (const std::string_view known : names) {
    if (name == known) return true;
  }
  return false;
}

/// A string as it is meant: without quotes and backslashes; an atom as it is.
std::string unquoted(std::string_view token);

/// MESSAGES and the like.
bool is_status_item(std::string_view name);

/// A flag, keyword or mailbox attribute: imap.flag.<name>.
void add_flag(LineBuilder& builder, size_t begin, size_t end);

/// A sequence set, in words by its shape.
void add_set(LineBuilder& builder, size_t begin, size_t end, bool uid);

/// The name of a mailbox.
void add_mailbox(LineBuilder& builder, size_t begin, size_t end, std::string_view key);

/// The name of a FETCH item and, if one follows, its [section] and <partial>. Returns where the
/// item ends; nullopt when no item that RFC 3501 knows stands there.
std::optional<size_t> add_fetch_item(LineBuilder& builder, size_t begin);

/// An announcement at the end of the line.
struct Announcement {
  size_t begin = 0;
  std::string size;   // digits
  bool waits = true;  // {n}, not {n+}
};
std::optional<Announcement> find_announcement(std::string_view line);

/// The table's row of the command that this line holds; null when there is none.
const imap::CommandRow* command_row(std::string_view command_line);

}  // namespace mailscope::explain
