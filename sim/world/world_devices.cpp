// The World's part that acts as mail programs do: collecting mail and handing it in.

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/check.h"
#include "sim/imap/protocol.h"
#include "sim/pop3/protocol.h"
#include "sim/smtp/protocol.h"
#include "sim/world/device_entry.h"
#include "sim/world/world.h"

namespace mailscope {
namespace {

/// Something was wanted while the session was already leaving. What was refused waits longer.
bool is_waiting(const Device& device) {
  return !device.closed_by_user && !device.offline &&
         std::any_of(device.orders.begin(), device.orders.end(),
                     [](const ImapOrder& order) { return !order.begun; });
}

void note(TraceWriter& trace, HostId host, Note what, std::string_view text = {}) {
  Event event;
  event.kind = EventKind::kNote;
  event.code = static_cast<uint8_t>(what);
  event.host = host;
  trace.record(event, text);
}

}  // namespace

void World::wake_device(DeviceId id, Instant at) {
  devices_[id.index()].edit().wake_at = at;
  schedule(at, Dispatch::Kind::kDeviceWake, id.value);
}

void World::on_device_wake(DeviceId id, TraceWriter& trace) {
  Device& device = devices_[id.index()].edit();
  if (device.wake_at != now_) return;
  device.wake_at = kNever;
  if (spec(id).poll.ns > 0) wake_device(id, now_ + spec(id).poll);
  if (!hosts_[device.host.index()]->up || device.closed_by_user || device.offline) return;
  Event event;
  event.kind = EventKind::kTimer;
  event.host = device.host;
  trace.set_cause(trace.record(event, "time to look for mail"));
  if (!device.refused) check_mail(id, trace);
  hand_in(id, trace);
}

void World::check_mail(DeviceId id, TraceWriter& trace) {
  Device& device = devices_[id.index()].edit();
  const DeviceSpec& program = spec(id);
  if (program.protocol == Protocol::kNone || device.resolving || device.offline) return;
  if (device.session.valid()) {
    // A connected IMAP program looks again; a POP3 session under way is doing just that.
    ImapClient* client = std::get_if<ImapClient>(&agents_[device.session.index()].edit().engine);
    if (client != nullptr) {
      client->give(ImapOrder{});
      if (client->ready()) schedule_turn(device.session, trace.cause());
    }
    return;
  }
  device.resolving = true;
  ask_dns({program.server, DnsRecord::Type::kA, device.host, DnsQuestion::Purpose::kCollect,
           id.value, 0, false},
          trace);
}

void World::begin_session(DeviceId id, HostId server, TraceWriter& trace) {
  const DeviceSpec& program = spec(id);
  if (devices_[id.index()]->offline) return;
  if (!server.valid()) {
    devices_[id.index()].edit().last_error = "server not found: " + program.server;
    note(trace, program.host, Note::kServerNotFound, program.server);
    return retry_later(id);
  }
  Agent agent;
  agent.device = id;
  Device& device = devices_[id.index()].edit();
  if (program.protocol == Protocol::kPop3) {
    agent.engine = Pop3Client(program.pop3, device.delete_ids);
    device.delete_ids_given = static_cast<uint32_t>(device.delete_ids.size());
    dial(program.host, server, program.port != 0 ? program.port : pop3::kPort, Protocol::kPop3,
         std::move(agent), trace, program.implicit_tls);
  } else {
    ImapClient client(program.imap);
    for (ImapOrder& order : device.orders) client.give(std::move(order));
    device.orders.clear();
    agent.engine = std::move(client);
    dial(program.host, server, program.port != 0 ? program.port : imap::kPort, Protocol::kImap,
         std::move(agent), trace, program.implicit_tls);
  }
  devices_[id.index()].edit().session = AgentId::from_index(agents_.size() - 1);
}

void World::session_over(const Agent& agent, TraceWriter& trace) {
  Device& device = devices_[agent.device.index()].edit();
  if (device.session == agent.id) device.session = AgentId{};
  const SessionOutcome* outcome = nullptr;
  if (const Pop3Client* client = std::get_if<Pop3Client>(&agent.engine)) {
    outcome = &client->outcome();
    if (outcome->kind == SessionOutcome::Kind::kDone) {
      // What the person deleted while the session ran is for the next one.
      device.delete_ids.erase(device.delete_ids.begin(),
                              device.delete_ids.begin() + device.delete_ids_given);
    }
    device.delete_ids_given = 0;
  } else if (const ImapClient* imap_client = std::get_if<ImapClient>(&agent.engine)) {
    outcome = &imap_client->outcome();
    // What was not carried out is kept for the next session.
    for (const ImapOrder& order : imap_client->orders()) {
      if (order.kind != ImapOrder::Kind::kSync && order.kind != ImapOrder::Kind::kLogout) {
        device.orders.push_back(order);
      }
    }
    const std::vector<ImapOrder>& put_off = imap_client->put_off();
    device.orders.insert(device.orders.end(), put_off.begin(), put_off.end());
  }
  if (outcome == nullptr || outcome->kind == SessionOutcome::Kind::kDone) {
    device.last_error.clear();
    if (is_waiting(device)) check_mail(agent.device, trace);
    // POP3: what the person opened while the session ran, and is here by its header alone.
    if (outcome != nullptr && !device.local->wanted().empty()) check_mail(agent.device, trace);
    return;
  }
  device.last_error = outcome->text;
  note(trace, device.host, Note::kSessionFailed, outcome->text);
  device.refused = !outcome->ask_again;
  if (device.refused) return;
  if (!device.closed_by_user) retry_later(agent.device);
}

void World::retry_later(DeviceId id) {
  const Duration retry = spec(id).retry;
  if (retry.ns > 0 && now_ + retry < devices_[id.index()]->wake_at) wake_device(id, now_ + retry);
}

void World::hand_in(DeviceId id, TraceWriter& trace) {
  Device& device = devices_[id.index()].edit();
  const DeviceSpec& program = spec(id);
  if (device.outbox.empty() || device.sender.valid() || device.resolving_smtp || device.offline) {
    return;
  }
  device.resolving_smtp = true;
  ask_dns({program.smtp_server, DnsRecord::Type::kA, device.host, DnsQuestion::Purpose::kHandIn,
           id.value, 0, false},
          trace);
}

void World::begin_hand_in(DeviceId id, HostId server, TraceWriter& trace) {
  const DeviceSpec& program = spec(id);
  if (!server.valid()) {
    note(trace, program.host, Note::kServerNotFound, program.smtp_server);
    return retry_later(id);
  }
  Agent agent;
  agent.device = id;
  agent.engine =
      program.smtp ? SmtpClient(program.smtp, devices_[id.index()]->outbox)
                   : SmtpClient(devices_[id.index()]->outbox);
  dial(program.host, server, program.smtp_port != 0 ? program.smtp_port : smtp::kPort,
       Protocol::kSmtp, std::move(agent), trace, program.smtp_implicit_tls);
  devices_[id.index()].edit().sender = AgentId::from_index(agents_.size() - 1);
}

void World::hand_in_over(const Agent& agent, TraceWriter& trace) {
  Device& device = devices_[agent.device.index()].edit();
  if (device.sender == agent.id) device.sender = AgentId{};
  const SmtpClient& client = std::get<SmtpClient>(agent.engine);
  const size_t handled = client.mail().size();
  std::vector<MailTransaction> left;
  for (size_t t = 0; t < handled; ++t) {
    MailTransaction again = client.mail()[t];
    again.forward_paths.clear();
    bool accepted = false;
    for (const DeliveryResult& result : client.results()) {
      if (result.transaction != t) continue;
      const std::string& recipient = client.mail()[t].forward_paths[result.recipient];
      accepted = accepted || result.kind == DeliveryResult::Kind::kAccepted;
      if (result.kind == DeliveryResult::Kind::kRejected) {
        note(trace, device.host, Note::kRefused,
             fmt::format("<{}> {}", recipient, result.reply));
      } else if (result.kind != DeliveryResult::Kind::kAccepted) {
        again.forward_paths.push_back(recipient);
      }
    }
    const MessagePtr message = again.message;
    const bool over = again.forward_paths.empty();
    if (!over) left.push_back(std::move(again));
    if (accepted) keep_sent_copy(agent.device, message, trace);
    if (over) {
      std::vector<MessagePtr>& copied = device.copied;
      copied.erase(std::remove(copied.begin(), copied.end(), message), copied.end());
    }
  }
  // Mail written while the session ran stands behind what it took with it.
  left.insert(left.end(), device.outbox.begin() + static_cast<std::ptrdiff_t>(handled),
              device.outbox.end());
  const bool more = device.outbox.size() > handled;
  device.outbox = std::move(left);
  if (device.outbox.empty()) return;
  if (more) return hand_in(agent.device, trace);
  device.last_error = client.outcome().text;
  note(trace, device.host, Note::kNotSentYet, client.outcome().text);
  retry_later(agent.device);
}

void World::give_order(DeviceId id, ImapOrder order, TraceWriter& trace) {
  Device& device = devices_[id.index()].edit();
  if (!device.session.valid()) {
    device.orders.push_back(std::move(order));
    return;
  }
  ImapClient* client = std::get_if<ImapClient>(&agents_[device.session.index()].edit().engine);
  if (client == nullptr) return;
  client->give(std::move(order));
  if (client->ready()) schedule_turn(device.session, trace.cause());
}

void World::keep_sent_copy(DeviceId id, const MessagePtr& message, TraceWriter& trace) {
  Device& device = devices_[id.index()].edit();
  const DeviceSpec& program = spec(id);
  const bool done = std::find(device.copied.begin(), device.copied.end(), message) !=
                    device.copied.end();
  if (program.protocol != Protocol::kImap || program.imap->sent.empty() || done) return;
  // Accepted for some of its recipients it has been sent; once is enough.
  device.copied.push_back(message);
  ImapOrder order;
  order.kind = ImapOrder::Kind::kAppend;
  order.folder = device.local->folder_named(program.imap->sent);
  order.flags = Flag::kSeen;
  order.message = message;
  order.message_id = message->message_id();
  order.subject = message->subject();
  if (program.imap->keeps(order.folder)) {
    order.placed_key =
        device.local.edit().add(order.folder, own_entry(message, order.flags), trace);
  }
  const bool connected = device.session.valid();
  give_order(id, std::move(order), trace);
  if (!connected && !device.closed_by_user && !device.refused) check_mail(id, trace);
}

}  // namespace mailscope
