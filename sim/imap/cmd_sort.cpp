// SORT and THREAD (RFC 5256), SORT=DISPLAY (RFC 5957), ESORT (RFC 5267 §3): a search whose result
// comes in an order. The orders themselves: message_sort.h, message_thread.h.
#include <fmt/format.h>

#include "sim/imap/message_sort.h"
#include "sim/imap/message_thread.h"
#include "sim/imap/server.h"

namespace mailscope {

std::vector<NumberedMessage> ImapServer::numbered(const Turn& turn,
                                                  const std::vector<Target>& targets) const {
  std::vector<NumberedMessage> messages;
  messages.reserve(targets.size());
  CowList<MailboxEntry, EntrySummary>::Cursor entries(selected(turn).entries);
  for (const Target& target : targets) {
    messages.push_back({target.seq, &entries[target.index]});
  }
  return messages;
}

void ImapServer::sort_targets(const Turn& turn, const std::vector<imap::SortCriterion>& criteria,
                              std::vector<Target>& targets) const {
  std::vector<NumberedMessage> messages = numbered(turn, targets);
  sort_messages(messages, criteria);
  std::vector<size_t> index_of(view_.exists() + 1, 0);
  for (const Target& target : targets) index_of[target.seq.value] = target.index;
  for (size_t i = 0; i < messages.size(); ++i) {
    const SeqNum seq = messages[i].seq;
    targets[i] = {seq, messages[i].entry->uid, index_of[seq.value]};
  }
}

void ImapServer::cmd_sort(Turn& turn, const imap::SortArguments& arguments) {
  auto found = found_by(turn, arguments.search);
  if (!found) return;
  sort_targets(turn, arguments.criteria, *found);
  answer_search(turn, arguments, *found);
}

void ImapServer::cmd_thread(Turn& turn, const imap::ThreadArguments& arguments) {
  const bool by_references = arguments.algorithm == "REFERENCES";
  const imap::Extension needed = by_references ? imap::Extension::kThreadReferences
                                               : imap::Extension::kThreadSubject;
  if ((!by_references && arguments.algorithm != "ORDEREDSUBJECT") || !offers(needed)) {
    return bad(turn, "no such threading algorithm here",
               "RFC 5256 §3: a threading algorithm that CAPABILITY does not offer");
  }
  const auto found = found_by(turn, arguments.search);
  if (!found) return;
  const std::vector<NumberedMessage> messages = numbered(turn, *found);
  const ThreadForest forest =
      by_references ? thread_by_references(messages) : thread_by_subject(messages);
  const std::string threads = encode_threads(forest, messages, turn.row->uid_form);
  turn.out.line(threads.empty() ? "* THREAD" : "* THREAD " + threads);
  ok(turn, fmt::format("{} completed", turn.row->name));
}

}  // namespace mailscope
