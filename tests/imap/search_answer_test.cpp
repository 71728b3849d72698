#include "sim/imap/search_answer.h"

#include <doctest/doctest.h>

#include "sim/imap/result_window.h"

using namespace mailscope;

namespace {

SearchAnswer answer_of(std::vector<uint32_t> numbers) {
  SearchAnswer answer{"a1", false, true, {}};
  for (const uint32_t n : numbers) answer.hits.push_back({SeqNum{n}, Uid{n * 10}, 100 - n});
  return answer;
}

imap::SearchResultOptions options_of(bool min, bool max, bool all, bool count) {
  imap::SearchResultOptions options;
  options.given = true;
  options.min = min;
  options.max = max;
  options.all = all;
  options.count = count;
  return options;
}

std::vector<uint32_t> values(const std::vector<Uid>& uids) {
  std::vector<uint32_t> out;
  for (const Uid uid : uids) out.push_back(uid.value);
  return out;
}

}  // namespace

TEST_CASE("the mod-sequence told is that of what is told (RFC 7162 §3.1.10)") {
  const SearchAnswer answer = answer_of({2, 5, 9});
  const auto line = [&](const imap::SearchResultOptions& options) {
    return encode_esearch(answer, options).value_or("");
  };
  CHECK(line(options_of(true, false, false, false)) == "* ESEARCH (TAG \"a1\") MIN 2 MODSEQ 98");
  CHECK(line(options_of(false, true, false, false)) == "* ESEARCH (TAG \"a1\") MAX 9 MODSEQ 91");
  CHECK(line(options_of(true, true, false, false)) ==
        "* ESEARCH (TAG \"a1\") MIN 2 MAX 9 MODSEQ 98");
  CHECK(line(options_of(false, true, false, true)) ==
        "* ESEARCH (TAG \"a1\") MAX 9 COUNT 3 MODSEQ 98");
  CHECK(encode_plain_search(answer, "SEARCH") == "* SEARCH 2 5 9 (MODSEQ 98)");
}

TEST_CASE("a sorted result keeps its order, and its ends are those of the order") {
  SearchAnswer answer = answer_of({5, 6, 2, 1});
  answer.tells_modseq = false;
  CHECK(encode_esearch(answer, options_of(true, true, true, false)).value_or("") ==
        "* ESEARCH (TAG \"a1\") MIN 5 MAX 1 ALL 5:6,2,1");
  CHECK(encode_plain_search(answer, "SORT") == "* SORT 5 6 2 1");
}

TEST_CASE("what \"$\" keeps (RFC 5182 §2.1, RFC 9394 §3.2)") {
  const SearchAnswer answer = answer_of({1, 2, 3, 4});
  auto options = options_of(true, true, false, false);
  CHECK(values(saved_by(answer, options)) == std::vector<uint32_t>{10, 40});
  options.partial = imap::ResultWindow{-1, -2};
  CHECK(values(saved_by(answer, options)) == std::vector<uint32_t>{10, 30, 40});
  options.count = true;
  CHECK(saved_by(answer, options).size() == 4);
  CHECK(saved_by(answer_of({}), options_of(true, false, false, false)).empty());
  imap::SearchResultOptions save;
  save.given = save.save = true;
  CHECK(!encode_esearch(answer, save));
  CHECK(saved_by(answer, save).size() == 4);
}

TEST_CASE("places in a list of results") {
  using Places = std::pair<size_t, size_t>;
  CHECK(places_in({1, 3}, 10) == Places{0, 3});
  CHECK(places_in({3, 1}, 10) == Places{0, 3});
  CHECK(places_in({9, 12}, 10) == Places{8, 10});
  CHECK(places_in({11, 12}, 10) == Places{10, 10});
  CHECK(places_in({-1, -3}, 10) == Places{7, 10});
  CHECK(places_in({-9, -12}, 10) == Places{0, 2});
  CHECK(places_in({-11, -12}, 10) == Places{0, 0});
  CHECK(places_in({1, 4294967295}, 0) == Places{0, 0});
}
