#include "sim/net/stream.h"

#include <algorithm>

namespace mailscope {

void ByteStream::append(std::shared_ptr<const std::string> text, size_t begin, size_t size) {
  if (size == 0) return;
  // The lines of a turn follow one another in one text: together they are one piece.
  const bool goes_on = head_ < pieces_.size() && pieces_.back().text == text &&
                       pieces_.back().text_begin + pieces_.back().size == begin;
  if (goes_on) {
    pieces_.back().size += size;
  } else {
    pieces_.push_back({end_, std::move(text), begin, size});
  }
  end_ += size;
}

std::string_view ByteStream::piece_at(uint64_t offset, uint64_t limit) const {
  const auto after = std::upper_bound(
      pieces_.begin() + static_cast<std::ptrdiff_t>(head_), pieces_.end(), offset,
      [](uint64_t wanted, const Piece& piece) { return wanted < piece.begin; });
  if (after == pieces_.begin() + static_cast<std::ptrdiff_t>(head_)) return {};
  const Piece& piece = *(after - 1);
  const uint64_t skip = offset - piece.begin;
  if (skip >= piece.size) return {};
  return piece.bytes().substr(skip, limit - offset);
}

void ByteStream::overwrite(uint64_t offset, std::string_view bytes) {
  for (Piece& piece : pieces_) {
    if (!piece.text) continue;
    const uint64_t from = std::max(offset, piece.begin);
    const uint64_t to = std::min(offset + bytes.size(), piece.end());
    if (from >= to) continue;
    // Pieces are shared between copies of the world: this one gets its own.
    auto changed = std::make_shared<std::string>(piece.bytes());
    changed->replace(from - piece.begin, to - from, bytes.substr(from - offset, to - from));
    piece.text = std::move(changed);
    piece.text_begin = 0;
  }
}

void ByteStream::drop_before(uint64_t offset) {
  begin_ = std::max(begin_, std::min(offset, end_));
  while (head_ < pieces_.size() && pieces_[head_].end() <= begin_) {
    pieces_[head_].text.reset();
    ++head_;
  }
  if (head_ == pieces_.size() || (head_ > 64 && head_ * 2 > pieces_.size())) {
    pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

void ByteStream::clear() {
  pieces_.clear();
  head_ = 0;
  begin_ = end_;
}

}  // namespace mailscope
