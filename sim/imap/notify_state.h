// What a session asked to be told of by NOTIFY (RFC 5465), what it has been told of the mailboxes
// that it has not selected, and what of it is news. How it is told: cmd_notify.cpp.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/digest.h"
#include "sim/imap/access.h"
#include "sim/mail/mailbox_view.h"
#include "sim/wire/imap_command.h"

namespace mailscope {

/// A set of events: one bit each.
using NotifyEvents = uint32_t;
constexpr NotifyEvents bit(imap::NotifyEvent event) { return 1u << static_cast<int>(event); }
constexpr NotifyEvents kMessageEvents = bit(imap::NotifyEvent::kMessageNew) |
                                        bit(imap::NotifyEvent::kMessageExpunge) |
                                        bit(imap::NotifyEvent::kFlagChange);
[[nodiscard]] NotifyEvents events_of(const imap::NotifyGroup& group);

/// A name that the user can look up, as the session was last told of it.
struct WatchedMailbox {
  MailboxId id;
  std::string name;        // as this user calls it
  bool no_select = false;  // no mailbox: a name that only holds others
  bool readable = false;   // RFC 5465 §5: no event without the right "r"
  uint32_t uid_validity = 0;
  uint64_t structure = 0;
  uint64_t flags_modseq = 0;            // no flag was changed after it
  std::vector<MetadataEntry> metadata;  // that the user may see, ascending by name

  friend bool operator==(const WatchedMailbox& a, const WatchedMailbox& b);
};

/// All that NOTIFY can watch, at one moment.
struct Watched {
  std::vector<WatchedMailbox> mailboxes;   // ascending by id
  std::vector<std::string> subscriptions;  // ascending
  std::vector<MetadataEntry> server;       // the server's annotations, ascending by name
  uint64_t version = 0;                    // of the store

  [[nodiscard]] bool subscribes_to(std::string_view name) const;
};

/// One mailbox before and after; null where there was none, or is none.
struct WatchedChange {
  const WatchedMailbox* before = nullptr;
  const WatchedMailbox* after = nullptr;

  /// The UIDs of before mean nothing any more: it is another mailbox under the same name, or one
  /// that got new ones.
  [[nodiscard]] bool is_replaced() const {
    return before != nullptr && after != nullptr && before->uid_validity != after->uid_validity;
  }
  [[nodiscard]] bool is_renamed() const {
    return before != nullptr && after != nullptr && before->name != after->name;
  }
  /// A mailbox was created or deleted, or can be seen now and could not be before, or the other way
  /// round (RFC 5465 §5.4).
  [[nodiscard]] bool comes_or_goes() const {
    return (before == nullptr) != (after == nullptr) ||
           (before != nullptr && before->no_select != after->no_select);
  }
};

/// What has changed, in the order of the ids.
std::vector<WatchedChange> changes_between(const Watched& before, const Watched& after);

/// Why LIST is to be told of a name.
struct NameNews {
  std::string old_name;  // RFC 5465 §5.4, OLDNAME; or none
  MailboxId about;       // to which it happened: the mailbox itself, or one right below the name
  bool subscription = false;  // the account subscribed to the name, or does no longer
};
/// By the name.
using NamesNews = std::map<std::string, NameNews, std::less<>>;

struct NotifyState {
  /// NOTIFY was said: what it did not ask for is not told any more, not even by commands (RFC 5465
  /// §3.1). Before that the rules of RFC 3501 hold.
  bool used = false;
  bool set = false;                       // NOTIFY SET was the last
  std::vector<imap::NotifyGroup> groups;  // with names in the form inside
  Watched told;
  /// Names that the client was told it has no access to, ascending (RFC 5465 §3.1, §5.9).
  std::vector<std::string> no_access;

  /// The group about the selected mailbox, or null.
  [[nodiscard]] const imap::NotifyGroup* selected_group() const;
  /// Which news of the selected mailbox the client wants to hear at all.
  [[nodiscard]] NewsAllowed wanted() const;
  /// FlagChange of the selected mailbox was asked for.
  [[nodiscard]] bool tells_flags() const { return set && allows(wanted(), NewsAllowed::kFlags); }
  /// What is to be told of a mailbox that is not selected: all that any group says, since several
  /// can be about one mailbox (RFC 5465 §6). `own`: in the user's personal namespace.
  [[nodiscard]] NotifyEvents events_at(std::string_view name, bool own, bool subscribed) const;
  /// Any group wants to hear of changes to the server's annotations.
  [[nodiscard]] bool watches_server() const;
  void add_to(Digest& digest) const;
};

/// `visible`: by their octets, as Access::visible() has them.
std::vector<WatchedMailbox> watched_mailboxes(const std::vector<VisibleName>& visible,
                                              AccountId user, bool with_uses);
/// What the client wants to hear of the name: by what it is subscribed to now, or was when it was
/// last told.
NotifyEvents events_at(const NotifyState& state, const Watched& now, const Access& access,
                       std::string_view name);
/// The names of which to tell, once `now` takes the place of state.told; and state.no_access as it
/// will be then.
NamesNews names_news(NotifyState& state, const Watched& now, const Access& access);

}  // namespace mailscope
