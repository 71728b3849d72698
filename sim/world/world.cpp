#include "sim/world/world.h"

#include <algorithm>

#include "sim/base/check.h"
#include "sim/base/digest.h"

namespace mailscope {
namespace {

/// For the heap: std::push_heap keeps the greatest first, so "later" is "less".
bool later(const Dispatch& a, const Dispatch& b) {
  return a.at != b.at ? b.at < a.at : b.order < a.order;
}

}  // namespace

std::string_view host_name(const Scenario& scenario, HostId id) {
  return id.valid() ? std::string_view(scenario.hosts[id.index()].name) : std::string_view("-");
}

std::string_view host_domain(const Scenario& scenario, HostId id) {
  const HostSpec& host = scenario.hosts[id.index()];
  return host.domain.empty() ? host.name : host.domain;
}

World::World(ScenarioPtr scenario, Trace* sink)
    : scenario_(std::move(scenario)),
      topology_(std::make_shared<const Topology>(*scenario_)),
      zone_(scenario_->dns) {
  TraceWriter trace(trace_state_, sink, now_);
  if (sink != nullptr) {
    for (const HostSpec& host : scenario_->hosts) sink->host_names.push_back(host.name);
  }
  hosts_.resize(scenario_->hosts.size());
  for (size_t i = 0; i < scenario_->links.size(); ++i) {
    const LinkSpec& spec = scenario_->links[i];
    // Each direction of each link has its own stream of random numbers.
    const uint64_t seed = mix64(scenario_->seed ^ mix64(2 * i));
    links_.emplace_back(Link{LinkId::from_index(i), spec.a, spec.b,
                             LinkDirection(spec.a_to_b, seed),
                             LinkDirection(spec.b_to_a, mix64(seed + 1))});
  }
  for (const AccountSpec& account : scenario_->accounts) {
    trace.set_host(account.host);
    hosts_[account.host.index()].edit().store.edit().add_account(account.user, account.password,
                                                                 trace);
  }
  for (const MailboxSpec& mailbox : scenario_->mailboxes) {
    trace.set_host(mailbox.host);
    MailStore& store = hosts_[mailbox.host.index()].edit().store.edit();
    const Account* account = store.find_account(mailbox.account);
    CHECK(account != nullptr);
    const AccountId owner = account->id;
    const Mailbox* box = store.find_mailbox(owner, mailbox.name);
    const MailboxId id =
        box != nullptr ? box->id : store.create_mailbox(owner, mailbox.name, trace);
    store.set_special_use(id, mailbox.special_use);
    if (!mailbox.keeps_modseqs || !mailbox.keeps_uids) {
      store.set_keeps(id, mailbox.keeps_modseqs, mailbox.keeps_uids);
    }
    if (mailbox.subscribed) store.set_subscribed(owner, mailbox.name, true, trace);
  }
  for (const StoredMail& mail : scenario_->mail) {
    trace.set_host(mail.host);
    MailStore& store = hosts_[mail.host.index()].edit().store.edit();
    const Account* account = store.find_account(mail.account);
    CHECK(account != nullptr);
    const AccountId owner = account->id;
    const Mailbox* box = store.find_mailbox(owner, mail.mailbox);
    const MailboxId id =
        box != nullptr ? box->id : store.create_mailbox(owner, mail.mailbox, trace);
    store.append(id, mail.message, mail.flags,
                 mail.internal_date != 0 ? mail.internal_date : scenario_->epoch, trace);
  }
  for (size_t i = 0; i < scenario_->devices.size(); ++i) {
    Device device;
    device.id = DeviceId::from_index(i);
    device.host = scenario_->devices[i].host;
    devices_.emplace_back(std::move(device));
    if (scenario_->devices[i].poll.ns > 0) {
      wake_device(DeviceId::from_index(i), now_ + scenario_->devices[i].poll);
    }
  }
}

void World::schedule(Instant at, Dispatch::Kind kind, uint32_t a, uint32_t b, EventId cause) {
  CHECK(at >= now_);
  queue_.push_back({at, next_order_++, kind, a, b, cause});
  std::push_heap(queue_.begin(), queue_.end(), later);
  if (keeps_busy(kind)) ++busy_;
}

bool World::keeps_busy(Dispatch::Kind kind) {
  return kind != Dispatch::Kind::kAgentWake && kind != Dispatch::Kind::kDeviceWake &&
         kind != Dispatch::Kind::kRelay;
}

void World::add_input(Input input) {
  CHECK(input.at >= now_);
  inputs_.push_back(std::make_shared<const Input>(std::move(input)));
  schedule(inputs_.back()->at, Dispatch::Kind::kInput, static_cast<uint32_t>(inputs_.size() - 1));
}

void World::forget_inputs() {
  const auto inputs = std::remove_if(queue_.begin(), queue_.end(), [](const Dispatch& dispatch) {
    return dispatch.kind == Dispatch::Kind::kInput;
  });
  busy_ -= static_cast<uint32_t>(queue_.end() - inputs);
  queue_.erase(inputs, queue_.end());
  std::make_heap(queue_.begin(), queue_.end(), later);
}

void World::step(Trace* sink) {
  CHECK(has_next());
  std::pop_heap(queue_.begin(), queue_.end(), later);
  const Dispatch dispatch = queue_.back();
  queue_.pop_back();
  if (keeps_busy(dispatch.kind)) --busy_;
  now_ = dispatch.at;
  if (sink != nullptr) sink->begin_dispatch(now_);
  TraceWriter trace(trace_state_, sink, now_);
  trace.set_cause(dispatch.cause);
  handle(dispatch, trace);
  ++dispatches_;
}

void World::handle(const Dispatch& dispatch, TraceWriter& trace) {
  switch (dispatch.kind) {
    case Dispatch::Kind::kSegment: return on_segment(dispatch.a, trace);
    case Dispatch::Kind::kTcpTimer:
      return on_tcp_timer(ConnId{dispatch.a}, static_cast<Side>(dispatch.b), trace);
    case Dispatch::Kind::kTurn: return on_turn(AgentId{dispatch.a}, dispatch.cause, trace);
    case Dispatch::Kind::kAgentWake: return on_agent_wake(AgentId{dispatch.a}, trace);
    case Dispatch::Kind::kInput: return on_input(dispatch.a, trace);
    case Dispatch::Kind::kDnsTimer: return on_dns_timer(dispatch.a, trace);
    case Dispatch::Kind::kRelay: return on_relay(HostId{dispatch.a}, trace);
    case Dispatch::Kind::kDeviceWake: return on_device_wake(DeviceId{dispatch.a}, trace);
  }
}

bool World::gathers_much() const {
  constexpr size_t kMuch = size_t{1} << 20;
  for (const Cow<Agent>& agent : agents_) {
    const bool much = with_engine<bool>(agent->engine, false, [](const auto& engine) {
      if constexpr (requires { engine.pending_octets(); }) {
        return engine.pending_octets() > kMuch;
      } else {
        return false;
      }
    });
    if (much) return true;
  }
  return false;
}

size_t World::unshared_octets() const {
  size_t octets = 0;
  for (const Cow<Connection>& connection : connections_) {
    for (const Side side : {Side::kClient, Side::kServer}) {
      const std::optional<Compression>& compression = connection->end(side).compression;
      if (compression && compression->wrote > 0) octets += kCompressionOctets;
    }
  }
  return octets;
}

DeviceId World::device_on(HostId host) const {
  for (size_t i = 0; i < devices_.size(); ++i) {
    if (devices_[i]->host == host) return DeviceId::from_index(i);
  }
  return {};
}

std::vector<Segment> World::in_flight() const {
  std::vector<Segment> found;
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].number != 0) found.push_back(slots_[i]);
  }
  std::sort(found.begin(), found.end(),
            [](const Segment& a, const Segment& b) { return a.number < b.number; });
  return found;
}

