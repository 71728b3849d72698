#include "sim/imap/notify_state.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "sim/imap/mailbox_names.h"
#include "sim/imap/special_use.h"

namespace mailscope {

using imap::NotifyEvent;
using imap::NotifyGroup;
using Where = imap::NotifyGroup::Where;

namespace {

constexpr std::string_view kPrivate = "/private";

bool of_selected(const NotifyGroup& group) {
  return group.where == Where::kSelected || group.where == Where::kSelectedDelayed;
}

bool covers(const NotifyGroup& group, std::string_view name, bool own, bool subscribed) {
  const auto named = [&](auto matches) {
    return std::any_of(group.mailboxes.begin(), group.mailboxes.end(), matches);
  };
  switch (group.where) {
    case Where::kSelected:
    case Where::kSelectedDelayed: return false;
    // RFC 5465 §6.3: where mail is delivered to.
    case Where::kInboxes: return name == "INBOX";
    case Where::kPersonal: return own;
    case Where::kSubscribed: return subscribed;
    case Where::kSubtree:
      return named([name](const std::string& top) { return is_at_or_below(name, top); });
    case Where::kMailboxes: return named([name](const std::string& one) { return one == name; });
  }
  return false;
}

bool same_metadata(const std::vector<MetadataEntry>& a, const std::vector<MetadataEntry>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const MetadataEntry& x, const MetadataEntry& y) {
                      return x.name == y.name && x.value == y.value;
                    });
}

/// RFC 5464 §3.3: of others' mailboxes what is shared; the special uses are an annotation, too (RFC
/// 6154 §4).
std::vector<MetadataEntry> metadata_of(const Mailbox& mailbox, bool own, bool with_uses) {
  std::vector<MetadataEntry> seen;
  for (const MetadataEntry& entry : mailbox.metadata) {
    if (own || !is_at_or_below(entry.name, kPrivate)) seen.push_back(entry);
  }
  if (!own || !with_uses || mailbox.special_use.empty()) return seen;
  const auto at = std::lower_bound(
      seen.begin(), seen.end(), imap::kSpecialUseEntry,
      [](const MetadataEntry& entry, std::string_view name) { return entry.name < name; });
  seen.insert(at, {std::string(imap::kSpecialUseEntry), imap::encode_uses(mailbox.special_use)});
  return seen;
}

std::vector<std::string> differences(const std::vector<std::string>& before,
                                     const std::vector<std::string>& after) {
  std::vector<std::string> differing;
  std::set_symmetric_difference(before.begin(), before.end(), after.begin(), after.end(),
                                std::back_inserter(differing));
  return differing;
}

/// One telling of names: what the groups want of `now` after `state.told`.
class NamesTelling {
 public:
  NamesTelling(NotifyState& state, const Watched& now, const Access& access)
      : state_(state), now_(now), access_(access), changes_(changes_between(state.told, now)) {}

  NamesNews news() {
    add_created_and_deleted();
    add_renamed();
    add_subscriptions();
    add_access();
    return std::move(news_);
  }

 private:
  [[nodiscard]] NotifyEvents events(std::string_view name) const {
    return events_at(state_, now_, access_, name);
  }
  [[nodiscard]] bool wants(std::string_view name, NotifyEvent event) const {
    return (events(name) & bit(event)) != 0;
  }
  void add_affected(std::string_view name, MailboxId about) {
    if (name.empty() || !wants(name, NotifyEvent::kMailboxName)) return;
    news_.emplace(name, NameNews{{}, about});
  }

  /// RFC 5465 §5.4: the mailbox and its direct parent are affected, whether that exists or not.
  void add_created_and_deleted() {
    for (const WatchedChange& change : changes_) {
      if (!change.comes_or_goes()) continue;
      for (const WatchedMailbox* each : {change.before, change.after}) {
        if (each == nullptr) continue;
        add_affected(each->name, each->id);
        add_affected(superior_name(each->name), each->id);
      }
    }
  }

