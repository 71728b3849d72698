// SELECT, EXAMINE (RFC 3501 §6.3.1, §6.3.2), CLOSE (§6.4.2) and UNSELECT (RFC 3691).
#include <fmt/format.h>

#include "sim/imap/server.h"

namespace mailscope {

using imap::Command;
using imap::State;

void ImapServer::cmd_select(Turn& turn, const imap::SelectArguments& arguments) {
  // RFC 3501 §6.3.1: what was selected is left first, and stays left when this fails.
  if (state_ == State::kSelected) deselect(turn.context);
  const Mailbox* mailbox = usable(turn, arguments.mailbox, false);
  if (mailbox == nullptr) return;
  const MailboxId id = mailbox->id;
  const bool read_only = turn.row->command == Command::kExamine;
  view_ = MailboxView(*mailbox, read_only);
  set_state(turn.context, State::kSelected);
  if (!read_only && mailbox->first_recent != mailbox->uid_next) {
    turn.context.store->edit().claim_recent(id);
  }
  tell_selected(turn, arguments);
  ok(turn, fmt::format("[READ-{}] {} completed", read_only ? "ONLY" : "WRITE", turn.row->name));
}

void ImapServer::tell_selected(Turn& turn, const imap::SelectArguments&) {
  const Mailbox& mailbox = selected(turn);
  tell_keywords(turn, mailbox);
  const std::string exists = fmt::format("* {} EXISTS", view_.exists());
  turn.out.line(exists);
  record_view(turn.context, ViewChange::kSelected, SeqNum{view_.exists()}, {}, true, exists);
  turn.out.line(fmt::format("* {} RECENT", view_.recent_count()));
  if (const std::optional<size_t> unseen = mailbox.first_unseen()) {
    turn.out.line(fmt::format("* OK [UNSEEN {}] The first message not seen", *unseen + 1));
  }
  turn.out.line(fmt::format("* OK [UIDVALIDITY {}] UIDs stay valid while this does",
                            mailbox.uid_validity));
  turn.out.line(fmt::format("* OK [UIDNEXT {}] The next UID, most likely", mailbox.uid_next.value));
}

void ImapServer::cmd_close(Turn& turn) {
  std::vector<Uid> gone;
  if (turn.row->command == Command::kClose && !view_.read_only()) {
    for (const MailboxEntry& entry : selected(turn).entries) {
      if ((entry.flags & Flag::kDeleted) != 0) gone.push_back(entry.uid);
    }
  }
  // RFC 3501 §6.4.2: expunged without a word, because nobody here counts any more.
  if (!gone.empty()) {
    turn.context.store->edit().expunge(view_.mailbox(), gone, turn.context.trace);
  }
  deselect(turn.context);
  ok(turn, fmt::format("{} completed", turn.row->name));
}

}  // namespace mailscope
