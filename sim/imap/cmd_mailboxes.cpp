// CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE: RFC 3501 §6.3.3 to §6.3.7, RFC 9051 §6.3.4 to
// §6.3.8; RFC 6154 §3 (special uses), RFC 4314 §4 (who may), RFC 8474 §4.1 (MAILBOXID). How the
// commands find a mailbox by its name: mailbox_access.cpp.
#include <fmt/format.h>

#include <algorithm>

#include "sim/imap/mailbox_names.h"
#include "sim/imap/object_id.h"
#include "sim/imap/server.h"
#include "sim/imap/special_use.h"

namespace mailscope {
namespace {

using imap::Extension;
using imap::Right;

constexpr char kSeparator = MailStore::kSeparator;

/// Room for `name` and any superiors that have to be made with it.
bool names_fit(const MailStore& store, const MailboxPlace& place) {
  const auto levels =
      1 + static_cast<size_t>(std::count(place.name.begin(), place.name.end(), kSeparator));
  return store.mailboxes_of(place.owner).size() + levels <= MailStore::kMaxMailboxes &&
         store.mailboxes().size() + levels <= MailStore::kMaxMailboxes * 10;
}

/// RFC 3501 §6.3.3: a separator at the end only says that names below will follow.
std::string_view without_declaration(std::string_view name) {
  if (name.size() > 1 && name.back() == kSeparator) name.remove_suffix(1);
  return name;
}

}  // namespace

std::optional<MailboxPlace> ImapServer::new_place(Turn& turn, std::string_view wire) {
  const auto refuse = [&](std::string_view why) -> std::optional<MailboxPlace> {
    no(turn, why);
    return std::nullopt;
  };
  const MailStore& store = **turn.context.store;
  const Access as_seen = access(turn);
  const std::optional<std::string> name = as_seen.name_from_wire(wire);
  if (!name) {
    return refuse(utf8_names()
                      ? "[CANNOT] the name is not Net-Unicode (RFC 9051 section 5.1)"
                      : "[CANNOT] the name is not modified UTF-7 (RFC 3501 section 5.1.3)");
  }
  const std::optional<MailboxPlace> place = as_seen.place_of(*name);
  if (!place) {
    return refuse(is_at_or_below(*name, kOtherUsers) &&
                          superior_name(*name).size() <= kOtherUsers.size()
                      ? "[CANNOT] this level is for the names of other users"
                      : "[NOPERM] you may not create mailboxes there");
  }
  const Mailbox* there = store.find_mailbox(place->owner, place->name);
  if (there != nullptr && as_seen.may(*there, Right::kLookup) &&
      (!there->no_select || turn.row->command == imap::Command::kRename)) {
    return refuse("[ALREADYEXISTS] there is such a mailbox already");
  }
  const std::string_view why_not = why_not_a_new_name(place->name);
  if (!why_not.empty()) return refuse(fmt::format("[CANNOT] {}", why_not));
  if (!as_seen.may_create(*place) || (there != nullptr && !there->no_select)) {
    return refuse("[NOPERM] you may not create mailboxes there");
  }
  if (!names_fit(store, *place)) return refuse("[LIMIT] too many mailboxes");
  return place;
}

MailboxId ImapServer::make_mailbox(Turn& turn, const MailboxPlace& place) {
  MailStore& store = turn.context.store->edit();
  const Mailbox* there = store.find_mailbox(place.owner, place.name);
  // RFC 4314 §3.1 leaves a new mailbox's list to the server: here it is that of the mailbox above,
  // unless the name has been given one since it lost its mailbox.
  std::vector<AclEntry> inherited;
  std::vector<std::string> made;
  if (there == nullptr || there->acl.empty()) made.push_back(place.name);
  for (std::string_view above = superior_name(place.name); !above.empty();
       above = superior_name(above)) {
    const Mailbox* parent = store.find_mailbox(place.owner, above);
    if (parent != nullptr) {
      inherited = parent->acl;
      break;
    }
    made.emplace_back(above);
  }
  const MailboxId id =
      there != nullptr ? store.make_selectable(there->id, turn.context.trace)
                       : store.create_mailbox(place.owner, place.name, turn.context.trace);
  for (const std::string& name : made) {
    const MailboxId each = store.find_mailbox(place.owner, name)->id;
    if (!inherited.empty()) store.inherit_acl(each, inherited);
  }
  return id;
}

void ImapServer::cmd_create(Turn& turn, const imap::CreateArguments& arguments) {
  const std::string_view wire = without_declaration(arguments.mailbox);
  const std::optional<MailboxPlace> place = new_place(turn, wire);
  if (!place) return;
  std::vector<std::string> uses;
  for (const std::string& use : arguments.uses) {
    const std::string_view known = imap::find_special_use(use);
    // RFC 6154 §3: nothing is made then. Another's mailbox has its uses from its owner.
    if (known.empty() || place->owner != account_) {
      return no(turn, fmt::format("[USEATTR] {} cannot be given to a mailbox", use));
    }
    if (std::find(uses.begin(), uses.end(), known) == uses.end()) uses.emplace_back(known);
  }
  const MailboxId id = make_mailbox(turn, *place);
  if (!uses.empty()) turn.context.store->edit().set_special_use(id, uses);
  const Mailbox& mailbox = (*turn.context.store)->mailbox(id);
  tell_other_name(turn, mailbox, wire);
  const std::string code = offers(Extension::kObjectId)
                               ? fmt::format("[MAILBOXID ({})] ", mailbox_object_id(mailbox.id))
                               : std::string();
  ok(turn, code + "CREATE completed");
}

void ImapServer::cmd_delete(Turn& turn, const imap::MailboxArguments& arguments) {
  const Mailbox* mailbox = existing(turn, arguments.mailbox, Right::kDeleteMailbox);
  if (mailbox == nullptr) return;
  if (mailbox->name == "INBOX") return no(turn, "[CANNOT] INBOX cannot be deleted");
  const MailStore& store = **turn.context.store;
  // RFC 3501 §6.3.4: an error; IMAP4rev2 has a code for it (RFC 9051 §7.1).
  if (mailbox->no_select && store.has_inferiors(*mailbox)) {
    return no(turn, fmt::format("[{}] there are mailboxes below this name",
                                is_rev2() ? "HASCHILDREN" : "CANNOT"));
  }
  const MailboxId id = mailbox->id;
  turn.context.store->edit().delete_mailbox(id, turn.context.trace);
  tell_other_name(turn, (*turn.context.store)->mailbox(id), arguments.mailbox);
  ok(turn, "DELETE completed");
}

void ImapServer::cmd_rename(Turn& turn, const imap::RenameArguments& arguments) {
  const Mailbox* mailbox = existing(turn, arguments.from, Right::kDeleteMailbox);
  if (mailbox == nullptr) return;
  const std::string_view wire = without_declaration(arguments.to);
  const std::optional<MailboxPlace> place = new_place(turn, wire);
  if (!place) return;
  const MailboxId id = mailbox->id;
  if (place->owner != mailbox->account) {
    return no(turn, "[CANNOT] a mailbox cannot move to another user");
  }
  if (mailbox->name == "INBOX") {
    // RFC 3501 §6.3.5, RFC 9051 §6.3.6: its messages move to a new mailbox, and INBOX is left
    // empty. No name has changed: nobody is told of an OLDNAME (RFC 9051 §6.3.9.7, RFC 5465 §5.4).
    if (place->owner != account_) return no(turn, "[CANNOT] the INBOX of another user stays");
    turn.context.store->edit().rename_inbox(account_, place->name, turn.context.trace,
                                            turn.context.unix_now);
    return ok(turn, "RENAME completed: the messages have moved, INBOX is empty");
  }
  if (is_below(place->name, mailbox->name)) {
    return no(turn, "[CANNOT] a mailbox cannot move below itself");
  }
  for (const Mailbox* other : (*turn.context.store)->mailboxes_of(place->owner)) {
    const size_t longer = place->name.size() + other->name.size() - mailbox->name.size();
    if (is_below(other->name, mailbox->name) && longer > kMaxRenamedName) {
      return no(turn, "[CANNOT] names below it would be too long");
    }
  }
  // RFC 3501 §6.3.5: superior names that are missing are made.
  const std::string superior(superior_name(place->name));
  if (!superior.empty() && (*turn.context.store)->find_mailbox(place->owner, superior) == nullptr) {
    make_mailbox(turn, {place->owner, superior});
  }
  turn.context.store->edit().rename_mailbox(id, place->name, turn.context.trace);
  // RFC 9051 §6.3.6, §6.3.9.7: what the mailbox was called, as the client called it.
  if (is_rev2()) {
    tell_listed(turn, (*turn.context.store)->mailbox(id), arguments.from);
  }
  ok(turn, "RENAME completed");
}

void ImapServer::cmd_subscribe(Turn& turn, const imap::MailboxArguments& arguments) {
  const Account& user = (*turn.context.store)->account(account_);
  const Access as_seen = access(turn);
  const std::string name = as_seen.name_from_wire(arguments.mailbox).value_or(arguments.mailbox);
  const bool subscribed = user.subscribes_to(name);
  if (turn.row->command == imap::Command::kUnsubscribe) {
    // RFC 9051 §6.3.8: not to be subscribed any more is all that was asked for.
    if (subscribed) {
      turn.context.store->edit().set_subscribed(account_, name, false, turn.context.trace);
    }
    return ok(turn, "UNSUBSCRIBE completed");
  }
  // RFC 3501 §6.3.6: a name that has lost its mailbox stays subscribed; a new one must have one.
  if (!subscribed && existing(turn, arguments.mailbox, Right::kLookup) == nullptr) return;
  if (!subscribed && user.subscriptions.size() >= MailStore::kMaxMailboxes) {
    return no(turn, "[LIMIT] too many subscriptions");
  }
  if (!subscribed) {
    turn.context.store->edit().set_subscribed(account_, name, true, turn.context.trace);
  }
  ok(turn, "SUBSCRIBE completed");
}

}  // namespace mailscope
