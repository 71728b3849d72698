// WorkLimit: what one command may cost. Work is counted, not timed, so that the same command ends
// in the same place on every machine: octets of mail that are looked at or copied, and a round sum
// for each key, item and response.
#pragma once

#include <cstdint>

namespace mailscope {

class WorkLimit {
 public:
  static constexpr uint64_t kKey = 16;       // a search key asked of a message
  static constexpr uint64_t kItem = 64;      // an item of a FETCH response
  static constexpr uint64_t kLiteral = 512;  // a literal in one, whatever its size: it is shared
  static constexpr uint64_t kPassedOver = 8;  // octets that are merely run through cost one

  explicit WorkLimit(uint64_t limit) : left_(limit) {}

  void spend(uint64_t octets) { left_ = octets < left_ ? left_ - octets : 0; }
  [[nodiscard]] bool exceeded() const { return left_ == 0; }

 private:
  uint64_t left_;
};

}  // namespace mailscope
