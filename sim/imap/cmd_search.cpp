// SEARCH and UID SEARCH: RFC 3501 §6.4.4, §7.2.5. What a key means is in search.h.
#include <fmt/format.h>

#include "sim/base/ascii.h"
#include "sim/imap/response_writer.h"
#include "sim/imap/search.h"
#include "sim/imap/server.h"

namespace mailscope {

void ImapServer::cmd_search(Turn& turn, const imap::SearchArguments& arguments) {
  const std::string& charset = arguments.charset;
  if (!charset.empty() && !equals_ignoring_case(charset, "US-ASCII") &&
      !equals_ignoring_case(charset, "UTF-8")) {
    return no(turn, "[BADCHARSET (US-ASCII UTF-8)] no other character sets");
  }
  const Mailbox& mailbox = selected(turn);
  const Search search(arguments.key, mailbox, view_);
  if (search.bad_number()) return bad_number(turn);
  ResponseWriter writer(turn.out);
  writer.add("* SEARCH");
  // RFC 2180 §4.3: what another session has expunged is not found any more.
  size_t at = 0;
  for (uint32_t seq = 1; seq <= view_.exists(); ++seq) {
    const Uid uid = view_.uids()[seq - 1];
    while (at < mailbox.entries.size() && mailbox.entries[at].uid < uid) ++at;
    if (at == mailbox.entries.size() || mailbox.entries[at].uid != uid) continue;
    if (!search.matches(SeqNum{seq}, mailbox.entries[at])) continue;
    writer.add(" ");
    writer.add_number(turn.row->uid_form ? uid.value : seq);
  }
  writer.finish();
  ok(turn, fmt::format("{} completed", turn.row->name));
}

}  // namespace mailscope
