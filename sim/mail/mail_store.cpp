#include "sim/mail/mail_store.h"

#include <algorithm>
#include <functional>

#include "sim/base/ascii.h"
#include "sim/base/check.h"
#include "sim/base/digest.h"

namespace mailscope {
namespace {

Event store_event(StoreChange change, MailboxId mailbox, Uid uid = {}) {
  Event event;
  event.kind = EventKind::kStoreChange;
  event.code = static_cast<uint8_t>(change);
  event.a = mailbox.value;
  event.b = uid.value;
  return event;
}

uint64_t entry_digest(const MailboxEntry& entry) {
  Digest digest;
  digest.add(entry.uid.value);
  digest.add(entry.flags);
  digest.add(entry.internal_date);
  digest.add(entry.modseq);
  digest.add(entry.text_digest);
  // Told apart only where it differs, so that mail that came by SMTP counts as it always did.
  if (entry.save_date != static_cast<uint32_t>(entry.internal_date)) digest.add(entry.save_date);
  return digest.value();
}

/// Sets or removes the entry of that name in an ascending list; whether that changed anything.
bool set_entry(std::vector<MetadataEntry>& entries, std::string_view name,
               std::optional<std::string> value) {
  const auto at = std::lower_bound(
      entries.begin(), entries.end(), name,
      [](const MetadataEntry& entry, std::string_view wanted) { return entry.name < wanted; });
  const bool found = at != entries.end() && at->name == name;
  if (found ? value == at->value : !value) return false;
  if (!value) {
    entries.erase(at);
  } else if (found) {
    at->value = std::move(*value);
  } else {
    entries.insert(at, {std::string(name), std::move(*value)});
  }
  return true;
}

void add_metadata(Digest& digest, const std::vector<MetadataEntry>& entries) {
  for (const MetadataEntry& entry : entries) {
    digest.add(entry.name);
    digest.add(entry.value);
  }
}

template <class Item>
CowVector<Item> last_of(const CowVector<Item>& items, size_t count) {
  CowVector<Item> last;
  for (size_t i = items.size() - count; i < items.size(); ++i) last.push_back(items[i]);
  return last;
}

bool is_inferior(std::string_view name, std::string_view of) {
  return name.size() > of.size() + 1 && name.substr(0, of.size()) == of &&
         name[of.size()] == MailStore::kSeparator;
}

}  // namespace

std::string_view canonical_mailbox_name(std::string_view name) {
  return equals_ignoring_case(name, "INBOX") ? std::string_view("INBOX") : name;
}

bool Account::subscribes_to(std::string_view mailbox) const {
  return std::binary_search(subscriptions.begin(), subscriptions.end(),
                            canonical_mailbox_name(mailbox), std::less<>());
}

AccountId MailStore::add_account(std::string name, std::string password, TraceWriter& trace) {
  const AccountId id = AccountId::from_index(accounts_.size());
  Account account;
  account.id = id;
  account.name = std::move(name);
  account.password = std::move(password);
  account.subscriptions = {"INBOX"};
  accounts_.push_back(std::move(account));
  new_mailbox(id, "INBOX", trace);
  return id;
}

const Account* MailStore::find_account(std::string_view name) const {
  for (const Account& account : accounts_) {
    if (equals_ignoring_case(account.name, name)) return &account;
  }
  return nullptr;
}

void MailStore::set_quota(AccountId account, MailQuota quota) {
  edit(account).quota = quota;
  ++version_;
}

uint64_t MailStore::octets_of(AccountId account) const {
  uint64_t octets = 0;
  for (const Mailbox* box : mailboxes_of(account)) octets += box->entries.summary().octets;
  return octets;
}

uint64_t MailStore::messages_of(AccountId account) const {
  uint64_t messages = 0;
  for (const Mailbox* box : mailboxes_of(account)) messages += box->entries.size();
  return messages;
}

void MailStore::set_metadata(AccountId account, std::string_view name,
                             std::optional<std::string> value, TraceWriter& trace) {
  const bool changed = set_entry(edit(account).metadata, name, std::move(value));
  ++version_;
  if (changed) trace.record(store_event(StoreChange::kServerAnnotated, inbox(account).id), name);
}

void MailStore::set_metadata(std::string_view name, std::optional<std::string> value) {
  set_entry(metadata_, name, std::move(value));
  ++version_;
}

const Mailbox* MailStore::find_mailbox(AccountId account, std::string_view name) const {
  const auto found = names_->find(NameBefore::View{account, canonical_mailbox_name(name)});
  return found == names_->end() ? nullptr : &mailbox(found->second);
}

const Mailbox& MailStore::inbox(AccountId account) const {
  const Mailbox* found = find_mailbox(account, "INBOX");
  CHECK(found != nullptr);
  return *found;
}

std::vector<const Mailbox*> MailStore::mailboxes_of(AccountId account) const {
  std::vector<const Mailbox*> found;
  for (auto at = names_->lower_bound(NameBefore::View{account, {}});
       at != names_->end() && at->first.account == account; ++at) {
    found.push_back(&mailbox(at->second));
  }
  std::sort(found.begin(), found.end(),
            [](const Mailbox* a, const Mailbox* b) { return a->id < b->id; });
  return found;
}

MailboxId MailStore::new_mailbox(AccountId account, std::string_view name, TraceWriter& trace) {
  CHECK(mailboxes_.size() < kMaxMailboxes * 10);
  Mailbox mailbox;
  mailbox.id = MailboxId::from_index(mailboxes_.size());
  mailbox.account = account;
  mailbox.name = std::string(canonical_mailbox_name(name));
  // A counter rather than a clock: unique per creation, so a mailbox deleted and made again under
  // the same name has another UIDVALIDITY, as RFC 3501 §2.3.1.1 demands.
  mailbox.uid_validity = next_uid_validity_++;
  mailboxes_.push_back(std::move(mailbox));
  ++version_;
  const Mailbox& made = mailboxes_.back();
  names_.edit().emplace(Name{account, made.name}, made.id);
  Event event = store_event(StoreChange::kMailboxCreated, made.id);
  event.y = made.uid_validity;
  trace.record(event, made.name);
  return made.id;
}

MailboxId MailStore::create_mailbox(AccountId account, std::string_view name, TraceWriter& trace) {
  CHECK(find_mailbox(account, name) == nullptr);
  // RFC 3501 §6.3.3: missing superior names are created as well.
  for (size_t i = name.find(kSeparator); i != std::string_view::npos;
       i = name.find(kSeparator, i + 1)) {
    const std::string_view parent = name.substr(0, i);
    if (!parent.empty() && find_mailbox(account, parent) == nullptr) {
      new_mailbox(account, parent, trace);
    }
  }
  return new_mailbox(account, name, trace);
}

bool MailStore::has_inferiors(const Mailbox& mailbox) const {
  const std::string below = mailbox.name + kSeparator;
  const auto at = names_->lower_bound(NameBefore::View{mailbox.account, below});
  return at != names_->end() && at->first.account == mailbox.account &&
         is_inferior(at->first.name, mailbox.name);
}

void MailStore::delete_mailbox(MailboxId id, TraceWriter& trace) {
  std::vector<Uid> all;
  for (const Uid uid : mailbox(id).uids) all.push_back(uid);
  expunge(id, all, trace);
  Mailbox& gone = edit(id);
  if (has_inferiors(gone)) {
    gone.no_select = true;
    gone.special_use.clear();
    gone.metadata.clear();
    gone.acl.clear();
  } else {
    gone.deleted = true;
    leave_name(gone);
  }
  ++version_;
  trace.record(store_event(StoreChange::kMailboxDeleted, id), gone.name);
}

void MailStore::rename_mailbox(MailboxId id, std::string_view new_name, TraceWriter& trace) {
  const std::string old_name = mailbox(id).name;
  const AccountId account = mailbox(id).account;
  for (const Mailbox* candidate : mailboxes_of(account)) {
    if (candidate->id != id && !is_inferior(candidate->name, old_name)) continue;
    Mailbox& renamed = edit(candidate->id);
    leave_name(renamed);
    renamed.name = std::string(new_name) + renamed.name.substr(old_name.size());
    names_.edit().emplace(Name{account, renamed.name}, renamed.id);
    Event event = store_event(StoreChange::kMailboxRenamed, renamed.id);
    const auto left = validity_left_->find(Name{account, renamed.name});
    const uint32_t before = left == validity_left_->end() ? validity_forgotten_ : left->second;
    if (renamed.uid_validity < before) {
      renamed.uid_validity = next_uid_validity_++;
      event.y = renamed.uid_validity;
    }
    trace.record(event, renamed.name);
  }
  ++version_;
}

void MailStore::leave_name(const Mailbox& box) {
  names_.edit().erase(Name{box.account, box.name});
  auto& left = validity_left_.edit();
  if (left.size() >= kMaxMailboxes * 10) {
    left.clear();
    validity_forgotten_ = next_uid_validity_ - 1;
  }
  uint32_t& greatest = left[Name{box.account, box.name}];
  greatest = std::max(greatest, box.uid_validity);
}

void MailStore::rename_inbox(AccountId account, std::string_view new_name, TraceWriter& trace,
                             std::optional<int64_t> save_date) {
  const MailboxId from = inbox(account).id;
  const MailboxId to = create_mailbox(account, new_name, trace);
  std::vector<Uid> moved;
  for (const Uid uid : mailbox(from).uids) moved.push_back(uid);
  for (const Uid uid : moved) copy(from, uid, to, trace, save_date);
  edit(to).metadata = mailbox(from).metadata;
  expunge(from, moved, trace);
}

void MailStore::set_subscribed(AccountId account, std::string_view name, bool subscribed,
                               TraceWriter& trace) {
  const std::string_view wanted = canonical_mailbox_name(name);
  if (accounts_[account.index()].subscribes_to(wanted) == subscribed) return;
  std::vector<std::string>& names = edit(account).subscriptions;
  const auto at = std::lower_bound(names.begin(), names.end(), wanted, std::less<>());
  if (subscribed) {
    names.insert(at, std::string(wanted));
  } else {
    names.erase(at);
  }
  ++version_;
  const StoreChange change = subscribed ? StoreChange::kSubscribed : StoreChange::kUnsubscribed;
  trace.record(store_event(change, inbox(account).id), wanted);
}

MailboxId MailStore::make_selectable(MailboxId id, TraceWriter& trace) {
  // The trace has it as deleted already, and so have the sessions that had it selected: they must
  // not take the new mailbox for the old one.
  CHECK(mailbox(id).no_select);
  const Mailbox before = mailbox(id);
  edit(id).deleted = true;
  edit(id).no_select = false;
  names_.edit().erase(Name{before.account, before.name});
  const MailboxId made = new_mailbox(before.account, before.name, trace);
  edit(made).acl = before.acl;
  return made;
}

void MailStore::set_special_use(MailboxId id, std::vector<std::string> uses) {
  edit(id).special_use = std::move(uses);
  ++version_;
}

void MailStore::set_acl(MailboxId id, std::string_view identifier, std::string_view rights,
                        TraceWriter& trace) {
  std::vector<AclEntry>& acl = edit(id).acl;
  const auto at = std::find_if(acl.begin(), acl.end(), [&](const AclEntry& entry) {
    return equals_ignoring_case(entry.identifier, identifier);
  });
  if (rights.empty()) {
    if (at != acl.end()) acl.erase(at);
  } else if (at != acl.end()) {
    at->rights = std::string(rights);
  } else {
    acl.push_back({std::string(identifier), std::string(rights)});
  }
  ++version_;
  std::string text(identifier);
  if (!rights.empty()) text.append(" ").append(rights);
  trace.record(store_event(StoreChange::kRights, id), text);
}

void MailStore::inherit_acl(MailboxId id, const std::vector<AclEntry>& acl) {
  edit(id).acl = acl;
  ++version_;
}

void MailStore::set_metadata(MailboxId id, std::string_view name, std::optional<std::string> value,
                             TraceWriter& trace) {
  if (set_entry(edit(id).metadata, name, std::move(value))) note_annotation(id, name, trace);
  ++version_;
}

void MailStore::note_annotation(MailboxId id, std::string_view name, TraceWriter& trace) {
  ++edit(id).highest_modseq;
  ++version_;
  trace.record(store_event(StoreChange::kAnnotated, id), name);
}

void MailStore::set_keeps(MailboxId id, bool modseqs, bool uids) {
  Mailbox& box = edit(id);
  box.keeps_modseqs = modseqs;
  box.keeps_uids = uids;
  ++version_;
}

void MailStore::change_uid_validity(MailboxId id) {
  edit(id).uid_validity = next_uid_validity_++;
  ++version_;
}

MailboxId MailStore::renew_uid_validity(MailboxId id, TraceWriter& trace) {
  const Mailbox before = mailbox(id);
  edit(id).deleted = true;
  names_.edit().erase(Name{before.account, before.name});
  trace.record(store_event(StoreChange::kMailboxDeleted, id), before.name);
  const MailboxId made = new_mailbox(before.account, before.name, trace);
  Mailbox& box = edit(made);
  box.keywords = before.keywords;
  box.special_use = before.special_use;
  box.acl = before.acl;
  box.metadata = before.metadata;
  box.keeps_modseqs = before.keeps_modseqs;
  box.keeps_uids = before.keeps_uids;
  // What is gone is a truth that no session is told in words; so it is expunged there.
  for (const MailboxEntry& entry : before.entries) {
    add_entry(made, entry, trace);
  }
  std::vector<Uid> all;
  for (const Uid uid : before.uids) all.push_back(uid);
  expunge(id, all, trace);
  return made;
}

Uid MailStore::append(MailboxId id, MessagePtr message, const FlagNames& flags,
                      int64_t internal_date, TraceWriter& trace,
                      std::optional<int64_t> save_date) {
  MailboxEntry entry;
  entry.save_date = static_cast<uint32_t>(save_date.value_or(internal_date));
  entry.flags = flag_bits(id, flags);
  entry.internal_date = internal_date;
  entry.text_digest = digest_of(message->text());
  entry.message = std::move(message);
  return add_entry(id, std::move(entry), trace);
}

Uid MailStore::add_entry(MailboxId id, MailboxEntry entry, TraceWriter& trace) {
  Mailbox& box = edit(id);
  entry.uid = box.uid_next;
  entry.modseq = ++box.highest_modseq;
  box.uid_next.value += 1;
  ++box.structure;
  ++version_;
  box.entries_digest += entry_digest(entry);
  Event event = store_event(StoreChange::kAdded, id, entry.uid);
  event.y = static_cast<int64_t>(entry.flags);
  trace.record_made(event, [&] { return entry.message->passing_subject(); });
  box.uids.push_back(entry.uid);
  box.entries.push_back(std::move(entry));
  return box.uids.back();
}

FlagBits MailStore::flag_bits(MailboxId id, const FlagNames& names) {
  FlagBits bits = names.system;
  for (const std::string& keyword : names.keywords) {
    std::vector<std::string>& known = edit(id).keywords;
    const auto found = std::find_if(known.begin(), known.end(), [&](const std::string& name) {
      return equals_ignoring_case(name, keyword);
    });
    const auto index = static_cast<size_t>(found - known.begin());
    if (found == known.end()) {
      if (known.size() >= Flag::kMaxKeywords) continue;
      known.push_back(keyword);
    }
    bits |= FlagBits{1} << (static_cast<size_t>(Flag::kFirstKeyword) + index);
  }
  return bits;
}

bool MailStore::change_flags(MailboxId id, Uid uid, FlagChange how, FlagBits flags,
                             TraceWriter& trace) {
  const std::optional<size_t> index = mailbox(id).find(uid);
  return index && change_flags_at(id, *index, how, flags, trace);
}

bool MailStore::change_flags_at(MailboxId id, size_t index, FlagChange how, FlagBits flags,
                                TraceWriter& trace) {
  const MailboxEntry& old = mailbox(id).entries[index];
  const Uid uid = old.uid;
  const FlagBits before = old.flags;
  FlagBits after = flags;
  if (how == FlagChange::kAdd) after = before | flags;
  if (how == FlagChange::kRemove) after = before & ~flags;
  if (after == before) return false;
  Mailbox& box = edit(id);
  box.entries.update(index, [&](MailboxEntry& entry) {
    box.entries_digest -= entry_digest(entry);
    entry.flags = after;
    box.flags_changed.push_back({box.highest_modseq + 1, entry.modseq, before ^ after});
    entry.modseq = ++box.highest_modseq;
    box.entries_digest += entry_digest(entry);
  });
  forget_changes(box);
  ++version_;
  Event event = store_event(StoreChange::kFlags, id, uid);
  event.x = static_cast<int64_t>(before);
  event.y = static_cast<int64_t>(after);
  trace.record_made(event, [&] { return flags_text(after, box.keywords); });
  return true;
}

void MailStore::expunge(MailboxId id, const std::vector<Uid>& uids, TraceWriter& trace) {
  std::vector<size_t> places;
  size_t at = 0;
  for (const Uid uid : uids) {
    const Mailbox& box = mailbox(id);
    if (at >= box.uids.size() || box.uids[at] != uid) at = box.lower_bound(uid);
    if (at < box.uids.size() && box.uids[at] == uid) places.push_back(at++);
  }
  if (places.empty()) return;
  Mailbox& box = edit(id);
  ++box.highest_modseq;
  for (const size_t place : places) {
    const MailboxEntry& entry = box.entries[place];
    box.entries_digest -= entry_digest(entry);
    Event event = store_event(StoreChange::kExpunged, id, entry.uid);
    event.x = static_cast<int64_t>(entry.flags);
    trace.record_made(event, [&] { return entry.message->passing_subject(); });
    box.expunged.push_back({entry.uid, box.highest_modseq});
  }
  box.entries.erase(places);
  box.uids.erase(places);
  forget_expunged(box);
  ++box.structure;
  ++version_;
}

void MailStore::forget_changes(Mailbox& box) {
  if (box.flags_changed.size() < 2 * kMaxFlagsChanged) return;
  box.flags_changed = last_of(box.flags_changed, kMaxFlagsChanged);
}

void MailStore::forget_expunged(Mailbox& box) {
  if (box.expunged.size() < 2 * kMaxExpunged) return;
  const size_t forgotten = box.expunged.size() - kMaxExpunged;
  CowVector<Expunged> kept = last_of(box.expunged, kMaxExpunged);
  box.expunged_modseq = box.expunged[forgotten - 1].modseq;
  box.expunged_before += forgotten;
  box.expunged = std::move(kept);
}

Uid MailStore::copy(MailboxId from, Uid uid, MailboxId to, TraceWriter& trace,
                    std::optional<int64_t> save_date, FlagBits kept) {
  const Mailbox& source = mailbox(from);
  const std::optional<size_t> index = source.find(uid);
  CHECK(index.has_value());
  MailboxEntry entry = source.entries[*index];
  entry.flags &= kept;
  FlagNames names;
  names.system = entry.flags & Flag::kSystem;
  for (size_t i = 0; i < source.keywords.size(); ++i) {
    if ((entry.flags >> (static_cast<size_t>(Flag::kFirstKeyword) + i) & 1) != 0) {
      names.keywords.push_back(source.keywords[i]);
    }
  }
  entry.flags = flag_bits(to, names);
  if (save_date) entry.save_date = static_cast<uint32_t>(*save_date);
  return add_entry(to, std::move(entry), trace);
}

void MailStore::claim_recent(MailboxId id) {
  Mailbox& box = edit(id);
  if (box.first_recent == box.uid_next) return;
  box.first_recent = box.uid_next;
}

bool MailStore::lock_maildrop(AccountId account, AgentId session, TraceWriter& trace) {
  const Account& owner = accounts_[account.index()];
  if (owner.maildrop_lock.valid() && owner.maildrop_lock != session) return false;
  edit(account).maildrop_lock = session;
  ++version_;
  trace.record(store_event(StoreChange::kMaildropLocked, inbox(account).id), owner.name);
  return true;
}

void MailStore::unlock_maildrop(AccountId account, AgentId session, TraceWriter& trace) {
  if (accounts_[account.index()].maildrop_lock != session) return;
  Account& owner = edit(account);
  owner.maildrop_lock = AgentId{};
  ++version_;
  trace.record(store_event(StoreChange::kMaildropUnlocked, inbox(account).id), owner.name);
}

void MailStore::note_login(AccountId account, Instant now) {
  edit(account).last_login = now;
  ++version_;
}

Instant MailStore::first_seen(std::string_view client, std::string_view reverse_path,
                              std::string_view forward_path, Instant now) {
  const Instant seen = greylist_.first_seen(client, reverse_path, forward_path, now);
  if (seen == now) ++version_;
  return seen;
}

uint64_t MailStore::digest() const {
  Digest digest;
  for (const Account& account : accounts_) {
    digest.add(account.name);
    digest.add(account.password);
    digest.add(account.maildrop_lock);
    if (account.last_login) digest.add(*account.last_login);
    if (account.quota) {
      digest.add(account.quota->octets);
      digest.add(account.quota->messages);
    }
    add_metadata(digest, account.metadata);
    for (const std::string& name : account.subscriptions) {
      if (find_mailbox(account.id, name) == nullptr) digest.add(name);
    }
  }
  for (const Mailbox& box : mailboxes_) {
    digest.add(box.name);
    digest.add(box.deleted);
    digest.add(box.no_select);
    digest.add(account(box.account).subscribes_to(box.name));
    digest.add(box.uid_validity);
    digest.add(box.uid_next.value);
    digest.add(box.first_recent.value);
    digest.add(box.highest_modseq);
    for (const std::string& keyword : box.keywords) digest.add(keyword);
    for (const std::string& use : box.special_use) digest.add(use);
    if (!box.keeps_modseqs || !box.keeps_uids) {
      digest.add(box.keeps_modseqs);
      digest.add(box.keeps_uids);
    }
    for (const AclEntry& entry : box.acl) {
      digest.add(entry.identifier);
      digest.add(entry.rights);
    }
    add_metadata(digest, box.metadata);
    digest.add(box.entries_digest);
  }
  add_metadata(digest, metadata_);
  greylist_.add_to(digest);
  return digest.value();
}

}  // namespace mailscope
