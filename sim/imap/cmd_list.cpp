// LIST and LSUB: RFC 3501 §6.3.8, §6.3.9, §7.2.2, §7.2.3; RFC 5258 and RFC 9051 §6.3.9 (extended
// LIST); RFC 5819 (STATUS for each). Which names: listing.h.
#include <fmt/format.h>

#include <algorithm>

#include "sim/imap/listing.h"
#include "sim/imap/mailbox_names.h"
#include "sim/imap/response_writer.h"
#include "sim/imap/server.h"
#include "sim/wire/imap_utf7.h"

namespace mailscope {

using imap::Extension;
using imap::StatusItem;

ListingHabits ImapServer::listing_habits(bool extended) const {
  return {offers(Extension::kChildren), offers(Extension::kSpecialUse), extended || is_rev2()};
}

void ImapServer::say_listed(Turn& turn, std::string_view response, const ListedName& row,
                            std::string_view old_name) {
  ResponseWriter writer(turn.out);
  writer.add(fmt::format("* {} ({}) \"{}\" ", response, row.attributes, MailStore::kSeparator));
  writer.add_encoded(access(turn).encoded(row.name));
  if (!old_name.empty()) {
    // RFC 9051 §9, oldname-extended-item; as the client wrote it.
    writer.add(" (\"OLDNAME\" (");
    writer.add_encoded(access(turn).encoded_wire(old_name));
    writer.add("))");
  } else if (!row.child_info.empty()) {
    writer.add(fmt::format(" (\"CHILDINFO\" ({}))", row.child_info));
  }
  writer.finish();
}

void ImapServer::tell_listed(Turn& turn, const Mailbox& mailbox, std::string_view old_name) {
  const VisibleName seen = access(turn).seen(mailbox);
  const ListedName row{seen.name,
                       mailbox.deleted ? "\\NonExistent"
                                       : list_attributes(seen, account_, listing_habits(true)),
                       {}};
  say_listed(turn, "LIST", row, old_name);
}

void ImapServer::tell_other_name(Turn& turn, const Mailbox& mailbox, std::string_view wire) {
  const std::string_view other = other_name(turn, wire, mailbox);
  if (is_rev2() && !other.empty()) tell_listed(turn, mailbox, other);
}

std::vector<std::string> ImapServer::canonical_patterns(
    const Turn& turn, const imap::ListArguments& arguments) const {
  std::vector<std::string> canonical;
  for (const std::string& pattern : arguments.patterns) {
    // RFC 9051 §6.3.9: empty patterns are for the simple form alone.
    if (pattern.empty()) continue;
    // RFC 9051 §6.3.9: what cannot be a name matches nothing, without an error.
    const auto name = access(turn).name_from_wire(arguments.reference + pattern);
    if (!name) continue;
    canonical.push_back(imap::parse_mailbox_utf7(*name).value_or(*name));
  }
  return canonical;
}

void ImapServer::cmd_list(Turn& turn, const imap::ListArguments& arguments) {
  const Account& user = (*turn.context.store)->account(account_);
  if (turn.row->command == imap::Command::kLsub) {
    for (const ListedName& row : list_subscriptions(user, canonical_patterns(turn, arguments))) {
      say_listed(turn, "LSUB", row, {});
    }
    return ok(turn, "LSUB completed");
  }
  if (!arguments.extended && arguments.patterns.front().empty()) {
    // RFC 3501 §6.3.8: asks for the hierarchy separator and the root of the reference alone.
    const auto reference = access(turn).name_from_wire(arguments.reference);
    const bool others =
        offers(Extension::kAcl) && reference && is_at_or_below(*reference, kOtherUsers);
    const std::string root =
        others ? std::string(kOtherUsers) + MailStore::kSeparator : std::string();
    say_listed(turn, "LIST", {root, "\\Noselect", {}}, {});
    return ok(turn, "LIST completed");
  }
  if (!may_ask_status(turn, arguments.return_status)) return;
  // Of the selected mailbox the news comes first, as in STATUS.
  if (!arguments.return_status.empty()) tell_allowed_news(turn);
  const std::vector<ListedName> rows =
      list_names(access(turn), user, arguments, canonical_patterns(turn, arguments),
                 listing_habits(arguments.extended));
  for (const ListedName& row : rows) {
    say_listed(turn, "LIST", row, {});
    if (row.status_of != nullptr && !arguments.return_status.empty()) {
      say_status(turn, *row.status_of, arguments.return_status);
    }
  }
  ok(turn, "LIST completed");
}

}  // namespace mailscope
