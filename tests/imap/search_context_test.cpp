#include "sim/imap/search_context.h"

#include <doctest/doctest.h>

using namespace mailscope;

namespace {

std::vector<Uid> uids_of(std::vector<uint32_t> numbers) {
  std::vector<Uid> uids;
  for (const uint32_t n : numbers) uids.push_back(Uid{n});
  return uids;
}

/// As a client does it: each pair in its order (RFC 5267 §4.3.2).
std::vector<Uid> with_removals(std::vector<Uid> list, const std::vector<ContextChange>& changes) {
  for (const ContextChange& change : changes) {
    const auto at = list.begin() + static_cast<std::ptrdiff_t>(change.position - 1);
    for (size_t i = 0; i < change.uids.size(); ++i) {
      CHECK(*(at + static_cast<std::ptrdiff_t>(i)) == change.uids[i]);
    }
    list.erase(at, at + static_cast<std::ptrdiff_t>(change.uids.size()));
  }
  return list;
}

std::vector<Uid> with_additions(std::vector<Uid> list, const std::vector<ContextChange>& changes) {
  for (const ContextChange& change : changes) {
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(change.position - 1),
                change.uids.begin(), change.uids.end());
  }
  return list;
}

}  // namespace

TEST_CASE("a client that follows every change has the result of the server") {
  const std::vector<Uid> before = uids_of({7, 3, 9, 1, 4, 8});
  const std::vector<Uid> after = uids_of({3, 1, 4});
  CHECK(with_removals(before, removals(before, after, true)) == after);
  const std::vector<Uid> grown = uids_of({20, 21, 3, 1, 22, 4, 23});
  CHECK(with_additions(after, additions(after, grown, true)) == grown);
  CHECK(removals(before, before, true).empty());
  CHECK(additions(before, before, false).empty());
  CHECK(with_removals(before, removals(before, {}, true)).empty());
  CHECK(with_additions({}, additions({}, before, true)) == before);
}

TEST_CASE("a search in mailbox order needs no places") {
  const auto changes = removals(uids_of({1, 2, 3, 4}), uids_of({2}), false);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].position == 0);
  CHECK(changes[0].uids == uids_of({1, 3, 4}));
}
