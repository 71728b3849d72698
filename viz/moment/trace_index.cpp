#include "viz/moment/trace_index.h"

#include <algorithm>

#include "sim/net/segment.h"
#include "sim/net/tcp.h"

namespace mailscope::viz {
namespace {

constexpr size_t kNoLane = SIZE_MAX;

bool is_mark(EventKind kind) {
  return kind == EventKind::kUserAction || kind == EventKind::kFault;
}

}  // namespace

TraceIndex::TraceIndex(const Trace& trace) {
  for (uint32_t id = 1; id <= trace.size(); ++id) add(trace, id);
  std::sort(arrivals_.begin(), arrivals_.end());
  build_exchanges();
  find_beats(trace);
}

Lane* TraceIndex::lane(ConnId conn) {
  const size_t index = lane_index(conn);
  return index == kNoLane ? nullptr : &lanes_[index];
}

const Lane* TraceIndex::find_lane(ConnId conn) const {
  const size_t index = lane_index(conn);
  return index == kNoLane ? nullptr : &lanes_[index];
}

size_t TraceIndex::lane_index(ConnId conn) const {
  return conn.valid() && conn.index() < lane_of_.size() ? lane_of_[conn.index()] : kNoLane;
}

void TraceIndex::add(const Trace& trace, uint32_t id) {
  const Event& event = trace[id];
  switch (event.kind) {
    case EventKind::kDial: {
      Lane made;
      made.conn = event.conn;
      made.client = event.host;
      made.server = HostId{event.a};
      made.protocol = event.protocol;
      made.opened = event.at;
      const size_t needed = std::max<size_t>(lane_of_.size(), event.conn.value);
      lane_of_.resize(needed, kNoLane);
      lane_of_[event.conn.index()] = lanes_.size();
      states_.resize(2 * needed);
      lanes_.push_back(made);
      streams_.resize(std::max<size_t>(streams_.size(), 2 * event.conn.value));
      last_command_.resize(std::max<size_t>(last_command_.size(), event.conn.value));
      return;
    }
    case EventKind::kUserAction:
    case EventKind::kFault: {
      LadderRow row;
      row.kind = LadderRow::Kind::kMark;
      row.event = row.last_event = id;
      row.from = event.host;
      row.conn = event.conn;
      row.at = row.until = event.at;
      row.seek = trace.dispatch_of(EventId{id}) + 1;
      line_rows_.push_back(row);
      segment_rows_.push_back(row);
      return;
    }
    case EventKind::kLineSent: return add_line(trace, id);
    case EventKind::kLineArrived: return add_arrival(trace, id);
    case EventKind::kSegmentSent:
    case EventKind::kDatagram: return add_segment(trace, id);
    case EventKind::kSegmentArrived: return finish_segment(trace, id, false);
    case EventKind::kSegmentDropped: return finish_segment(trace, id, true);
    case EventKind::kConnState: return add_state(trace, id);
    case EventKind::kProtocolState: return add_protocol_state(event, id);
    case EventKind::kStoreChange:
      if (event.at.ns > 0 && (store_changes_.empty() || store_changes_.back() < event.at)) {
        store_changes_.push_back(event.at);
      }
      return;
    default: return;
  }
}

void TraceIndex::add_line(const Trace& trace, uint32_t id) {
  const Event& event = trace[id];
  const Lane* on = lane(event.conn);
  if (on == nullptr) return;
  Stream& stream = streams_[2 * event.conn.index() + static_cast<size_t>(event.direction)];
  stream.lines.push_back(id);
  stream.ends.push_back(event.y);
  const auto octets = static_cast<uint64_t>(event.y - event.x);
  uint32_t& command = last_command_[event.conn.index()];
  if (event.direction == Direction::kToServer) {
    command = id;
  } else if (command != 0) {
    answers_.emplace_back(id, command);
  }
  // What one turn says on one connection is one row.
  if (!line_rows_.empty()) {
    LadderRow& last = line_rows_.back();
    if (last.kind == LadderRow::Kind::kLines && last.conn == event.conn &&
        last.direction == event.direction && last.at == event.at &&
        trace[last.last_event].host == event.host) {
      last.last_event = id;
      ++last.lines;
      last.octets += octets;
      return;
    }
  }
  LadderRow row;
  row.event = row.last_event = id;
  row.conn = event.conn;
  row.direction = event.direction;
  row.protocol = on->protocol;
  row.from = event.host;
  row.to = event.direction == Direction::kToServer ? on->server : on->client;
  row.at = event.at;
  row.until = kNever;
  row.octets = octets;
  row.seek = trace.dispatch_of(EventId{id}) + 1;
  line_rows_.push_back(row);
}

void TraceIndex::add_arrival(const Trace& trace, uint32_t id) {
  const Event& event = trace[id];
  arrivals_.emplace_back(event.a, id);
  add_received(trace, id);
  // Rows still open are near the end: several connections at most lie between.
  for (size_t i = line_rows_.size(); i-- > 0;) {
    LadderRow& row = line_rows_[i];
    if (row.kind != LadderRow::Kind::kLines || row.conn != event.conn) continue;
    if (row.event > event.a) continue;
    if (row.last_event == event.a) {
      row.arrived_event = id;
      row.until = event.at;
      row.seek = trace.dispatch_of(EventId{id}) + 1;
    }
    break;
  }
  if (Lane* on = lane(event.conn)) {
    const Instant sent = trace[event.a].at;
    if (!on->activity.empty() && sent <= on->activity.back().second) {
      on->activity.back().second = std::max(on->activity.back().second, event.at);
    } else {
      on->activity.emplace_back(sent, event.at);
    }
  }
}

void TraceIndex::add_segment(const Trace& trace, uint32_t id) {
  const Event& event = trace[id];
  if (open_segments_.count(event.a) != 0) return;  // a further hop of the same segment
  LadderRow row;
  row.kind = LadderRow::Kind::kSegment;
  row.event = row.last_event = id;
  row.conn = event.conn;
  row.direction = event.direction;
  row.protocol = event.protocol;
  row.from = event.host;
  if (const Lane* on = lane(event.conn)) {
    row.to = event.direction == Direction::kToServer ? on->server : on->client;
  }
  row.at = event.at;
  row.until = kNever;
  row.octets = event.b;
  row.seek = trace.dispatch_of(EventId{id}) + 1;
  open_segments_[event.a] = segment_rows_.size();
  segment_rows_.push_back(row);
  if (event.kind == EventKind::kDatagram) line_rows_.push_back(row);
}

void TraceIndex::finish_segment(const Trace& trace, uint32_t id, bool lost) {
  const Event& event = trace[id];
  const auto open = open_segments_.find(event.a);
  if (open == open_segments_.end()) return;
  LadderRow& row = segment_rows_[open->second];
  row.arrived_event = id;
  row.until = event.at;
  row.lost = lost;
  row.to = event.host;
  row.seek = trace.dispatch_of(EventId{id}) + 1;
  if (trace[row.event].kind == EventKind::kDatagram) {
    for (size_t i = line_rows_.size(); i-- > 0;) {
      if (line_rows_[i].event != row.event) continue;
      line_rows_[i] = row;
      break;
    }
  }
  open_segments_.erase(open);
}

void TraceIndex::add_state(const Trace& trace, uint32_t id) {
  const Event& event = trace[id];
  Lane* on = lane(event.conn);
  if (on == nullptr || event.host != on->client) return;
  const auto state = static_cast<TcpState>(event.code);
  if (state == TcpState::kEstablished) on->established = event.at;
  if (state == TcpState::kClosed || state == TcpState::kTimeWait) {
    on->closed = event.at;
    on->cut = on->cut || trace.text(event) == "cut" || trace.text(event) == "reset";
  }
}

void TraceIndex::add_protocol_state(const Event& event, uint32_t id) {
  const Lane* on = lane(event.conn);
  if (on == nullptr) return;
  const size_t side = event.host == on->client ? 0 : 1;
  states_[2 * event.conn.index() + side].emplace_back(id, event.code);
}

void TraceIndex::add_received(const Trace& trace, uint32_t id) {
  const Event& event = trace[id];
  const Lane* on = lane(event.conn);
  if (on == nullptr || event.direction != Direction::kToClient) return;
  if (on->protocol != Protocol::kPop3 && on->protocol != Protocol::kImap) return;
  const Event& said = trace[event.a];
  const uint64_t before = received_.empty() ? 0 : received_.back().octets;
  received_.push_back({id, event.at, before + static_cast<uint64_t>(said.y - said.x)});
}

void TraceIndex::build_exchanges() {
  std::vector<int> open(last_command_.size(), -1);  // by conn: the row whose answer may still come
  for (const LadderRow& row : line_rows_) {
    if (row.kind == LadderRow::Kind::kMark || !row.conn.valid()) {
      exchange_rows_.push_back(row);
      continue;
    }
    int& command = open[row.conn.index()];
    if (row.direction == Direction::kToServer) {
      command = static_cast<int>(exchange_rows_.size());
      exchange_rows_.push_back(row);
      continue;
    }
    if (command < 0) {
      exchange_rows_.push_back(row);
      continue;
    }
    LadderRow& exchange = exchange_rows_[static_cast<size_t>(command)];
    if (exchange.reply_event == 0) exchange.reply_event = row.event;
    exchange.reply_arrived = row.arrived_event;
    exchange.reply_lines += row.lines;
    exchange.reply_octets += row.octets;
    exchange.until = row.until;
    exchange.seek = row.seek;
  }
}

void TraceIndex::find_beats(const Trace& trace) {
  for (uint32_t id = 1; id <= trace.size(); ++id) {
    const EventKind kind = trace[id].kind;
    const uint32_t n = trace.dispatch_of(EventId{id}) + 1;
    const auto add_to = [&](BeatSize size) {
      std::vector<uint32_t>& list = beats_[static_cast<int>(size)];
      if (list.empty() || list.back() < n) list.push_back(n);
    };
    const bool mark = is_mark(kind);
    const bool datagram = kind == EventKind::kDatagram;
    if (mark || datagram || kind == EventKind::kSegmentSent ||
        kind == EventKind::kSegmentArrived || kind == EventKind::kSegmentDropped) {
      add_to(BeatSize::kSegment);
    }
    if (mark || datagram || kind == EventKind::kLineSent || kind == EventKind::kLineArrived) {
      add_to(BeatSize::kLine);
    }
    const bool taken_in = kind == EventKind::kReply || kind == EventKind::kLocalChange ||
                          kind == EventKind::kStoreChange;
    if (mark || taken_in) add_to(BeatSize::kExchange);
  }
}

uint8_t TraceIndex::protocol_state(ConnId conn, HostId host, uint32_t events) const {
  const Lane* on = find_lane(conn);
  if (on == nullptr) return 0;
  const auto& changes = states_[2 * conn.index() + (host == on->client ? 0 : 1)];
  const auto after = std::upper_bound(
      changes.begin(), changes.end(), events,
      [](uint32_t wanted, const std::pair<uint32_t, uint8_t>& one) { return wanted < one.first; });
  return after == changes.begin() ? 0 : (after - 1)->second;
}

const std::vector<LadderRow>& TraceIndex::rows(BeatSize detail) const {
  if (detail == BeatSize::kSegment) return segment_rows_;
  return detail == BeatSize::kLine ? line_rows_ : exchange_rows_;
}

const std::vector<uint32_t>& TraceIndex::beats(BeatSize size) const {
  return beats_[std::min(static_cast<int>(size), 2)];
}

uint32_t TraceIndex::line_at(ConnId conn, Direction direction, uint64_t offset) const {
  if (!conn.valid()) return 0;
  const size_t index = 2 * conn.index() + static_cast<size_t>(direction);
  if (index >= streams_.size()) return 0;
  const Stream& stream = streams_[index];
  const auto after = std::upper_bound(stream.ends.begin(), stream.ends.end(),
                                      static_cast<int64_t>(offset));
  if (after == stream.ends.end()) return 0;
  return stream.lines[static_cast<size_t>(after - stream.ends.begin())];
}

int TraceIndex::row_of(BeatSize detail, uint32_t event) const {
  const std::vector<LadderRow>& all = rows(detail);
  const auto after = std::upper_bound(
      all.begin(), all.end(), event,
      [](uint32_t wanted, const LadderRow& row) { return wanted < row.event; });
  for (auto row = after; row != all.begin();) {
    --row;
    const bool lines = row->kind == LadderRow::Kind::kLines;
    const bool said = row->event <= event && event <= row->last_event;
    const bool answer = row->reply_event != 0 && row->reply_event <= event;
    if (lines && (said || answer)) return static_cast<int>(row - all.begin());
    if (after - row > 64) break;
  }
  return static_cast<int>(after - all.begin()) - 1;
}

uint32_t TraceIndex::arrival_of(uint32_t line_event) const {
  const auto found = std::lower_bound(arrivals_.begin(), arrivals_.end(),
                                      std::make_pair(line_event, 0u));
  return found != arrivals_.end() && found->first == line_event ? found->second : 0;
}

uint32_t TraceIndex::answered_by(uint32_t line_event) const {
  const auto found = std::lower_bound(answers_.begin(), answers_.end(),
                                      std::make_pair(line_event, 0u));
  return found != answers_.end() && found->first == line_event ? found->second : 0;
}

}  // namespace mailscope::viz
