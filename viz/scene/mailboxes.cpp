#include "viz/scene/mailboxes.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/metrics/cost.h"
#include "sim/metrics/imap_sessions.h"
#include "sim/wire/imap_utf7.h"

namespace mailscope::viz {
namespace {

/// A mailbox's name as a person reads it; nothing for INBOX. Stores keep names as they are on the
/// wire (RFC 3501 §5.1.3).
std::string title_of(const std::string& name) {
  return name == "INBOX" ? std::string() : imap::parse_mailbox_utf7(name).value_or(name);
}

class Builder {
 public:
  explicit Builder(const Moment& moment)
      : moment_(moment), sessions_(imap_sessions(*moment.world)) {}

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
    gather_by_mailbox(card);
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
    if (mailbox.entries.empty() && mailbox.name != "INBOX" && !mailbox.no_select) {
      card.empty.push_back(title_of(mailbox.name));
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
      row.mailbox = title_of(mailbox.name);
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
      const std::string name = title_of(mailbox.name);
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
    if (!card.pop3) number_rows(card);
    mark_local_changes(card, device);
    gather_by_mailbox(card);
    for (const HoldingRow& row : table.rows) {
      const Holding& here = row.places[place];
      const Holding& server = row.places[0];
      if (here.present != server.present || (here.present && here.flags != server.flags)) {
        card.differs = true;
      }
    }
    cards_.push_back(std::move(card));
  }

  /// The numbers that the messages have in the sessions that the device has open.
  void number_rows(MailboxCard& card) const {
    for (const ImapSession& session : sessions_) {
      if (session.client != card.host) continue;
      const std::string mailbox = title_of(session.mailbox);
      for (const NumberedUid& each : session.numbering) {
        if (each.number.value == 0) continue;
        const std::string uid = std::to_string(each.uid.value);
        const auto row = std::find_if(card.rows.begin(), card.rows.end(), [&](const MailRow& row) {
          return row.mailbox == mailbox && row.identity == uid;
        });
        if (row != card.rows.end()) row->number = std::to_string(each.number.value);
      }
    }
  }

  /// Rows of one mailbox stand together, under its name when there are several.
  static void gather_by_mailbox(MailboxCard& card) {
    std::stable_sort(card.rows.begin(), card.rows.end(),
                     [](const MailRow& a, const MailRow& b) { return a.mailbox < b.mailbox; });
    const bool inbox_alone = card.rows.empty() || card.rows.back().mailbox.empty();
    if (card.server && !inbox_alone && !card.rows.front().mailbox.empty()) {
      card.empty.insert(card.empty.begin(), "INBOX");
    }
    for (size_t i = 0; i < card.rows.size() && !inbox_alone; ++i) {
      const MailRow& row = card.rows[i];
      const std::string name = row.mailbox.empty() ? "INBOX" : row.mailbox;
      if (i == 0 || card.rows[i - 1].mailbox != row.mailbox) card.heads.push_back({name, i, 0});
      if (row.change != RowChange::kRemoved) ++card.heads.back().messages;
    }
  }

  static MailRow device_row(const LocalFolder& folder, const LocalEntry& entry) {
    MailRow row;
    row.key = entry.key;
    row.identity = entry.uid.value != 0 ? std::to_string(entry.uid.value) : entry.unique_id;
    row.from = entry.from;
    row.subject = entry.subject;
    row.size = entry.size;
    row.flags = entry.flags;
    row.flags_text = flags_text(entry.flags & Flag::kSystem, {});
    row.whole = entry.message != nullptr;
    row.mailbox = title_of(folder.name);
    return row;
  }

  void mark_local_changes(MailboxCard& card, const Device& device) const {
    const std::vector<LocalFolder>& folders = device.local->folders();
    for (uint32_t id = moment_.beat_events + 1; id <= moment_.events; ++id) {
      const Event& event = (*moment_.trace)[id];
      if (event.kind != EventKind::kLocalChange || event.host != device.host) continue;
      const auto change = static_cast<LocalChange>(event.code);
      const bool gone = change == LocalChange::kRemoved || change == LocalChange::kForgotten;
      if (gone) {
        MailRow row;
        row.key = event.b;
        if (event.a < folders.size()) row.mailbox = title_of(folders[event.a].name);
        row.subject = std::string(moment_.trace->text(event));
        row.change = RowChange::kRemoved;
        ++card.removed;
        card.rows.push_back(std::move(row));
        continue;
      }
      for (MailRow& row : card.rows) {
        if (row.key != event.b || row.change == RowChange::kRemoved) continue;
        set_change(card, row,
                   change == LocalChange::kAdded ? RowChange::kAdded : RowChange::kChanged);
      }
    }
  }

  const Moment& moment_;
  const std::vector<ImapSession> sessions_;
  std::vector<MailboxCard> cards_;
};

}  // namespace

std::vector<MailboxCard> build_mailboxes(const Moment& moment) { return Builder(moment).build(); }

}  // namespace mailscope::viz