  /// RFC 5465 §5.4: nothing more of the children of a mailbox whose new name is told. The mailbox
  /// is affected by either of its names.
  void add_renamed() {
    std::map<std::string_view, const WatchedMailbox*> renamed;  // by the old name, parents first
    for (const WatchedChange& change : changes_) {
      if (change.is_renamed() && !change.comes_or_goes()) {
        renamed.emplace(change.before->name, change.after);
      }
    }
    std::set<std::string_view> told;
    for (const auto& [old_name, after] : renamed) {
      const std::string_view above = superior_name(old_name);
      const auto parent = renamed.find(above);
      const bool by_parent = parent != renamed.end() && told.count(above) != 0 &&
                             superior_name(after->name) == parent->second->name;
      const bool wanted = wants(old_name, NotifyEvent::kMailboxName) ||
                          wants(after->name, NotifyEvent::kMailboxName);
      if (!by_parent && !wanted) continue;
      if (!by_parent) {
        news_.insert_or_assign(after->name, NameNews{std::string(old_name), after->id});
      }
      told.insert(old_name);
    }
  }

  void add_subscriptions() {
    for (const std::string& name : differences(state_.told.subscriptions, now_.subscriptions)) {
      if (!wants(name, NotifyEvent::kSubscriptionChange)) continue;
      news_.emplace(name, NameNews{{}, {}, true});
    }
  }

  /// RFC 5465 §3.1, §5.9: \NoAccess where the user has lost the right to look the mailbox up, or
  /// has not that to read it, which every event needs (§5); and no \NoAccess when that is over.
  void add_access() {
    constexpr NotifyEvents kOfMailboxes = ~bit(NotifyEvent::kServerMetadataChange);
    std::vector<std::string> without;
    std::set<std::string_view> listed;
    for (const WatchedMailbox& row : now_.mailboxes) {
      listed.insert(row.name);
      if (row.no_select || row.readable) continue;
      if ((events(row.name) & kOfMailboxes) != 0) without.push_back(row.name);
    }
    const auto add_lost = [&](const std::string& name) {
      const Mailbox* there = access_.find(name);
      if (there == nullptr || there->no_select || listed.count(name) != 0) return;
      if ((events(name) & kOfMailboxes) != 0) without.push_back(name);
    };
    for (const WatchedChange& change : changes_) {
      if (change.after == nullptr) add_lost(change.before->name);
    }
    for (const std::string& name : state_.no_access) add_lost(name);
    std::sort(without.begin(), without.end());
    without.erase(std::unique(without.begin(), without.end()), without.end());
    // A mailbox that was out of reach and has been deleted is out of reach still.
    state_.no_access.erase(
        std::remove_if(state_.no_access.begin(), state_.no_access.end(),
                       [&](const std::string& name) {
                         return listed.count(name) == 0 &&
                                !std::binary_search(without.begin(), without.end(), name);
                       }),
        state_.no_access.end());
    for (const std::string& name : differences(state_.no_access, without)) {
      const Mailbox* there = access_.find(name);
      news_.emplace(name, NameNews{{}, there != nullptr ? there->id : MailboxId{}});
    }
    state_.no_access = std::move(without);
  }

  NotifyState& state_;
  const Watched& now_;
  const Access& access_;
  std::vector<WatchedChange> changes_;
  NamesNews news_;
};

}  // namespace

NotifyEvents events_of(const NotifyGroup& group) {
  NotifyEvents events = 0;
  for (const NotifyEvent event : group.events) events |= bit(event);
  return events;
}

bool operator==(const WatchedMailbox& a, const WatchedMailbox& b) {
  return a.id == b.id && a.name == b.name && a.no_select == b.no_select &&
         a.readable == b.readable && a.uid_validity == b.uid_validity &&
         a.structure == b.structure &&
         a.flags_modseq == b.flags_modseq && same_metadata(a.metadata, b.metadata);
}

bool Watched::subscribes_to(std::string_view name) const {
  return std::binary_search(subscriptions.begin(), subscriptions.end(), name, std::less<>());
}

std::vector<WatchedChange> changes_between(const Watched& before, const Watched& after) {
  std::vector<WatchedChange> changes;
  std::vector<const WatchedMailbox*> come;
  std::map<std::string_view, size_t> gone;  // by name: where in `changes`
  const auto add_gone = [&](const WatchedMailbox& mailbox) {
    gone.emplace(mailbox.name, changes.size());
    changes.push_back({&mailbox, nullptr});
  };
  auto old = before.mailboxes.begin();
  for (const WatchedMailbox& now : after.mailboxes) {
    for (; old != before.mailboxes.end() && old->id < now.id; ++old) add_gone(*old);
    if (old == before.mailboxes.end() || old->id != now.id) {
      come.push_back(&now);
      continue;
    }
    if (!(*old == now)) changes.push_back({&*old, &now});
    ++old;
  }
  for (; old != before.mailboxes.end(); ++old) add_gone(*old);
  for (const WatchedMailbox* now : come) {
    const auto same_name = gone.find(now->name);
    if (same_name == gone.end()) {
      changes.push_back({nullptr, now});
    } else {
      changes[same_name->second].after = now;
    }
  }
  const auto id_of = [](const WatchedChange& change) {
    return change.after != nullptr ? change.after->id : change.before->id;
  };
  std::sort(changes.begin(), changes.end(), [&](const WatchedChange& a, const WatchedChange& b) {
    return id_of(a) < id_of(b);
  });
  return changes;
}

