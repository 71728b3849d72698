#include "sim/explain/explain_imap.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/wire/imap_command.h"
#include "sim/wire/imap_fetch_grammar.h"
#include "sim/wire/imap_grammar.h"

namespace mailscope::explain {
namespace {

using imap::Reader;
using imap::SequenceSet;
using imap::TokenKind;

/// System flags, mailbox attributes (RFC 3501 §7.2.2, RFC 3348) and special uses (RFC 6154).
constexpr std::string_view kFlags[] = {
    "Answered",    "Deleted", "Draft",         "Flagged",     "Recent",   "Seen",
    "HasChildren", "Marked",  "HasNoChildren", "Noinferiors", "Noselect", "Unmarked",
    "NonExistent", "Subscribed", "Remote",
    "All",         "Archive", "Drafts",        "Junk",        "Sent",     "Trash"};

constexpr std::string_view kFetchItems[] = {
    "ALL",   "FAST",         "FULL",   "BODY",        "BODY.PEEK",   "BODYSTRUCTURE", "ENVELOPE",
    "FLAGS", "INTERNALDATE", "RFC822", "RFC822.SIZE", "RFC822.TEXT", "RFC822.HEADER", "UID",
    "MODSEQ", "EMAILID", "THREADID", "SAVEDATE", "PREVIEW", "BINARY", "BINARY.PEEK",
    "BINARY.SIZE"};

bool is_item_char(char c) { return ascii_alpha(c) || ascii_digit(c) || c == '.'; }

std::string bound_text(uint32_t bound) {
  return bound == SequenceSet::kStar ? std::string("*") : std::to_string(bound);
}

/// "<0.1024>" in a command, "<0>" in a response; returns where it ends.
size_t add_partial(LineBuilder& builder, size_t at) {
  const std::string_view line = builder.line();
  if (at >= line.size() || line[at] != '<') return at;
  const size_t close = line.find('>', at);
  if (close == std::string_view::npos) return at;
  const std::string_view inner = line.substr(at + 1, close - at - 1);
  const size_t dot = inner.find('.');
  const std::string origin(inner.substr(0, dot));
  if (dot == std::string_view::npos) {
    builder.add(at, close + 1, "argument", "imap.token.origin", {origin});
  } else {
    builder.add(at, close + 1, "argument", "imap.token.partial",
                {origin, std::string(inner.substr(dot + 1))});
  }
  return close + 1;
}

/// "[1.2.HEADER.FIELDS (Subject From)]"; returns where it ends, nullopt when it is malformed.
std::optional<size_t> add_section(LineBuilder& builder, size_t at) {
  const std::string_view line = builder.line();
  Reader reader(line, at);
  const imap::BodySection section = imap::parse_section(reader);
  if (reader.failed()) return std::nullopt;
  if (section.part.empty() && section.text == imap::BodySection::Text::kAll) {
    builder.add(at, reader.position(), "argument", "imap.section.all");
    return add_partial(builder, reader.position());
  }
  size_t part_begin = 0;
  size_t part_end = 0;
  const auto end_part = [&] {
    const std::string part(line.substr(part_begin, part_end - part_begin));
    builder.add(part_begin, part_end, "argument", "imap.section.part", {part});
    part_begin = part_end = 0;
  };
  for (const imap::Token& token : reader.tokens()) {
    const std::string text(token.span.of(line));
    if (token.kind == TokenKind::kNumber) {
      if (part_begin == 0) part_begin = token.span.begin;
      part_end = token.span.end;
    } else if (token.kind != TokenKind::kPunctuation) {
      end_part();
      const bool item = token.kind == TokenKind::kItem;
      builder.add(token.span.begin, token.span.end, "argument",
                  item ? "imap.section." + ascii_upper(text) : "imap.section.field",
                  {unquoted(text)});
    }
  }
  end_part();
  return add_partial(builder, reader.position());
}

}  // namespace

std::string unquoted(std::string_view token) {
  if (token.empty() || token.front() != '"') return std::string(token);
  Reader reader(token);
  std::string text = reader.quoted();
  return reader.failed() ? std::string(token) : text;
}

bool is_status_item(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(imap::StatusItem::kMailboxId); ++i) {
    if (name == imap::status_item_name(static_cast<imap::StatusItem>(i))) return true;
  }
  return false;
}

