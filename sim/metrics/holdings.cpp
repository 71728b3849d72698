// Who holds what: the mailboxes of an account on its server beside the copies its devices keep.

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/metrics/cost.h"

namespace mailscope {
namespace {

class Table {
 public:
  Table(const World& world, HostId server, AccountId account)
      : world_(world), store_(world.store(server)), account_(account) {
    table_.places.push_back(server);
    for (size_t d = 1; d <= world.device_count(); ++d) {
      const DeviceId id = DeviceId{static_cast<uint32_t>(d)};
      const DeviceSpec& spec = world.scenario().devices[id.index()];
      if (!collects_here(spec, server)) continue;
      table_.places.push_back(spec.host);
      devices_.push_back(id);
    }
  }

  HoldingTable build() {
    for (const Mailbox* mailbox : store_.mailboxes_of(account_)) {
      for (size_t i = 0; i < mailbox->entries.size(); ++i) {
        const MailboxEntry& entry = mailbox->entries[i];
        HoldingRow& row = row_of(mailbox->name, entry.uid);
        row.subject = entry.message->subject();
        row.size = entry.message->size();
        row.places[0] = {true, true, false, entry.flags & Flag::kSystem};
      }
    }
    for (size_t d = 0; d < devices_.size(); ++d) add_device(d);
    std::stable_sort(table_.rows.begin(), table_.rows.end(),
                     [](const HoldingRow& a, const HoldingRow& b) {
                       if (a.mailbox != b.mailbox) {
                         return a.mailbox == "INBOX" ||
                                (b.mailbox != "INBOX" && a.mailbox < b.mailbox);
                       }
                       return a.uid < b.uid;
                     });
    for (HoldingRow& row : table_.rows) finish(row);
    return std::move(table_);
  }

 private:
  [[nodiscard]] bool collects_here(const DeviceSpec& spec, HostId server) const {
    const std::string& user = spec.protocol == Protocol::kPop3   ? spec.pop3->user
                              : spec.protocol == Protocol::kImap ? spec.imap->user
                                                                 : kNobody;
    return equals_ignoring_case(user, store_.account(account_).name) &&
           (spec.server == host_domain(world_.scenario(), server) ||
            spec.server == host_name(world_.scenario(), server));
  }

  /// Mail that a POP3 program fetched without unique-ids (uid 0) has a row of its own each time:
  /// nothing tells which message of the server it is.
  HoldingRow& row_of(const std::string& mailbox, Uid uid) {
    for (HoldingRow& row : table_.rows) {
      if (uid.value != 0 && row.uid == uid && row.mailbox == mailbox) return row;
    }
    HoldingRow row;
    row.mailbox = mailbox;
    row.uid = uid;
    row.places.resize(table_.places.size());
    table_.rows.push_back(std::move(row));
    return table_.rows.back();
  }

  /// The uid that a POP3 unique-id stands for: our servers give "uidvalidity.uid".
  [[nodiscard]] Uid uid_from(const LocalEntry& entry) const {
    if (entry.uid.value != 0) return entry.uid;
    const size_t dot = entry.unique_id.find('.');
    if (dot == std::string::npos) return Uid{0};
    return Uid{static_cast<uint32_t>(
        parse_number(std::string_view(entry.unique_id).substr(dot + 1), UINT32_MAX).value_or(0))};
  }

  void add_device(size_t d) {
    const LocalStore& local = *world_.device(devices_[d]).local;
    for (const LocalFolder& folder : local.folders()) {
      for (const LocalEntry& entry : folder.entries) {
        HoldingRow& row = row_of(folder.name, uid_from(entry));
        if (row.subject.empty()) row.subject = entry.subject;
        if (row.size == 0) row.size = entry.size;
        row.places[d + 1] = {true, entry.message != nullptr, false, entry.flags & Flag::kSystem};
      }
    }
  }

  void finish(HoldingRow& row) {
    if (!row.places[0].present) row.places[0].was_here = row.uid.value != 0;
    const Mailbox* mailbox = store_.find_mailbox(account_, row.mailbox);
    for (size_t d = 0; d < devices_.size(); ++d) {
      if (row.places[d + 1].present || mailbox == nullptr) continue;
      const std::string id =
          std::to_string(mailbox->uid_validity) + "." + std::to_string(row.uid.value);
      row.places[d + 1].was_here = world_.device(devices_[d]).local->has_seen(id);
    }
    const bool agree = std::all_of(row.places.begin(), row.places.end(), [&](const Holding& place) {
      return place.present == row.places[0].present && place.flags == row.places[0].flags;
    });
    if (!agree) ++table_.disagreements;
  }

  static inline const std::string kNobody;

  const World& world_;
  const MailStore& store_;
  AccountId account_;
  std::vector<DeviceId> devices_;
  HoldingTable table_;
};

}  // namespace

HoldingTable holdings(const World& world, HostId server, AccountId account) {
  return Table(world, server, account).build();
}

}  // namespace mailscope
