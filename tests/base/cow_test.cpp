#include <doctest/doctest.h>

#include <string>

#include "sim/base/cow.h"

using namespace mailscope;

TEST_CASE("a copy of a Cow shares the value until one of them is edited") {
  Cow<std::string> one(std::string("first"));
  Cow<std::string> two = one;
  CHECK(&*one == &*two);
  two.edit() += " and more";
  CHECK(*one == "first");
  CHECK(*two == "first and more");
  const std::string* kept = &*one;
  one.edit() = "alone";  // nobody shares it now: edited where it stands
  CHECK(&*one == kept);
}

TEST_CASE("a copy of a CowVector shares its chunks, and an edit touches only its own") {
  CowVector<int> one;
  for (int i = 0; i < 1000; ++i) one.push_back(i);
  CowVector<int> two = one;
  two.edit(300) = -1;
  two.push_back(1000);
  CHECK(one.size() == 1000);
  CHECK(two.size() == 1001);
  CHECK(one[300] == 300);
  CHECK(two[300] == -1);
  CHECK(two.back() == 1000);
  CHECK(one.back() == 999);
  CHECK(&one[0] == &two[0]);      // the first chunk is still one and the same
  CHECK(&one[299] != &two[299]);  // the second is not
}

TEST_CASE("copies of a CowVector that grow from the same end do not see each other") {
  CowVector<int> one;
  for (int i = 0; i < 5; ++i) one.push_back(i);
  CowVector<int> two = one;
  one.push_back(50);
  two.push_back(60);
  CHECK(one.back() == 50);
  CHECK(two.back() == 60);
  CHECK(one.size() == two.size());
}

TEST_CASE("remove_if keeps the order, asks about each element once, and leaves copies alone") {
  CowVector<int> all;
  for (int i = 0; i < 2000; ++i) all.push_back(i);
  const CowVector<int> before = all;
  int asked = 0;
  all.remove_if([&](int value) {
    ++asked;
    return value >= 600 && value % 3 == 0;
  });
  CHECK(asked == 2000);
  CHECK(before.size() == 2000);
  CHECK(before[600] == 600);
  CHECK(&all[511] == &before[511]);  // whole chunks before the first one removed stay shared
  size_t at = 0;
  for (int i = 0; i < 2000; ++i) {
    if (i >= 600 && i % 3 == 0) continue;
    REQUIRE(at < all.size());
    REQUIRE(all[at++] == i);
  }
  CHECK(at == all.size());
}

TEST_CASE("remove_if that removes nothing changes nothing, and one that removes all leaves "
          "nothing") {
  CowVector<int> all;
  for (int i = 0; i < 300; ++i) all.push_back(i);
  const CowVector<int> before = all;
  all.remove_if([](int) { return false; });
  CHECK(&all[0] == &before[0]);
  all.remove_if([](int) { return true; });
  CHECK(all.empty());
  all.push_back(7);
  CHECK(all.back() == 7);
  CHECK(before.size() == 300);
}
