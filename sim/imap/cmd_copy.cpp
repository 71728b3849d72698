// COPY (RFC 3501 §6.4.7), MOVE (RFC 6851), and COPYUID of RFC 4315 §3.
#include <fmt/format.h>

#include "sim/imap/server.h"

namespace mailscope {

/// NO has been said when it is null.
const Mailbox* ImapServer::copy_target(Turn& turn, const imap::CopyArguments& arguments,
                                       const Targets& targets) {
  const Mailbox* mailbox = usable(turn, arguments.mailbox, true);
  if (mailbox == nullptr) return nullptr;
  const bool copies = turn.row->command == imap::Command::kCopy ||
                      turn.row->command == imap::Command::kUidCopy;
  // RFC 2180 §4.4.1, RFC 3501 §6.4.7: all or nothing.
  if (targets.some_expunged) {
    no(turn, fmt::format("[EXPUNGEISSUED] some of these messages are gone, nothing was {}",
                         copies ? "copied" : "moved"));
    return nullptr;
  }
  // What moves within one account's quota takes no more of it.
  const bool adds = copies || mailbox->account != selected(turn).account;
  uint64_t octets = 0;
  for (const Target& target : targets.found) {
    if (adds) octets += selected(turn).entries[target.index].message->size();
  }
  const size_t count = targets.found.size();
  if (!has_room_for(turn, *mailbox, count)) return nullptr;
  return !adds || room_for(turn, mailbox->account, octets, count) ? mailbox : nullptr;
}

std::vector<uint32_t> ImapServer::copy_all(Turn& turn, const std::vector<Target>& targets,
                                           MailboxId to) {
  MailStore& store = turn.context.store->edit();
  // RFC 4314 §4: as with APPEND, flags to which one has no right there are left out.
  const FlagBits kept = settable_flags(store, store.mailbox(to));
  std::vector<uint32_t> copies;
  copies.reserve(targets.size());
  for (const Target& target : targets) {
    copies.push_back(store.copy(view_.mailbox(), target.uid, to, turn.context.trace,
                                turn.context.unix_now, kept).value);
  }
  if (view_.mailbox() == to) turn.added_from = Uid{copies.front()};
  return copies;
}

void ImapServer::cmd_copy(Turn& turn, const imap::CopyArguments& arguments) {
  const Targets targets = targets_of(turn, arguments.set);
  if (targets.bad_number) return bad_number(turn);
  const Mailbox* mailbox = copy_target(turn, arguments, targets);
  if (mailbox == nullptr) return;
  if (targets.found.empty()) return ok(turn, "nothing to copy");
  const MailboxId to = mailbox->id;
  std::vector<uint32_t> sources;
  for (const Target& target : targets.found) sources.push_back(target.uid.value);
  const std::vector<uint32_t> copies = copy_all(turn, targets.found, to);
  const MailStore& store = **turn.context.store;
  if (!tells_new_uids(turn, to)) {
    return ok(turn, fmt::format("{} completed", turn.row->name));
  }
  ok(turn, fmt::format("[COPYUID {} {} {}] {} completed", store.mailbox(to).uid_validity,
                       imap::encode_numbers(sources), imap::encode_numbers(copies),
                       turn.row->name));
}

void ImapServer::cmd_move(Turn& turn, const imap::CopyArguments& arguments) {
  const Targets targets = targets_of(turn, arguments.set);
  if (targets.bad_number) return bad_number(turn);
  if (view_.read_only()) return no(turn, "[CANNOT] the mailbox was opened with EXAMINE");
  // RFC 4314 §4: as STORE \Deleted and EXPUNGE together.
  if (!may_here(turn, imap::kDeleteMembers)) return;
  const Mailbox* mailbox = copy_target(turn, arguments, targets);
  if (mailbox == nullptr) return;
  if (targets.found.empty()) return ok(turn, "nothing to move");
  const MailboxId to = mailbox->id;
  std::vector<uint32_t> sources;
  for (const Target& target : targets.found) {
    sources.push_back(target.uid.value);
    turn.expunged.push_back(target.uid);
  }
  const std::vector<uint32_t> copies = copy_all(turn, targets.found, to);
  MailStore& store = turn.context.store->edit();
  // RFC 6851 §3.3: nobody sees a message twice or not at all: this is one turn.
  store.expunge(view_.mailbox(), turn.expunged, turn.context.trace);
  if (tells_new_uids(turn, to)) {
    // RFC 6851 §4.3: before the news that takes away the numbers it speaks of.
    turn.out.line(fmt::format("* OK [COPYUID {} {} {}] Moved", store.mailbox(to).uid_validity,
                              imap::encode_numbers(sources), imap::encode_numbers(copies)));
  }
  ok(turn, expunged_text(turn));
}

}  // namespace mailscope
