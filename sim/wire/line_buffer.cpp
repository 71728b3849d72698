#include "sim/wire/line_buffer.h"

#include <algorithm>

#include "sim/base/check.h"

namespace mailscope {
namespace {

constexpr size_t kCompactAt = 4096;

}  // namespace

void LineBuffer::append(std::string_view bytes) {
  const size_t from = buffer_.size();
  buffer_.append(bytes);
  if (has_line()) return;
  find_line_end(from);
  if (!raw_) keep_beginning();
}

void LineBuffer::find_line_end(size_t from) {
  line_end_ = buffer_.find('\n', std::max(from, begin_));
}

void LineBuffer::keep_beginning() {
  if (has_line()) return;
  // No end in sight: keep the beginning, and a last CR, which may turn out to belong to the ending.
  // Only here, not when a line is taken: whoever takes it may find that raw bytes come next.
  const size_t waiting = buffer_.size() - begin_;
  if (waiting <= max_line_ + 1) return;
  const bool ends_in_cr = buffer_.back() == '\r';
  buffer_.resize(begin_ + max_line_ + 1);
  if (ends_in_cr) buffer_.back() = '\r';
  overflow_ = true;
}

Line LineBuffer::take_line() {
  CHECK(has_line());
  Line line;
  size_t end = line_end_;
  line.bare_lf = end == begin_ || buffer_[end - 1] != '\r';
  if (!line.bare_lf) --end;
  line.text = buffer_.substr(begin_, std::min(end - begin_, max_line_));
  line.too_long = overflow_ || end - begin_ > max_line_;
  overflow_ = false;
  begin_ = line_end_ + 1;
  find_line_end(begin_);
  compact();
  return line;
}

std::string LineBuffer::take_bytes(size_t n) {
  std::string taken(pending().substr(0, n));
  drop_bytes(taken.size());
  return taken;
}

void LineBuffer::drop_bytes(size_t n) {
  begin_ += std::min(n, buffer_.size() - begin_);
  find_line_end(begin_);
  compact();
}

void LineBuffer::clear() {
  buffer_.clear();
  begin_ = 0;
  line_end_ = std::string::npos;
  overflow_ = false;
}

void LineBuffer::compact() {
  if (begin_ == buffer_.size()) {
    buffer_.clear();
  } else if (begin_ > kCompactAt && begin_ * 2 > buffer_.size()) {
    buffer_.erase(0, begin_);
    if (has_line()) line_end_ -= begin_;
  } else {
    return;
  }
  begin_ = 0;
}

}  // namespace mailscope
