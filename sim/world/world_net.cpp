// The network's part of the World: segments on links and TCP connections.

#include <algorithm>

#include "sim/base/check.h"
#include "sim/world/world.h"

namespace mailscope {
namespace {

Event segment_event(EventKind kind, const Segment& segment) {
  Event event;
  event.kind = kind;
  event.protocol = Protocol::kTcp;
  event.conn = segment.content.conn;
  event.direction = segment.content.direction;
  event.link = segment.link;
  event.code = segment.content.flags;
  event.a = segment.number;
  event.b = segment.content.size;
  event.x = static_cast<int64_t>(segment.content.sequence);
  return event;
}

}  // namespace

ConnId World::dial(HostId from, HostId to, uint16_t port, Protocol protocol, Agent agent,
                   TraceWriter& trace, bool implicit_tls) {
  const ConnId id = ConnId::from_index(connections_.size());
  Connection connection;
  connection.id = id;
  connection.protocol = protocol;
  connection.port = port;
  connection.opened_at = now_;
  connection.implicit_tls = implicit_tls;
  connection.client.host = from;
  connection.server.host = to;
  agent.host = from;
  agent.conn = id;
  agent.protocol = protocol;
  connection.client.agent = add_agent(std::move(agent));
  const bool listening = port == kDiscardPort || find_service(to, port) != nullptr;
  if (listening && hosts_[to.index()]->up) connection.server.tcp.listen();
  connections_.emplace_back(std::move(connection));

  trace.set_host(from);
  trace.set_session(id, protocol);
  Event event;
  event.kind = EventKind::kDial;
  event.a = to.value;
  event.b = port;
  trace.set_cause(trace.record(event, host_domain(*scenario_, to)));
  connections_.back().edit().client.tcp.connect(now_, tcp_);
  after_tcp(id, Side::kClient, TcpState::kClosed, trace);
  return id;
}

const ServiceSpec* World::find_service(HostId host, uint16_t port) const {
  for (const ServiceSpec& service : scenario_->services) {
    if (service.host == host && service.port == port) return &service;
  }
  return nullptr;
}

void World::after_tcp(ConnId id, Side side, TcpState before, TraceWriter& trace) {
  Connection& connection = connections_[id.index()].edit();
  ConnectionEnd& end = connection.end(side);
  // The calls below may come back here for another connection: what is in tcp_ is taken out first.
  const bool established = tcp_.established;
  const uint64_t deliver_until = tcp_.deliver_until;
  const bool peer_finished = tcp_.peer_finished;
  const bool reset = tcp_.reset;
  const bool gave_up = tcp_.gave_up;
  send_segments(connection, side, trace);
  tcp_.clear();
  const EventId cause = trace.cause();
  const AgentId agent = end.agent;
  if (end.tcp.state() != before) {
    const TcpState after = end.tcp.state();
    record_tcp_state(connection, side, before, after,
                     reset ? "reset" : gave_up ? "no answer" : tcp_state_name(after), trace);
  }
  arm_timer(connection, side);
  if (established) {
    if (side == Side::kServer) begin_server_session(id);
    const AgentId started = connections_[id.index()]->end(side).agent;
    const Connection& opened = *connections_[id.index()];
    const ServiceSpec* service = find_service(opened.server.host, opened.port);
    const bool tls_at_once = side == Side::kClient
                                 ? opened.implicit_tls
                                 : service != nullptr && service->implicit_tls;
    if (tls_at_once) {
      begin_tls(id, side, trace);
    } else if (started.valid()) {
      schedule_turn(started, cause);
    }
  }
  if (deliver_until != 0) deliver(id, side, deliver_until, trace);
  if (connections_[id.index()]->cut) return;
  if (!agent.valid()) return;
  if (peer_finished) this->peer_finished(agent, trace);
  if (reset) {
    session_closed(agent,
                   before == TcpState::kSynSent ? CloseReason::kRefused : CloseReason::kReset,
                   trace);
  }
  if (gave_up) session_closed(agent, CloseReason::kTimedOut, trace);
}

void World::record_tcp_state(const Connection& connection, Side side, TcpState before,
                             TcpState after, const char* why, TraceWriter& trace) {
  Event event;
  event.kind = EventKind::kConnState;
  event.conn = connection.id;
  event.host = connection.end(side).host;
  event.protocol = Protocol::kTcp;
  event.direction = direction_from(side);
  event.code = static_cast<uint8_t>(after);
  event.a = static_cast<uint32_t>(before);
  trace.record(event, why);
}

void World::send_segments(Connection& connection, Side side, TraceWriter& trace) {
  for (SegmentContent& content : tcp_.segments) {
    content.conn = connection.id;
    content.direction = direction_from(side);
    Segment segment;
    segment.content = content;
    segment.number = next_segment_++;
    segment.from = connection.end(side).host;
    segment.to = connection.end(other_side(side)).host;
    segment.hop_from = segment.from;
    send_hop(segment, trace);
  }
  tcp_.segments.clear();
}

void World::send_hop(Segment segment, TraceWriter& trace) {
  segment.link = topology_->next_link(segment.hop_from, segment.to);
  Passage passage{now_, DropReason::kLinkDown};
  if (segment.link.valid()) {
    Link& link = links_[segment.link.index()].edit();
    segment.hop_to = link.other(segment.hop_from);
    passage = link.from(segment.hop_from)
                  .send(now_, wire_octets(segment.content.size, segment.content.sack_count));
  }
  segment.sent_at = now_;
  segment.arrives_at = passage.arrives_at;
  segment.fate = passage.fate;
  const bool datagram = (segment.content.flags & SegmentFlags::kDatagram) != 0;
  if (scenario_->record_segments || datagram) {
    Event event = segment_event(datagram ? EventKind::kDatagram : EventKind::kSegmentSent, segment);
    event.host = segment.hop_from;
    event.y = segment.fate == DropReason::kNone ? segment.arrives_at.ns : -1;
    std::string text;
    if (datagram) {
      event.protocol = Protocol::kDns;
      const DnsQuestion& question = questions_[segment.content.datagram];
      text = segment.content.answer != 0 ? dns_answer_text(question) : dns_question_text(question);
    }
    segment.sent_event = trace.record(event, text);
  }
  uint32_t slot = 0;
  if (free_slots_.empty()) {
    slot = static_cast<uint32_t>(slots_.size());
    slots_.push_back(segment);
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
    slots_.edit(slot) = segment;
  }
  schedule(segment.arrives_at, Dispatch::Kind::kSegment, slot, 0, segment.sent_event);
}

void World::on_segment(uint32_t slot, TraceWriter& trace) {
  if (now_ < slots_[slot].arrives_at) {  // a fault has delayed it meanwhile
    return schedule(slots_[slot].arrives_at, Dispatch::Kind::kSegment, slot, 0,
                    slots_[slot].sent_event);
  }
  Segment segment = slots_[slot];
  slots_.edit(slot).number = 0;
  free_slots_.push_back(slot);
  const bool datagram = (segment.content.flags & SegmentFlags::kDatagram) != 0;
  const HostId here = segment.hop_to.valid() ? segment.hop_to : segment.hop_from;
  trace.set_host(here);
  if (segment.fate == DropReason::kNone && !hosts_[here.index()]->up) {
    segment.fate = DropReason::kHostDown;
  }
  if (segment.fate != DropReason::kNone) {
    Event event = segment_event(EventKind::kSegmentDropped, segment);
    event.code = static_cast<uint8_t>(segment.fate);
    trace.record(event);
    return;
  }
  if (here != segment.to) {
    if (scenario_->hosts[here.index()].strips_starttls) {
      strip_starttls(here, segment.content, trace);
    }
    segment.hop_from = here;
    return send_hop(segment, trace);
  }
  if (datagram) {
    Event event = segment_event(EventKind::kSegmentArrived, segment);
    event.protocol = Protocol::kDns;
    trace.set_cause(trace.record(event));
    return on_datagram(segment, trace);
  }
  if (scenario_->record_segments) {
    trace.set_cause(trace.record(segment_event(EventKind::kSegmentArrived, segment)));
  }
  const ConnId id = segment.content.conn;
  const Side side =
      segment.content.direction == Direction::kToServer ? Side::kServer : Side::kClient;
  Connection& connection = connections_[id.index()].edit();
  if (connection.cut) return;
  trace.set_session(id, connection.protocol);
  TcpEndpoint& tcp = connection.end(side).tcp;
  const bool asks = side == Side::kServer && (segment.content.flags & SegmentFlags::kSyn) != 0;
  if (asks && tcp.state() == TcpState::kClosed && !connection.server.agent.valid() &&
      find_service(connection.server.host, connection.port) != nullptr) {
    tcp.listen();  // the host was off when it was dialled, and is on now
  }
  const TcpState before = tcp.state();
  tcp.receive(segment.content, now_, tcp_);
  after_tcp(id, side, before, trace);
}

void World::on_tcp_timer(ConnId id, Side side, TraceWriter& trace) {
  ConnectionEnd& end = connections_[id.index()].edit().end(side);
  if (end.timer_at != now_) return;  // armed anew for an earlier time since
  end.timer_at = kNever;
  const TcpState before = end.tcp.state();
  trace.set_host(end.host);
  trace.set_session(id, connections_[id.index()]->protocol);
  if (end.tcp.next_timer() <= now_) end.tcp.timer(now_, tcp_);
  after_tcp(id, side, before, trace);
}

void World::arm_timer(Connection& connection, Side side) {
  ConnectionEnd& end = connection.end(side);
  const Instant next = end.tcp.next_timer();
  if (next >= end.timer_at) return;
  end.timer_at = next;
  schedule(next, Dispatch::Kind::kTcpTimer, connection.id.value, static_cast<uint32_t>(side));
}

uint64_t World::hand_over(ConnId id, Side receiver, uint64_t until, TraceWriter& trace) {
  uint64_t at = connections_[id.index()]->end(receiver).delivered;
  while (at < until) {
    // Taken anew each time: a flight of TLS is answered, and the answer changes the connection.
    Connection& connection = connections_[id.index()].edit();
    ConnectionEnd& from = connection.end(other_side(receiver));
    const AgentId agent = connection.end(receiver).agent;
    std::string_view bytes;
    TlsUnit unit;
    if (!from.tls_units.empty() && from.tls_units.front().begin <= at) {
      if (from.tls_units.front().end > until) break;  // a record is opened when all of it is here
      unit = std::move(from.tls_units.front());
      from.tls_units.erase(from.tls_units.begin());
      at = unit.end;
      connection.end(receiver).delivered = at;
      if (unit.handshake) {
        on_flight(id, receiver, trace);
        continue;
      }
      bytes = std::string_view(*unit.plain).substr(unit.plain_begin, unit.plain_size);
    } else if (connection.end(receiver).tls != TlsState::kPlain && !connection.live) {
      not_tls(id, receiver, trace);
      return at;
    } else {
      const uint64_t plain_end =
          from.tls_units.empty() ? until : std::min(until, from.tls_units.front().begin);
      bytes = from.written.piece_at(at, plain_end);
      CHECK(!bytes.empty());
      at += bytes.size();
    }
    if (!agent.valid()) continue;
    if (std::optional<Compression>& compression = connection.end(receiver).compression) {
      if (!agents_[agent.index()]->settled) compression->heard.append(bytes);
      continue;
    }
    with_engine<bool>(agents_[agent.index()].edit().engine, false, [&](auto& engine) {
      engine.receive(bytes);
      return true;
    });
  }
  return at;
}

void World::deliver(ConnId id, Side receiver, uint64_t until, TraceWriter& trace) {
  {
    const ConnectionEnd& from = connections_[id.index()]->end(other_side(receiver));
    until = std::min(until, from.written.end());
  }
  const uint64_t cut_after = connections_[id.index()]->end(other_side(receiver)).cut_after;
  const bool cut_here = until >= cut_after;
  until = hand_over(id, receiver, std::min(until, cut_after), trace);
  Connection& connection = connections_[id.index()].edit();
  ConnectionEnd& to = connection.end(receiver);
  ConnectionEnd& from = connection.end(other_side(receiver));
  to.delivered = std::max(to.delivered, until);
  from.written.drop_before(until);

  trace.set_host(to.host);
  const EventId cause = trace.cause();
  const EventId last = record_arrivals(connection, receiver, until, trace);
  const AgentId agent = to.agent;
  if (agent.valid()) {
    inflate(agent, trace);
    schedule_turn_if_ready(agent, last.valid() ? last : cause);
  }
  if (cut_here) cut(id, trace);
}

EventId World::record_arrivals(Connection& connection, Side receiver, uint64_t until,
                               TraceWriter& trace) {
  LineMarks& marks = connection.end(other_side(receiver)).marks;
  EventId last;
  while (const std::optional<LineMark> arrived = marks.take_until(until)) {
    Event event;
    event.kind = EventKind::kLineArrived;
    event.direction = direction_from(other_side(receiver));
    event.a = arrived->said.value;
    last = trace.record(event);
  }
  return last;
}

void World::cut(ConnId id, TraceWriter& trace) {
  Connection& connection = connections_[id.index()].edit();
  if (connection.cut) return;
  connection.cut = true;
  if (connection.live) return live_reset(id, "cut", trace);
  drop_in_flight(id);
  for (const Side side : {Side::kClient, Side::kServer}) {
    ConnectionEnd& end = connections_[id.index()].edit().end(side);
    if (end.tcp.state() == TcpState::kClosed) continue;
    // Simplified: both ends hear of it at once, as if a box on the way had reset the connection.
    // After a silent break each end would learn of it only when its own retransmissions or
    // time-outs run dry.
    record_tcp_state(connection, side, end.tcp.state(), TcpState::kClosed, "cut", trace);
    end.tcp.vanish();
    end.written.clear();
    end.marks.clear();
    end.tls_units.clear();
    if (end.agent.valid()) session_closed(end.agent, CloseReason::kReset, trace);
  }
}

void World::drop_in_flight(ConnId id) {
  for (size_t i = 0; i < slots_.size(); ++i) {
    const Segment& segment = slots_[i];
    const bool datagram = (segment.content.flags & SegmentFlags::kDatagram) != 0;
    if (segment.number == 0 || datagram || segment.content.conn != id) continue;
    slots_.edit(i).fate = DropReason::kFault;
  }
}

}  // namespace mailscope
