// Sequence sets: which messages a command is about, "1:4,7", "2:*" (RFC 3501 §9, sequence-set) or
// "$" (RFC 5182).
// The same for message sequence numbers and for UIDs; what "*" stands for is known only to the
// session.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/wire/imap_grammar.h"

namespace mailscope::imap {

/// One or more numbers and ranges, as written (RFC 3501 §9, sequence-set).
class SequenceSet {
 public:
  /// What "*" is kept as: it stands for the largest number in use.
  static constexpr uint32_t kStar = 0;
  struct Range {
    uint32_t first = 1;
    uint32_t last = 1;
  };

  void add(uint32_t first, uint32_t last) { ranges_.push_back({first, last}); }
  [[nodiscard]] const std::vector<Range>& ranges() const { return ranges_; }
  /// "$": what the last SEARCH with RETURN (SAVE) found (RFC 5182 §2.1); then there are no ranges.
  [[nodiscard]] bool is_saved_result() const { return saved_result_; }
  void set_saved_result() { saved_result_ = true; }
  [[nodiscard]] bool has_star() const;
  /// Ascending and disjoint, first <= last, "*" replaced by `largest`; "4:2" is "2:4".
  [[nodiscard]] std::vector<Range> resolved(uint32_t largest) const;

 private:
  std::vector<Range> ranges_;
  bool saved_result_ = false;
};

/// True when `n` is in one of these ascending ranges.
bool in_ranges(const std::vector<SequenceSet::Range>& ranges, uint32_t n);
SequenceSet parse_sequence_set(Reader& reader);
/// One of numbers alone, as where a client tells what it knows: neither "*" nor "$".
SequenceSet parse_number_set(Reader& reader);
/// The numbers of a set of plain numbers, in its order, as COPYUID pairs them: "7,3:4" is {7,3,4}.
/// None when it is no such set, or of more than `limit` numbers.
std::vector<uint32_t> numbers_in(std::string_view text, size_t limit);
std::string encode_sequence_set(const SequenceSet& set);
/// The shortest set of these ascending numbers: {1,2,3,7} is "1:3,7".
std::string encode_numbers(const std::vector<uint32_t>& numbers);

}  // namespace mailscope::imap
