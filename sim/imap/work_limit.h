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
  static constexpr uint64_t kLiteral = 512;  // a literal in one
  static constexpr uint64_t kPassedOver = 8;  // octets that are merely run through cost one

  explicit WorkLimit(uint64_t limit) : left_(limit) {}

  void spend(uint64_t octets) { left_ = octets < left_ ? left_ - octets : 0; }
  [[nodiscard]] bool exceeded() const { return left_ == 0; }

 private:
  uint64_t left_;
};

/// What FETCH responses may cost: those of one command, or all that are pushed at one moment. An
/// answer may make in memory, besides the mail that is there, so much, and for each message as much
/// as tells it twice over: asking for the same again and again is what comes beyond that.
struct FetchLimit {
  static constexpr uint64_t kMakeAMessage = 512;

  explicit FetchLimit(uint64_t max_work) : work(max_work) {}

  WorkLimit work;
  uint64_t may_make = uint64_t{64} << 20;
  uint64_t made = 0;
};

}  // namespace mailscope
