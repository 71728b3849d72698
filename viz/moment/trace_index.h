// TraceIndex: what the views look up again and again in a trace, gathered once whenever the trace
// has changed: the ladder's rows at each level of detail, the beats that the step buttons move by,
// and which line lies where in each byte stream. Derived from the trace alone.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "sim/trace/trace.h"
#include "viz/state/ui_state.h"

namespace mailscope::viz {

/// One row of the conversation: an arrow between two hosts, or a mark across.
struct LadderRow {
  enum class Kind : uint8_t { kLines, kSegment, kMark };
  Kind kind = Kind::kLines;
  uint32_t event = 0;          // the first kLineSent, the kSegmentSent, or the action or fault
  uint32_t last_event = 0;     // the last line of those said in one turn
  uint32_t arrived_event = 0;  // 0: never arrived
  uint32_t reply_event = 0;    // exchanges: the first line of the answer; 0: none
  uint32_t reply_arrived = 0;
  HostId from;
  HostId to;
  ConnId conn;
  Protocol protocol = Protocol::kNone;
  Direction direction = Direction::kToServer;
  Instant at;
  Instant until;               // arrival; kNever when it never arrives
  uint32_t lines = 1;
  uint64_t octets = 0;
  uint32_t reply_lines = 0;
  uint64_t reply_octets = 0;
  bool lost = false;
  uint32_t seek = 0;           // dispatches handled once it has arrived: where a click goes
};

/// A connection's life, a lane of the timeline.
struct Lane {
  ConnId conn;
  HostId client;
  HostId server;
  Protocol protocol = Protocol::kNone;
  Instant opened;
  Instant established = kNever;
  Instant closed = kNever;
  bool cut = false;
  std::vector<std::pair<Instant, Instant>> activity;  // bytes under way: sent, arrived
};

/// Octets of mail protocols that clients have been given, up to and with one arrival.
struct Received {
  uint32_t event = 0;
  Instant at;
  uint64_t octets = 0;
};

class TraceIndex {
 public:
  TraceIndex() = default;
  explicit TraceIndex(const Trace& trace);

  [[nodiscard]] const std::vector<LadderRow>& rows(BeatSize detail) const;
  /// Numbers of dispatches at which a beat of this size is over, ascending.
  [[nodiscard]] const std::vector<uint32_t>& beats(BeatSize size) const;
  [[nodiscard]] const std::vector<Lane>& lanes() const { return lanes_; }
  /// The lane of a connection, or null.
  [[nodiscard]] const Lane* find_lane(ConnId conn) const;
  /// What POP3 and IMAP clients have received, ascending, with running totals.
  [[nodiscard]] const std::vector<Received>& received() const { return received_; }
  /// Protocol state of one end of a connection after so many events; 0 before its first.
  [[nodiscard]] uint8_t protocol_state(ConnId conn, HostId host, uint32_t events) const;
  /// When a mail store changed, ascending.
  [[nodiscard]] const std::vector<Instant>& store_changes() const { return store_changes_; }
  /// The kLineSent event whose bytes hold this stream offset, or 0.
  [[nodiscard]] uint32_t line_at(ConnId conn, Direction direction, uint64_t offset) const;
  /// The row (by index) of the given detail that holds this kLineSent event, or -1.
  [[nodiscard]] int row_of(BeatSize detail, uint32_t event) const;
  /// kLineArrived of a kLineSent event, or 0.
  [[nodiscard]] uint32_t arrival_of(uint32_t line_event) const;
  /// The client's command line that a server's line answers, or 0.
  [[nodiscard]] uint32_t answered_by(uint32_t line_event) const;

 private:
  void add(const Trace& trace, uint32_t id);
  void add_line(const Trace& trace, uint32_t id);
  void add_segment(const Trace& trace, uint32_t id);
  void finish_segment(const Trace& trace, uint32_t id, bool lost);
  void add_arrival(const Trace& trace, uint32_t id);
  void add_state(const Trace& trace, uint32_t id);
  void add_protocol_state(const Event& event, uint32_t id);
  void add_received(const Trace& trace, uint32_t id);
  void build_exchanges();
  void find_beats(const Trace& trace);
  Lane* lane(ConnId conn);
  [[nodiscard]] size_t lane_index(ConnId conn) const;

  struct Stream {
    std::vector<uint32_t> lines;     // kLineSent events in order
    std::vector<int64_t> ends;       // past-the-last offsets
  };

  std::vector<LadderRow> line_rows_;
  std::vector<LadderRow> segment_rows_;
  std::vector<LadderRow> exchange_rows_;
  std::vector<uint32_t> beats_[3];
  std::vector<Lane> lanes_;
  std::vector<size_t> lane_of_;                  // by conn index: index into lanes_, or kNoLane
  std::vector<std::vector<std::pair<uint32_t, uint8_t>>> states_;  // 2 * conn index + server's end
  std::vector<Received> received_;
  std::vector<Instant> store_changes_;
  std::vector<Stream> streams_;                  // 2 * conn index + direction
  std::vector<std::pair<uint32_t, uint32_t>> arrivals_;  // line event, arrival; sorted
  std::vector<std::pair<uint32_t, uint32_t>> answers_;   // server line event, command line event
  std::map<uint32_t, size_t> open_segments_;     // number -> row while it is under way
  std::vector<uint32_t> last_command_;           // by conn index
};

}  // namespace mailscope::viz
