// LIST, LSUB and STATUS: RFC 3501 §6.3.8 to §6.3.10, §7.2.2 to §7.2.4.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/base/check.h"
#include "sim/imap/mailbox_names.h"
#include "sim/imap/response_writer.h"
#include "sim/imap/server.h"

namespace mailscope {
namespace {

using imap::StatusItem;

/// Names to list, in the order of their bytes; true: with \Noselect.
using Listing = std::map<std::string, bool>;

void say_listed(Outbox& out, std::string_view response, bool no_select, std::string_view name) {
  ResponseWriter writer(out);
  writer.add(fmt::format("* {} ({}) \"{}\" ", response, no_select ? "\\Noselect" : "",
                         MailStore::kSeparator));
  writer.add_encoded(imap::encode_astring(name));
  writer.finish();
}

uint64_t status_value(const Mailbox& mailbox, StatusItem item) {
  switch (item) {
    case StatusItem::kMessages: return mailbox.entries.size();
    case StatusItem::kRecent:
      return mailbox.entries.size() - mailbox.lower_bound(mailbox.first_recent);
    case StatusItem::kUidNext: return mailbox.uid_next.value;
    case StatusItem::kUidValidity: return mailbox.uid_validity;
    case StatusItem::kUnseen:
      return mailbox.entries.summary().unseen;
    default: return 0;
  }
}

}  // namespace

void ImapServer::cmd_list(Turn& turn, const imap::ListArguments& arguments) {
  const bool only_subscribed = turn.row->command == imap::Command::kLsub;
  if (arguments.patterns.front().empty() && !only_subscribed) {
    // RFC 3501 §6.3.8: asks for the hierarchy separator alone.
    say_listed(turn.out, turn.row->name, true, "");
    return ok(turn, "LIST completed");
  }
  const std::string pattern = arguments.reference + arguments.patterns.front();
  if (pattern.size() > kMaxListPattern) return no(turn, "[LIMIT] the pattern is too long");
  Listing listing;
  for (const Mailbox* mailbox : (*turn.context.store)->mailboxes_of(account_)) {
    if (only_subscribed &&
        !(*turn.context.store)->account(account_).subscribes_to(mailbox->name)) {
      continue;
    }
    if (matches_pattern(mailbox->name, pattern)) {
      listing[mailbox->name] = mailbox->no_select;
      continue;
    }
    // RFC 3501 §6.3.9: with "%", a subscribed name further down shows through the names above it.
    if (!only_subscribed || pattern.find('%') == std::string::npos) continue;
    for (std::string_view above = superior_name(mailbox->name); !above.empty();
         above = superior_name(above)) {
      if (matches_pattern(above, pattern)) listing.emplace(above, true);
    }
  }
  for (const auto& [name, no_select] : listing) {
    say_listed(turn.out, turn.row->name, no_select, name);
  }
  ok(turn, fmt::format("{} completed", turn.row->name));
}

void ImapServer::cmd_status(Turn& turn, const imap::StatusArguments& arguments) {
  const Mailbox* mailbox = usable(turn, arguments.mailbox, false);
  if (mailbox == nullptr) return;
  const MailboxId id = mailbox->id;
  // Of the selected mailbox the news comes first: two truths in one answer would confuse anybody.
  tell_allowed_news(turn);
  mailbox = &(*turn.context.store)->mailbox(id);
  const bool is_selected = state_ == imap::State::kSelected && view_.mailbox() == id;
  std::string values;
  for (const StatusItem item : arguments.items) {
    uint64_t value = status_value(*mailbox, item);
    if (item == StatusItem::kRecent && is_selected) value = view_.recent_count();
    if (!values.empty()) values += ' ';
    values += fmt::format("{} {}", imap::status_item_name(item), value);
  }
  ResponseWriter writer(turn.out);
  writer.add("* STATUS ");
  writer.add_encoded(imap::encode_astring(mailbox->name));
  writer.add(fmt::format(" ({})", values));
  writer.finish();
  ok(turn, "STATUS completed");
}

}  // namespace mailscope
