// NOTIFY: RFC 5465. The client names mailboxes and what it wants to hear of them; the server tells
// it as it happens, without a command in progress. Which events go together is the grammar's:
// sim/wire/imap_arguments_notify.cpp; what is news to the client, notify_state.h's; what is fetched
// of new messages, new_messages.cpp's.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "sim/imap/mailbox_names.h"
#include "sim/imap/response_writer.h"
#include "sim/imap/server.h"

namespace mailscope {

using imap::Extension;
using imap::NotifyEvent;
using imap::NotifyGroup;

namespace {

constexpr std::string_view kPrivate = "/private";

bool by_name(const MetadataEntry& a, const MetadataEntry& b) { return a.name < b.name; }

}  // namespace

std::string ImapServer::unsupported_events(const imap::NotifyArguments& arguments) const {
  const auto supported = [this](NotifyEvent event) {
    switch (event) {
      case NotifyEvent::kAnnotationChange:
      case NotifyEvent::kUnknown: return false;
      case NotifyEvent::kMailboxMetadataChange: return offers(Extension::kMetadata);
      case NotifyEvent::kServerMetadataChange:
        return offers(Extension::kMetadata) || offers(Extension::kMetadataServer);
      default: return true;
    }
  };
  const bool all_supported = std::all_of(
      arguments.groups.begin(), arguments.groups.end(), [&](const NotifyGroup& group) {
        return std::all_of(group.events.begin(), group.events.end(), supported);
      });
  std::string names;
  for (int i = 0; !all_supported && i < static_cast<int>(NotifyEvent::kUnknown); ++i) {
    const auto event = static_cast<NotifyEvent>(i);
    if (!supported(event)) continue;
    names += fmt::format("{}{}", names.empty() ? "" : " ", imap::notify_event_name(event));
  }
  return names;
}

std::vector<NotifyGroup> ImapServer::groups_inside(const Turn& turn,
                                                   const imap::NotifyArguments& arguments) const {
  const Access as_seen = access(turn);
  std::vector<NotifyGroup> groups = arguments.groups;
  for (NotifyGroup& group : groups) {
    std::vector<std::string> names;
    for (const std::string& wire : group.mailboxes) {
      if (auto name = as_seen.name_from_wire(wire)) names.push_back(std::move(*name));
    }
    group.mailboxes = std::move(names);
  }
  return groups;
}

void ImapServer::cmd_notify(Turn& turn, const imap::NotifyArguments& arguments) {
  // RFC 5465 §3.1: all that could have been asked for is named.
  if (const std::string supported = unsupported_events(arguments); !supported.empty()) {
    return no(turn, fmt::format("[BADEVENT ({})] nothing else happens here", supported));
  }
  notify_ = NotifyState();
  // RFC 5465 §3.1: NOTIFY SET is NOOP as well, and from then on its own rules hold.
  if (arguments.set) tell_news(turn, NewsAllowed::kAll);
  notify_.used = true;
  if (!arguments.set) return ok(turn, "NOTIFY completed");
  notify_.set = true;
  notify_.groups = groups_inside(turn, arguments);
  const Access as_seen = access(turn);
  const std::vector<VisibleName> visible = as_seen.visible();
  const Watched now = watched_now(turn, visible);
  notify_.told = now;
  tell_names(turn, visible, names_news(notify_, now, as_seen));
  turn.told.clear();  // RFC 5465 §3.1: what is so from the start is the answer
  for (const WatchedMailbox& watched : now.mailboxes) {
    const bool here = state_ == imap::State::kSelected && view_.mailbox() == watched.id;
    if (!arguments.status || here || watched.no_select || !watched.readable) continue;
    if ((events_at(notify_, now, as_seen, watched.name) & kMessageEvents) == 0) continue;
    tell_status_of(turn, watched, true);
  }
  ok(turn, "NOTIFY completed");
}

Watched ImapServer::watched_now(const Turn& turn, const std::vector<VisibleName>& visible) const {
  const MailStore& store = **turn.context.store;
  const Account& user = store.account(account_);
  Watched now;
  now.mailboxes = watched_mailboxes(visible, account_, offers(Extension::kSpecialUse));
  if (offers(Extension::kSubscriptions)) now.subscriptions = user.subscriptions;
  std::vector<MetadataEntry> shared;
  for (const MetadataEntry& entry : store.metadata()) {
    if (!is_at_or_below(entry.name, kPrivate)) shared.push_back(entry);
  }
  std::merge(user.metadata.begin(), user.metadata.end(), shared.begin(), shared.end(),
             std::back_inserter(now.server), by_name);
  now.version = store.version();
  return now;
}

void ImapServer::tell_other_mailboxes(Turn& turn) {
  const MailStore& store = **turn.context.store;
  if (!notify_.set || notify_.told.version == store.version()) return;
  const Access as_seen = access(turn);
  const std::vector<VisibleName> visible = as_seen.visible();
  const Watched now = watched_now(turn, visible);
  const NamesNews names = names_news(notify_, now, as_seen);
  const Watched before = std::exchange(notify_.told, now);
  const size_t said = turn.out.units.size();
  tell_names(turn, visible, names);
  for (const WatchedChange& change : changes_between(before, now)) tell_watched(turn, change);
  if (notify_.watches_server()) tell_annotations(turn, nullptr, before.server, now.server);
  if (turn.out.units.size() - said <= config_->max_notify_news) return record_told(turn);
  // RFC 5465 §5.8: too much for this server; the client must look for itself from here on, as if it
  // had said NOTIFY NONE.
  turn.out.units.resize(said);
  turn.told.clear();
  turn.out.line("* OK [NOTIFICATIONOVERFLOW] Too much at once; look for yourself");
  notify_ = NotifyState();
  notify_.used = true;
}

void ImapServer::pass_over_own_changes(Turn& turn) {
  const MailStore& store = **turn.context.store;
  if (!notify_.set || notify_.told.version == store.version()) return;
  const Access as_seen = access(turn);
  Watched now = watched_now(turn, as_seen.visible());
  names_news(notify_, now, as_seen);
  notify_.told = std::move(now);
}

void ImapServer::tell_names(Turn& turn, const std::vector<VisibleName>& visible,
                            const NamesNews& news) {
  const Access as_seen = access(turn);
  ListingHabits habits = listing_habits(true);
  habits.children = true;  // RFC 5465 §5.4: \HasChildren and \HasNoChildren in any case
  const MailboxId inbox = (*turn.context.store)->inbox(account_).id;
  for (const auto& [name, why] : news) {
    const auto at = std::lower_bound(
        visible.begin(), visible.end(), name,
        [](const VisibleName& row, const std::string& wanted) { return row.name < wanted; });
    std::string attributes = "\\NonExistent";
    if (at != visible.end() && at->name == name) {
      VisibleName row = *at;
      // RFC 5465 §5.4: a name that refers to no mailbox.
      if (row.mailbox != nullptr && row.mailbox->no_select) row.mailbox = nullptr;
      attributes = list_attributes(row, account_, habits);
    }
    if (notify_.told.subscribes_to(name)) attributes += " \\Subscribed";
    if (std::binary_search(notify_.no_access.begin(), notify_.no_access.end(), name)) {
      attributes += " \\NoAccess";
    }
    if (why.subscription) {
      note_told(turn, ViewChange::kSubscription, inbox.value);
    } else {
      note_told(turn, ViewChange::kListed, why.about.value);
    }
    say_listed(turn, "LIST", {name, attributes, {}},
               why.old_name.empty() ? std::string() : as_seen.wire_name(why.old_name));
  }
}

void ImapServer::tell_watched(Turn& turn, const WatchedChange& change) {
  const WatchedMailbox* after = change.after;
  if (after == nullptr || after->no_select || !after->readable) return;
  const NotifyEvents events = events_at(notify_, notify_.told, access(turn), after->name);
  if (change.before != nullptr && (events & bit(NotifyEvent::kMailboxMetadataChange)) != 0) {
    tell_annotations(turn, after, change.before->metadata, after->metadata);
  }
  if (state_ == imap::State::kSelected && view_.mailbox() == after->id) return;
  const bool known = change.before != nullptr && change.before->readable &&
                     !change.before->no_select && !change.is_replaced();
  const bool moved = known ? change.before->structure != after->structure
                           : change.is_replaced() || after->structure != 0;
  const bool flagged = known && !moved && change.before->flags_modseq != after->flags_modseq;
  if ((moved && (events & bit(NotifyEvent::kMessageNew)) != 0) ||
      (flagged && (events & bit(NotifyEvent::kFlagChange)) != 0)) {
    tell_status_of(turn, *after, false);
  }
}

void ImapServer::tell_status_of(Turn& turn, const WatchedMailbox& watched, bool initial) {
  const Mailbox& mailbox = (*turn.context.store)->mailbox(watched.id);
  const Access as_seen = access(turn);
  // RFC 5465 §3.1: at first it is for whoever may enable CONDSTORE one day, and wants flags.
  const NotifyEvents events = events_at(notify_, notify_.told, as_seen, watched.name);
  const bool may_come = initial && offers(Extension::kCondStore) &&
                        (events & bit(NotifyEvent::kFlagChange)) != 0;
  if (!initial) note_told(turn, ViewChange::kStatus, watched.id.value);
  ResponseWriter writer(turn.out);
  writer.add("* STATUS ");
  writer.add_encoded(as_seen.encoded(watched.name));
  writer.add(fmt::format(" (MESSAGES {} UIDNEXT {} UIDVALIDITY {} UNSEEN {}",
                         mailbox.entries.size(), mailbox.uid_next.value, mailbox.uid_validity,
                         mailbox.entries.summary().unseen));
  if (knows_modseqs() || may_come) {
    writer.add(
        fmt::format(" HIGHESTMODSEQ {}", status_value(mailbox, imap::StatusItem::kHighestModseq)));
  }
  writer.add(")");
  writer.finish();
}

void ImapServer::tell_annotations(Turn& turn, const WatchedMailbox* mailbox,
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
  if (mailbox != nullptr) {
    note_told(turn, ViewChange::kAnnotated, mailbox->id.value);
  } else {
    note_told(turn, ViewChange::kServerAnnotated, (*turn.context.store)->inbox(account_).id.value);
  }
  // RFC 5464 §4.4.2: the names alone; who wants the values asks for them.
  ResponseWriter writer(turn.out);
  writer.add("* METADATA ");
  writer.add_encoded(access(turn).encoded(mailbox != nullptr ? mailbox->name : std::string()));
  for (const std::string& name : changed) {
    writer.add(" ");
    writer.add_encoded(imap::encode_astring(name));
  }
  writer.finish();
}

}  // namespace mailscope