namespace {

void add_connection(Digest& digest, const Connection& connection) {
  digest.add(connection.cut);
  for (const Side side : {Side::kClient, Side::kServer}) {
    const ConnectionEnd& end = connection.end(side);
    digest.add(end.tcp.digest());
    digest.add(end.written.begin());
    digest.add(end.written.end());
    for (uint64_t at = end.written.begin(); at < end.written.end();) {
      const std::string_view piece = end.written.piece_at(at, end.written.end());
      digest.add(piece);
      at += piece.size();
    }
    digest.add(end.delivered);
    digest.add(static_cast<int>(end.tls));
    if (end.compression) {
      digest.add(end.compression->said.digest());
      digest.add(end.compression->gauge.digest());
      digest.add(end.compression->heard.digest());
    }
    for (const TlsUnit& unit : end.tls_units) {
      digest.add(unit.end);
      if (unit.plain) {
        digest.add(std::string_view(*unit.plain).substr(unit.plain_begin, unit.plain_size));
      }
    }
  }
  if (!connection.live) return;
  digest.add(connection.live->digest());
  digest.add(connection.client.finished);
  digest.add(connection.server.finished);
}

void add_device(Digest& digest, const Device& device) {
  digest.add(device.local->digest());
  digest.add(device.session);
  digest.add(device.sender);
  digest.add(device.wake_at);
  if (device.refused) digest.add(device.refused);
  if (device.offline) digest.add(device.offline);
  for (const ImapOrder& order : device.orders) digest.add(order.digest());
  for (const MessagePtr& message : device.copied) digest.add(message->digest());
  for (const std::string& id : device.delete_ids) digest.add(id);
  for (const MailTransaction& mail : device.outbox) digest.add(mail.message->digest());
}

}  // namespace

uint64_t World::digest() const {
  Digest digest;
  digest.add(now_);
  digest.add(dispatches_);
  digest.add(trace_state_.digest);
  for (const Cow<Host>& host : hosts_) {
    digest.add(host->up);
    digest.add(host->store->digest());
    if (host->relay->used()) digest.add(host->relay->digest());
  }
  for (const Link& link : links()) {
    digest.add(link.a_to_b.digest());
    digest.add(link.b_to_a.digest());
  }
  for (const Cow<Connection>& connection : connections_) add_connection(digest, *connection);
  for (const Cow<Agent>& agent : agents_) {
    digest.add(agent->opened);
    digest.add(agent->peer_finished);
    digest.add(agent->wake_at);
    digest.add(with_engine<uint64_t>(agent->engine, 0,
                                     [](const auto& engine) { return engine.digest(); }));
  }
  for (const Cow<Device>& device : devices_) add_device(digest, *device);
  for (const Segment& segment : in_flight()) {
    digest.add(segment.number);
    digest.add(segment.arrives_at);
    digest.add(static_cast<int>(segment.fate));
  }
  for (size_t i = 0; i < questions_.size(); ++i) {
    const DnsQuestion& question = questions_[i];
    digest.add(question.answered);
    const bool answer_flies =
        !question.answered && question.answer.kind != DnsAnswer::Kind::kSilence;
    if (answer_flies) digest.add(dns_answer_text(question));
  }
  if (zone_changed_) {
    for (const DnsRecord& record : *zone_) {
      digest.add(record.name);
      digest.add(dns_record_text(record));
    }
  }
  return digest.value();
}

}  // namespace mailscope
