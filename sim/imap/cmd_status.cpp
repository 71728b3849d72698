// STATUS: RFC 3501 §6.3.10 and §7.2.4, RFC 9051 §6.3.11; RFC 7162 §3.1.7 (HIGHESTMODSEQ), RFC 8438
// (SIZE), RFC 7889 §3 (APPENDLIMIT), RFC 8474 §4.2 (MAILBOXID), RFC 9208 §4.1.4 (DELETED,
// DELETED-STORAGE).
#include <fmt/format.h>

#include <algorithm>

#include "sim/imap/object_id.h"
#include "sim/imap/response_writer.h"
#include "sim/imap/server.h"

namespace mailscope {

using imap::StatusItem;

bool ImapServer::may_ask_status(Turn& turn, const std::vector<StatusItem>& items) {
  const auto asks = [&items](StatusItem item) {
    return std::find(items.begin(), items.end(), item) != items.end();
  };
  if (is_rev2() && asks(StatusItem::kRecent)) {
    bad(turn, "RECENT is not of IMAP4rev2", "RFC 9051 §6.3.11: RECENT was taken out of IMAP4rev2");
    return false;
  }
  // RFC 7162 §3.1: asking for it makes the server tell mod-sequences from now on.
  if (asks(StatusItem::kHighestModseq)) enable_condstore(turn);
  return true;
}

std::string ImapServer::status_value(const Mailbox& mailbox, StatusItem item) const {
  const EntrySummary& all = mailbox.entries.summary();
  switch (item) {
    case StatusItem::kMessages:
      return std::to_string(mailbox.entries.size());
    case StatusItem::kRecent: {
      const bool is_selected = state_ == imap::State::kSelected && view_.mailbox() == mailbox.id;
      return std::to_string(is_selected ? view_.recent_count()
                                        : mailbox.entries.size() -
                                              mailbox.lower_bound(mailbox.first_recent));
    }
    case StatusItem::kUidNext:
      return std::to_string(mailbox.uid_next.value);
    case StatusItem::kUidValidity:
      return std::to_string(mailbox.uid_validity);
    case StatusItem::kUnseen:
      return std::to_string(all.unseen);
    case StatusItem::kHighestModseq:
      // RFC 7162 §3.1.7: 0 where there are none.
      return std::to_string(mailbox.keeps_modseqs ? mailbox.highest_modseq : 0);
    case StatusItem::kSize:
      return std::to_string(all.octets);
    case StatusItem::kDeleted:
      return std::to_string(all.deleted);
    case StatusItem::kDeletedStorage:
      return std::to_string(all.deleted_octets);
    case StatusItem::kAppendLimit:
      return std::to_string(config_->max_literal);
    case StatusItem::kMailboxId:
      return fmt::format("({})", mailbox_object_id(mailbox.id));
  }
  return {};
}

void ImapServer::say_status(Turn& turn, const Mailbox& mailbox,
                            const std::vector<StatusItem>& items) {
  std::string values;
  for (const StatusItem item : items) {
    if (!values.empty()) values += ' ';
    values += fmt::format("{} {}", imap::status_item_name(item), status_value(mailbox, item));
  }
  const Access as_seen = access(turn);
  ResponseWriter writer(turn.out);
  writer.add("* STATUS ");
  writer.add_encoded(as_seen.encoded(as_seen.name_of(mailbox)));
  writer.add(fmt::format(" ({})", values));
  writer.finish();
}

void ImapServer::cmd_status(Turn& turn, const imap::StatusArguments& arguments) {
  if (!may_ask_status(turn, arguments.items)) return;
  const Mailbox* mailbox = usable(turn, arguments.mailbox, false);
  if (mailbox == nullptr) return;
  const MailboxId id = mailbox->id;
  // Of the selected mailbox the news comes first: two truths in one answer would confuse anybody.
  tell_allowed_news(turn);
  say_status(turn, (*turn.context.store)->mailbox(id), arguments.items);
  // RFC 3501 §6.3.10: a client SHOULD NOT ask of the mailbox that it has selected.
  const bool remark =
      config_->remarks_client_bugs && state_ == imap::State::kSelected && view_.mailbox() == id;
  ok(turn, remark ? "[CLIENTBUG] STATUS of the selected mailbox" : "STATUS completed");
}

}  // namespace mailscope