const NotifyGroup* NotifyState::selected_group() const {
  for (const NotifyGroup& group : groups) {
    if (of_selected(group)) return &group;
  }
  return nullptr;
}

NewsAllowed NotifyState::wanted() const {
  if (!used) return NewsAllowed::kAll;
  const NotifyGroup* group = selected_group();
  const NotifyEvents events = group != nullptr ? events_of(*group) : 0;
  const auto if_wanted = [events](NotifyEvent event, NewsAllowed news) {
    return (events & bit(event)) != 0 ? news : NewsAllowed::kNone;
  };
  return if_wanted(NotifyEvent::kMessageNew, NewsAllowed::kArrivals) |
         if_wanted(NotifyEvent::kMessageExpunge, NewsAllowed::kExpunges) |
         if_wanted(NotifyEvent::kFlagChange, NewsAllowed::kFlags);
}

NotifyEvents NotifyState::events_at(std::string_view name, bool own, bool subscribed) const {
  NotifyEvents events = 0;
  for (const NotifyGroup& group : groups) {
    if (covers(group, name, own, subscribed)) events |= events_of(group);
  }
  return events;
}

bool NotifyState::watches_server() const {
  return std::any_of(groups.begin(), groups.end(), [](const NotifyGroup& group) {
    return (events_of(group) & bit(NotifyEvent::kServerMetadataChange)) != 0;
  });
}

std::vector<WatchedMailbox> watched_mailboxes(const std::vector<VisibleName>& visible,
                                              AccountId user, bool with_uses) {
  std::vector<WatchedMailbox> all;
  for (const VisibleName& row : visible) {
    if (row.mailbox == nullptr) continue;
    const Mailbox& mailbox = *row.mailbox;
    all.push_back({mailbox.id, row.name, mailbox.no_select,
                   (row.rights & imap::bit(imap::Right::kRead)) != 0, mailbox.uid_validity,
                   mailbox.structure, mailbox.entries.summary().max_modseq,
                   metadata_of(mailbox, mailbox.account == user, with_uses)});
  }
  std::sort(all.begin(), all.end(),
            [](const WatchedMailbox& a, const WatchedMailbox& b) { return a.id < b.id; });
  return all;
}

NotifyEvents events_at(const NotifyState& state, const Watched& now, const Access& access,
                       std::string_view name) {
  const bool subscribed = state.told.subscribes_to(name) || now.subscribes_to(name);
  return state.events_at(name, access.is_personal(name), subscribed);
}

NamesNews names_news(NotifyState& state, const Watched& now, const Access& access) {
  return NamesTelling(state, now, access).news();
}

void NotifyState::add_to(Digest& digest) const {
  digest.add(set);
  if (used && !set) digest.add(used);
  if (!set) return;
  for (const NotifyGroup& group : groups) {
    digest.add(static_cast<int>(group.where));
    for (const std::string& name : group.mailboxes) digest.add(name);
    for (const NotifyEvent event : group.events) digest.add(static_cast<int>(event));
    for (const imap::FetchItem& item : group.new_items) digest.add(imap::encode_fetch_item(item));
  }
  for (const WatchedMailbox& mailbox : told.mailboxes) {
    digest.add(mailbox.id);
    digest.add(mailbox.name);
    digest.add(mailbox.no_select);
    digest.add(mailbox.readable);
    digest.add(mailbox.uid_validity);
    digest.add(mailbox.structure);
    digest.add(mailbox.flags_modseq);
    for (const MetadataEntry& entry : mailbox.metadata) digest.add(entry.value);
  }
  for (const std::string& name : told.subscriptions) digest.add(name);
  for (const MetadataEntry& entry : told.server) digest.add(entry.value);
  digest.add(told.version);
  for (const std::string& name : no_access) digest.add(name);
}

}  // namespace mailscope
