// The World's part that runs sessions: giving engines their turns and carrying out what they ask
// for.

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/check.h"
#include "sim/base/digest.h"
#include "sim/trace/recorded_line.h"
#include "sim/wire/header.h"
#include "sim/world/world.h"

namespace mailscope {
namespace {

constexpr size_t kMaxRecordedBlockHead = 120;

/// Differs from agent to agent and from turn to turn, and is the same in every replay.
uint64_t entropy_for(const Scenario& scenario, AgentId agent, uint32_t dispatches) {
  Digest digest;
  digest.add(scenario.seed);
  digest.add(agent);
  digest.add(dispatches);
  return digest.value();
}

/// What people read of a message's header. A block that has none of these fields is no message.
void record_message_head(ConnId conn, std::string_view text, EventId said, TraceWriter& trace) {
  constexpr std::string_view kFields[] = {"From", "To", "Cc", "Bcc", "Subject"};
  constexpr size_t kMaxHeader = 64 * 1024;
  constexpr size_t kMaxField = 300;
  text = text.substr(0, kMaxHeader);
  std::string head;
  for (const std::string_view name : kFields) {
    const std::optional<std::string> value = field_value(text, name);
    if (!value) continue;
    if (!head.empty()) head += '\n';
    head.append(name).append(": ").append(*value, 0, kMaxField);
  }
  if (head.empty()) return;
  Event event;
  event.kind = EventKind::kMessageHead;
  event.conn = conn;
  event.a = said.value;
  trace.record(event, head);
}

bool ready(const Agent& agent) {
  return with_engine<bool>(agent.engine, false, [](const auto& engine) { return engine.ready(); });
}

}  // namespace

AgentId World::add_agent(Agent agent) {
  agent.id = AgentId::from_index(agents_.size());
  agents_.emplace_back(std::move(agent));
  return AgentId::from_index(agents_.size() - 1);
}

void World::begin_server_session(ConnId id) {
  Connection& connection = connections_[id.index()].edit();
  Agent agent;
  agent.host = connection.server.host;
  agent.conn = id;
  agent.is_server = true;
  agent.protocol = connection.protocol;
  if (connection.port == kDiscardPort) agent.engine = BulkSink();
  if (const ServiceSpec* service = find_service(agent.host, connection.port)) {
    if (service->smtp) agent.engine = SmtpServer(service->smtp);
    if (service->pop3) agent.engine = Pop3Server(service->pop3);
    if (service->imap) agent.engine = ImapServer(service->imap);
    agent.protocol = service->protocol;
  }
  connection.server.agent = add_agent(std::move(agent));
}

void World::schedule_turn(AgentId id, EventId cause) {
  Agent& agent = agents_[id.index()].edit();
  if (agent.turn_scheduled) return;
  if (held_back(agent)) return;  // when some of it has been taken, kLiveTaken comes back here
  agent.turn_scheduled = true;
  schedule(now_ + scenario_->hosts[agent.host.index()].think, Dispatch::Kind::kTurn, id.value, 0,
           cause);
}

void World::schedule_turn_if_ready(AgentId id, EventId cause) {
  if (ready(*agents_[id.index()])) schedule_turn(id, cause);
}

template <class Action>
void World::run_engine(AgentId id, TraceWriter& trace, Action action) {
  Agent& agent = agents_[id.index()].edit();
  const Connection& connection = *connections_[agent.conn.index()];
  const HostId peer = agent.is_server ? connection.client.host : connection.server.host;
  trace.set_host(agent.host);
  trace.set_session(agent.conn, agent.protocol);
  Cow<MailStore>* store = nullptr;
  Cow<LocalStore>* local = nullptr;
  if (agent.is_server) store = &hosts_[agent.host.index()].edit().store;
  if (agent.device.valid()) local = &devices_[agent.device.index()].edit().local;
  Context context{
      now_,
      unix_now(),
      id,
      host_domain(*scenario_, agent.host),
      host_domain(*scenario_, peer),
      trace,
      store,
      local,
      connection.end(agent.is_server ? Side::kServer : Side::kClient).tls == TlsState::kSecured,
      entropy_for(*scenario_, id, dispatches_)};
  Outbox out;
  const uint64_t version = store != nullptr ? (*store)->version() : 0;
  with_engine<bool>(agent.engine, false, [&](auto& engine) {
    action(engine, context, out);
    return true;
  });
  const bool store_changed = store != nullptr && (*store)->version() != version;
  const HostId host = agent.host;
  apply_outbox(id, out, trace);
  inflate(id, trace);
  update_listener(*agents_[id.index()]);
  if (store_changed) tell_listeners(host, id, trace.cause());
  settle_if_finished(id, trace);
  schedule_turn_if_ready(id, trace.cause());
}

void World::on_turn(AgentId id, EventId cause, TraceWriter& trace) {
  Agent& agent = agents_[id.index()].edit();
  agent.turn_scheduled = false;
  trace.set_cause(cause);
  if (!hosts_[agent.host.index()]->up) return;
  if (!agent.opened) {
    agent.opened = true;
    run_engine(id, trace,
               [](auto& engine, Context& context, Outbox& out) { engine.open(context, out); });
  } else {
    run_engine(id, trace, [](auto& engine, Context& context, Outbox& out) {
      if (engine.ready()) engine.turn(context, out);
    });
  }
  if (agents_[id.index()]->peer_finished) peer_finished(id, trace);
}

void World::peer_finished(AgentId id, TraceWriter& trace) {
  Agent& agent = agents_[id.index()].edit();
  // The last line and the FIN often share a segment: "+OK bye" is heard before the hanging up.
  // While a turn is due there is still something to take in, and on_turn() comes back here.
  const bool more = agent.turn_scheduled || (held_back(agent) && ready(agent));
  agent.peer_finished = more;
  if (!more) session_closed(id, CloseReason::kPeerClosed, trace);
}

void World::on_agent_wake(AgentId id, TraceWriter& trace) {
  Agent& agent = agents_[id.index()].edit();
  if (agent.wake_dispatch != now_) return;
  agent.wake_dispatch = kNever;
  if (agent.wake_at == kNever) return;  // cancelled since
  if (now_ < agent.wake_at) {           // put off since
    agent.wake_dispatch = agent.wake_at;
    return schedule(agent.wake_at, Dispatch::Kind::kAgentWake, id.value);
  }
  agent.wake_at = kNever;
  Event event;
  event.kind = EventKind::kTimer;
  event.host = agent.host;
  event.conn = agent.conn;
  event.protocol = agent.protocol;
  trace.set_cause(trace.record(event, "time-out of the session"));
  run_engine(id, trace,
             [](auto& engine, Context& context, Outbox& out) { engine.timer(context, out); });
}

void World::session_closed(AgentId id, CloseReason reason, TraceWriter& trace) {
  run_engine(id, trace, [reason](auto& engine, Context& context, Outbox& out) {
    engine.closed(context, out, reason);
  });
}

void World::secured(ConnId id, Side side, TraceWriter& trace) {
  ConnectionEnd& end = connections_[id.index()].edit().end(side);
  end.tls = TlsState::kSecured;
  const AgentId agent = end.agent;
  if (!agent.valid()) return;
  const bool opened = agents_[agent.index()]->opened;
  run_engine(agent, trace, [](auto& engine, Context& context, Outbox& out) {
    if constexpr (requires { engine.secured(context, out); }) engine.secured(context, out);
  });
  if (!opened) schedule_turn(agent, trace.cause());  // implicit TLS: now the session begins
}

void World::apply_outbox(AgentId id, Outbox& out, TraceWriter& trace) {
  Agent& agent = agents_[id.index()].edit();
  if (out.cancel_wake) agent.wake_at = kNever;
  if (out.wake_at) agent.wake_at = *out.wake_at;
  // One pending dispatch is enough: time-outs are put off with every turn, and seldom reached.
  if (agent.wake_at < agent.wake_dispatch) {
    agent.wake_dispatch = agent.wake_at;
    schedule(agent.wake_at, Dispatch::Kind::kAgentWake, id.value);
  }
  const HostId host = agent.host;
  const ConnId conn = agent.conn;
  const Side side = agent.is_server ? Side::kServer : Side::kClient;
  if (out.start_compression && !agent.is_server) begin_compression(conn, side, out.unread);
  if (!out.units.empty() || out.close) {
    Connection& connection = connections_[conn.index()].edit();
    if (connection.end(side).compression) {
      say_compressed(connection, side, out.units, trace);
    } else {
      for (const OutUnit& unit : out.units) say(connection, side, unit, trace);
    }
    if (connection.live) {
      if (out.close) live_finish(connection, side, "closed", trace);
    } else {
      transmit(conn, side, out.close, trace);
    }
  }
  if (out.start_tls) begin_tls(conn, side, trace);
  if (out.start_compression && side == Side::kServer) begin_compression(conn, side, out.unread);
  for (const MailTransaction& mail : out.relay) take_for_relay(host, mail, trace);
  for (const MailTransaction& mail : out.delivered) report_delivered(host, mail, trace);
}

void World::transmit(ConnId id, Side side, bool close, TraceWriter& trace) {
  ConnectionEnd& end = connections_[id.index()].edit().end(side);
  const TcpState before = end.tcp.state();
  tcp_.clear();
  if (close) {
    end.tcp.close(end.written.end(), now_, tcp_);
  } else {
    end.tcp.write(end.written.end(), now_, tcp_);
  }
  after_tcp(id, side, before, trace);
}

void World::say(Connection& connection, Side side, const OutUnit& unit, TraceWriter& trace) {
  std::string_view text = unit.bytes();
  if ((unit.flags & LineFlags::kBlock) == 0) text.remove_suffix(2);  // its CRLF
  if (connection.live) connection.live->hear(text);
  if (connection.end(side).tls == TlsState::kSecured && !connection.live) {
    record_said(connection, side, text, unit.flags, protected_octets(unit.size), trace);
    return write_protected(connection, side, unit);
  }
  record_said(connection, side, text, unit.flags, unit.size, trace);
  connection.end(side).written.append(unit.text, unit.begin, unit.size);
}

void World::record_said(Connection& connection, Side side, std::string_view text, uint8_t flags,
                        uint64_t octets, TraceWriter& trace, uint64_t plain_octets) {
  ConnectionEnd& end = connection.end(side);
  const std::string_view whole = text;
  if ((flags & LineFlags::kBlock) != 0) {
    text = text.substr(0, std::min(text.find("\r\n"), kMaxRecordedBlockHead));
  } else {
    text = text.substr(0, kMaxRecordedLine);
  }
  const bool text_of_tls =
      end.tls == TlsState::kSecured && (flags & LineFlags::kHandshake) == 0;
  if (text_of_tls) flags |= LineFlags::kEncrypted;
  Event event;
  event.kind = EventKind::kLineSent;
  event.conn = connection.id;
  event.host = end.host;
  event.direction = direction_from(side);
  event.code = flags;
  event.x = static_cast<int64_t>(end.said);
  event.y = event.x + static_cast<int64_t>(octets);
  event.b = static_cast<uint32_t>(std::min<uint64_t>(plain_octets, UINT32_MAX));
  end.said += octets;
  const EventId said = trace.record(event, text);
  end.marks.push({end.said, said});
  if (!trace.keeps_events()) return;
  if ((flags & (LineFlags::kBlock | LineFlags::kHandshake)) == LineFlags::kBlock) {
    record_message_head(connection.id, whole, said, trace);
  }
}

void World::update_listener(const Agent& agent) {
  const ImapServer* server = std::get_if<ImapServer>(&agent.engine);
  if (server == nullptr) return;
  const std::vector<AgentId>& listeners = hosts_[agent.host.index()]->listeners;
  const bool listed = std::find(listeners.begin(), listeners.end(), agent.id) != listeners.end();
  if (server->wants_news() == listed) return;
  std::vector<AgentId>& changed = hosts_[agent.host.index()].edit().listeners;
  if (listed) {
    changed.erase(std::find(changed.begin(), changed.end(), agent.id));
  } else {
    changed.push_back(agent.id);
  }
}

void World::tell_listeners(HostId host, AgentId except, EventId cause) {
  const std::vector<AgentId> listeners = hosts_[host.index()]->listeners;
  for (const AgentId id : listeners) {
    if (id == except) continue;
    ImapServer* server = std::get_if<ImapServer>(&agents_[id.index()].edit().engine);
    if (server == nullptr || !server->has_news(store(host))) continue;
    server->notify();
    schedule_turn(id, cause);
  }
}

void World::end_sessions(HostId host, TraceWriter& trace) {
  const size_t count = agents_.size();
  for (size_t i = 0; i < count; ++i) {
    const AgentId id = AgentId::from_index(i);
    const Agent& agent = *agents_[i];
    if (!agent.is_server || agent.host != host || agent.settled) continue;
    run_engine(id, trace, [](auto& engine, Context& context, Outbox& out) {
      if constexpr (requires { engine.shut_down(context, out); }) {
        engine.shut_down(context, out);
      } else {
        engine.closed(context, out, CloseReason::kReset);
      }
    });
  }
}

void World::settle_if_finished(AgentId id, TraceWriter& trace) {
  Agent& agent = agents_[id.index()].edit();
  const bool finished =
      with_engine<bool>(agent.engine, true, [](const auto& engine) { return engine.finished(); });
  if (!finished || agent.settled) return;
  agent.settled = true;
  agent.wake_at = kNever;
  const Side side = agent.is_server ? Side::kServer : Side::kClient;
  if (connections_[agent.conn.index()]->end(side).compression) {
    // Of what is still to come nobody will read anything.
    connections_[agent.conn.index()].edit().end(side).compression = Compression{};
  }
  const Agent over = agent;  // a copy: what follows may add agents
  // Its end of the connection stays, to send what is still to be sent; the session is over.
  agents_[id.index()].edit().engine = std::monostate{};
  if (over.relay_job != 0) {
    relay_over(over, trace);
  } else if (over.device.valid() && std::holds_alternative<SmtpClient>(over.engine)) {
    hand_in_over(over, trace);
  } else if (over.device.valid()) {
    session_over(over, trace);
  }
}

}  // namespace mailscope
