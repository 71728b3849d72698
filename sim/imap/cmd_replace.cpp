// REPLACE and UID REPLACE: RFC 8508. A new message takes the place of an old one, in one step.
#include <fmt/format.h>

#include "sim/imap/server.h"
#include "sim/imap/work_limit.h"

namespace mailscope {

void ImapServer::cmd_replace(Turn& turn, imap::ReplaceArguments& arguments) {
  imap::SequenceSet set;
  set.add(arguments.number, arguments.number);
  const Targets targets = targets_of(turn, set);
  if (targets.bad_number) return bad_number(turn);
  if (view_.read_only()) return no(turn, "[CANNOT] the mailbox was opened with EXAMINE");
  // RFC 4314 §4: as STORE \Deleted and EXPUNGE together.
  if (!may_here(turn, imap::kDeleteMembers)) return;
  const Mailbox* mailbox = usable(turn, arguments.mailbox, true);
  if (mailbox == nullptr) return;
  // RFC 8508 §3.2: without the old message nothing is replaced, and nothing is added.
  if (targets.some_expunged) {
    return no(turn, "[EXPUNGEISSUED] this message is gone, nothing was replaced");
  }
  if (targets.found.empty()) return no(turn, "[NONEXISTENT] there is no such message");
  const Target old = targets.found.front();
  std::vector<MessagePtr> made;
  WorkLimit work(config_->max_work);
  if (!compose(turn, arguments.message, work, made)) return;
  // What goes makes room for what comes: in one mailbox for the mailbox's limit, in one account for
  // its quota (RFC 8508 §3.4).
  const bool same = mailbox->id == view_.mailbox();
  const bool one_root = mailbox->account == selected(turn).account;
  const uint64_t freed = one_root ? selected(turn).entries[old.index].message->size() : 0;
  const uint64_t size = made.front()->size();
  if (!has_room_for(turn, *mailbox, same ? 0 : 1)) return;
  const uint64_t more = size > freed ? size - freed : 0;
  if (!room_for(turn, mailbox->account, more, one_root ? 0 : 1)) return;
  const MailboxId to = mailbox->id;
  const Uid uid = put(turn, to, arguments.message, std::move(made.front()));
  turn.expunged = {old.uid};
  turn.context.store->edit().expunge(view_.mailbox(), turn.expunged, turn.context.trace);
  if (same) turn.added_from = uid;
  if (tells_new_uids(turn, to)) {
    // RFC 8508 §4.3: before EXPUNGE, so that the client knows the new one when it loses the old.
    turn.out.line(fmt::format("* OK [APPENDUID {} {}] Replacement ready",
                              (*turn.context.store)->mailbox(to).uid_validity, uid.value));
  }
  tell_news(turn, NewsAllowed::kWithoutExpunge);
  ok(turn, expunged_text(turn));
}

}  // namespace mailscope
