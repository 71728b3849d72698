// The protocols a learner can watch. Used as a label only; each protocol's facts are in its
// protocol.h.
#pragma once

#include <cstdint>

namespace mailscope {

enum class Protocol : uint8_t { kNone, kTcp, kDns, kSmtp, kPop3, kImap };

/// "SMTP", "POP3", "IMAP", "TCP", "DNS" or "".
constexpr const char* protocol_name(Protocol protocol) {
  constexpr const char* kNames[] = {"", "TCP", "DNS", "SMTP", "POP3", "IMAP"};
  return kNames[static_cast<int>(protocol)];
}

/// Which way bytes of a connection travel. The client is the side that opened it.
enum class Direction : uint8_t { kToServer, kToClient };

constexpr Direction opposite(Direction d) {
  return d == Direction::kToServer ? Direction::kToClient : Direction::kToServer;
}

}  // namespace mailscope
