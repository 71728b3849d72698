// STORE and EXPUNGE: RFC 3501 §6.4.3, §6.4.6, §6.4.8; UID EXPUNGE of RFC 4315 §2.1.
#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/imap/flag_names.h"
#include "sim/imap/server.h"

namespace mailscope {
namespace {

FlagChange flag_change(imap::StoreMode mode) {
  switch (mode) {
    case imap::StoreMode::kReplace: return FlagChange::kReplace;
    case imap::StoreMode::kAdd: return FlagChange::kAdd;
    case imap::StoreMode::kRemove: return FlagChange::kRemove;
  }
  return FlagChange::kReplace;
}

/// Removing a keyword that the mailbox does not know must not make it known.
void drop_unknown(std::vector<std::string>& keywords, const Mailbox& mailbox) {
  const auto unknown = [&mailbox](const std::string& keyword) {
    return std::none_of(
        mailbox.keywords.begin(), mailbox.keywords.end(),
        [&keyword](const std::string& known) { return equals_ignoring_case(known, keyword); });
  };
  keywords.erase(std::remove_if(keywords.begin(), keywords.end(), unknown), keywords.end());
}

}  // namespace

void ImapServer::cmd_store(Turn& turn, const imap::StoreArguments& arguments) {
  const Targets targets = targets_of(turn, arguments.set);
  if (targets.bad_number) return bad_number(turn);
  if (view_.read_only()) return no(turn, "[CANNOT] the mailbox was opened with EXAMINE");
  // What others changed before is told even with .SILENT (RFC 3501 §6.4.6), but after this change,
  // so that the last thing the client hears is true.
  std::vector<ViewNews> earlier;
  if (arguments.silent) {
    earlier = view_.take_news(selected(turn), NewsAllowed::kWithoutExpunge);
  }
  FlagNames names = flag_names(arguments.flags);
  if (arguments.mode == imap::StoreMode::kRemove) drop_unknown(names.keywords, selected(turn));
  const MailboxId id = view_.mailbox();
  if (!targets.found.empty()) {
    MailStore& store = turn.context.store->edit();
    const FlagBits flags = store.flag_bits(id, names);
    for (const Target& target : targets.found) {
      store.change_flags(id, target.uid, flag_change(arguments.mode), flags, turn.context.trace);
    }
  }
  tell_new_keywords(turn);
  for (const Target& target : targets.found) {
    if (arguments.silent) {
      view_.flags_told(target.uid, selected(turn).entries[target.index].modseq);
    } else {
      tell_flags(turn, target.seq, target.uid, true);
    }
  }
  tell(turn, earlier);
  // RFC 2180 §4.2.1 and §4.2.3: NO only where the missing FETCH responses would puzzle the client.
  if (targets.some_expunged && !arguments.silent) {
    return no(turn, "[EXPUNGEISSUED] some of these messages are gone, the others were changed");
  }
  ok(turn, fmt::format("{} completed", turn.row->name));
}

void ImapServer::cmd_expunge(Turn& turn, const imap::SequenceSet* uids) {
  if (view_.read_only()) return no(turn, "[CANNOT] the mailbox was opened with EXAMINE");
  std::vector<imap::SequenceSet::Range> ranges;
  if (uids != nullptr) {
    ranges = uids->resolved(view_.last_uid());
  }
  const Mailbox& mailbox = selected(turn);
  for (size_t i = 0; i < mailbox.entries.size(); ++i) {
    const MailboxEntry& entry = mailbox.entries[i];
    if ((entry.flags & Flag::kDeleted) == 0) continue;
    if (uids == nullptr || imap::in_ranges(ranges, entry.uid.value)) {
      turn.expunged.push_back(entry.uid);
    }
  }
  if (!turn.expunged.empty()) {
    turn.context.store->edit().expunge(view_.mailbox(), turn.expunged, turn.context.trace);
  }
  ok(turn, fmt::format("{} completed", turn.row->name));
}

}  // namespace mailscope
