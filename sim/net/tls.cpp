#include "sim/net/tls.h"

#include "sim/base/rng.h"

namespace mailscope {

std::string opaque_record(uint8_t content_type, uint64_t size, uint64_t seed) {
  constexpr uint64_t kHeader = 5;
  std::string record;
  record.reserve(size);
  const uint64_t length = size - kHeader;
  record += static_cast<char>(content_type);
  record += '\x03';  // legacy_record_version, RFC 8446 §5.1
  record += '\x03';
  record += static_cast<char>(length >> 8 & 0xff);
  record += static_cast<char>(length & 0xff);
  Rng noise(seed);
  while (record.size() < size) {
    uint64_t bits = noise.next();
    for (int i = 0; i < 8 && record.size() < size; ++i, bits >>= 8) {
      record += static_cast<char>(bits & 0xff);
    }
  }
  return record;
}

}  // namespace mailscope
