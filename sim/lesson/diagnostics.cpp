#include "sim/lesson/diagnostics.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"

namespace mailscope {
namespace {

constexpr size_t kExcerptColumns = 100;
constexpr size_t kMaxNameLength = 64;

/// The characters of a UTF-8 line; a stray byte is a character of its own.
std::vector<std::string_view> characters(std::string_view line) {
  std::vector<std::string_view> found;
  for (size_t at = 0; at < line.size();) {
    size_t end = at + 1;
    while (end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) ++end;
    found.push_back(line.substr(at, end - at));
    at = end;
  }
  return found;
}

/// Columns on a terminal: the scripts of East Asia take two (Unicode, UAX 11), roughly.
size_t width_of(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character[0]);
  return character.size() >= 3 && lead >= 0xE2 && !(lead == 0xE2 && character[1] < '\xBA') ? 2 : 1;
}

std::string shown(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character[0]);
  if (lead == '\t') return " ";
  return lead < 0x20 || lead == 0x7F ? "?" : std::string(character);
}

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = diagonal + (ascii_lower(a[i - 1]) == ascii_lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

Diagnostics::Diagnostics(std::string name, std::string source)
    : name_(std::move(name)), source_(std::move(source)) {}

void Diagnostics::error(SourcePosition at, std::string message, std::string expected) {
  if (mistakes_.size() > 1000) return;  // a file full of them: enough is known
  mistakes_.push_back({at, std::move(message), std::move(expected)});
}

std::string Diagnostics::excerpt(SourcePosition at) const {
  std::string_view rest = source_;
  for (uint32_t line = 1; line < at.line; ++line) {
    const size_t end = rest.find('\n');
    if (end == std::string_view::npos) return {};
    rest.remove_prefix(end + 1);
  }
  std::string_view line = rest.substr(0, rest.find('\n'));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  const std::vector<std::string_view> all = characters(line);
  const size_t caret = std::min<size_t>(at.column == 0 ? 0 : at.column - 1, all.size());
  // Of a long line only the part around the caret.
  size_t first = 0;
  if (caret > kExcerptColumns * 2 / 3) first = caret - kExcerptColumns / 2;
  const size_t last = std::min(all.size(), first + kExcerptColumns);
  std::string text = first > 0 ? "..." : "";
  std::string marker(text.size(), ' ');
  for (size_t i = first; i < last; ++i) {
    text += shown(all[i]);
    if (i < caret) marker.append(width_of(all[i]), ' ');
  }
  if (last < all.size()) text += "...";
  return text + "\n" + marker + "^\n";
}

std::string Diagnostics::text() const {
  std::vector<Diagnostic> sorted = mistakes_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return a.at < b.at; });
  std::string text;
  for (size_t i = 0; i < std::min(sorted.size(), kMaxShown); ++i) {
    const Diagnostic& mistake = sorted[i];
    if (!text.empty()) text += "\n";
    if (mistake.at.line == 0) {
      text += fmt::format("{}: error: {}", name_, mistake.message);
      if (!mistake.expected.empty()) text += "\nexpected " + mistake.expected;
      continue;
    }
    text += fmt::format("{}:{}:{}: error: {}\n{}", name_, mistake.at.line, mistake.at.column,
                        mistake.message, excerpt(mistake.at));
    if (mistake.expected.empty()) {
      text.pop_back();
    } else {
      text += "expected " + mistake.expected;
    }
  }
  if (sorted.size() > kMaxShown) {
    text += fmt::format("\n{}: {} more mistakes are not shown", name_, sorted.size() - kMaxShown);
  }
  return text;
}

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  if (name.size() > kMaxNameLength) return {};
  std::string best;
  size_t best_distance = std::max<size_t>(2, name.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kMaxNameLength) continue;
    size_t distance = edit_distance(name, candidate);
    // The beginning of a name is a good guess, too: "pop3" for "pop3-vs-imap".
    if (name.size() >= 3 && starts_with_ignoring_case(candidate, name)) distance = 1;
    // A name that shares nothing with what was written is no help.
    if (distance >= std::max(name.size(), candidate.size())) continue;
    if (distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

std::string suggestion(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string nearest = nearest_name(name, candidates);
  return nearest.empty() ? std::string() : fmt::format("; did you mean \"{}\"?", nearest);
}

std::string one_of(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace mailscope
