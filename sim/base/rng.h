// The simulator's own random generator and distributions: the same numbers on every compiler.
// xoshiro256** (Blackman and Vigna), seeded through splitmix64. A value: copying it forks the
// stream.
#pragma once

#include <cstdint>

namespace mailscope {

/// One step of splitmix64: a good mixer of 64 bits, used for seeding and for digests.
constexpr uint64_t mix64(uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

class Rng {
 public:
  explicit Rng(uint64_t seed = 0) {
    for (uint64_t& word : state_) {
      seed = mix64(seed);
      word = seed;
    }
  }

  uint64_t next() {
    const uint64_t result = rotl(state_[1] * 5, 7) * 9;
    const uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotl(state_[3], 45);
    return result;
  }

  /// Uniform in [0, bound); bound > 0. Without bias (rejection), so the draw count may vary.
  uint64_t below(uint64_t bound) {
    const uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    uint64_t x = next();
    while (x >= limit) x = next();
    return x % bound;
  }

  /// True with a probability of `ppm` parts in a million. Always one draw for 0 < ppm < 1,000,000.
  bool chance_ppm(uint32_t ppm) {
    if (ppm == 0) return false;
    if (ppm >= 1000000) return true;
    return below(1000000) < ppm;
  }

  [[nodiscard]] uint64_t digest() const {
    return mix64(state_[0] ^ mix64(state_[1] ^ mix64(state_[2] ^ mix64(state_[3]))));
  }

 private:
  static uint64_t rotl(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

  uint64_t state_[4] = {};
};

}  // namespace mailscope
