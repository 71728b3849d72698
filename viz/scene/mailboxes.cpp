#include "viz/scene/mailboxes.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/metrics/cost.h"

namespace mailscope::viz {
namespace {

class Builder {
 public:
  explicit Builder(const Moment& moment) : moment_(moment) {}

  std::vector<MailboxCard> build() {
    for (size_t h = 0; h < moment_.world->host_count(); ++h) {
      const HostId host = HostId::from_index(h);
      for (const Account& account : moment_.world->store(host).accounts()) {
        add_account(host, account);
      }
    }
    return std::move(cards_);
  }

 private:
  void add_account(HostId host, const Account& account) {
    MailboxCard card;
    card.host = host;
    card.server = true;
    card.account = account.name;
    const MailStore& store = moment_.world->store(host);
    for (const Mailbox* mailbox : store.mailboxes_of(account.id)) {
      add_mailbox(card, *mailbox, account);
    }
    if (account.maildrop_lock.valid()) {
      const Agent& holder = moment_.world->agent(account.maildrop_lock);
      const HostId client = moment_.world->connection(holder.conn).client.host;
      card.lock_holder = std::string(host_name(*moment_.scenario, client));
    }
    mark_store_changes(card, store, account);
    cards_.push_back(std::move(card));
    const HoldingTable table = holdings(*moment_.world, host, account.id);
    for (size_t place = 1; place < table.places.size(); ++place) add_device(table, place);
  }

  void add_mailbox(MailboxCard& card, const Mailbox& mailbox, const Account& account) const {
    const Maildrop* drop = nullptr;
    if (account.maildrop_lock.valid()) {
      const Agent& holder = moment_.world->agent(account.maildrop_lock);
      if (const auto* session = std::get_if<Pop3Server>(&holder.engine))
        drop = &session->maildrop();
    }
    for (size_t i = 0; i < mailbox.entries.size() && i < 2000; ++i) {
      const MailboxEntry& entry = mailbox.entries[i];
      MailRow row;
      row.number = std::to_string(i + 1);
      row.identity = std::to_string(entry.uid.value);
      row.from = entry.message->from();
      row.subject = entry.message->subject();
      row.size = entry.message->size();
      row.flags = entry.flags;
      row.flags_text = flags_text(entry.flags, mailbox.keywords);
      if (mailbox.name != "INBOX") row.mailbox = mailbox.name;
      if (drop != nullptr && mailbox.name == "INBOX") {
        for (const MaildropEntry& dropped : drop->entries()) {
          if (dropped.uid == entry.uid) row.marked = dropped.marked;
        }
      }
      card.rows.push_back(std::move(row));
    }
  }

  void mark_store_changes(MailboxCard& card, const MailStore& store, const Account& account) const {
    for (uint32_t id = moment_.beat_events + 1; id <= moment_.events; ++id) {
      const Event& event = (*moment_.trace)[id];
      if (event.kind != EventKind::kStoreChange || event.host != card.host) continue;
      if (event.a == 0 || store.mailbox(MailboxId{event.a}).account != account.id) continue;
      const auto change = static_cast<StoreChange>(event.code);
      const Mailbox& mailbox = store.mailbox(MailboxId{event.a});
      const std::string name = mailbox.name == "INBOX" ? "" : mailbox.name;
      switch (change) {
        case StoreChange::kAdded: mark(card, name, event.b, RowChange::kAdded); break;
        case StoreChange::kFlags:
        case StoreChange::kMarked:
        case StoreChange::kUnmarked: mark(card, name, event.b, RowChange::kChanged); break;
        case StoreChange::kExpunged:
          insert_removed(card, name, event.b, std::string(moment_.trace->text(event)));
          break;
        default: break;
      }
    }
  }

  static void mark(MailboxCard& card, const std::string& mailbox, uint32_t uid, RowChange change) {
    const std::string identity = std::to_string(uid);
    for (MailRow& row : card.rows) {
      if (row.mailbox != mailbox || row.identity != identity) continue;
      return set_change(card, row, change);
    }
  }

  /// Of several changes in one beat the coming is what shows, and each row counts once.
  static void set_change(MailboxCard& card, MailRow& row, RowChange change) {
    if (row.change == RowChange::kAdded || row.change == change) return;
    if (row.change == RowChange::kChanged) --card.changed;
    row.change = change;
    ++(change == RowChange::kAdded ? card.added : card.changed);
  }

  static void insert_removed(MailboxCard& card, const std::string& mailbox, uint32_t uid,
                             std::string subject) {
    MailRow row;
    row.identity = std::to_string(uid);
    row.subject = std::move(subject);
    row.mailbox = mailbox;
    row.change = RowChange::kRemoved;
    ++card.removed;
    const auto place = std::find_if(card.rows.begin(), card.rows.end(), [&](const MailRow& other) {
      return other.mailbox == mailbox &&
             parse_number(other.identity, UINT32_MAX).value_or(0) > uid;
    });
    card.rows.insert(place, std::move(row));
  }

  void add_device(const HoldingTable& table, size_t place) {
    MailboxCard card;
    card.host = table.places[place];
    const DeviceId id = moment_.world->device_on(card.host);
    const Device& device = moment_.world->device(id);
    card.pop3 = moment_.scenario->devices[id.index()].protocol == Protocol::kPop3;
    for (const LocalFolder& folder : device.local->folders()) {
      for (const LocalEntry& entry : folder.entries) card.rows.push_back(device_row(folder, entry));
    }
    mark_local_changes(card, device);
    for (const HoldingRow& row : table.rows) {
      const Holding& here = row.places[place];
      const Holding& server = row.places[0];
      if (here.present != server.present || (here.present && here.flags != server.flags)) {
        card.differs = true;
      }
    }
    cards_.push_back(std::move(card));
  }

  static MailRow device_row(const LocalFolder& folder, const LocalEntry& entry) {
    MailRow row;
    row.number = std::to_string(entry.key);
    row.identity = entry.uid.value != 0 ? std::to_string(entry.uid.value) : entry.unique_id;
    row.from = entry.from;
    row.subject = entry.subject;
    row.size = entry.size;
    row.flags = entry.flags;
    row.flags_text = flags_text(entry.flags & Flag::kSystem, {});
    row.whole = entry.message != nullptr;
    if (folder.name != "INBOX") row.mailbox = folder.name;
    return row;
  }

  void mark_local_changes(MailboxCard& card, const Device& device) const {
    for (uint32_t id = moment_.beat_events + 1; id <= moment_.events; ++id) {
      const Event& event = (*moment_.trace)[id];
      if (event.kind != EventKind::kLocalChange || event.host != device.host) continue;
      const auto change = static_cast<LocalChange>(event.code);
      const bool gone = change == LocalChange::kRemoved || change == LocalChange::kForgotten;
      if (gone) {
        MailRow row;
        row.number = std::to_string(event.b);
        row.subject = std::string(moment_.trace->text(event));
        row.change = RowChange::kRemoved;
        ++card.removed;
        card.rows.push_back(std::move(row));
        continue;
      }
      const std::string number = std::to_string(event.b);
      for (MailRow& row : card.rows) {
        if (row.number != number || row.change == RowChange::kRemoved) continue;
        set_change(card, row,
                   change == LocalChange::kAdded ? RowChange::kAdded : RowChange::kChanged);
      }
    }
  }

  const Moment& moment_;
  std::vector<MailboxCard> cards_;
};

}  // namespace

std::vector<MailboxCard> build_mailboxes(const Moment& moment) { return Builder(moment).build(); }

}  // namespace mailscope::viz
