// IDLE: RFC 2177. The command stays in progress until the client says DONE, so all news may be
// told.
#include "sim/imap/server.h"

#include "sim/base/ascii.h"

namespace mailscope {

void ImapServer::cmd_idle(Turn& turn) {
  awaiting_ = Awaiting::kDone;
  waiting_tag_ = turn.tag;
  bad_in_a_row_ = 0;
  turn.out.line("+ idling");
  push(turn);
}

void ImapServer::push(Turn& turn) {
  if (awaiting_ == Awaiting::kDone) {
    turn.row = imap::find_command("IDLE");
    tell_news(turn, NewsAllowed::kAll);
  } else if (notify_.set && notify_.wanted() != NewsAllowed::kNone) {
    // RFC 5465 §6.1: with SELECTED numbers may shift at any moment, as the client has said it can
    // bear; with SELECTED-DELAYED they wait for a command.
    const bool delayed =
        notify_.selected_group()->where == imap::NotifyGroup::Where::kSelectedDelayed;
    const size_t said = turn.out.units.size();
    tell_news(turn, delayed ? NewsAllowed::kWithoutExpunge : NewsAllowed::kAll);
    if (turn.out.units.size() != said) tell_mark(turn);
  }
  tell_other_mailboxes(turn);
}

void ImapServer::idle_line(Turn& turn, std::string_view line) {
  end_wait(turn);
  tell_other_mailboxes(turn);
  if (equals_ignoring_case(line, "DONE")) return ok(turn, "IDLE completed");
  // RFC 2177 §3: the client MUST NOT say anything else while the server waits for DONE.
  bad(turn, "only DONE ends IDLE", "RFC 2177 §3: something other than DONE in IDLE");
}

}  // namespace mailscope
