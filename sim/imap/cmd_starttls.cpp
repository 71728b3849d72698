// STARTTLS: RFC 3501 §6.2.1.
#include "sim/imap/server.h"

namespace mailscope {

void ImapServer::cmd_starttls(Turn& turn) {
  if (turn.context.secured) {
    return bad(turn, "TLS is active already", "RFC 3501 §6.2.1: STARTTLS under TLS");
  }
  ok(turn, "Begin TLS negotiation now");
  turn.out.start_tls = true;
  tls_due_ = true;
}

}  // namespace mailscope
