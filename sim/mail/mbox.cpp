#include "sim/mail/mbox.h"

#include <algorithm>

#include "sim/mail/message.h"
#include "sim/wire/header.h"

namespace mailscope {
namespace {

constexpr std::string_view kFrom = "From ";

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

/// The date at the end of a separator line. The sender before it may hold spaces, so each of the
/// first words is tried as the beginning of the date.
std::optional<DateTime> separator_date(std::string_view line) {
  constexpr int kMaxTries = 12;
  size_t position = kFrom.size();
  for (int tries = 0; tries < kMaxTries; ++tries) {
    if (const auto date = parse_asctime_date(line.substr(position))) return date;
    position = line.find(' ', position);
    if (position == std::string_view::npos) break;
    ++position;
  }
  return std::nullopt;
}

/// `content` without one empty line at its end.
size_t without_last_empty_line(std::string_view text, size_t begin, size_t end) {
  const std::string_view content = text.substr(begin, end - begin);
  const std::string_view shorter = without_line_end(content);
  const bool empty_line =
      shorter.size() < content.size() && (shorter.empty() || shorter.back() == '\n');
  return empty_line ? begin + shorter.size() : end;
}

}  // namespace

bool looks_like_mbox(std::string_view text) { return starts_with(text, kFrom); }

std::vector<MboxEntry> split_mbox(std::string_view text, size_t max_entries) {
  std::vector<MboxEntry> entries;
  bool after_empty = true;
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = line_end_after(text, at);
    const std::string_view line = without_line_end(text.substr(at, end - at));
    if (after_empty && starts_with(line, kFrom)) {
      const std::optional<DateTime> date = separator_date(line);
      if (date || at == 0) {
        if (!entries.empty()) {
          ByteSpan& content = entries.back().content;
          content.end = without_last_empty_line(text, content.begin, at);
        }
        if (entries.size() == max_entries) return entries;
        entries.push_back(MboxEntry{{at, end}, {end, text.size()}, date});
      }
    }
    after_empty = line.empty();
    at = end;
  }
  if (!entries.empty()) {
    ByteSpan& content = entries.back().content;
    content.end = without_last_empty_line(text, content.begin, text.size());
  }
  return entries;
}

std::string message_text_from_mbox(std::string_view content) {
  std::string out;
  out.reserve(content.size());
  for (size_t at = 0; at < content.size();) {
    const size_t end = line_end_after(content, at);
    std::string_view line = content.substr(at, end - at);
    const size_t quotes = std::min(line.find_first_not_of('>'), line.size());
    if (quotes > 0 && starts_with(line.substr(quotes), kFrom)) line.remove_prefix(1);
    out += line;
    at = end;
  }
  return crlf_normalised(out);
}

std::string flags_from_status_fields(std::string_view message) {
  const std::string status = field_value(message, "Status").value_or("");
  const std::string more = field_value(message, "X-Status").value_or("");
  const auto has = [](const std::string& letters, char c) {
    return letters.find(c) != std::string::npos;
  };
  std::string flags;
  if (has(more, 'T')) flags += 'D';  // mbox: T is a draft, D is deleted
  if (has(more, 'F')) flags += 'F';
  if (has(more, 'A')) flags += 'R';
  if (has(status, 'R')) flags += 'S';
  if (has(more, 'D')) flags += 'T';
  return flags;
}

}  // namespace mailscope
