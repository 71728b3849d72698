// Segment: the network's unit, on its way over one link. Its payload is not copied: it names a
// range of its connection's byte stream. Its fate is drawn when it is sent, so whoever draws it
// knows the end.
#pragma once

#include <cstdint>

#include "sim/base/ids.h"
#include "sim/base/protocol.h"
#include "sim/base/time.h"

namespace mailscope {

struct SegmentFlags {
  static constexpr uint8_t kSyn = 1;
  static constexpr uint8_t kAck = 2;
  static constexpr uint8_t kFin = 4;
  static constexpr uint8_t kRst = 8;
  static constexpr uint8_t kRetransmit = 16;  // not on the wire: for the learner
  static constexpr uint8_t kDatagram = 32;    // UDP: a DNS question or answer
};

enum class DropReason : uint8_t { kNone, kLoss, kQueueFull, kLinkDown, kHostDown, kFault };

/// A half-open range of stream offsets.
struct ByteRange {
  uint64_t begin = 0;
  uint64_t end = 0;
};

/// RFC 2018 §3: at most 3 blocks fit beside the timestamps option most stacks use.
constexpr int kMaxSackBlocks = 3;

/// What one end gives to the network. Offsets: 0 is the SYN, data begins at 1, the FIN comes last.
struct SegmentContent {
  ConnId conn;
  Direction direction = Direction::kToServer;
  uint8_t flags = 0;
  uint8_t sack_count = 0;
  uint32_t size = 0;     // payload octets
  uint64_t sequence = 0;
  uint64_t acknowledgement = 0;
  ByteRange sack[kMaxSackBlocks];
  uint32_t datagram = 0;  // kDatagram: which question it belongs to
  uint32_t answer = 0;    // kDatagram: 1 when it is the answer
};

struct Segment {
  SegmentContent content;
  uint32_t number = 0;   // a running number in the world; the same over all links of its way
  HostId from;           // the two ends
  HostId to;
  HostId hop_from;       // this link
  HostId hop_to;
  LinkId link;
  Instant sent_at;
  Instant arrives_at;    // at hop_to
  DropReason fate = DropReason::kNone;  // drawn when sent
  EventId sent_event;
};

/// Octets on an Ethernet: preamble 8, header 14, IP 20, TCP 20 (SACK blocks 8 each and 4), FCS 4,
/// inter-frame gap 12; the payload is padded to the minimum frame. UDP headers are counted as
/// TCP's.
constexpr uint32_t wire_octets(uint32_t payload, uint8_t sack_count) {
  const uint32_t ip = 40 + payload + (sack_count > 0 ? 4u + 8u * sack_count : 0u);
  return 38 + (ip < 46 ? 46 : ip);
}

}  // namespace mailscope
