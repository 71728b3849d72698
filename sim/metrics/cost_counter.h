// CostCounter: adds up what one host's connections cost, event by event. A plain value, so a copy
// remembers a moment. cost_of() runs one through a trace; CostMeter keeps several.
#pragma once

#include <string_view>
#include <vector>

#include "sim/metrics/cost.h"

namespace mailscope {

/// Collects what concerns the connections that one host opened.
class CostCounter {
 public:
  explicit CostCounter(HostId host) : host_(host) {}

  void add(const Event& event, std::string_view text) {
    if (event.kind == EventKind::kDial && event.host == host_) return add_dial(event);
    if (event.kind == EventKind::kLocalChange && event.host == host_) return add_local(event);
    if (!ours(event.conn)) return;
    switch (event.kind) {
      case EventKind::kLineSent: return add_line(event);
      case EventKind::kSegmentSent:
        // Over several links a segment is sent several times; it is counted where it begins.
        if (event.a == last_segment_) return;
        last_segment_ = event.a;
        ++cost_.segments;
        cost_.wire_octets += wire_octets(event.b, 0);
        return;
      case EventKind::kCommand: ++cost_.commands; return;
      case EventKind::kReply:
        // The greeting comes with the handshake, without a question of its own. Answers to
        // commands said together come together: one wait for all.
        if (event.host != host_ || text == "greeting" || !said_since_[event.conn.index()]) return;
        said_since_[event.conn.index()] = false;
        ++cost_.round_trips;
        return;
      case EventKind::kConnState: return add_state(event);
      default: return;
    }
  }

  /// The total, with connections that are still open counted up to `now`.
  [[nodiscard]] Cost total(Instant now) const {
    Cost sum = cost_;
    for (const Instant since : open_since_) {
      if (since != kNever) sum.connected = sum.connected + (now - since);
    }
    return sum;
  }

 private:
  [[nodiscard]] bool ours(ConnId conn) const {
    return conn.valid() && conn.index() < ours_.size() && ours_[conn.index()];
  }

  void add_dial(const Event& event) {
    if (event.conn.index() >= ours_.size()) {
      ours_.resize(event.conn.index() + 1);
      open_since_.resize(event.conn.index() + 1, kNever);
      said_since_.resize(event.conn.index() + 1);
    }
    ours_[event.conn.index()] = true;
    ++cost_.connections;
    if (first_dial_ == kNever) first_dial_ = event.at;
  }

  void add_line(const Event& event) {
    const auto octets = static_cast<uint64_t>(event.y - event.x);
    (event.direction == Direction::kToServer ? cost_.bytes_up : cost_.bytes_down) += octets;
    if (event.direction == Direction::kToServer) said_since_[event.conn.index()] = true;
    if ((event.code & (LineFlags::kSecret | LineFlags::kEncrypted)) == LineFlags::kSecret) {
      cost_.password_in_clear = true;
    }
  }

  void add_state(const Event& event) {
    if (event.host != host_) return;
    const auto state = static_cast<TcpState>(event.code);
    Instant& since = open_since_[event.conn.index()];
    if (state == TcpState::kEstablished && since == kNever) {
      since = event.at;
      ++cost_.round_trips;  // the handshake
    } else if ((state == TcpState::kClosed || state == TcpState::kTimeWait) && since != kNever) {
      cost_.connected = cost_.connected + (event.at - since);
      since = kNever;
    }
  }

  void add_local(const Event& event) {
    const bool whole_now = (event.y & LocalState::kBody) != 0;
    const bool whole_before = (event.x & LocalState::kBody) != 0;
    if (!whole_now || whole_before || cost_.first_readable || first_dial_ == kNever) return;
    cost_.first_readable = event.at - first_dial_;
  }

  Cost cost_;
  HostId host_;
  std::vector<bool> ours_;
  std::vector<bool> said_since_;  // by connection: something, since an answer was waited for
  std::vector<Instant> open_since_;
  Instant first_dial_ = kNever;
  uint32_t last_segment_ = 0;
};

}  // namespace mailscope
