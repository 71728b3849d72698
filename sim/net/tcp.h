// TCP as a learner should see it, one endpoint: handshake, cumulative, delayed and selective
// acknowledgements, slow start and congestion avoidance, fast retransmit, retransmission time-out,
// FIN and RST. The endpoint does no I/O: each call fills a TcpOutput with what is to be done.
// RFC 9293 (TCP), RFC 5681 (congestion control), RFC 6298 (RTO), RFC 6675 (recovery with SACK),
// RFC 6928 (initial window of 10), RFC 1122 §4.2.3.2 (delayed ACK).
//
// Simplified: sequence numbers are 64-bit offsets from the SYN, so they never wrap; the receive
// window is never the limit; Nagle's algorithm is off; TIME-WAIT has no timer, because ports are
// never reused.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/base/time.h"
#include "sim/net/segment.h"

namespace mailscope {

enum class TcpState : uint8_t {
  kClosed, kListen, kSynSent, kSynReceived, kEstablished, kFinWait1, kFinWait2, kCloseWait,
  kClosing, kLastAck, kTimeWait
};

/// As RFC 9293 §3.3.2 spells it.
const char* tcp_state_name(TcpState state);

constexpr uint32_t kMss = 1460;

/// What an endpoint wants done, and what it has noticed. Reused between calls by clearing.
struct TcpOutput {
  std::vector<SegmentContent> segments;
  bool established = false;       // the handshake is complete at this end
  uint64_t deliver_until = 0;     // the application may have what lies before it; 0: nothing new
  bool peer_finished = false;     // the peer's FIN, after all its bytes
  bool reset = false;             // the peer's RST
  bool gave_up = false;           // retransmissions without answer

  void clear() {
    segments.clear();
    established = peer_finished = reset = gave_up = false;
    deliver_until = 0;
  }
};

class TcpEndpoint {
 public:
  [[nodiscard]] TcpState state() const { return state_; }
  /// When timer() must be called, or kNever.
  [[nodiscard]] Instant next_timer() const {
    return rto_at_ < delayed_ack_at_ ? rto_at_ : delayed_ack_at_;
  }

  void connect(Instant now, TcpOutput& out);          // active open: SYN
  void listen() { state_ = TcpState::kListen; }       // passive open
  /// The application has written up to this stream offset.
  void write(uint64_t end, Instant now, TcpOutput& out);
  /// Written up to here, and no more: FIN rides on the last segment.
  void close(uint64_t end, Instant now, TcpOutput& out);
  /// RST at once.
  void abort(TcpOutput& out);
  /// Ends without a segment: the host has stopped, or a fault says so.
  void vanish();
  void receive(const SegmentContent& segment, Instant now, TcpOutput& out);
  void timer(Instant now, TcpOutput& out);

  [[nodiscard]] uint64_t congestion_window() const { return cwnd_; }
  [[nodiscard]] uint64_t in_flight() const { return snd_nxt_ - snd_una_; }
  [[nodiscard]] uint64_t acknowledged() const { return snd_una_; }
  [[nodiscard]] uint64_t received() const { return rcv_nxt_; }
  [[nodiscard]] uint32_t retransmits() const { return retransmits_; }
  [[nodiscard]] uint64_t digest() const;

 private:
  void send_ack(TcpOutput& out);
  void add_acknowledgement(SegmentContent& segment);
  /// Sends what the congestion window allows: retransmissions first, then new data, then FIN.
  void send_more(Instant now, TcpOutput& out);
  void emit(uint64_t begin, uint64_t end, bool retransmit, Instant now, TcpOutput& out);
  [[nodiscard]] uint64_t pipe() const;
  /// The next range believed lost and not yet sent again; begin == end when there is none.
  [[nodiscard]] ByteRange next_lost() const;
  void take_acknowledgement(const SegmentContent& segment, Instant now);
  void merge_sack(const SegmentContent& segment);
  void update_lost_limit();
  void enter_recovery();
  void measure_rtt(Duration sample);
  void take_data(const SegmentContent& segment, Instant now, TcpOutput& out);
  void take_fin(TcpOutput& out);
  void fin_acknowledged();
  void arm_rto(Instant now);
  /// One past the last offset there is to send, FIN included.
  [[nodiscard]] uint64_t send_limit() const { return end_ + (fin_wanted_ ? 1 : 0); }

  TcpState state_ = TcpState::kClosed;

  // Sending (RFC 9293 §3.3.1: SND.UNA, SND.NXT).
  uint64_t snd_una_ = 0;
  uint64_t snd_nxt_ = 0;
  uint64_t end_ = 1;             // past the last byte written
  bool fin_wanted_ = false;
  uint64_t cwnd_ = 10 * kMss;
  uint64_t ssthresh_ = UINT64_MAX;
  uint32_t duplicate_acks_ = 0;
  bool recovering_ = false;
  uint64_t recover_ = 0;         // recovery ends when this is acknowledged
  uint64_t lost_limit_ = 0;      // below it, what is not SACKed is taken for lost
  uint64_t resent_until_ = 0;    // lost ranges below it have been sent again
  std::vector<ByteRange> sacked_;  // ascending, disjoint, above snd_una_

  // RFC 6298.
  Duration srtt_;
  Duration rttvar_;
  Duration rto_ = seconds(1);
  bool rtt_known_ = false;
  bool timing_ = false;          // one segment is being timed (Karn's algorithm)
  uint64_t timed_until_ = 0;
  Instant timed_at_;
  uint32_t timeouts_ = 0;        // in a row
  Instant rto_at_ = kNever;
  uint32_t retransmits_ = 0;

  // Receiving.
  uint64_t rcv_nxt_ = 0;
  uint64_t fin_at_ = UINT64_MAX;
  std::vector<ByteRange> out_of_order_;
  uint64_t latest_block_ = 0;    // begin of the range that the latest segment fell in: SACK order
  uint32_t unacknowledged_ = 0;  // full segments not yet acknowledged
  Instant delayed_ack_at_ = kNever;
};

}  // namespace mailscope
