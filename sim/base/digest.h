// Digest: a 64-bit fingerprint of state, the same on every compiler and platform. Not
// cryptographic. Worlds and traces that say the same thing have the same digest.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/base/ids.h"
#include "sim/base/rng.h"
#include "sim/base/time.h"

namespace mailscope {

class Digest {
 public:
  void add(uint64_t x) { hash_ = mix64(hash_ ^ x) + 0x632be59bd9b4e019ULL; }
  void add(int64_t x) { add(static_cast<uint64_t>(x)); }
  void add(uint32_t x) { add(static_cast<uint64_t>(x)); }
  void add(int x) { add(static_cast<uint64_t>(static_cast<int64_t>(x))); }
  void add(bool x) { add(static_cast<uint64_t>(x)); }
  void add(Instant t) { add(t.ns); }
  void add(Duration d) { add(d.ns); }
  template <class Tag>
  void add(Id<Tag> id) { add(id.value); }
  void add(std::string_view text);

  [[nodiscard]] uint64_t value() const { return hash_; }

 private:
  uint64_t hash_ = 0x6d61696c73636f70ULL;  // "mailscop"
};

/// The digest of one text alone.
uint64_t digest_of(std::string_view text);

}  // namespace mailscope
