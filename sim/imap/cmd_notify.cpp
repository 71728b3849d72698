// NOTIFY: RFC 5465. The client names mailboxes and what it wants to hear of them; the server tells
// it as it happens, without a command in progress. Which events go together is the grammar's:
// sim/wire/imap_arguments_notify.cpp.
#include <fmt/format.h>

#include <algorithm>

#include "sim/imap/response_writer.h"
#include "sim/imap/server.h"

namespace mailscope {

using imap::Extension;
using imap::NotifyEvent;
using imap::NotifyGroup;

namespace {

bool is_message_event(NotifyEvent event) {
  return event == NotifyEvent::kMessageNew || event == NotifyEvent::kMessageExpunge ||
         event == NotifyEvent::kFlagChange;
}

bool is_kept(NotifyEvent event) {
  return event != NotifyEvent::kAnnotationChange && event != NotifyEvent::kUnknown;
}

}  // namespace

void ImapServer::cmd_notify(Turn& turn, const imap::NotifyArguments& arguments) {
  for (const NotifyGroup& group : arguments.groups) {
    if (!std::all_of(group.events.begin(), group.events.end(), is_kept)) {
      return no(turn,
                "[BADEVENT (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange "
                "MailboxMetadataChange ServerMetadataChange)] nothing else happens here");
    }
  }
  notify_ = NotifyState();
  if (!arguments.set) return ok(turn, "NOTIFY completed");
  // What the client knows is what it has been told until now.
  tell_news(turn, NewsAllowed::kAll);
  const MailStore& store = **turn.context.store;
  notify_.set = true;
  notify_.groups = arguments.groups;
  notify_.told = watch(store, account_);
  notify_.server_metadata = store.metadata();
  notify_.told_version = store.version();
  if (arguments.status) {
    // RFC 5465 §3.1: where it all begins, so that no look at each mailbox is needed.
    for (const WatchedMailbox& watched : notify_.told) {
      const NotifyGroup* group = notify_.group_of(watched);
      const Mailbox& mailbox = store.mailbox(watched.id);
      const bool here = state_ == imap::State::kSelected && view_.mailbox() == watched.id;
      if (group == nullptr || here || mailbox.no_select) continue;
      if (std::any_of(group->events.begin(), group->events.end(), is_message_event)) {
        tell_status_of(turn, mailbox);
      }
    }
  }
  ok(turn, "NOTIFY completed");
}

void ImapServer::tell_new_messages(Turn& turn, SeqNum first) {
  const NotifyGroup* group = notify_.set ? notify_.selected_group() : nullptr;
  if (group == nullptr || group->new_items.empty()) return;
  const Mailbox& mailbox = selected(turn);
  std::vector<Target> targets;
  for (uint32_t number = first.value; number <= view_.exists(); ++number) {
    const Uid uid = view_.uids()[number - 1];
    if (const std::optional<size_t> index = mailbox.find(uid)) {
      targets.push_back({SeqNum{number}, uid, *index});
    }
  }
  // RFC 5465 §5.2: without setting \Seen.
  std::vector<imap::FetchItem> items = group->new_items;
  const bool names_uid = std::any_of(items.begin(), items.end(), [](const imap::FetchItem& item) {
    return item.kind == imap::FetchItem::Kind::kUid;
  });
  if (!names_uid && !enabled(Extension::kUidOnly)) {
    items.insert(items.begin(), imap::FetchItem{});
    items.front().kind = imap::FetchItem::Kind::kUid;
  }
  const imap::CommandRow* row = turn.row;
  turn.row = imap::find_command("FETCH");
  tell_items(turn, targets, items, std::vector<bool>(targets.size(), false));
  turn.row = row;
}

void ImapServer::tell_other_mailboxes(Turn& turn) {
  const MailStore& store = **turn.context.store;
  if (!notify_.set || notify_.told_version == store.version()) return;
  const std::vector<WatchedMailbox> before = std::move(notify_.told);
  notify_.told = watch(store, account_);
  notify_.told_version = store.version();
  const size_t said = turn.out.units.size();
  auto old = before.begin();
  for (const WatchedMailbox& now : notify_.told) {
    for (; old != before.end() && old->id < now.id; ++old) tell_watched(turn, &*old, nullptr);
    const bool known = old != before.end() && old->id == now.id;
    tell_watched(turn, known ? &*old : nullptr, &now);
    if (known) ++old;
  }
  for (; old != before.end(); ++old) tell_watched(turn, &*old, nullptr);
  if (notify_.watches_server()) {
    tell_annotations(turn, "", notify_.server_metadata, store.metadata());
  }
  notify_.server_metadata = store.metadata();
  if (turn.out.units.size() - said <= config_->max_notify_news) return;
  // RFC 5465 §5.8: too much for this server; the client must look for itself from here on.
  turn.out.units.resize(said);
  turn.out.line("* OK [NOTIFICATIONOVERFLOW] Too much at once; look for yourself");
  notify_ = NotifyState();
}

void ImapServer::tell_watched(Turn& turn, const WatchedMailbox* before,
                              const WatchedMailbox* after) {
  const NotifyGroup* group = notify_.group_of(after != nullptr ? *after : *before);
  if (group == nullptr) return;
  const bool names = has_event(*group, NotifyEvent::kMailboxName);
  if (after == nullptr) {
    if (names) tell_listed(turn, "\\NonExistent", before->name, {});
    return;
  }
  const Mailbox& mailbox = (*turn.context.store)->mailbox(after->id);
  if (before == nullptr) {
    if (names) tell_listed(turn, {}, after->name, {});
  } else if (before->name != after->name) {
    if (names) tell_listed(turn, {}, after->name, before->name);
  }
  if (before != nullptr && before->subscribed != after->subscribed &&
      has_event(*group, NotifyEvent::kSubscriptionChange)) {
    tell_listed(turn, after->subscribed ? "\\Subscribed" : "", after->name, {});
  }
  if (before != nullptr && has_event(*group, NotifyEvent::kMailboxMetadataChange)) {
    tell_annotations(turn, after->name, before->metadata, after->metadata);
  }
  const bool here = state_ == imap::State::kSelected && view_.mailbox() == after->id;
  if (here || mailbox.no_select) return;
  const uint64_t structure_before = before != nullptr ? before->structure : 0;
  const bool moved = structure_before != after->structure;
  const bool flagged = before != nullptr && !moved && before->modseq != after->modseq;
  if ((moved && has_event(*group, NotifyEvent::kMessageNew)) ||
      (flagged && has_event(*group, NotifyEvent::kFlagChange))) {
    tell_status_of(turn, mailbox);
  }
}

void ImapServer::tell_status_of(Turn& turn, const Mailbox& mailbox) {
  ResponseWriter writer(turn.out);
  writer.add("* STATUS ");
  writer.add_encoded(access(turn).encoded(mailbox.name));
  writer.add(fmt::format(" (MESSAGES {} UIDNEXT {} UIDVALIDITY {} UNSEEN {}",
                         mailbox.entries.size(), mailbox.uid_next.value, mailbox.uid_validity,
                         mailbox.entries.summary().unseen));
  if (tells_modseq()) writer.add(fmt::format(" HIGHESTMODSEQ {}", mailbox.highest_modseq));
  writer.add(")");
  writer.finish();
}

void ImapServer::tell_listed(Turn& turn, std::string_view attributes, std::string_view name,
                             std::string_view old_name) {
  ResponseWriter writer(turn.out);
  writer.add(fmt::format("* LIST ({}) \"{}\" ", attributes, MailStore::kSeparator));
  writer.add_encoded(access(turn).encoded(name));
  if (!old_name.empty()) {
    writer.add(" (\"OLDNAME\" (");
    writer.add_encoded(access(turn).encoded(old_name));
    writer.add("))");
  }
  writer.finish();
}

void ImapServer::tell_annotations(Turn& turn, std::string_view mailbox,
                                  const std::vector<MetadataEntry>& before,
                                  const std::vector<MetadataEntry>& after) {
  std::vector<std::string> changed;
  auto old = before.begin();
  auto now = after.begin();
  while (old != before.end() || now != after.end()) {
    if (now == after.end() || (old != before.end() && old->name < now->name)) {
      changed.push_back(old++->name);
    } else if (old == before.end() || now->name < old->name) {
      changed.push_back(now++->name);
    } else {
      if (old->value != now->value) changed.push_back(now->name);
      ++old;
      ++now;
    }
  }
  if (changed.empty()) return;
  // RFC 5464 §4.4.2: the names alone; who wants the values asks for them.
  ResponseWriter writer(turn.out);
  writer.add("* METADATA ");
  writer.add_encoded(access(turn).encoded(mailbox));
  for (const std::string& name : changed) {
    writer.add(" ");
    writer.add_encoded(imap::encode_astring(name));
  }
  writer.finish();
}

}  // namespace mailscope
