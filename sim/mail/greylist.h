// Greylist: which client has tried to send what from where to whom, and when first. A server that
// greylists lets a new triplet in only after some time, because who only floods does not come back.
// RFC 6647 §2, §4.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/digest.h"
#include "sim/base/time.h"

namespace mailscope {

class Greylist {
 public:
  /// The oldest is forgotten when there are more.
  static constexpr size_t kMax = 10000;

  /// When this triplet was first seen: now, when it is new.
  Instant first_seen(std::string_view client, std::string_view reverse_path,
                     std::string_view forward_path, Instant now);
  [[nodiscard]] size_t size() const { return entries_.size(); }
  void add_to(Digest& digest) const;

 private:
  struct Entry {
    std::string triplet;
    Instant first_seen;
  };
  std::vector<Entry> entries_;  // in the order in which they were seen
};

}  // namespace mailscope
