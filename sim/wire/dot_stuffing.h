// Transparency: how a message of any content travels between a command and a line with a single
// dot. RFC 5321 §4.5.2 (SMTP DATA), RFC 1939 §3 (POP3 multi-line responses). Only CRLF ends a line:
// a dot after a bare CR or LF is data, in both directions, which is what keeps "SMTP smuggling"
// out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailscope {

/// The text with its lines dot-stuffed, a CRLF added when it does not end in one, then ".\r\n".
std::string dot_stuffed(std::string_view text);

/// A CR or LF that is not part of a CRLF (RFC 5321 §2.3.8 forbids it).
bool has_bare_newline(std::string_view text);

/// Takes stuffed bytes in any pieces and gives the text back.
class DotReader {
 public:
  /// Past `max_size` octets the text is not kept, only read through: too_large() tells.
  explicit DotReader(size_t max_size = 64u << 20) : max_size_(max_size) {}

  /// Reads up to and with the final dot; returns how many bytes were consumed.
  size_t feed(std::string_view bytes);
  [[nodiscard]] bool done() const { return state_ == State::kDone; }
  [[nodiscard]] bool too_large() const { return too_large_; }
  /// A CR or LF that was not part of a CRLF has been seen (RFC 5321 §2.3.8 forbids it).
  [[nodiscard]] bool has_bare_newline() const { return bare_newline_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  std::string take_text();
  [[nodiscard]] size_t size() const { return size_; }

 private:
  enum class State : unsigned char { kLineStart, kDot, kDotCr, kText, kCr, kDone };

  void keep(std::string_view bytes);

  State state_ = State::kLineStart;
  size_t max_size_;
  size_t size_ = 0;
  bool too_large_ = false;
  bool bare_newline_ = false;
  std::string text_;
};

}  // namespace mailscope
