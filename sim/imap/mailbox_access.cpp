// From a mailbox name in a command to a mailbox, and whether this session may do with it what the
// command is for: RFC 4314 §4. A mailbox that the user may not even look up does not exist for them
// (RFC 4314 §6).
#include <fmt/format.h>

#include "sim/imap/mailbox_names.h"
#include "sim/imap/server.h"

namespace mailscope {

using imap::Extension;
using imap::Right;

bool ImapServer::utf8_names() const { return is_rev2() || enabled(Extension::kUtf8Accept); }

Access ImapServer::access(const MailStore& store) const {
  return {store, account_, offers(Extension::kAcl), utf8_names()};
}

const Mailbox* ImapServer::find(const Turn& turn, std::string_view name) const {
  const Access as_seen = access(turn);
  return as_seen.find(as_seen.name_from_wire(name).value_or(std::string(name)));
}

bool ImapServer::has_right(const Turn& turn, const Mailbox& mailbox, Right right) const {
  return access(turn).may(mailbox, right);
}

bool ImapServer::tells_new_uids(const Turn& turn, MailboxId to) const {
  const Mailbox& mailbox = (*turn.context.store)->mailbox(to);
  // RFC 4315 §3, UIDNOTSTICKY: of UIDs that are not kept nobody is told.
  return offers(imap::Extension::kUidPlus) && mailbox.keeps_uids &&
         has_right(turn, mailbox, Right::kRead);
}

FlagBits ImapServer::settable_flags(const MailStore& store, const Mailbox& mailbox) const {
  const imap::Rights rights = access(store).rights(mailbox);
  FlagBits settable = 0;
  if ((rights & imap::bit(Right::kSeen)) != 0) settable |= Flag::kSeen;
  if ((rights & imap::bit(Right::kDeleteMessages)) != 0) settable |= Flag::kDeleted;
  if ((rights & imap::bit(Right::kWrite)) != 0) settable |= ~(Flag::kSeen | Flag::kDeleted);
  return settable;
}

bool ImapServer::may_change_messages(const Turn& turn, const Mailbox& mailbox) const {
  constexpr imap::Rights kChanging = imap::bit(Right::kInsert) | imap::bit(Right::kExpunge) |
                                     imap::bit(Right::kSeen) | imap::bit(Right::kWrite) |
                                     imap::bit(Right::kDeleteMessages);
  return (access(turn).rights(mailbox) & kChanging) != 0;
}

std::string_view ImapServer::other_name(const Turn& turn, std::string_view wire,
                                        const Mailbox& mailbox) const {
  const Access as_seen = access(turn);
  // RFC 3501 §5.1: INBOX is one name in any case.
  const bool same = wire == as_seen.wire_name(as_seen.name_of(mailbox)) ||
                    canonical_mailbox_name(wire) == mailbox.name;
  return same ? std::string_view() : wire;
}

const Mailbox* ImapServer::existing(Turn& turn, std::string_view name, Right right) {
  const Mailbox* mailbox = find(turn, name);
  if (mailbox != nullptr && has_right(turn, *mailbox, right)) return mailbox;
  if (mailbox != nullptr && has_right(turn, *mailbox, Right::kLookup)) {
    no(turn, fmt::format("[NOPERM] you have not the right \"{}\" to this mailbox",
                         imap::encode_rights(imap::bit(right))));
  } else {
    no(turn, "[NONEXISTENT] there is no such mailbox");
  }
  return nullptr;
}

const Mailbox* ImapServer::usable(Turn& turn, std::string_view name, bool to_put_in) {
  const Mailbox* there = find(turn, name);
  if (to_put_in && (there == nullptr || there->no_select)) {
    // RFC 3501 §6.3.11, §6.4.7: only when CREATE would succeed, as it does with a \Noselect name.
    const Access as_seen = access(turn);
    const std::optional<std::string> inside = as_seen.name_from_wire(name);
    const std::optional<MailboxPlace> place = inside ? as_seen.place_of(*inside) : std::nullopt;
    if (place && why_not_a_new_name(place->name).empty() && as_seen.may_create(*place)) {
      no(turn, "[TRYCREATE] there is no such mailbox");
      return nullptr;
    }
  }
  const Mailbox* mailbox = existing(turn, name, to_put_in ? Right::kInsert : Right::kRead);
  if (mailbox == nullptr || !mailbox->no_select) return mailbox;
  no(turn, "[CANNOT] this name only holds others (\\Noselect)");
  return nullptr;
}

}  // namespace mailscope
