#include "sim/imap/search_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "sim/imap/result_window.h"
#include "sim/wire/imap_sequence_set.h"

namespace mailscope {
namespace {

using Hits = std::vector<SearchHit>;

uint32_t number_of(const SearchAnswer& answer, const SearchHit& hit) {
  return answer.uids ? hit.uid.value : hit.seq.value;
}

std::string numbers_of(const SearchAnswer& answer, Hits::const_iterator first,
                       Hits::const_iterator end) {
  std::vector<uint32_t> numbers;
  numbers.reserve(static_cast<size_t>(end - first));
  for (; first != end; ++first) numbers.push_back(number_of(answer, *first));
  return imap::encode_numbers(numbers);
}

uint64_t highest_modseq(const Hits& hits, size_t first, size_t end) {
  uint64_t highest = 0;
  for (size_t i = first; i < end; ++i) highest = std::max(highest, hits[i].modseq);
  return highest;
}

/// RFC 4731 §3.2, RFC 7162 §3.1.10: of what is told, so of the ends and the window alone when
/// nothing else is. 0: of nothing.
uint64_t told_modseq(const Hits& hits, const imap::SearchResultOptions& options) {
  if (hits.empty()) return 0;
  const bool parts = options.min || options.max || options.partial;
  if (options.all || options.count || !parts) return highest_modseq(hits, 0, hits.size());
  uint64_t highest = 0;
  if (options.min) highest = hits.front().modseq;
  if (options.max) highest = std::max(highest, hits.back().modseq);
  if (options.partial) {
    const auto [first, end] = places_in(*options.partial, hits.size());
    highest = std::max(highest, highest_modseq(hits, first, end));
  }
  return highest;
}

std::string encode_window(const SearchAnswer& answer, const imap::ResultWindow& window) {
  const auto [first, end] = places_in(window, answer.hits.size());
  const auto begin = answer.hits.begin();
  std::string numbers = numbers_of(answer, begin + static_cast<std::ptrdiff_t>(first),
                                   begin + static_cast<std::ptrdiff_t>(end));
  if (numbers.empty()) numbers = "NIL";
  return fmt::format(" PARTIAL ({}:{} {})", window.first, window.last, numbers);
}

}  // namespace

std::string encode_plain_search(const SearchAnswer& answer, std::string_view word) {
  std::string line = "* ";
  line += word;
  line.reserve(line.size() + answer.hits.size() * 8);
  for (const SearchHit& hit : answer.hits) {
    std::array<char, 12> digits{' '};
    const auto end =
        std::to_chars(digits.data() + 1, digits.data() + digits.size(), number_of(answer, hit)).ptr;
    line.append(digits.data(), end);
  }
  if (answer.tells_modseq && !answer.hits.empty()) {
    line += fmt::format(" (MODSEQ {})", highest_modseq(answer.hits, 0, answer.hits.size()));
  }
  return line;
}

std::optional<std::string> encode_esearch(const SearchAnswer& answer,
                                          const imap::SearchResultOptions& options) {
  const Hits& hits = answer.hits;
  const bool asks_nothing = !options.min && !options.max && !options.all && !options.count &&
                            !options.partial && !options.update && !options.context;
  // RFC 5182 §2.1: SAVE alone is answered by nothing; RFC 4731 §3.1: no option at all means ALL.
  if (asks_nothing && options.save) return std::nullopt;
  std::string line = fmt::format("* ESEARCH (TAG \"{}\"){}", answer.tag, answer.uids ? " UID" : "");
  if (!hits.empty()) {
    if (options.min) line += fmt::format(" MIN {}", number_of(answer, hits.front()));
    if (options.max) line += fmt::format(" MAX {}", number_of(answer, hits.back()));
    if (options.all || asks_nothing) line += " ALL " + numbers_of(answer, hits.begin(), hits.end());
  }
  if (options.count) line += fmt::format(" COUNT {}", hits.size());
  if (options.partial) line += encode_window(answer, *options.partial);
  const uint64_t modseq = answer.tells_modseq ? told_modseq(hits, options) : 0;
  if (modseq != 0) line += fmt::format(" MODSEQ {}", modseq);
  return line;
}

std::vector<Uid> saved_by(const SearchAnswer& answer, const imap::SearchResultOptions& options) {
  const Hits& hits = answer.hits;
  std::vector<Uid> saved;
  const auto add = [&](size_t first, size_t end) {
    for (size_t i = first; i < end; ++i) saved.push_back(hits[i].uid);
  };
  // RFC 5182 §2.1 and RFC 9394 §3.2: MIN, MAX and PARTIAL save what they tell, unless ALL or COUNT
  // stands beside them.
  if (options.all || options.count || (!options.min && !options.max && !options.partial)) {
    add(0, hits.size());
  } else if (!hits.empty()) {
    if (options.min) add(0, 1);
    if (options.max) add(hits.size() - 1, hits.size());
    if (options.partial) {
      const auto [first, end] = places_in(*options.partial, hits.size());
      add(first, end);
    }
  }
  std::sort(saved.begin(), saved.end());
  saved.erase(std::unique(saved.begin(), saved.end()), saved.end());
  return saved;
}

}  // namespace mailscope
