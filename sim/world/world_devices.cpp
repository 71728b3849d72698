// The World's part that acts as mail programs do: collecting mail, handing it in, and carrying out
// what a person does with a message.

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/check.h"
#include "sim/imap/protocol.h"
#include "sim/pop3/protocol.h"
#include "sim/smtp/protocol.h"
#include "sim/world/world.h"

namespace mailscope {
namespace {

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
  if (!hosts_[device.host.index()]->up || device.closed_by_user) return;
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
  if (program.protocol == Protocol::kNone || device.resolving) return;
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
  }
  if (outcome == nullptr || outcome->kind == SessionOutcome::Kind::kDone) {
    device.last_error.clear();
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
  if (device.outbox.empty() || device.sender.valid() || device.resolving_smtp) return;
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
  agent.engine = SmtpClient(devices_[id.index()]->outbox);
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
    for (const DeliveryResult& result : client.results()) {
      if (result.transaction != t) continue;
      const std::string& recipient = client.mail()[t].forward_paths[result.recipient];
      if (result.kind == DeliveryResult::Kind::kRejected) {
        note(trace, device.host, Note::kRefused,
             fmt::format("<{}> {}", recipient, result.reply));
      } else if (result.kind != DeliveryResult::Kind::kAccepted) {
        again.forward_paths.push_back(recipient);
      }
    }
    if (!again.forward_paths.empty()) left.push_back(std::move(again));
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

void World::user_action(const Input& input, TraceWriter& trace) {
  const DeviceId id = device_on(input.host);
  if (!id.valid()) return note(trace, input.host, Note::kNoProgram);
  if (!hosts_[input.host.index()]->up) return note(trace, input.host, Note::kHostIsOff);
  Device& device = devices_[id.index()].edit();
  switch (input.kind) {
    case InputKind::kCheckMail:
      device.closed_by_user = false;
      device.refused = false;
      return check_mail(id, trace);
    case InputKind::kDisconnect:
      device.closed_by_user = true;
      if (device.session.valid()) {
        ImapOrder order;
        order.kind = ImapOrder::Kind::kLogout;
        give_order(id, order, trace);
      }
      return;
    case InputKind::kSend:
      if (spec(id).smtp_server.empty()) {
        return note(trace, input.host, Note::kNoSmtpServer);
      }
      device.outbox.push_back({spec(id).address, input.recipients, input.message});
      return hand_in(id, trace);
    default: break;
  }
  const LocalEntry* entry = device.local->find_subject("INBOX", input.text);
  if (entry == nullptr) {
    return note(trace, input.host, Note::kNoSuchMessage, input.text);
  }
  act_on_message(id, input, entry->key, trace);
}

void World::act_on_message(DeviceId id, const Input& input, uint32_t key, TraceWriter& trace) {
  Device& device = devices_[id.index()].edit();
  const LocalEntry entry = *device.local->find("INBOX", key);
  const bool imap = spec(id).protocol == Protocol::kImap;
  LocalStore& local = device.local.edit();
  ImapOrder order;
  order.key = key;
  order.uid = entry.uid;
  switch (input.kind) {
    case InputKind::kRead:
      if (imap && entry.message == nullptr) {
        ImapOrder fetch = order;
        fetch.kind = ImapOrder::Kind::kFetchBody;
        give_order(id, fetch, trace);
      }
      if (!imap && entry.message == nullptr) {
        local.set_wanted("INBOX", key, true);
        check_mail(id, trace);
      }
      if ((entry.flags & Flag::kSeen) != 0) return;
      local.set_flags("INBOX", key, entry.flags | Flag::kSeen, trace);
      order.kind = ImapOrder::Kind::kAddFlags;
      order.flags = Flag::kSeen;
      break;
    case InputKind::kUnread:
      local.set_flags("INBOX", key, entry.flags & ~Flag::kSeen, trace);
      order.kind = ImapOrder::Kind::kRemoveFlags;
      order.flags = Flag::kSeen;
      break;
    case InputKind::kFlag:
      local.set_flags("INBOX", key, entry.flags | Flag::kFlagged, trace);
      order.kind = ImapOrder::Kind::kAddFlags;
      order.flags = Flag::kFlagged;
      break;
    case InputKind::kDelete:
      // IMAP: struck out here until the server says EXPUNGE; POP3: this copy goes at once, and
      // where mail is left on the server the next session deletes it there.
      if (imap) {
        local.set_flags("INBOX", key, entry.flags | Flag::kDeleted, trace);
      } else {
        if (spec(id).pop3->leave_on_server && !entry.unique_id.empty()) {
          device.delete_ids.push_back(entry.unique_id);
        }
        local.remove("INBOX", key, trace);
      }
      order.kind = ImapOrder::Kind::kDelete;
      break;
    case InputKind::kMove:
      if (imap) {
        local.set_flags("INBOX", key, entry.flags | Flag::kDeleted, trace);
      } else {
        // POP3 knows no mailbox but the maildrop: the folder is made on this device alone.
        local.remove("INBOX", key, trace);
        local.add(input.mailbox, entry, trace);
      }
      order.kind = ImapOrder::Kind::kMove;
      order.folder = input.mailbox;
      break;
    default: return;
  }
  if (imap) give_order(id, order, trace);
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

}  // namespace mailscope
