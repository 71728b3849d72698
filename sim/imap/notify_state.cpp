#include "sim/imap/notify_state.h"

#include <algorithm>

namespace mailscope {

using imap::NotifyEvent;
using imap::NotifyGroup;
using Where = imap::NotifyGroup::Where;

namespace {

bool is_in_subtree(std::string_view name, std::string_view top) {
  const std::string_view root = canonical_mailbox_name(top);
  return name == root || (name.size() > root.size() && name.substr(0, root.size()) == root &&
                          name[root.size()] == MailStore::kSeparator);
}

bool covers(const NotifyGroup& group, const WatchedMailbox& mailbox) {
  const auto named = [&](auto matches) {
    return std::any_of(group.mailboxes.begin(), group.mailboxes.end(), matches);
  };
  switch (group.where) {
    case Where::kSelected:
    case Where::kSelectedDelayed: return false;
    // RFC 5465 §6.2: where mail is delivered to.
    case Where::kInboxes: return mailbox.name == "INBOX";
    case Where::kPersonal: return true;
    case Where::kSubscribed: return mailbox.subscribed;
    case Where::kSubtree:
      return named([&](const std::string& top) { return is_in_subtree(mailbox.name, top); });
    case Where::kMailboxes:
      return named(
          [&](const std::string& name) { return mailbox.name == canonical_mailbox_name(name); });
  }
  return false;
}

}  // namespace

bool has_event(const NotifyGroup& group, NotifyEvent event) {
  return std::find(group.events.begin(), group.events.end(), event) != group.events.end();
}

const NotifyGroup* NotifyState::selected_group() const {
  for (const NotifyGroup& group : groups) {
    if (group.where == Where::kSelected || group.where == Where::kSelectedDelayed) return &group;
  }
  return nullptr;
}

const NotifyGroup* NotifyState::group_of(const WatchedMailbox& mailbox) const {
  for (const NotifyGroup& group : groups) {
    if (covers(group, mailbox)) return &group;
  }
  return nullptr;
}

bool NotifyState::watches_server() const {
  return std::any_of(groups.begin(), groups.end(), [](const NotifyGroup& group) {
    return has_event(group, NotifyEvent::kServerMetadataChange);
  });
}

std::vector<WatchedMailbox> watch(const MailStore& store, AccountId account) {
  std::vector<WatchedMailbox> all;
  for (const Mailbox* box : store.mailboxes_of(account)) {
    all.push_back({box->id, box->name, box->uid_next, box->structure, box->highest_modseq,
                   store.account(account).subscribes_to(box->name), box->metadata});
  }
  return all;
}

void NotifyState::add_to(Digest& digest) const {
  digest.add(set);
  if (!set) return;
  for (const NotifyGroup& group : groups) {
    digest.add(static_cast<int>(group.where));
    for (const std::string& name : group.mailboxes) digest.add(name);
    for (const NotifyEvent event : group.events) digest.add(static_cast<int>(event));
    for (const imap::FetchItem& item : group.new_items) digest.add(imap::encode_fetch_item(item));
  }
  for (const WatchedMailbox& mailbox : told) {
    digest.add(mailbox.id);
    digest.add(mailbox.name);
    digest.add(mailbox.structure);
    digest.add(mailbox.modseq);
    digest.add(mailbox.subscribed);
    for (const MetadataEntry& entry : mailbox.metadata) digest.add(entry.value);
  }
  for (const MetadataEntry& entry : server_metadata) digest.add(entry.value);
  digest.add(told_version);
}

}  // namespace mailscope
