// CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE: RFC 3501 §6.3.3 to §6.3.7.
#include <fmt/format.h>

#include <algorithm>

#include "sim/imap/mailbox_names.h"
#include "sim/imap/server.h"

namespace mailscope {
namespace {

constexpr char kSeparator = MailStore::kSeparator;

bool is_inbox(std::string_view name) { return canonical_mailbox_name(name) == "INBOX"; }

/// Room for `name` and any superiors that have to be made with it.
bool has_room(const MailStore& store, AccountId account, std::string_view name) {
  const auto levels = 1 + static_cast<size_t>(std::count(name.begin(), name.end(), kSeparator));
  return store.mailboxes_of(account).size() + levels <= MailStore::kMaxMailboxes &&
         store.mailboxes().size() + levels <= MailStore::kMaxMailboxes * 10;
}

bool below(std::string_view name, std::string_view superior) {
  return name.size() > superior.size() && name[superior.size()] == kSeparator &&
         name.substr(0, superior.size()) == superior;
}

}  // namespace

const Mailbox* ImapServer::find(const Turn& turn, std::string_view name) const {
  return (*turn.context.store)->find_mailbox(account_, name);
}

const Mailbox* ImapServer::usable(Turn& turn, std::string_view name, bool try_create) {
  const Mailbox* mailbox = find(turn, name);
  if (mailbox != nullptr && !mailbox->no_select) return mailbox;
  if (mailbox != nullptr) {
    no(turn, "[CANNOT] this name only holds others (\\Noselect)");
  } else if (try_create && why_not_a_new_name(name).empty()) {
    // RFC 3501 §6.3.11, §6.4.7: only when CREATE would succeed.
    no(turn, "[TRYCREATE] there is no such mailbox");
  } else {
    no(turn, "[NONEXISTENT] there is no such mailbox");
  }
  return nullptr;
}

const Mailbox* ImapServer::existing(Turn& turn, std::string_view name) {
  const Mailbox* mailbox = find(turn, name);
  if (mailbox == nullptr) no(turn, "[NONEXISTENT] there is no such mailbox");
  return mailbox;
}

bool ImapServer::may_be_made(Turn& turn, std::string_view name) {
  if (find(turn, name) != nullptr) {
    no(turn, "[ALREADYEXISTS] there is such a mailbox already");
    return false;
  }
  const std::string_view why_not = why_not_a_new_name(name);
  if (!why_not.empty()) {
    no(turn, fmt::format("[CANNOT] {}", why_not));
    return false;
  }
  if (!has_room(**turn.context.store, account_, name)) {
    no(turn, "[LIMIT] too many mailboxes");
    return false;
  }
  return true;
}

void ImapServer::cmd_create(Turn& turn, const imap::CreateArguments& arguments) {
  std::string_view name = arguments.mailbox;
  // RFC 3501 §6.3.3: a trailing separator only says that names below will follow.
  if (name.size() > 1 && name.back() == kSeparator) name.remove_suffix(1);
  if (!may_be_made(turn, name)) return;
  turn.context.store->edit().create_mailbox(account_, name, turn.context.trace);
  ok(turn, "CREATE completed");
}

void ImapServer::cmd_delete(Turn& turn, const imap::MailboxArguments& arguments) {
  if (is_inbox(arguments.mailbox)) return no(turn, "[CANNOT] INBOX cannot be deleted");
  const Mailbox* mailbox = existing(turn, arguments.mailbox);
  if (mailbox == nullptr) return;
  const std::vector<const Mailbox*> all = (*turn.context.store)->mailboxes_of(account_);
  const bool has_inferiors = std::any_of(all.begin(), all.end(), [&](const Mailbox* other) {
    return below(other->name, mailbox->name);
  });
  // RFC 3501 §6.3.4: an error.
  if (mailbox->no_select && has_inferiors) {
    return no(turn, "[CANNOT] there are mailboxes below this name");
  }
  turn.context.store->edit().delete_mailbox(mailbox->id, turn.context.trace);
  ok(turn, "DELETE completed");
}

void ImapServer::cmd_rename(Turn& turn, const imap::RenameArguments& arguments) {
  const Mailbox* mailbox = existing(turn, arguments.from);
  if (mailbox == nullptr || !may_be_made(turn, arguments.to)) return;
  const MailboxId id = mailbox->id;
  if (is_inbox(arguments.from)) {
    // RFC 3501 §6.3.5: its messages move to a new mailbox, and INBOX is left empty.
    turn.context.store->edit().rename_inbox(account_, arguments.to, turn.context.trace);
    return ok(turn, "RENAME completed: the messages have moved, INBOX is empty");
  }
  if (below(arguments.to, mailbox->name)) {
    return no(turn, "[CANNOT] a mailbox cannot move below itself");
  }
  for (const Mailbox* other : (*turn.context.store)->mailboxes_of(account_)) {
    const size_t longer = arguments.to.size() + other->name.size() - mailbox->name.size();
    if (below(other->name, mailbox->name) && longer > kMaxRenamedName) {
      return no(turn, "[CANNOT] names below it would be too long");
    }
  }
  MailStore& store = turn.context.store->edit();
  const std::string_view superior = superior_name(arguments.to);
  // RFC 3501 §6.3.5: superior names that are missing are made.
  if (!superior.empty() && store.find_mailbox(account_, superior) == nullptr) {
    store.create_mailbox(account_, superior, turn.context.trace);
  }
  store.rename_mailbox(id, arguments.to, turn.context.trace);
  ok(turn, "RENAME completed");
}

void ImapServer::cmd_subscribe(Turn& turn, const imap::MailboxArguments& arguments) {
  const Mailbox* mailbox = existing(turn, arguments.mailbox);
  if (mailbox == nullptr) return;
  const bool subscribed = turn.row->command == imap::Command::kSubscribe;
  turn.context.store->edit().set_subscribed(account_, mailbox->name, subscribed);
  ok(turn, fmt::format("{} completed", turn.row->name));
}

}  // namespace mailscope
