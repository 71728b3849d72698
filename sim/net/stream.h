// ByteStream: what one end of a connection has written and the other has not yet been given. Pieces
// are shared, so a large message in flight costs nothing to copy with its world.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailscope {

class ByteStream {
 public:
  /// Data offsets begin at 1: offset 0 is TCP's SYN.
  [[nodiscard]] uint64_t begin() const { return begin_; }
  [[nodiscard]] uint64_t end() const { return end_; }

  void append(std::shared_ptr<const std::string> text, size_t begin, size_t size);
  void append(std::shared_ptr<const std::string> bytes) {
    const size_t size = bytes->size();
    append(std::move(bytes), 0, size);
  }
  /// The bytes from `offset` on, as far as they lie in one piece and before `limit`.
  [[nodiscard]] std::string_view piece_at(uint64_t offset, uint64_t limit) const;
  /// Puts other bytes in the place of those from `offset` on; all must still be here.
  void overwrite(uint64_t offset, std::string_view bytes);
  /// Forgets everything before `offset`.
  void drop_before(uint64_t offset);
  void clear();

 private:
  struct Piece {
    uint64_t begin;
    std::shared_ptr<const std::string> text;
    size_t text_begin;  // in `text`
    size_t size;

    [[nodiscard]] uint64_t end() const { return begin + size; }
    [[nodiscard]] std::string_view bytes() const { return {text->data() + text_begin, size}; }
  };

  std::vector<Piece> pieces_;
  size_t head_ = 0;  // pieces before it have been dropped
  uint64_t begin_ = 1;
  uint64_t end_ = 1;
};

}  // namespace mailscope
