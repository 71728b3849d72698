#include "sim/base/digest.h"

#include <cstddef>

namespace mailscope {

void Digest::add(std::string_view text) {
  add(static_cast<uint64_t>(text.size()));
  // Eight bytes at a time, little-endian by construction, so that the platform's order does not
  // show.
  uint64_t word = 0;
  int filled = 0;
  for (const char c : text) {
    word |= static_cast<uint64_t>(static_cast<unsigned char>(c)) << (8 * filled);
    if (++filled == 8) {
      add(word);
      word = 0;
      filled = 0;
    }
  }
  if (filled != 0) add(word);
}

uint64_t digest_of(std::string_view text) {
  Digest digest;
  digest.add(text);
  return digest.value();
}

}  // namespace mailscope
