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
  tell_news(turn, NewsAllowed::kAll);
}

void ImapServer::idle_line(Turn& turn, std::string_view line) {
  end_wait(turn);
  if (equals_ignoring_case(line, "DONE")) return ok(turn, "IDLE completed");
  // RFC 2177 §3: the client MUST NOT say anything else while the server waits for DONE.
  bad(turn, "only DONE ends IDLE", "RFC 2177 §3: something other than DONE in IDLE");
}

}  // namespace mailscope
