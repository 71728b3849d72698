#include "sim/mail/mail_store.h"

#include <algorithm>

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
  digest.add(entry.message->digest());
  return digest.value();
}

bool is_inferior(std::string_view name, std::string_view of) {
  return name.size() > of.size() + 1 && name.substr(0, of.size()) == of &&
         name[of.size()] == MailStore::kSeparator;
}

}  // namespace

std::string_view canonical_mailbox_name(std::string_view name) {
  return equals_ignoring_case(name, "INBOX") ? std::string_view("INBOX") : name;
}

AccountId MailStore::add_account(std::string name, std::string password, TraceWriter& trace) {
  const AccountId id = AccountId::from_index(accounts_.size());
  accounts_.push_back({id, std::move(name), std::move(password), {}, {}});
  const MailboxId inbox = new_mailbox(id, "INBOX", trace);
  edit(inbox).subscribed = true;
  return id;
}

const Account* MailStore::find_account(std::string_view name) const {
  for (const Account& account : accounts_) {
    if (equals_ignoring_case(account.name, name)) return &account;
  }
  return nullptr;
}

const Mailbox* MailStore::find_mailbox(AccountId account, std::string_view name) const {
  const std::string_view wanted = canonical_mailbox_name(name);
  for (const Mailbox& mailbox : mailboxes_) {
    if (mailbox.account == account && !mailbox.deleted && mailbox.name == wanted) return &mailbox;
  }
  return nullptr;
}

const Mailbox& MailStore::inbox(AccountId account) const {
  const Mailbox* found = find_mailbox(account, "INBOX");
  CHECK(found != nullptr);
  return *found;
}

std::vector<const Mailbox*> MailStore::mailboxes_of(AccountId account) const {
  std::vector<const Mailbox*> found;
  for (const Mailbox& mailbox : mailboxes_) {
    if (mailbox.account == account && !mailbox.deleted) found.push_back(&mailbox);
  }
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
  return std::any_of(mailboxes_.begin(), mailboxes_.end(), [&](const Mailbox& other) {
    return !other.deleted && other.account == mailbox.account &&
           is_inferior(other.name, mailbox.name);
  });
}

void MailStore::delete_mailbox(MailboxId id, TraceWriter& trace) {
  std::vector<Uid> all;
  for (size_t i = 0; i < mailbox(id).entries.size(); ++i) all.push_back(mailbox(id).entries[i].uid);
  expunge(id, all, trace);
  Mailbox& gone = edit(id);
  if (has_inferiors(gone)) {
    gone.no_select = true;
  } else {
    gone.deleted = true;
  }
  ++version_;
  trace.record(store_event(StoreChange::kMailboxDeleted, id), gone.name);
}

void MailStore::rename_mailbox(MailboxId id, std::string_view new_name, TraceWriter& trace) {
  const std::string old_name = mailbox(id).name;
  const AccountId account = mailbox(id).account;
  for (Mailbox& candidate : mailboxes_) {
    if (candidate.account != account || candidate.deleted) continue;
    if (candidate.id != id && !is_inferior(candidate.name, old_name)) continue;
    candidate.name = std::string(new_name) + candidate.name.substr(old_name.size());
    trace.record(store_event(StoreChange::kMailboxRenamed, candidate.id), candidate.name);
  }
  ++version_;
}

void MailStore::rename_inbox(AccountId account, std::string_view new_name, TraceWriter& trace) {
  const MailboxId from = inbox(account).id;
  const MailboxId to = create_mailbox(account, new_name, trace);
  std::vector<Uid> moved;
  for (size_t i = 0; i < mailbox(from).entries.size(); ++i) {
    moved.push_back(mailbox(from).entries[i].uid);
  }
  for (const Uid uid : moved) copy(from, uid, to, trace);
  expunge(from, moved, trace);
}

void MailStore::set_subscribed(MailboxId id, bool subscribed) {
  edit(id).subscribed = subscribed;
  ++version_;
}

