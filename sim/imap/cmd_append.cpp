// APPEND and COPY: RFC 3501 §6.3.11, §6.4.7; APPENDUID and COPYUID of RFC 4315 §3.
#include <fmt/format.h>

#include "sim/imap/flag_names.h"
#include "sim/imap/server.h"

namespace mailscope {

void ImapServer::cmd_append(Turn& turn, imap::AppendArguments& arguments) {
  const Mailbox* mailbox = usable(turn, arguments.mailbox, true);
  if (mailbox == nullptr) return;
  const imap::AppendMessage& appended = arguments.messages.front();
  if (appended.pieces.front().text.empty()) return no(turn, "[CANNOT] a message has at least a header");
  if (mailbox->entries.size() >= config_->max_messages) {
    return no(turn, "[LIMIT] the mailbox is full");
  }
  const MailboxId id = mailbox->id;
  const int64_t date = appended.date ? appended.date->unix_seconds : turn.context.unix_now;
  // The literal should be a message of RFC 5322; line ends that are not CRLF are put right.
  MessagePtr message = make_message(crlf_normalised(appended.pieces.front().text));
  const Uid uid = turn.context.store->edit().append(
      id, std::move(message), flag_names(appended.flags), date, turn.context.trace);
  turn.added = view_.mailbox() == id;
  if (!offers(imap::Extension::kUidPlus)) return ok(turn, "APPEND completed");
  ok(turn, fmt::format("[APPENDUID {} {}] APPEND completed",
                       (*turn.context.store)->mailbox(id).uid_validity, uid.value));
}

void ImapServer::cmd_copy(Turn& turn, const imap::CopyArguments& arguments) {
  const Targets targets = targets_of(turn, arguments.set);
  if (targets.bad_number) return bad_number(turn);
  const Mailbox* mailbox = usable(turn, arguments.mailbox, true);
  if (mailbox == nullptr) return;
  const MailboxId to = mailbox->id;
  // RFC 2180 §4.4.1, RFC 3501 §6.4.7: all or nothing.
  if (targets.some_expunged) {
    return no(turn, "[EXPUNGEISSUED] some of these messages are gone, nothing was copied");
  }
  if (mailbox->entries.size() + targets.found.size() > config_->max_messages) {
    return no(turn, "[LIMIT] there is no room in the mailbox");
  }
  if (targets.found.empty()) return ok(turn, "nothing to copy");
  std::vector<uint32_t> sources;
  std::vector<uint32_t> copies;
  MailStore& store = turn.context.store->edit();
  for (const Target& target : targets.found) {
    sources.push_back(target.uid.value);
    copies.push_back(store.copy(view_.mailbox(), target.uid, to, turn.context.trace).value);
  }
  turn.added = view_.mailbox() == to;
  if (!offers(imap::Extension::kUidPlus)) return ok(turn, fmt::format("{} completed", turn.row->name));
  ok(turn, fmt::format("[COPYUID {} {} {}] {} completed", store.mailbox(to).uid_validity,
                       imap::encode_numbers(sources), imap::encode_numbers(copies),
                       turn.row->name));
}

}  // namespace mailscope
