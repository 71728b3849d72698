// COPY (RFC 3501 §6.4.7), MOVE (RFC 6851), and COPYUID of RFC 4315 §3.
#include <fmt/format.h>

#include "sim/imap/server.h"

namespace mailscope {

using imap::Command;

/// NO has been said when it is null.
const Mailbox* ImapServer::copy_target(Turn& turn, const imap::CopyArguments& arguments,
                                       const Targets& targets) {
  const Mailbox* mailbox = usable(turn, arguments.mailbox, true);
  if (mailbox == nullptr) return nullptr;
  // RFC 2180 §4.4.1, RFC 3501 §6.4.7: all or nothing.
  if (targets.some_expunged) {
    no(turn, fmt::format("[EXPUNGEISSUED] some of these messages are gone, nothing was {}",
                         turn.row->name == std::string_view("COPY") ? "copied" : "moved"));
    return nullptr;
  }
  uint64_t octets = 0;
  for (const Target& target : targets.found) {
    octets += selected(turn).entries[target.index].message->size();
  }
  // What moves within one account takes no more of its quota.
  const bool moves = turn.row->command == Command::kMove || turn.row->command == Command::kUidMove;
  const MailQuota more = moves && mailbox->account == selected(turn).account
                             ? MailQuota{0, 0}
                             : MailQuota{octets, targets.found.size()};
  return has_room_for(turn, *mailbox, targets.found.size(), more) ? mailbox : nullptr;
}

std::vector<uint32_t> ImapServer::copy_all(Turn& turn, const Targets& targets, MailboxId to) {
  const FlagBits kept = settable_flags(turn, (*turn.context.store)->mailbox(to));
  std::vector<uint32_t> copies;
  MailStore& store = turn.context.store->edit();
  for (const Target& target : targets.found) {
    copies.push_back(store.copy(view_.mailbox(), target.uid, to, turn.context.trace,
                                turn.context.unix_now, kept).value);
  }
  return copies;
}

void ImapServer::cmd_copy(Turn& turn, const imap::CopyArguments& arguments) {
  const Targets targets = targets_of(turn, arguments.set);
  if (targets.bad_number) return bad_number(turn);
  const Mailbox* mailbox = copy_target(turn, arguments, targets);
  if (mailbox == nullptr) return;
  if (targets.found.empty()) return ok(turn, "nothing to copy");
  const MailboxId to = mailbox->id;
  const std::vector<uint32_t> copies = copy_all(turn, targets, to);
  std::vector<uint32_t> sources;
  for (const Target& target : targets.found) sources.push_back(target.uid.value);
  turn.added = view_.mailbox() == to;
  const MailStore& store = **turn.context.store;
  if (!tells_uids_of(turn, to)) {
    return ok(turn, fmt::format("{} completed", turn.row->name));
  }
  ok(turn, fmt::format("[COPYUID {} {} {}] {} completed", store.mailbox(to).uid_validity,
                       imap::encode_numbers(sources), imap::encode_numbers(copies),
                       turn.row->name));
}

void ImapServer::cmd_move(Turn& turn, const imap::CopyArguments& arguments) {
  const Targets targets = targets_of(turn, arguments.set);
  if (targets.bad_number) return bad_number(turn);
  if (view_.read_only()) return no(turn, "[CANNOT] the mailbox was opened read-only");
  // RFC 6851 §4.4: what COPY, STORE and EXPUNGE would need.
  if (!may_remove(turn)) return;
  const Mailbox* mailbox = copy_target(turn, arguments, targets);
  if (mailbox == nullptr) return;
  if (targets.found.empty()) return ok(turn, "nothing to move");
  const MailboxId to = mailbox->id;
  const std::vector<uint32_t> copies = copy_all(turn, targets, to);
  std::vector<uint32_t> sources;
  for (const Target& target : targets.found) {
    sources.push_back(target.uid.value);
    turn.expunged.push_back(target.uid);
  }
  MailStore& store = turn.context.store->edit();
  // RFC 6851 §3.3: nobody sees a message twice or not at all: this is one turn.
  store.expunge(view_.mailbox(), turn.expunged, turn.context.trace);
  turn.added = view_.mailbox() == to;
  if (tells_uids_of(turn, to)) {
    // RFC 6851 §4.3: before the news that takes away the numbers it speaks of.
    turn.out.line(fmt::format("* OK [COPYUID {} {} {}] Moved", store.mailbox(to).uid_validity,
                              imap::encode_numbers(sources), imap::encode_numbers(copies)));
  }
  ok(turn, expunged_text(turn));
}

}  // namespace mailscope
