#include "sim/imap/link_forest.h"

#include <doctest/doctest.h>

#include "sim/base/rng.h"

using namespace mailscope;

TEST_CASE("link forest: links, loops, cuts") {
  LinkForest forest;
  for (int i = 0; i < 4; ++i) forest.add();
  CHECK_FALSE(forest.link(0, 0));
  CHECK(forest.link(1, 0));
  CHECK(forest.link(2, 1));
  CHECK(forest.link(3, 1));
  CHECK_EQ(forest.parent(3), 1);
  CHECK_FALSE(forest.link(0, 3));
  CHECK_EQ(forest.parent(0), LinkForest::kNone);
  forest.cut(1);
  CHECK_EQ(forest.parent(1), LinkForest::kNone);
  CHECK(forest.link(0, 3));
  CHECK_FALSE(forest.link(1, 0));
  forest.cut(1);
  CHECK_EQ(forest.parent(2), 1);
}

TEST_CASE("link forest: says of any link what climbing the parents says") {
  Rng rng(7);
  LinkForest forest;
  std::vector<uint32_t> parents;
  for (int i = 0; i < 60; ++i) {
    forest.add();
    parents.push_back(LinkForest::kNone);
  }
  for (int turn = 0; turn < 20000; ++turn) {
    const auto node = static_cast<uint32_t>(rng.below(60));
    const auto parent = static_cast<uint32_t>(rng.below(60));
    if (parents[node] != LinkForest::kNone) {
      forest.cut(node);
      parents[node] = LinkForest::kNone;
      continue;
    }
    bool loop = false;
    for (uint32_t at = parent; at != LinkForest::kNone; at = parents[at]) loop |= at == node;
    REQUIRE_EQ(forest.link(node, parent), !loop);
    if (!loop) parents[node] = parent;
    REQUIRE_EQ(forest.parent(node), parents[node]);
  }
}
