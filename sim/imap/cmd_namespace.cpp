// NAMESPACE: RFC 2342, RFC 9051 §6.3.10. A user's own mailboxes have no prefix; those of others,
// where ACL lets users reach them, are below kOtherUsers. There are no shared ones of nobody's.
#include <fmt/format.h>

#include "sim/imap/server.h"

namespace mailscope {

void ImapServer::cmd_namespace(Turn& turn) {
  const std::string others =
      offers(imap::Extension::kAcl)
          ? fmt::format("((\"{0}{1}\" \"{1}\"))", kOtherUsers, MailStore::kSeparator)
          : std::string("NIL");
  turn.out.line(fmt::format("* NAMESPACE ((\"\" \"{}\")) {} NIL", MailStore::kSeparator, others));
  ok(turn, "NAMESPACE completed");
}

}  // namespace mailscope
