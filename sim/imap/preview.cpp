#include "sim/imap/preview.h"

#include <string_view>

#include "sim/base/ascii.h"
#include "sim/wire/charset.h"

namespace mailscope {
namespace {

// Enough text to find 200 characters in, however much of it is quoted, and not all of a huge one.
constexpr size_t kLookedAt = 16 * 1024;

constexpr std::string_view kSignature = "-- ";  // RFC 3676 §4.3
constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
constexpr std::string_view kZeroWidthSpace = "\xE2\x80\x8B";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_quoted(std::string_view line) { return !line.empty() && line.front() == '>'; }

/// Without the marks of quoting: "> > words".
std::string_view unquoted(std::string_view line) {
  const size_t begin = line.find_first_not_of("> ");
  return begin == std::string_view::npos ? std::string_view() : line.substr(begin);
}

/// Gathers words up to the limit, one space between them.
class PreviewText {
 public:
  [[nodiscard]] bool full() const { return characters_ >= kPreviewCharacters; }

  /// Blanks at both ends of `text` part words.
  void add(std::string_view text) {
    space_ = !out_.empty();
    for (size_t i = 0; i < text.size() && !full();) {
      const size_t length = utf8_length_at(text, i);
      const std::string_view c = text.substr(i, length);
      i += length;
      if (c == kZeroWidthSpace || c == kByteOrderMark) continue;
      if (c == " " || c == "\t" || c == kNoBreakSpace) {
        space_ = !out_.empty();
        continue;
      }
      if (space_) {
        // A space at the very end would part nothing.
        if (characters_ + 2 > kPreviewCharacters) {
          characters_ = kPreviewCharacters;
          return;
        }
        out_ += ' ';
        ++characters_;
        space_ = false;
      }
      out_ += c;
      ++characters_;
    }
  }

  std::string take() { return std::move(out_); }

 private:
  std::string out_;
  size_t characters_ = 0;
  bool space_ = false;
};

/// The line at `position`, which moves behind its LF.
std::string_view next_line(std::string_view text, size_t& position) {
  const size_t end = text.find('\n', position);
  const std::string_view line = text.substr(position, end - position);
  position = end == std::string_view::npos ? text.size() : end + 1;
  return line;
}

/// "On Monday Ann wrote:", right before what she wrote.
bool introduces_quote(std::string_view line, std::string_view text, size_t position) {
  const std::string_view words = trimmed(line);
  if (words.empty() || words.back() != ':') return false;
  while (position < text.size()) {
    const std::string_view next = next_line(text, position);
    if (!trimmed(next).empty()) return is_quoted(next);
  }
  return false;
}

std::string own_words(std::string_view text) {
  PreviewText preview;
  for (size_t position = 0; position < text.size() && !preview.full();) {
    const std::string_view line = next_line(text, position);
    if (line == kSignature) break;
    if (is_quoted(line) || introduces_quote(line, text, position)) continue;
    preview.add(line);
  }
  return preview.take();
}

std::string all_words(std::string_view text) {
  PreviewText preview;
  for (size_t position = 0; position < text.size() && !preview.full();) {
    preview.add(unquoted(next_line(text, position)));
  }
  return preview.take();
}

}  // namespace

std::string preview_text(const Message& message) {
  const std::string text = message.display_text(kLookedAt);
  std::string own = own_words(text);
  return own.empty() ? all_words(text) : own;
}

}  // namespace mailscope
