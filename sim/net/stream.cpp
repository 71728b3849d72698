#include "sim/net/stream.h"

#include <algorithm>

namespace mailscope {

void ByteStream::append(std::shared_ptr<const std::string> bytes) {
  if (bytes->empty()) return;
  const uint64_t size = bytes->size();
  pieces_.push_back({end_, std::move(bytes)});
  end_ += size;
}

std::string_view ByteStream::piece_at(uint64_t offset, uint64_t limit) const {
  const auto after = std::upper_bound(
      pieces_.begin() + static_cast<std::ptrdiff_t>(head_), pieces_.end(), offset,
      [](uint64_t wanted, const Piece& piece) { return wanted < piece.begin; });
  if (after == pieces_.begin() + static_cast<std::ptrdiff_t>(head_)) return {};
  const Piece& piece = *(after - 1);
  const uint64_t skip = offset - piece.begin;
  if (skip >= piece.bytes->size()) return {};
  return std::string_view(*piece.bytes).substr(skip, limit - offset);
}

void ByteStream::overwrite(uint64_t offset, std::string_view bytes) {
  for (Piece& piece : pieces_) {
    if (!piece.bytes) continue;
    const uint64_t end = piece.begin + piece.bytes->size();
    const uint64_t from = std::max(offset, piece.begin);
    const uint64_t to = std::min(offset + bytes.size(), end);
    if (from >= to) continue;
    // Pieces are shared between copies of the world: this one gets its own.
    auto changed = std::make_shared<std::string>(*piece.bytes);
    changed->replace(from - piece.begin, to - from, bytes.substr(from - offset, to - from));
    piece.bytes = std::move(changed);
  }
}

void ByteStream::drop_before(uint64_t offset) {
  begin_ = std::max(begin_, std::min(offset, end_));
  while (head_ < pieces_.size() &&
         pieces_[head_].begin + pieces_[head_].bytes->size() <= begin_) {
    pieces_[head_].bytes.reset();
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
