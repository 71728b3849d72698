// SETACL, DELETEACL, GETACL, LISTRIGHTS, MYRIGHTS: RFC 4314 §3. What the rights are and who has
// them: rights.h; where they are asked for: mailbox_access.cpp and the commands themselves.
#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/imap/response_writer.h"
#include "sim/imap/server.h"

namespace mailscope {
namespace {

using imap::Right;
using imap::Rights;

constexpr std::string_view kAnyone = "anyone";

/// "anyone" or the name of an account, either after "-" for rights that are taken away (RFC 4314
/// §2), as the server spells it; nullopt when there is no such user.
std::optional<std::string> known_identifier(const MailStore& store, std::string_view text) {
  const bool negative = text.substr(0, 1) == "-";
  if (negative) text.remove_prefix(1);
  const Account* account = store.find_account(text);
  const bool anyone = equals_ignoring_case(text, kAnyone);
  if (!anyone && account == nullptr) return std::nullopt;
  const std::string_view name = anyone ? kAnyone : std::string_view(account->name);
  return fmt::format("{}{}", negative ? "-" : "", name);
}

const AclEntry* find_entry(const Mailbox& mailbox, std::string_view identifier) {
  for (const AclEntry& entry : mailbox.acl) {
    if (equals_ignoring_case(entry.identifier, identifier)) return &entry;
  }
  return nullptr;
}

}  // namespace

void ImapServer::cmd_set_acl(Turn& turn, const imap::AclArguments& arguments) {
  std::string_view letters = arguments.rights;
  const char sign = letters.empty() ? ' ' : letters.front();
  if (sign == '+' || sign == '-') letters.remove_prefix(1);
  const std::optional<Rights> rights = imap::parse_rights(letters);
  if (!rights) {
    return bad(turn, fmt::format("rights are letters of {}cd", imap::kRightLetters),
               "RFC 4314 §3.1: a right that does not exist");
  }
  const Mailbox* mailbox = existing(turn, arguments.mailbox, Right::kAdminister);
  if (mailbox == nullptr) return;
  MailStore& store = turn.context.store->edit();
  const std::optional<std::string> identifier = known_identifier(store, arguments.identifier);
  if (!identifier) return no(turn, "[CANNOT] there is no such user");
  const MailboxId id = mailbox->id;
  const bool owner = *identifier == store.account(store.mailbox(id).account).name;
  const AclEntry* entry = find_entry(store.mailbox(id), *identifier);
  Rights now = owner ? imap::kAllRights : Rights{0};
  if (entry != nullptr) now = imap::parse_rights(entry->rights).value_or(0);
  now = sign == '+' ? now | *rights : sign == '-' ? now & ~*rights : *rights;
  if (owner) now |= imap::kOwnersRights;
  // An owner who may do everything needs no entry.
  const bool plain = owner && now == imap::kAllRights;
  store.set_acl(id, *identifier, plain ? std::string() : imap::encode_rights(now),
                turn.context.trace);
  ok(turn, "SETACL completed");
}

void ImapServer::cmd_delete_acl(Turn& turn, const imap::AclArguments& arguments) {
  const Mailbox* mailbox = existing(turn, arguments.mailbox, Right::kAdminister);
  if (mailbox == nullptr) return;
  if (find_entry(*mailbox, arguments.identifier) != nullptr) {
    turn.context.store->edit().set_acl(mailbox->id, arguments.identifier, {}, turn.context.trace);
  }
  ok(turn, "DELETEACL completed");
}

void ImapServer::cmd_get_acl(Turn& turn, const imap::MailboxArguments& arguments) {
  const Mailbox* mailbox = existing(turn, arguments.mailbox, Right::kAdminister);
  if (mailbox == nullptr) return;
  const Access as_seen = access(turn);
  const std::string& owner = (*turn.context.store)->account(mailbox->account).name;
  ResponseWriter writer(turn.out);
  const auto add = [&writer](const std::string& identifier, Rights rights) {
    writer.add(" ");
    writer.add_encoded(imap::encode_astring(identifier));
    writer.add(" " + imap::encode_astring(imap::encode_rights_for_all(rights)));
  };
  writer.add("* ACL ");
  writer.add_encoded(as_seen.encoded(as_seen.name_of(*mailbox)));
  if (find_entry(*mailbox, owner) == nullptr) add(owner, imap::kAllRights);
  for (const AclEntry& entry : mailbox->acl) {
    add(entry.identifier, imap::parse_rights(entry.rights).value_or(0));
  }
  writer.finish();
  ok(turn, "GETACL completed");
}

void ImapServer::cmd_list_rights(Turn& turn, const imap::AclArguments& arguments) {
  const Mailbox* mailbox = existing(turn, arguments.mailbox, Right::kAdminister);
  if (mailbox == nullptr) return;
  const MailStore& store = **turn.context.store;
  const std::optional<std::string> identifier = known_identifier(store, arguments.identifier);
  if (!identifier) return no(turn, "[CANNOT] there is no such user");
  const bool owner = *identifier == store.account(mailbox->account).name;
  const Rights always = owner ? imap::kOwnersRights : Rights{0};
  const Access as_seen = access(turn);
  ResponseWriter writer(turn.out);
  writer.add("* LISTRIGHTS ");
  writer.add_encoded(as_seen.encoded(as_seen.name_of(*mailbox)));
  writer.add(" ");
  // RFC 4314 §3.4: as the client wrote it.
  writer.add_encoded(imap::encode_astring(arguments.identifier));
  writer.add(" " + imap::encode_astring(imap::encode_rights(always)));
  // Each by itself: none is tied to another (RFC 4314 §3.7), but "c" and "d" to their members.
  for (size_t i = 0; i < imap::kRightLetters.size(); ++i) {
    if ((always & imap::bit(static_cast<Right>(i))) != 0) continue;
    writer.add(fmt::format(" {}", imap::kRightLetters[i]));
  }
  writer.add(" c d");
  writer.finish();
  ok(turn, "LISTRIGHTS completed");
}

void ImapServer::cmd_my_rights(Turn& turn, const imap::MailboxArguments& arguments) {
  const Mailbox* mailbox = find(turn, arguments.mailbox);
  const Access as_seen = access(turn);
  // RFC 4314 §4: any of these lets the user know that the mailbox is there.
  constexpr Rights kAnyOf = imap::bit(Right::kLookup) | imap::bit(Right::kRead) |
                            imap::bit(Right::kInsert) | imap::bit(Right::kCreate) |
                            imap::bit(Right::kDeleteMailbox) | imap::bit(Right::kAdminister);
  if (mailbox == nullptr || (as_seen.rights(*mailbox) & kAnyOf) == 0) {
    return no(turn, "[NONEXISTENT] there is no such mailbox");
  }
  ResponseWriter writer(turn.out);
  writer.add("* MYRIGHTS ");
  writer.add_encoded(as_seen.encoded(as_seen.name_of(*mailbox)));
  writer.add(" " + imap::encode_rights_for_all(as_seen.rights(*mailbox)));
  writer.finish();
  ok(turn, "MYRIGHTS completed");
}

}  // namespace mailscope
