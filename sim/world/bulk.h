// A plain bulk transfer over TCP, the discard service of RFC 863: for measuring the simulated
// network without any mail protocol above it.
#pragma once

#include <memory>
#include <string>

#include "sim/agent/context.h"
#include "sim/agent/outbox.h"

namespace mailscope {

constexpr uint16_t kDiscardPort = 9;

class BulkSender {
 public:
  explicit BulkSender(uint64_t octets) : octets_(octets) {}

  void open(Context&, Outbox& out) {
    constexpr uint64_t kPiece = 1u << 20;
    const auto piece = std::make_shared<const std::string>(kPiece, 'x');
    uint64_t left = octets_;
    for (; left >= kPiece; left -= kPiece) out.block(piece);
    if (left > 0) out.block(std::string(left, 'x'));
    out.close = true;
    done_ = true;
  }
  void receive(std::string_view) {}
  [[nodiscard]] bool ready() const { return false; }
  void turn(Context&, Outbox&) {}
  void timer(Context&, Outbox&) {}
  void closed(Context&, Outbox&, CloseReason) { done_ = true; }
  [[nodiscard]] bool finished() const { return done_; }
  [[nodiscard]] uint64_t digest() const { return octets_ ^ static_cast<uint64_t>(done_); }

 private:
  uint64_t octets_;
  bool done_ = false;
};

class BulkSink {
 public:
  void open(Context&, Outbox&) {}
  void receive(std::string_view bytes) { received_ += bytes.size(); }
  [[nodiscard]] bool ready() const { return false; }
  void turn(Context&, Outbox&) {}
  void timer(Context&, Outbox&) {}
  void closed(Context&, Outbox& out, CloseReason) {
    out.close = true;
    done_ = true;
  }
  [[nodiscard]] bool finished() const { return done_; }
  [[nodiscard]] uint64_t digest() const { return received_; }

 private:
  uint64_t received_ = 0;
  bool done_ = false;
};

}  // namespace mailscope
