// The World's part that has programs outside for clients: mail programs that a loopback driver
// (sim/live) has connected over sockets. Such a connection has a server end like any other; its
// client end stands on a host that stands for the outside. There is no TCP between them and no
// link: bytes arrive as the driver's inputs say. TLS is real there, and the driver's: what comes
// here is the text, and its octets are counted without those that the records add.

#include <memory>

#include "sim/world/world.h"

namespace mailscope {

void World::on_live_input(const Input& input, TraceWriter& trace) {
  if (input.kind == InputKind::kLiveConnect) return live_connect(input, trace);
  // A changed past may have ended the connection earlier.
  if (!input.conn.valid() || input.conn.value > connections_.size()) return;
  const Connection& connection = *connections_[input.conn.index()];
  if (!connection.live) return;
  trace.set_host(connection.server.host);
  trace.set_session(connection.id, connection.protocol);
  const AgentId server = connection.server.agent;
  switch (input.kind) {
    case InputKind::kLiveBytes:
      return live_bytes(input.conn, input.text, trace);
    case InputKind::kLiveTaken:
      deliver(input.conn, Side::kClient, connection.client.delivered + input.number, trace);
      if (server.valid()) schedule_turn_if_ready(server, trace.cause());
      return;
    case InputKind::kLiveClose:
      if (!input.text.empty()) return live_reset(input.conn, input.text.c_str(), trace);
      return live_close(input.conn, trace);
    case InputKind::kLiveSecured:
      return live_secured(input.conn, input.text, trace);
    default:
      return;
  }
}

void World::live_connect(const Input& input, TraceWriter& trace) {
  const ConnId id = ConnId::from_index(connections_.size());
  Connection made;
  made.id = id;
  made.port = static_cast<uint16_t>(input.number);
  made.opened_at = now_;
  made.client.host = input.host;
  made.server.host = input.peer;
  const ServiceSpec* service = find_service(input.peer, made.port);
  if (service != nullptr) made.protocol = service->protocol;
  const bool served = service != nullptr && hosts_[input.peer.index()]->up;
  made.live = LiveSpeech(made.protocol);
  connections_.emplace_back(std::move(made));
  Connection& connection = connections_.back().edit();

  trace.set_host(input.host);
  trace.set_session(id, connection.protocol);
  Event event;
  event.kind = EventKind::kDial;
  event.a = input.peer.value;
  event.b = connection.port;
  trace.set_cause(trace.record(event, host_domain(*scenario_, input.peer)));
  if (!served) {
    connection.client.finished = connection.server.finished = true;
    return record_tcp_state(connection, Side::kClient, TcpState::kSynSent, TcpState::kClosed,
                            "refused", trace);
  }
  for (const Side side : {Side::kClient, Side::kServer}) {
    record_tcp_state(connection, side, TcpState::kClosed, TcpState::kEstablished, "connected",
                     trace);
  }
  if (!input.text.empty()) {
    trace.set_host(input.peer);
    Outbox out;
    out.line(input.text);
    say(connection, Side::kServer, out.units.front(), trace);
    return live_finish(connection, Side::kServer, "closed", trace);
  }
  begin_server_session(id);
  if (service->implicit_tls) return begin_tls(id, Side::kServer, trace);
  schedule_turn(connections_[id.index()]->server.agent, trace.cause());
}

void World::live_secured(ConnId id, const std::string& how, TraceWriter& trace) {
  Connection& connection = connections_[id.index()].edit();
  ConnectionEnd& client = connection.client;
  if (connection.server.tls != TlsState::kAwaitingHello || client.finished) return;
  // What was begun in the clear and not ended goes no further; secured() below judges it.
  if (const std::optional<LiveSpeech::Unit> rest = connection.live->rest()) {
    record_said(connection, Side::kClient, rest->text, rest->flags, rest->octets, trace);
  }
  connection.live = LiveSpeech(connection.protocol);
  trace.set_host(client.host);
  record_said(connection, Side::kClient, "TLS handshake: " + how,
              LineFlags::kBlock | LineFlags::kHandshake, 0, trace);
  record_arrivals(connection, Side::kServer, client.said, trace);
  client.tls = TlsState::kSecured;
  secured(id, Side::kServer, trace);
}

void World::live_bytes(ConnId id, const std::string& bytes, TraceWriter& trace) {
  Connection& connection = connections_[id.index()].edit();
  ConnectionEnd& client = connection.client;
  if (client.finished) return;
  if (client.compression) {  // its words are known when they have been inflated
    if (!agents_[connection.server.agent.index()]->settled) {
      client.compression->gauge.append(bytes);
    }
  } else {
    for (const LiveSpeech::Unit& unit : connection.live->take(bytes)) {
      record_said(connection, Side::kClient, unit.text, unit.flags, unit.octets, trace);
    }
  }
  client.written.append(std::make_shared<const std::string>(bytes));
  deliver(id, Side::kServer, client.written.end(), trace);
}

void World::live_close(ConnId id, TraceWriter& trace) {
  Connection& connection = connections_[id.index()].edit();
  if (connection.client.finished) return;
  if (const std::optional<LiveSpeech::Unit> rest = connection.live->rest()) {
    if (connection.client.compression) {
      record_compressed_speech(connection, *rest, trace);
    } else {
      record_said(connection, Side::kClient, rest->text, rest->flags, rest->octets, trace);
    }
    deliver(id, Side::kServer, connection.client.written.end(), trace);
  }
  live_finish(connection, Side::kClient, "closed", trace);
  const AgentId server = connection.server.agent;
  if (server.valid()) peer_finished(server, trace);
}

void World::live_reset(ConnId id, const char* why, TraceWriter& trace) {
  Connection& connection = connections_[id.index()].edit();
  for (const Side side : {Side::kClient, Side::kServer}) {
    live_finish(connection, side, why, trace);
    connection.end(side).written.clear();
    connection.end(side).marks.clear();
  }
  const AgentId server = connection.server.agent;
  if (server.valid()) session_closed(server, CloseReason::kReset, trace);
}

void World::live_finish(Connection& connection, Side side, const char* why, TraceWriter& trace) {
  ConnectionEnd& end = connection.end(side);
  if (end.finished) return;
  end.finished = true;
  if (end.compression) end.compression = Compression{};  // its memory is not needed any more
  record_tcp_state(connection, side, TcpState::kEstablished, TcpState::kClosed, why, trace);
}

}  // namespace mailscope
