// LineBuffer: from a byte stream to lines, whatever the pieces it arrives in. RFC 5321 §2.3.8,
// RFC 1939 §3 and RFC 3501 §2.2 end every line with CRLF. A bare LF ends a line here too, but the
// line says so, because a server should answer such a peer with an error rather than wait for ever.
// Memory is bounded: of a line over the limit only the first bytes are kept.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailscope {

struct Line {
  std::string text;       // without the line ending
  bool too_long = false;  // text is only its beginning
  bool bare_lf = false;   // ended by LF without CR
};

class LineBuffer {
 public:
  /// `max_line` counts the octets of a line without its CRLF.
  explicit LineBuffer(size_t max_line = 1000) : max_line_(max_line) {}

  void append(std::string_view bytes);
  /// True when take_line() will give one.
  [[nodiscard]] bool has_line() const { return line_end_ != std::string::npos; }
  /// Takes the first line. Only when has_line().
  Line take_line();

  /// Bytes not yet taken, a line's or others.
  [[nodiscard]] std::string_view pending() const {
    return std::string_view(buffer_).substr(begin_);
  }
  /// Takes up to n bytes as they are: literals and message data are not lines.
  std::string take_bytes(size_t n);
  void drop_bytes(size_t n);
  void clear();
  /// While `raw`, what comes is no lines but message data, of which nothing may be left out.
  void set_raw(bool raw) { raw_ = raw; }

 private:
  void find_line_end(size_t from);
  void keep_beginning();
  void compact();

  size_t max_line_;
  std::string buffer_;
  size_t begin_ = 0;                     // first byte not taken
  size_t line_end_ = std::string::npos;  // position of the first LF, when there is one
  bool raw_ = false;
  bool overflow_ = false;  // bytes of the current line have been dropped
};

}  // namespace mailscope
