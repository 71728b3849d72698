// What a session asked to be told of by NOTIFY (RFC 5465), and what it has been told of the
// mailboxes that it has not selected.
#pragma once

#include <string>
#include <vector>

#include "sim/base/digest.h"
#include "sim/mail/mail_store.h"
#include "sim/wire/imap_command.h"

namespace mailscope {

/// A mailbox as the session was last told of it.
struct WatchedMailbox {
  MailboxId id;
  std::string name;
  Uid uid_next;
  uint64_t structure = 0;
  uint64_t modseq = 0;
  bool subscribed = false;
  std::vector<MetadataEntry> metadata;
};

struct NotifyState {
  bool set = false;  // NOTIFY SET was said; without it the rules of RFC 3501 hold
  std::vector<imap::NotifyGroup> groups;
  std::vector<WatchedMailbox> told;            // ascending by id
  std::vector<MetadataEntry> server_metadata;  // as told
  uint64_t told_version = 0;                   // MailStore::version() when it was

  /// The group about the selected mailbox, or null.
  [[nodiscard]] const imap::NotifyGroup* selected_group() const;
  /// The first group that a mailbox falls into (RFC 5465 §6: the first one counts), or null.
  [[nodiscard]] const imap::NotifyGroup* group_of(const WatchedMailbox& mailbox) const;
  /// Any group wants to hear of changes to the server's annotations.
  [[nodiscard]] bool watches_server() const;
  void add_to(Digest& digest) const;
};

[[nodiscard]] bool has_event(const imap::NotifyGroup& group, imap::NotifyEvent event);
/// Every mailbox of the account as it is now, ascending by id.
[[nodiscard]] std::vector<WatchedMailbox> watch(const MailStore& store, AccountId account);

}  // namespace mailscope
