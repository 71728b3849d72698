#include "sim/wire/quoted_printable.h"

#include <cstddef>

namespace mailscope {
namespace {

constexpr size_t kLineLimit = 76;  // RFC 2045 §6.7 rule 5, with the "=" of a soft break

/// 0..15, or -1. Lower case is against the letter of §6.7 but common.
constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// The byte that "=XX" at `i` stands for, or -1 when it is no escape.
int escaped_byte(std::string_view text, size_t i) {
  if (i + 2 >= text.size()) return -1;
  const int high = hex_digit(text[i + 1]);
  const int low = hex_digit(text[i + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/// Length of the line end at `i`: 2, 1 or 0.
size_t line_end_at(std::string_view text, size_t i) {
  if (i < text.size() && text[i] == '\n') return 1;
  return i + 1 < text.size() && text[i] == '\r' && text[i + 1] == '\n' ? 2 : 0;
}

/// Length of the soft line break at the "=" at `i`, with the blanks some mailers add; 0 when none.
size_t soft_break_at(std::string_view text, size_t i) {
  size_t end = i + 1;
  while (end < text.size() && (text[end] == ' ' || text[end] == '\t')) ++end;
  if (end == text.size()) return end - i;
  const size_t line_end = line_end_at(text, end);
  return line_end == 0 ? 0 : end + line_end - i;
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '=';
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
}

}  // namespace

std::string decode_quoted_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  size_t keep = 0;  // blanks of `out` after this are dropped if the line ends here (rule 3)
  size_t i = 0;
  while (i < text.size()) {
    const char c = text[i];
    if (c == '=') {
      const int byte = escaped_byte(text, i);
      const size_t soft = byte >= 0 ? 0 : soft_break_at(text, i);
      if (byte >= 0) {
        out += static_cast<char>(byte);
        i += 3;
      } else if (soft > 0) {
        i += soft;
      } else {
        out += c;
        ++i;
      }
      keep = out.size();
    } else if (const size_t line_end = line_end_at(text, i); line_end > 0) {
      out.resize(keep);
      out.append(text.substr(i, line_end));
      i += line_end;
      keep = out.size();
    } else {
      out += c;
      ++i;
      if (c != ' ' && c != '\t') keep = out.size();
    }
  }
  out.resize(keep);
  return out;
}

std::string encode_quoted_printable(std::string_view bytes) {
  std::string out;
  size_t column = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (c == '\r' && line_end_at(bytes, i) == 2) {
      out += "\r\n";
      ++i;
      column = 0;
      continue;
    }
    const bool ends_line = i + 1 == bytes.size() || line_end_at(bytes, i + 1) == 2;
    const bool blank = c == ' ' || c == '\t';
    const bool plain = blank ? !ends_line : c > 32 && c < 127 && c != '=';
    const size_t width = plain ? 1 : 3;
    // The last place of a line is for the "=" of a soft break, unless the line ends by itself.
    if (column + width > (ends_line ? kLineLimit : kLineLimit - 1)) {
      out += "=\r\n";
      column = 0;
    }
    if (plain) {
      out += c;
    } else {
      append_escaped(out, c);
    }
    column += width;
  }
  return out;
}

std::string decode_q_word(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const int byte = text[i] == '=' ? escaped_byte(text, i) : -1;
    if (byte >= 0) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i] == '_' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace mailscope
