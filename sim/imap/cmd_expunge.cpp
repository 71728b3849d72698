// EXPUNGE (RFC 3501 §6.4.3) and UID EXPUNGE (RFC 4315 §2.1).
#include <fmt/format.h>

#include "sim/imap/server.h"

namespace mailscope {

std::string ImapServer::expunged_text(const Turn& turn) const {
  const std::string done = fmt::format("{} completed", turn.row->name);
  // With it the client knows that it has heard all there was to hear. RFC 7162 §3.2.7, §3.2.9: due
  // after ENABLE QRESYNC, and allowed before, as their examples show; RFC 6851 §4.4: MOVE has it in
  // any case. A client that has never spoken of mod-sequences is not told of them (§3.1.2.1).
  // And who left out flags or arrivals (RFC 5465 §5) has not heard it all.
  const bool hears_all = notify_.wanted() == NewsAllowed::kAll;
  if (!tells_modseq() || !hears_all || turn.expunged.empty()) return done;
  return fmt::format("[HIGHESTMODSEQ {}] {}", selected(turn).highest_modseq, done);
}

bool ImapServer::may_here(Turn& turn, imap::Rights needed) {
  const imap::Rights lacking = needed & ~access(turn).rights(selected(turn));
  if (lacking == 0) return true;
  no(turn, fmt::format("[NOPERM] you have not the right \"{}\" to this mailbox",
                       imap::encode_rights(lacking)));
  return false;
}

void ImapServer::cmd_expunge(Turn& turn, const imap::SequenceSet* uids) {
  if (view_.read_only()) return no(turn, "[CANNOT] the mailbox was opened with EXAMINE");
  if (!may_here(turn, imap::bit(imap::Right::kExpunge))) return;
  const Mailbox& mailbox = selected(turn);
  const auto add = [&](const MailboxEntry& entry) {
    if ((entry.flags & Flag::kDeleted) != 0) turn.expunged.push_back(entry.uid);
  };
  if (uids != nullptr) {
    for (const Target& target : targets_of(turn, *uids).found) add(mailbox.entries[target.index]);
  } else if (mailbox.entries.summary().deleted > 0) {
    for (const MailboxEntry& entry : mailbox.entries) add(entry);
  }
  if (!turn.expunged.empty()) {
    turn.context.store->edit().expunge(view_.mailbox(), turn.expunged, turn.context.trace);
  }
  ok(turn, expunged_text(turn));
}

}  // namespace mailscope
