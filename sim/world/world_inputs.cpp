// The World's part that takes influences from outside: what persons do, and faults.

#include <algorithm>

#include "sim/base/check.h"
#include "sim/world/world.h"

namespace mailscope {

void World::on_input(uint32_t index, TraceWriter& trace) {
  const std::shared_ptr<const Input> input = std::move(inputs_[index]);
  if (is_live(input->kind)) return on_live_input(*input, trace);
  const bool fault = is_fault(input->kind);
  Event event;
  event.kind = fault ? EventKind::kFault : EventKind::kUserAction;
  event.host = input->host;
  event.conn = input->conn;
  event.direction = input->direction;
  event.code = static_cast<uint8_t>(input->kind);
  event.a = static_cast<uint32_t>(input->number);
  trace.set_cause(trace.record(event, input_text(*input)));
  trace.set_host(input->host);
  if (fault) return apply_fault(*input, trace);
  if (input->kind == InputKind::kBulkSend) {
    Agent agent;
    agent.engine = BulkSender(input->number);
    dial(input->host, input->peer, kDiscardPort, Protocol::kTcp, std::move(agent), trace);
    return;
  }
  user_action(*input, trace);
}

void World::apply_fault(const Input& input, TraceWriter& trace) {
  switch (input.kind) {
    case InputKind::kDropSegment:
    case InputKind::kDelaySegment:
      for (size_t i = 0; i < slots_.size(); ++i) {
        if (slots_[i].number == 0 || slots_[i].number != input.number) continue;
        Segment& segment = slots_.edit(i);
        if (input.kind == InputKind::kDropSegment) {
          segment.fate = DropReason::kFault;
        } else {
          segment.arrives_at = segment.arrives_at + input.duration;
        }
      }
      return;
    case InputKind::kCutConnection:
      for (size_t i = 0; i < connections_.size(); ++i) {
        const Connection& connection = *connections_[i];
        const bool between =
            input.host.valid() && connection.client.host == input.host &&
            (!input.peer.valid() || connection.server.host == input.peer);
        if (connection.over()) continue;
        if (connection.id == input.conn || (!input.conn.valid() && between)) {
          cut(connection.id, trace);
        }
      }
      return;
    case InputKind::kCutAfterByte: {
      if (!input.conn.valid() || input.conn.value > connections_.size()) return;
      Connection& connection = connections_[input.conn.index()].edit();
      const Side from = input.direction == Direction::kToServer ? Side::kClient : Side::kServer;
      connection.end(from).cut_after = input.number + 1;  // stream offsets begin at 1
      if (connection.end(other_side(from)).delivered >= input.number + 1) cut(input.conn, trace);
      return;
    }
    case InputKind::kStopHost: return stop_host(input.host, trace);
    case InputKind::kStartHost: return start_host(input.host, trace);
    case InputKind::kSetLink:
    case InputKind::kLinkDown:
    case InputKind::kLinkUp: return set_link(input);
    case InputKind::kEndSessions: return end_sessions(input.host, trace);
    case InputKind::kSetDns: return set_dns(input);
    case InputKind::kRenewUids: return renew_uids(input, trace);
    default: return;
  }
}

void World::renew_uids(const Input& input, TraceWriter& trace) {
  MailStore& store = hosts_[input.host.index()].edit().store.edit();
  const Account* account = store.find_account(input.text);
  const Mailbox* box =
      account != nullptr ? store.find_mailbox(account->id, input.mailbox) : nullptr;
  if (box == nullptr || box->no_select) return;
  store.renew_uid_validity(box->id, trace);
  tell_listeners(input.host, AgentId{}, trace.cause());
}

void World::stop_host(HostId id, TraceWriter& trace) {
  hosts_[id.index()].edit().up = false;
  // Its sessions end without a word to their peers, who will find out by themselves.
  for (size_t i = 0; i < connections_.size(); ++i) {
    for (const Side side : {Side::kClient, Side::kServer}) {
      if (connections_[i]->end(side).host != id || connections_[i]->over()) continue;
      stop_end(ConnId::from_index(i), side, trace);
    }
  }
  // Answers to what it asked the DNS will find nobody waiting.
  for (size_t i = 0; i < questions_.size(); ++i) {
    if (questions_[i].asker == id && !questions_[i].answered) questions_.edit(i).answered = true;
  }
  const DeviceId device = device_on(id);
  if (device.valid()) {
    devices_[device.index()].edit().resolving = false;
    devices_[device.index()].edit().resolving_smtp = false;
  }
}

void World::stop_end(ConnId id, Side side, TraceWriter& trace) {
  if (connections_[id.index()]->live) return live_reset(id, "host stopped", trace);
  ConnectionEnd& end = connections_[id.index()].edit().end(side);
  const TcpState before = end.tcp.state();
  end.tcp.vanish();  // what it has written stays: some of it is on its way, and will arrive
  if (before != TcpState::kClosed) {
    record_tcp_state(*connections_[id.index()], side, before, TcpState::kClosed, "host stopped",
                     trace);
  }
  const AgentId agent = end.agent;
  if (agent.valid()) session_closed(agent, CloseReason::kReset, trace);
}

void World::start_host(HostId id, TraceWriter& trace) {
  Host& host = hosts_[id.index()].edit();
  if (host.up) return;
  host.up = true;
  for (RelayJob& job : host.relay.edit().jobs) {
    if (job.state != RelayJob::State::kWaiting) {
      job.state = RelayJob::State::kWaiting;
      job.next_try = now_;
    }
  }
  if (!host.relay->jobs.empty()) {
    schedule(now_, Dispatch::Kind::kRelay, id.value, 0, trace.cause());
  }
  const DeviceId device = device_on(id);
  if (!device.valid()) return;
  // A mail program that was interrupted goes on when its computer does.
  const bool interrupted = !devices_[device.index()]->outbox.empty() ||
                           !devices_[device.index()]->last_error.empty();
  if (interrupted && spec(device).retry.ns > 0) wake_device(device, now_);
}

void World::set_link(const Input& input) {
  for (Cow<Link>& link : links_) {
    const bool from = link->a == input.host || link->b == input.host;
    const bool to = link->a == input.peer || link->b == input.peer;
    if (!from || (input.peer.valid() && !to)) continue;
    Link& changed = link.edit();
    for (LinkDirection* direction : {&changed.a_to_b, &changed.b_to_a}) {
      LinkConfig config = input.kind == InputKind::kSetLink ? input.link : direction->config();
      if (input.kind == InputKind::kLinkDown) config.up = false;
      if (input.kind == InputKind::kLinkUp) config.up = true;
      direction->set_config(config);
    }
  }
}

}  // namespace mailscope
