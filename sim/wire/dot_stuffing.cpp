#include "sim/wire/dot_stuffing.h"

#include <utility>

namespace mailscope {

std::string dot_stuffed(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 64 + 8);
  size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '.') out += '.';
    const size_t crlf = text.find("\r\n", at);
    const size_t end = crlf == std::string_view::npos ? text.size() : crlf + 2;
    out.append(text.substr(at, end - at));
    at = end;
  }
  if (!text.empty() && (text.size() < 2 || text.substr(text.size() - 2) != "\r\n")) out += "\r\n";
  out += ".\r\n";
  return out;
}

bool has_bare_newline(std::string_view text) {
  for (size_t i = text.find_first_of("\r\n"); i != std::string_view::npos;
       i = text.find_first_of("\r\n", i)) {
    if (text.substr(i, 2) != "\r\n") return true;
    i += 2;
  }
  return false;
}

void DotReader::keep(std::string_view bytes) {
  size_ += bytes.size();
  if (size_ > max_size_) {
    too_large_ = true;
    text_.clear();
    text_.shrink_to_fit();
    return;
  }
  text_.append(bytes);
}

size_t DotReader::feed(std::string_view bytes) {
  size_t i = 0;
  while (i < bytes.size() && state_ != State::kDone) {
    const char c = bytes[i];
    switch (state_) {
      case State::kText: {
        size_t end = bytes.find_first_of("\r\n", i);
        if (end == std::string_view::npos) end = bytes.size();
        if (end > i) keep(bytes.substr(i, end - i));
        i = end;
        if (i < bytes.size()) {
          if (bytes[i] == '\r') {
            state_ = State::kCr;
          } else {
            bare_newline_ = true;
            keep("\n");
          }
          ++i;
        }
        break;
      }
      case State::kCr:
        if (c == '\n') {
          keep("\r\n");
          state_ = State::kLineStart;
          ++i;
        } else {
          bare_newline_ = true;
          keep("\r");
          if (c == '\r') {
            ++i;  // still a CR that may begin a CRLF
          } else {
            state_ = State::kText;
          }
        }
        break;
      case State::kLineStart:
        if (c == '.') {
          state_ = State::kDot;
          ++i;
        } else {
          state_ = State::kText;
        }
        break;
      case State::kDot:
        if (c == '\r') {
          state_ = State::kDotCr;
          ++i;
        } else {
          state_ = State::kText;  // the stuffed dot is dropped, what follows is data
        }
        break;
      case State::kDotCr:
        if (c == '\n') {
          state_ = State::kDone;
          ++i;
        } else {
          state_ = State::kCr;  // ".\r" and no LF: the CR is data, or begins the CRLF to come
        }
        break;
      case State::kDone:
        break;
    }
  }
  return i;
}

std::string DotReader::take_text() {
  std::string taken = std::move(text_);
  *this = DotReader(max_size_);
  return taken;
}

}  // namespace mailscope
