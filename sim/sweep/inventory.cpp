#include "sim/sweep/inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "sim/mail/maildrop.h"

namespace mailscope::sweep {
namespace {

/// A delivery report names the message it is about in its own References or In-Reply-To, and holds
/// its header (RFC 3464, RFC 3834 §3.1.5): either way the Message-ID stands in its text.
void note_reports(const Message& message, Inventory& inventory) {
  if (!is_report(message)) return;
  for (auto& [id, where] : inventory) {
    if (!id.empty() && id != message.message_id() &&
        message.text().find(id) != std::string_view::npos) {
      where.bounced = true;
    }
  }
}

/// What persons have deleted on their devices and the servers may not know yet.
struct Deletions {
  std::set<std::string> unique_ids;                      // POP3
  std::set<std::pair<std::string, uint32_t>> by_folder;  // IMAP: folder and uid
};

Deletions deletions_of(const World& world) {
  Deletions found;
  for (size_t d = 0; d < world.device_count(); ++d) {
    const Device& device = world.device(DeviceId::from_index(d));
    found.unique_ids.insert(device.delete_ids.begin(), device.delete_ids.end());
    for (const LocalFolder& folder : device.local->folders()) {
      for (const LocalEntry& entry : folder.entries) {
        if ((entry.flags & Flag::kDeleted) == 0) continue;
        found.by_folder.insert({folder.name, entry.uid.value});
      }
    }
  }
  return found;
}

void count_mailbox(const Mailbox& box, const Deletions& deleted, Inventory& inventory) {
  std::map<std::string, uint32_t> here;
  for (size_t i = 0; i < box.entries.size(); ++i) {
    const MailboxEntry& entry = box.entries[i];
    const std::string& id = entry.message->message_id();
    ++here[id];
    if ((entry.flags & Flag::kDeleted) != 0 ||
        deleted.unique_ids.count(unique_id(box, entry.uid)) != 0 ||
        deleted.by_folder.count({box.name, entry.uid.value}) != 0) {
      inventory[id].unwanted = true;
    }
  }
  for (const auto& [id, count] : here) {
    Whereabouts& where = inventory[id];
    where.stored += count;
    where.most_in_one = std::max(where.most_in_one, count);
  }
}

}  // namespace

bool is_report(const Message& message) {
  // It says what it is in its header, near the top.
  constexpr size_t kTop = 2048;
  return message.text().substr(0, kTop).find("report-type=delivery-status") !=
         std::string_view::npos;
}

Inventory take_inventory(const World& world, const Inventory& known) {
  Inventory inventory;
  for (const auto& [id, where] : known) inventory[id];
  const Deletions deleted = deletions_of(world);
  for (size_t h = 0; h < world.host_count(); ++h) {
    const Host& host = world.host(HostId::from_index(h));
    for (const Mailbox& box : host.store->mailboxes()) count_mailbox(box, deleted, inventory);
    for (const RelayJob& job : host.relay->jobs) {
      ++inventory[job.mail.message->message_id()].queued;
    }
  }
  std::set<std::string> own;  // held by a program that keeps what it has, whatever the server does
  for (size_t d = 0; d < world.device_count(); ++d) {
    const Device& device = world.device(DeviceId::from_index(d));
    const bool caches = world.scenario().devices[d].protocol == Protocol::kImap;
    for (const MailTransaction& mail : device.outbox) {
      ++inventory[mail.message->message_id()].waiting;
    }
    for (const LocalFolder& folder : device.local->folders()) {
      for (const LocalEntry& entry : folder.entries) {
        if (!entry.message) continue;
        Whereabouts& where = inventory[entry.message->message_id()];
        ++where.on_devices;
        if (!caches) own.insert(entry.message->message_id());
        // Its server may have let it go already, and the answer that says so may be lost.
        where.unwanted = where.unwanted || (entry.flags & Flag::kDeleted) != 0;
      }
    }
  }
  // An IMAP program's copy is a cache: what its server has let go is only waiting to be told.
  for (auto& [id, where] : inventory) {
    if (where.stored + where.queued + where.waiting == 0 && own.count(id) == 0) {
      where.unwanted = where.unwanted || where.on_devices > 0;
    }
  }
  for (size_t h = 0; h < world.host_count(); ++h) {
    for (const Mailbox& box : world.store(HostId::from_index(h)).mailboxes()) {
      for (size_t i = 0; i < box.entries.size(); ++i) {
        note_reports(*box.entries[i].message, inventory);
      }
    }
  }
  return inventory;
}

std::string check_stores(const World& world) {
  for (size_t h = 0; h < world.host_count(); ++h) {
    const MailStore& store = world.store(HostId::from_index(h));
    for (const Mailbox& box : store.mailboxes()) {
      uint32_t last = 0;
      for (size_t i = 0; i < box.entries.size(); ++i) {
        const uint32_t uid = box.entries[i].uid.value;
        if (uid <= last || uid >= box.uid_next.value) {
          return fmt::format("{}: uid {} after {}, UIDNEXT is {}", box.name, uid, last,
                             box.uid_next.value);
        }
        last = uid;
      }
    }
    for (const Account& account : store.accounts()) {
      if (account.maildrop_lock.valid() &&
          std::holds_alternative<std::monostate>(world.agent(account.maildrop_lock).engine)) {
        return fmt::format("the maildrop of {} is locked by a session that is over", account.name);
      }
    }
  }
  return {};
}

std::string check_sessions(const World& world) {
  for (size_t c = 0; c < world.connection_count(); ++c) {
    const Connection& connection = world.connection(ConnId::from_index(c));
    if (connection.over() || connection.protocol == Protocol::kImap) continue;
    return fmt::format("connection {} ({}) is still open", connection.id.value,
                       protocol_name(connection.protocol));
  }
  return {};
}

std::string check_expunges(const Trace& trace) {
  std::set<uint32_t> quit;  // connections
  for (uint32_t i = 1; i <= trace.size(); ++i) {
    const Event& event = trace[i];
    if (event.protocol != Protocol::kPop3) continue;
    if (event.kind == EventKind::kCommand && trace.text(event) == "QUIT") {
      quit.insert(event.conn.value);
    }
    if (event.kind == EventKind::kStoreChange &&
        event.code == static_cast<uint8_t>(StoreChange::kExpunged) &&
        quit.count(event.conn.value) == 0) {
      return fmt::format("POP3 removed uid {} without a QUIT that arrived", event.b);
    }
  }
  return {};
}

}  // namespace mailscope::sweep