void add_flag(LineBuilder& builder, size_t begin, size_t end) {
  const std::string_view text = builder.line().substr(begin, end - begin);
  if (text == "\\*") return builder.add(begin, end, "argument", "imap.flag.any");
  if (text.empty() || text[0] != '\\') {
    return builder.add(begin, end, "argument", "imap.flag.keyword", {std::string(text)});
  }
  for (const std::string_view flag : kFlags) {
    if (!equals_ignoring_case(text.substr(1), flag)) continue;
    return builder.add(begin, end, "argument", "imap.flag." + std::string(flag));
  }
  builder.add(begin, end, "argument", "imap.flag.other", {std::string(text)});
}

void add_set(LineBuilder& builder, size_t begin, size_t end, bool uid) {
  Reader reader(builder.line().substr(0, end), begin);
  const SequenceSet set = imap::parse_sequence_set(reader);
  if (reader.failed() || set.ranges().empty()) return;
  const SequenceSet::Range range = set.ranges().front();
  const std::string base = uid ? "imap.uids." : "imap.set.";
  if (set.ranges().size() > 1) {
    const std::string text(builder.line().substr(begin, end - begin));
    return builder.add(begin, end, "argument", base + "list", {text});
  }
  const bool to_star = range.last == SequenceSet::kStar || range.first == SequenceSet::kStar;
  const uint32_t low = range.first == SequenceSet::kStar ? range.last : range.first;
  const char* shape = range.first == range.last ? (to_star ? "last" : "one")
                      : !to_star                ? "range"
                      : low == 1                ? "all"
                                                : "from";
  builder.add(begin, end, "argument", base + shape, {bound_text(low), bound_text(range.last)});
}

void add_mailbox(LineBuilder& builder, size_t begin, size_t end, std::string_view key) {
  const std::string name = unquoted(builder.line().substr(begin, end - begin));
  if (equals_ignoring_case(name, "INBOX") && key == "imap.token.mailbox") {
    return builder.add(begin, end, "argument", "imap.token.inbox");
  }
  builder.add(begin, end, "argument", key, {name});
}

std::optional<size_t> add_fetch_item(LineBuilder& builder, size_t begin) {
  const std::string_view line = builder.line();
  size_t end = begin;
  while (end < line.size() && is_item_char(line[end])) ++end;
  const std::string name = ascii_upper(line.substr(begin, end - begin));
  if (!is_one_of(name, kFetchItems)) return std::nullopt;
  const bool section = end < line.size() && line[end] == '[';
  if (!section) {
    builder.add(begin, end, "data", "imap.fetch." + name);
    return end;
  }
  const bool own = name == "BODY.PEEK" || starts_with_ignoring_case(name, "BINARY");
  builder.add(begin, end, "data", own ? "imap.fetch." + name : "imap.fetch.BODY.section");
  return add_section(builder, end);
}

std::optional<Announcement> find_announcement(std::string_view line) {
  if (line.empty() || line.back() != '}') return std::nullopt;
  const size_t open = line.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  std::string_view inner = line.substr(open + 1, line.size() - open - 2);
  Announcement found;
  found.begin = open;
  if (!inner.empty() && inner.back() == '+') {
    found.waits = false;
    inner.remove_suffix(1);
  }
  if (!parse_number(inner, UINT32_MAX)) return std::nullopt;
  found.size = std::string(inner);
  return found;
}

const imap::CommandRow* command_row(std::string_view command_line) {
  return imap::find_command(imap::parse_command_head(command_line).name);
}

}  // namespace mailscope::explain