Uid MailStore::append(MailboxId id, MessagePtr message, const FlagNames& flags,
                      int64_t internal_date, TraceWriter& trace) {
  const FlagBits bits = flag_bits(id, flags);
  Mailbox& box = edit(id);
  MailboxEntry entry;
  entry.uid = box.uid_next;
  entry.flags = bits;
  entry.internal_date = internal_date;
  entry.modseq = ++box.highest_modseq;
  entry.message = std::move(message);
  box.uid_next.value += 1;
  ++box.structure;
  ++version_;
  box.entries_digest += entry_digest(entry);
  Event event = store_event(StoreChange::kAdded, id, entry.uid);
  event.y = static_cast<int64_t>(entry.flags);
  trace.record(event, entry.message->subject());
  box.entries.push_back(std::move(entry));
  return box.entries.back().uid;
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
  if (!index) return false;
  const FlagBits before = mailbox(id).entries[*index].flags;
  FlagBits after = flags;
  if (how == FlagChange::kAdd) after = before | flags;
  if (how == FlagChange::kRemove) after = before & ~flags;
  if (after == before) return false;
  Mailbox& box = edit(id);
  MailboxEntry& entry = box.entries.edit(*index);
  box.entries_digest -= entry_digest(entry);
  entry.flags = after;
  entry.modseq = ++box.highest_modseq;
  box.entries_digest += entry_digest(entry);
  ++version_;
  Event event = store_event(StoreChange::kFlags, id, uid);
  event.x = static_cast<int64_t>(before);
  event.y = static_cast<int64_t>(after);
  trace.record(event, flags_text(after, box.keywords));
  return true;
}

void MailStore::expunge(MailboxId id, const std::vector<Uid>& uids, TraceWriter& trace) {
  if (uids.empty()) return;
  Mailbox& box = edit(id);
  bool any = false;
  box.entries.remove_if([&](const MailboxEntry& entry) {
    if (!std::binary_search(uids.begin(), uids.end(), entry.uid)) return false;
    any = true;
    box.entries_digest -= entry_digest(entry);
    Event event = store_event(StoreChange::kExpunged, id, entry.uid);
    event.x = static_cast<int64_t>(entry.flags);
    trace.record(event, entry.message->subject());
    return true;
  });
  if (!any) return;
  ++box.highest_modseq;
  ++box.structure;
  ++version_;
}

Uid MailStore::copy(MailboxId from, Uid uid, MailboxId to, TraceWriter& trace) {
  const Mailbox& source = mailbox(from);
  const std::optional<size_t> index = source.find(uid);
  CHECK(index.has_value());
  const MailboxEntry entry = source.entries[*index];
  FlagNames names;
  names.system = entry.flags & Flag::kSystem;
  for (size_t i = 0; i < source.keywords.size(); ++i) {
    if ((entry.flags >> (static_cast<size_t>(Flag::kFirstKeyword) + i) & 1) != 0) {
      names.keywords.push_back(source.keywords[i]);
    }
  }
  return append(to, entry.message, names, entry.internal_date, trace);
}

void MailStore::claim_recent(MailboxId id) {
  Mailbox& box = edit(id);
  if (box.first_recent == box.uid_next) return;
  box.first_recent = box.uid_next;
}

bool MailStore::lock_maildrop(AccountId account, AgentId session, TraceWriter& trace) {
  Account& owner = accounts_[account.index()];
  if (owner.maildrop_lock.valid() && owner.maildrop_lock != session) return false;
  owner.maildrop_lock = session;
  ++version_;
  trace.record(store_event(StoreChange::kMaildropLocked, inbox(account).id), owner.name);
  return true;
}

void MailStore::unlock_maildrop(AccountId account, AgentId session, TraceWriter& trace) {
  Account& owner = accounts_[account.index()];
  if (owner.maildrop_lock != session) return;
  owner.maildrop_lock = AgentId{};
  ++version_;
  trace.record(store_event(StoreChange::kMaildropUnlocked, inbox(account).id), owner.name);
}

void MailStore::note_login(AccountId account, Instant now) {
  accounts_[account.index()].last_login = now;
  ++version_;
}

uint64_t MailStore::digest() const {
  Digest digest;
  for (const Account& account : accounts_) {
    digest.add(account.name);
    digest.add(account.password);
    digest.add(account.maildrop_lock);
    if (account.last_login) digest.add(*account.last_login);
  }
  for (const Mailbox& box : mailboxes_) {
    digest.add(box.name);
    digest.add(box.deleted);
    digest.add(box.no_select);
    digest.add(box.subscribed);
    digest.add(box.uid_validity);
    digest.add(box.uid_next.value);
    digest.add(box.first_recent.value);
    digest.add(box.highest_modseq);
    for (const std::string& keyword : box.keywords) digest.add(keyword);
    digest.add(box.entries_digest);
  }
  return digest.value();
}

}  // namespace mailscope
