// BINARY[part] and BINARY.SIZE[part]: a part with its transfer encoding undone (RFC 3516 §4.2, RFC
// 9051 §6.4.5). The partial range is applied by who asks, to the decoded bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/mail/message.h"

namespace mailscope {

struct BinarySection {
  enum class Outcome : uint8_t {
    kBytes,
    kNoSuchPart,
    kUnknownEncoding,  // RFC 3516 §4.3: NO [UNKNOWN-CTE]
  };
  Outcome outcome = Outcome::kBytes;
  std::string bytes;  // may hold NULs, which only a literal8 can carry
};

/// The part's number is as in BODY[]; {} is the whole message. A message and a multipart have no
/// encoding of their own (RFC 2045 §6.4) and are given as they stand, with what is encoded inside.
BinarySection binary_section(const Message& message, const std::vector<uint32_t>& part);

}  // namespace mailscope
