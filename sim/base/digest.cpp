#include "sim/base/digest.h"

#include <cstddef>

namespace mailscope {
namespace {

/// Little-endian by construction, so that the platform's order does not show; compilers make one
/// load of it where `size` is known.
inline uint64_t word_from(const char* bytes, size_t size) {
  uint64_t word = 0;
  for (size_t i = 0; i < size; ++i) {
    word |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return word;
}

}  // namespace

void Digest::add(std::string_view text) {
  add(static_cast<uint64_t>(text.size()));
  while (text.size() >= 8) {
    add(word_from(text.data(), 8));
    text.remove_prefix(8);
  }
  if (!text.empty()) add(word_from(text.data(), text.size()));
}

uint64_t digest_of(std::string_view text) {
  Digest digest;
  digest.add(text);
  return digest.value();
}

}  // namespace mailscope
