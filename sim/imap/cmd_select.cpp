// SELECT and EXAMINE (RFC 3501 §6.3.1, §6.3.2; RFC 9051 §6.3.2), resynchronisation (RFC 7162
// §3.2.5), CLOSE (RFC 3501 §6.4.2) and UNSELECT (RFC 3691).
#include <fmt/format.h>

#include <algorithm>

#include "sim/imap/flags_text.h"
#include "sim/imap/object_id.h"
#include "sim/imap/response_writer.h"
#include "sim/imap/server.h"

namespace mailscope {

using imap::Command;
using imap::Extension;
using imap::State;

void ImapServer::cmd_select(Turn& turn, const imap::SelectArguments& arguments) {
  if (arguments.qresync && !enabled(Extension::kQresync)) {
    return bad(turn, "QRESYNC has not been enabled",
               "RFC 7162 §3.2.5: the QRESYNC parameter without ENABLE QRESYNC");
  }
  if (enabled(Extension::kUidOnly) && arguments.qresync && arguments.qresync->known_numbers) {
    return bad(turn, "[UIDREQUIRED] name what you know by UIDs alone",
               "RFC 9586 §3.1: a message number after ENABLE UIDONLY");
  }
  // RFC 3501 §6.3.1: what was selected is left first, and stays left when this fails.
  if (state_ == State::kSelected) {
    // RFC 7162 §3.2.11: the line between news of the one mailbox and of the other.
    if (offers(Extension::kCondStore) || is_rev2()) {
      turn.out.line("* OK [CLOSED] The mailbox selected before is closed");
    }
    deselect(turn.context);
  }
  const Mailbox* mailbox = usable(turn, arguments.mailbox, false);
  if (mailbox == nullptr) return;
  if (const std::string why = trouble_with(turn, *mailbox); !why.empty()) return no(turn, why);
  const MailboxId id = mailbox->id;
  const bool read_only =
      turn.row->command == Command::kExamine || !may_change_messages(turn, *mailbox);
  if (arguments.condstore) enable_condstore(turn);
  selected_has_modseqs_ = mailbox->keeps_modseqs;
  view_ = MailboxView(*mailbox, read_only);
  // RFC 4315 §3, UIDNOTSTICKY: the UIDVALIDITY is another each time.
  if (!mailbox->keeps_uids) turn.context.store->edit().change_uid_validity(id);
  set_state(turn.context, State::kSelected);
  if (!read_only && selected(turn).first_recent != selected(turn).uid_next) {
    turn.context.store->edit().claim_recent(id);
  }
  tell_selected(turn, arguments);
  ok(turn, fmt::format("[READ-{}] {} completed", read_only ? "ONLY" : "WRITE", turn.row->name));
}

void ImapServer::tell_selected(Turn& turn, const imap::SelectArguments& arguments) {
  const Mailbox& mailbox = selected(turn);
  tell_keywords(turn, mailbox);
  const std::string exists = fmt::format("* {} EXISTS", view_.exists());
  turn.out.line(exists);
  record_view(turn.context, ViewChange::kSelected, SeqNum{view_.exists()}, {}, true, exists);
  if (!is_rev2()) {
    turn.out.line(fmt::format("* {} RECENT", view_.recent_count()));
    const std::optional<size_t> unseen = mailbox.first_unseen();
    if (unseen && !enabled(Extension::kUidOnly)) {
      turn.out.line(fmt::format("* OK [UNSEEN {}] The first message not seen", *unseen + 1));
    }
  }
  turn.out.line(fmt::format("* OK [UIDVALIDITY {}] UIDs stay valid while this does",
                            mailbox.uid_validity));
  turn.out.line(fmt::format("* OK [UIDNEXT {}] The next UID, most likely", mailbox.uid_next.value));
  if (offers(Extension::kUidPlus) && !mailbox.keeps_uids) {
    turn.out.line("* NO [UIDNOTSTICKY] UIDs are good for this session alone");
  }
  if (offers(Extension::kCondStore) && !mailbox.keeps_modseqs) {
    turn.out.line("* OK [NOMODSEQ] This mailbox keeps no mod-sequences");
  } else if (offers(Extension::kCondStore)) {
    turn.out.line(fmt::format("* OK [HIGHESTMODSEQ {}] The state of this mailbox",
                              mailbox.highest_modseq));
  }
  if (offers(Extension::kObjectId)) {
    turn.out.line(
        fmt::format("* OK [MAILBOXID ({})] Whatever its name", mailbox_object_id(mailbox.id)));
  }
  // RFC 9051 §6.3.2: the name, in case it is not the one that was asked for.
  if (is_rev2()) tell_listed(turn, mailbox, other_name(turn, arguments.mailbox, mailbox));
  if (arguments.qresync && mailbox.keeps_modseqs &&
      arguments.qresync->uid_validity == mailbox.uid_validity) {
    tell_resync(turn, *arguments.qresync);
  }
}

void ImapServer::tell_resync(Turn& turn, const imap::QresyncParameters& known) {
  imap::SequenceSet uids;
  uids.add(1, imap::SequenceSet::kStar);
  if (known.known_uids) uids = *known.known_uids;
  tell_vanished_earlier(turn, uids, known.modseq, last_uid_in_common(known));
  // RFC 7162 §3.2.5.2: only of the messages that the client knows; of others it hears by EXISTS.
  const std::vector<imap::SequenceSet::Range> ranges = uids.resolved(view_.last_uid());
  FlagsText flags_text;
  ResponseWriter writer(turn.out);
  selected(turn).for_each_since(known.modseq, [&](size_t index, const MailboxEntry& entry) {
    if (!imap::in_ranges(ranges, entry.uid.value)) return;
    tell_flags(turn, writer, flags_text, SeqNum{static_cast<uint32_t>(index + 1)}, entry, true);
  });
}

uint32_t ImapServer::last_uid_in_common(const imap::QresyncParameters& known) const {
  if (!known.known_numbers) return 0;
  const auto numbers = known.known_numbers->first.resolved(view_.exists());
  const auto uids = known.known_numbers->second.resolved(view_.last_uid());
  uint32_t common = 0;
  size_t u = 0;
  uint32_t uid = uids.empty() ? 0 : uids[0].first;
  for (const imap::SequenceSet::Range range : numbers) {
    for (uint32_t number = range.first; number <= range.last && u < uids.size(); ++number) {
      // RFC 7162 §3.2.5.2: up to the last number that still has its UID, nothing has vanished.
      if (view_.uid_of(SeqNum{number}) != Uid{uid}) return common;
      common = uid;
      if (++uid > uids[u].last && ++u < uids.size()) uid = uids[u].first;
    }
  }
  return common;
}

void ImapServer::tell_vanished_earlier(Turn& turn, const imap::SequenceSet& uids, uint64_t since,
                                       uint32_t all_there_up_to) {
  const Mailbox& mailbox = selected(turn);
  const uint32_t newest = mailbox.uid_next.value - 1;
  const std::vector<imap::SequenceSet::Range> ranges = uids.resolved(newest);
  std::vector<uint32_t> gone;
  if (const std::optional<std::vector<Uid>> expunged = mailbox.expunged_since(since)) {
    for (const Uid uid : *expunged) {
      if (imap::in_ranges(ranges, uid.value)) gone.push_back(uid.value);
    }
  } else {
    // RFC 7162 §3.2.7: what has been forgotten is made up for by naming all that is not there.
    size_t at = 0;
    for (const imap::SequenceSet::Range range : ranges) {
      const uint32_t last = std::min(range.last, newest);
      for (uint32_t uid = std::max(range.first, all_there_up_to + 1); uid <= last; ++uid) {
        while (at < mailbox.uids.size() && mailbox.uids[at].value < uid) ++at;
        if (at == mailbox.uids.size() || mailbox.uids[at].value != uid) gone.push_back(uid);
      }
    }
  }
  const auto counted = [this](uint32_t uid) { return view_.seq_of(Uid{uid}).has_value(); };
  gone.erase(std::remove_if(gone.begin(), gone.end(), counted), gone.end());
  if (!gone.empty()) turn.out.line("* VANISHED (EARLIER) " + imap::encode_numbers(gone));
}

void ImapServer::cmd_close(Turn& turn) {
  std::vector<Uid> gone;
  if (turn.row->command == Command::kClose && !view_.read_only() &&
      selected(turn).entries.summary().deleted > 0 &&
      has_right(turn, selected(turn), imap::Right::kExpunge)) {
    for (const MailboxEntry& entry : selected(turn).entries) {
      if ((entry.flags & Flag::kDeleted) != 0) gone.push_back(entry.uid);
    }
  }
  // RFC 3501 §6.4.2: expunged without a word, because nobody here counts any more. And RFC 7162
  // §3.2.8: no HIGHESTMODSEQ, with which a client would take for heard what it was not told.
  if (!gone.empty()) {
    turn.context.store->edit().expunge(view_.mailbox(), gone, turn.context.trace);
  }
  deselect(turn.context);
  ok(turn, fmt::format("{} completed", turn.row->name));
}

}  // namespace mailscope
