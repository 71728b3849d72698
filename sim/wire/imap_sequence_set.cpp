#include "sim/wire/imap_sequence_set.h"

#include <algorithm>
#include <iterator>

namespace mailscope::imap {

bool SequenceSet::has_star() const {
  return std::any_of(ranges_.begin(), ranges_.end(),
                     [](Range range) { return range.first == kStar || range.last == kStar; });
}

std::vector<SequenceSet::Range> SequenceSet::resolved(uint32_t largest) const {
  std::vector<Range> sorted;
  sorted.reserve(ranges_.size());
  for (const Range range : ranges_) {
    const uint32_t first = range.first == kStar ? largest : range.first;
    const uint32_t last = range.last == kStar ? largest : range.last;
    sorted.push_back({std::min(first, last), std::max(first, last)});
  }
  std::sort(sorted.begin(), sorted.end(), [](Range a, Range b) {
    return a.first != b.first ? a.first < b.first : a.last < b.last;
  });
  std::vector<Range> merged;
  for (const Range range : sorted) {
    if (!merged.empty() && range.first <= merged.back().last) {
      merged.back().last = std::max(merged.back().last, range.last);
    } else {
      merged.push_back(range);
    }
  }
  return merged;
}

bool in_ranges(const std::vector<SequenceSet::Range>& ranges, uint32_t n) {
  const auto after = std::upper_bound(
      ranges.begin(), ranges.end(), n,
      [](uint32_t value, SequenceSet::Range range) { return value < range.first; });
  return after != ranges.begin() && n <= std::prev(after)->last;
}

SequenceSet parse_sequence_set(Reader& reader) {
  SequenceSet set;
  const auto bound = [](Reader& from) {
    if (from.take('*')) return SequenceSet::kStar;
    return from.nz_number("a sequence set, such as 1:4,7 or 2:*");
  };
  Reader inner(reader.text(), reader.position());
  if (inner.take('$')) {
    inner.use(Extension::kSearchRes);
    set.set_saved_result();
  } else {
    do {
      const uint32_t first = bound(inner);
      set.add(first, inner.take(':') ? bound(inner) : first);
    } while (inner.take(','));
  }
  reader.advance_past(inner, TokenKind::kSequenceSet);
  return set;
}

SequenceSet parse_number_set(Reader& reader) {
  const size_t begin = reader.position();
  SequenceSet set = parse_sequence_set(reader);
  if (!reader.failed() && (set.is_saved_result() || set.has_star())) {
    reader.fail_at(begin, "a set of numbers, without * and $");
  }
  return set;
}

std::vector<uint32_t> numbers_in(std::string_view text, size_t limit) {
  Reader reader(text);
  const SequenceSet set = parse_number_set(reader);
  reader.end();
  if (reader.failed()) return {};
  std::vector<uint32_t> numbers;
  for (const SequenceSet::Range range : set.ranges()) {
    const uint32_t low = std::min(range.first, range.last);
    const uint32_t more = std::max(range.first, range.last) - low;
    if (more >= limit - numbers.size()) return {};
    for (uint32_t i = 0; i <= more; ++i) numbers.push_back(low + i);
  }
  return numbers;
}

std::string encode_sequence_set(const SequenceSet& set) {
  const auto bound = [](uint32_t n) {
    return n == SequenceSet::kStar ? std::string("*") : std::to_string(n);
  };
  if (set.is_saved_result()) return "$";
  std::string out;
  for (const SequenceSet::Range range : set.ranges()) {
    if (!out.empty()) out += ',';
    out += bound(range.first);
    if (range.first != range.last) out += ':' + bound(range.last);
  }
  return out;
}

std::string encode_numbers(const std::vector<uint32_t>& numbers) {
  std::string out;
  for (size_t i = 0; i < numbers.size();) {
    size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    if (!out.empty()) out += ',';
    out += std::to_string(numbers[i]);
    if (last > i) out += ':' + std::to_string(numbers[last]);
    i = last + 1;
  }
  return out;
}

}  // namespace mailscope::imap
