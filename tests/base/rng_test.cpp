// The generator's numbers are part of every lesson's digest: these were computed apart from this
// program, by a few lines of Python after the published xoshiro256** and splitmix64.
#include <doctest/doctest.h>

#include "sim/base/digest.h"
#include "sim/base/rng.h"

using namespace mailscope;

TEST_CASE("splitmix64 and xoshiro256** give the numbers they are known for") {
  CHECK(mix64(0) == 0xe220a8397b1dcdafULL);
  CHECK(mix64(1) == 0x910a2dec89025cc1ULL);
  Rng zero(0);
  for (const uint64_t known : {0x1a70a846bd9cc2a9ULL, 0x6a0ef250cd2b9e80ULL, 0x61325a7589c2ff27ULL,
                               0x21ccf8536a2bb70aULL}) {
    CHECK(zero.next() == known);
  }
  Rng answer(42);
  for (const uint64_t known : {703667u, 801414u, 462488u, 684411u, 754149u}) {
    CHECK(answer.below(1000000) == known);
  }
}

TEST_CASE("a copied generator goes on as the original would") {
  Rng one(7);
  one.next();
  Rng two = one;
  CHECK(one.digest() == two.digest());
  CHECK(one.next() == two.next());
  two.next();
  CHECK(one.digest() != two.digest());
}

TEST_CASE("a chance of nothing or of certainty draws no number; any other draws") {
  Rng rng(1);
  const uint64_t before = rng.digest();
  CHECK_FALSE(rng.chance_ppm(0));
  CHECK(rng.chance_ppm(1000000));
  CHECK(rng.digest() == before);
  int hits = 0;
  for (int i = 0; i < 100000; ++i) hits += rng.chance_ppm(50000) ? 1 : 0;
  CHECK(hits > 4700);
  CHECK(hits < 5300);
}

TEST_CASE("numbers below a bound are below it, and all of them turn up") {
  Rng rng(3);
  int seen[7] = {};
  for (int i = 0; i < 7000; ++i) ++seen[rng.below(7)];
  for (const int count : seen) {
    CHECK(count > 850);
    CHECK(count < 1150);
  }
  CHECK(rng.below(1) == 0);
}

TEST_CASE("a digest depends on what was added and on its order, not on the platform") {
  CHECK(Digest().value() == 0x6d61696c73636f70ULL);
  CHECK(digest_of("hello, mail") == 0x8f9d15efc1489fd9ULL);
  Digest ab;
  ab.add(1);
  ab.add(2);
  Digest ba;
  ba.add(2);
  ba.add(1);
  CHECK(ab.value() != ba.value());
  CHECK(digest_of("a") != digest_of(std::string_view("a\0", 2)));
}
