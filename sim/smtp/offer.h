// Offer: what a server said to EHLO, as its client understands it. RFC 5321 §4.1.1.1; what nobody
// here knows is passed over.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/base/digest.h"
#include "sim/smtp/protocol.h"

namespace mailscope::smtp {

struct Offer {
  uint32_t extensions = 0;  // bits of Extension
  uint64_t max_size = 0;    // of SIZE; 0: it does not say
  uint32_t mechanisms = 0;  // of AUTH: bits of sasl::bit()

  /// Takes in a line of the reply to EHLO after the first: "SIZE 1000".
  void take(std::string_view line);
  [[nodiscard]] bool has(Extension extension) const { return (extensions & bit(extension)) != 0; }
  void add_to(Digest& digest) const {
    digest.add(extensions);
    digest.add(max_size);
    digest.add(mechanisms);
  }
};

}  // namespace mailscope::smtp
