// Places in a list of results: PARTIAL of RFC 9394 §3.1 and RFC 5267 §4.4.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "sim/wire/imap_search_grammar.h"

namespace mailscope {

/// [first, end) of a list of `size`: what of the window there is. 1 is the first, -1 the last;
/// "5:1" is "1:5".
inline std::pair<size_t, size_t> places_in(const imap::ResultWindow& window, size_t size) {
  const auto count = static_cast<int64_t>(size);
  const auto place = [count](int64_t n) { return n > 0 ? n - 1 : count + n; };
  const int64_t low = std::min(place(window.first), place(window.last));
  const int64_t high = std::max(place(window.first), place(window.last));
  const int64_t first = std::clamp<int64_t>(low, 0, count);
  const int64_t end = std::clamp<int64_t>(high + 1, first, count);
  return {static_cast<size_t>(first), static_cast<size_t>(end)};
}

}  // namespace mailscope
