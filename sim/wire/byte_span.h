// ByteSpan: where something stands in a text, as offsets of bytes. Parsers hand out spans instead
// of copies, so that a window can point at the very bytes a fact came from.
#pragma once

#include <cstddef>
#include <string_view>

namespace mailscope {

/// The bytes [begin, end) of some text.
struct ByteSpan {
  size_t begin = 0;
  size_t end = 0;

  [[nodiscard]] size_t size() const { return end - begin; }
  [[nodiscard]] bool empty() const { return begin == end; }
  /// The bytes themselves, given the text that was parsed.
  [[nodiscard]] std::string_view of(std::string_view text) const {
    return text.substr(begin, end - begin);
  }

  friend bool operator==(ByteSpan a, ByteSpan b) { return a.begin == b.begin && a.end == b.end; }
  friend bool operator!=(ByteSpan a, ByteSpan b) { return !(a == b); }
};

}  // namespace mailscope
