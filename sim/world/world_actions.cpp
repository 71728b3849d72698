// The World's part that carries out what a person does at a mail program: with its messages, its
// drafts, and its network. The device shows it at once; what the server has to be told is given to
// the session, or waits until there is one (RFC 4549 §3).

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/digest.h"
#include "sim/world/device_entry.h"
#include "sim/world/world.h"

namespace mailscope {
namespace {

using Kind = ImapOrder::Kind;

void note(TraceWriter& trace, HostId host, Note what, std::string_view text = {}) {
  Event event;
  event.kind = EventKind::kNote;
  event.code = static_cast<uint8_t>(what);
  event.host = host;
  trace.record(event, text);
}

/// By which it is known again when an answer is lost: every program gives its messages one (RFC
/// 5322 §3.6.4).
MessagePtr with_message_id(const MessagePtr& message, Instant now, std::string_view host) {
  if (!message->message_id().empty()) return message;
  Digest digest;
  digest.add(message->digest());
  digest.add(now);
  return make_message(fmt::format("Message-ID: <{:x}@{}>\r\n{}", digest.value(), host,
                                  message->text()));
}

}  // namespace

void World::user_action(const Input& input, TraceWriter& trace) {
  const DeviceId id = device_on(input.host);
  if (!id.valid()) return note(trace, input.host, Note::kNoProgram);
  if (!hosts_[input.host.index()]->up) return note(trace, input.host, Note::kHostIsOff);
  Device& device = devices_[id.index()].edit();
  const DeviceSpec& program = spec(id);
  const bool imap = program.protocol == Protocol::kImap;
  switch (input.kind) {
    case InputKind::kCheckMail:
      if (device.offline) return note(trace, input.host, Note::kOffline);
      device.closed_by_user = false;
      device.refused = false;
      return check_mail(id, trace);
    case InputKind::kDisconnect:
      device.closed_by_user = true;
      if (device.session.valid()) {
        ImapOrder order;
        order.kind = Kind::kLogout;
        give_order(id, order, trace);
      }
      return;
    case InputKind::kGoOffline:
    case InputKind::kGoOnline:
      return set_offline(id, input.kind == InputKind::kGoOffline, trace);
    case InputKind::kSend: {
      if (program.smtp_server.empty()) return note(trace, input.host, Note::kNoSmtpServer);
      MessagePtr message = input.message;
      if (imap && !program.imap->sent.empty()) {
        message = with_message_id(message, now_, host_domain(*scenario_, input.host));
      }
      device.outbox.push_back({program.address, input.recipients, message});
      return hand_in(id, trace);
    }
    case InputKind::kSaveDraft:
      if (!imap) return note(trace, input.host, Note::kNoProgram);
      return save_draft(id, input, trace);
    default: break;
  }
  const std::string first = imap ? program.imap->folder : "INBOX";  // the place points into it
  const LocalPlace place = device.local->find_anywhere(first, input.text);
  if (place.entry == nullptr) return note(trace, input.host, Note::kNoSuchMessage, input.text);
  act_on_message(id, input, std::string(place.folder), place.entry->key, trace);
}

void World::set_offline(DeviceId id, bool offline, TraceWriter& trace) {
  Device& device = devices_[id.index()].edit();
  if (device.offline == offline) return;
  device.offline = offline;
  if (!offline) {
    device.closed_by_user = device.refused = false;
    check_mail(id, trace);
    return hand_in(id, trace);
  }
  device.resolving = false;
  if (!device.session.valid()) return;
  ImapOrder order;
  order.kind = Kind::kLogout;
  give_order(id, order, trace);
}

void World::act_on_message(DeviceId id, const Input& input, const std::string& folder,
                           uint32_t key, TraceWriter& trace) {
  Device& device = devices_[id.index()].edit();
  const LocalEntry entry = *device.local->find(folder, key);
  if (spec(id).protocol == Protocol::kImap) {
    return act_over_imap(id, input, folder, entry, trace);
  }
  LocalStore& local = device.local.edit();
  switch (input.kind) {
    case InputKind::kRead:
      if (entry.message == nullptr) {
        local.set_wanted(folder, key, true);
        check_mail(id, trace);
      }
      local.set_flags(folder, key, entry.flags | Flag::kSeen, trace);
      return;
    case InputKind::kUnread:
      return local.set_flags(folder, key, entry.flags & ~Flag::kSeen, trace);
    case InputKind::kFlag:
      return local.set_flags(folder, key, entry.flags | Flag::kFlagged, trace);
    case InputKind::kDelete:
      // This copy goes at once; where mail is left on the server the next session deletes it there.
      if (spec(id).pop3->leave_on_server && !entry.unique_id.empty()) {
        device.delete_ids.push_back(entry.unique_id);
      }
      return local.remove(folder, key, trace);
    case InputKind::kMove:
      // POP3 knows no mailbox but the maildrop: the folder is made on this device alone.
      local.remove(folder, key, trace);
      local.add(input.mailbox, entry, trace);
      return;
    case InputKind::kCopy: local.add(input.mailbox, entry, trace); return;
    default: return;
  }
}

void World::act_over_imap(DeviceId id, const Input& input, const std::string& folder,
                          const LocalEntry& entry, TraceWriter& trace) {
  Device& device = devices_[id.index()].edit();
  const ImapClientConfig& config = *spec(id).imap;
  LocalStore& local = device.local.edit();
  ImapOrder order;
  order.key = entry.key;
  order.uid = entry.uid;
  order.in = folder;
  order.uid_validity = local.find_folder(folder)->uid_validity;
  order.message_id = entry.message_id;
  order.subject = entry.subject;
  FlagBits shown = entry.flags;
  InputKind kind = input.kind;
  std::string target = input.mailbox;
  const std::string trash = local.folder_named(config.trash);
  if (kind == InputKind::kDelete && !trash.empty() && folder != trash) {
    kind = InputKind::kMove;
    target = trash;
  }
  switch (kind) {
    case InputKind::kRead:
      if (entry.message == nullptr) {
        ImapOrder fetch = order;
        fetch.kind = Kind::kFetchBody;
        give_order(id, fetch, trace);
      }
      if ((entry.flags & Flag::kSeen) != 0) return;
      order.kind = Kind::kAddFlags;
      order.flags = Flag::kSeen;
      shown |= Flag::kSeen;
      break;
    case InputKind::kUnread:
      order.kind = Kind::kRemoveFlags;
      order.flags = Flag::kSeen;
      shown &= ~Flag::kSeen;
      break;
    case InputKind::kFlag:
      order.kind = Kind::kAddFlags;
      order.flags = Flag::kFlagged;
      shown |= Flag::kFlagged;
      break;
    case InputKind::kDelete:
      // Struck out here until the server says EXPUNGE.
      order.kind = Kind::kDelete;
      shown |= Flag::kDeleted;
      break;
    case InputKind::kMove:
    case InputKind::kCopy:
      if (target == folder) return;
      order.kind = kind == InputKind::kMove ? Kind::kMove : Kind::kCopy;
      order.folder = target;
      if (kind == InputKind::kMove) shown |= Flag::kDeleted;
      // Shown there at once, where that folder is kept; the server will tell its UID.
      if (config.keeps(target)) {
        LocalEntry placed = entry;
        placed.uid = Uid{};
        placed.flags &= ~Flag::kDeleted;
        order.placed_key = local.add(target, std::move(placed), trace);
      }
      break;
    default: return;
  }
  local.set_flags(folder, entry.key, shown, trace);
  give_order(id, std::move(order), trace);
}

void World::save_draft(DeviceId id, const Input& input, TraceWriter& trace) {
  Device& device = devices_[id.index()].edit();
  const ImapClientConfig& config = *spec(id).imap;
  ImapOrder order;
  order.kind = Kind::kAppend;
  order.folder = order.in = device.local->folder_named(config.drafts);
  order.flags = Flag::kSeen | Flag::kDraft;
  order.message = with_message_id(input.message, now_, host_domain(*scenario_, input.host));
  order.message_id = order.message->message_id();
  order.subject = order.message->subject();
  LocalStore& local = device.local.edit();
  if (!input.text.empty()) {
    const LocalEntry* old = local.find_subject(order.folder, input.text);
    if (old == nullptr) return note(trace, input.host, Note::kNoSuchMessage, input.text);
    const uint32_t key = old->key;
    // What the server has never heard of need not be told to it.
    const auto unsaid = std::find_if(
        device.orders.begin(), device.orders.end(), [&](const ImapOrder& each) {
          return each.placed_key == key && each.appends() && !each.tried;
        });
    if (unsaid != device.orders.end()) {
      order.kind = unsaid->kind;
      order.key = unsaid->key;
      order.uid = unsaid->uid;
      device.orders.erase(unsaid);
      local.remove(order.folder, key, trace);
    } else {
      order.kind = Kind::kReplace;
      order.key = key;
      order.uid = old->uid;
      local.set_flags(order.folder, key, old->flags | Flag::kDeleted, trace);
    }
  }
  order.uid_validity = local.ensure_folder(order.folder).uid_validity;
  order.placed_key = local.add(order.folder, own_entry(order.message, order.flags), trace);
  give_order(id, std::move(order), trace);
}

}  // namespace mailscope
