// CONTEXT=SEARCH and CONTEXT=SORT: searches that are kept up to date (RFC 5267 §4.3), told at the
// moments at which news of the mailbox is told, so that every number is right when it is read; and
// CANCELUPDATE (§4.3.5).
#include <fmt/format.h>

#include <algorithm>

#include "sim/imap/search.h"
#include "sim/imap/server.h"
#include "sim/imap/work_limit.h"
#include "sim/wire/imap_sequence_set.h"

namespace mailscope {

bool ImapServer::begin_context(Turn& turn, const imap::SortArguments& arguments,
                               const std::vector<Target>& found) {
  const bool used = std::any_of(contexts_.begin(), contexts_.end(),
                                [&](const SearchContext& each) { return each.tag == turn.tag; });
  if (used) {
    bad(turn, "this tag names a search that is kept up to date",
        "RFC 5267 §4.3: UPDATE with the tag of another");
    return false;
  }
  if (contexts_.size() >= config_->max_search_contexts) {
    turn.out.line(fmt::format("* NO [NOUPDATE \"{}\"] Too many searches to keep up to date",
                              turn.tag));
    return true;
  }
  SearchContext context;
  context.tag = turn.tag;
  context.uid_form = turn.row->uid_form;
  context.arguments = arguments;
  context.arguments.search.key = with_uids(arguments.search.key);
  for (const Target& target : found) context.result.push_back(target.uid);
  // What is there but not announced will be looked at when it is.
  context.modseq = selected(turn).highest_modseq;
  context.known_until = view_.known_until();
  contexts_.push_back(std::move(context));
  return true;
}

void ImapServer::tell_changes(Turn& turn, const SearchContext& context, std::string_view item,
                              const std::vector<ContextChange>& changes) {
  std::string pairs;
  Uid first;
  for (const ContextChange& change : changes) {
    std::vector<uint32_t> numbers;
    for (const Uid uid : change.uids) {
      if (context.uid_form) {
        numbers.push_back(uid.value);
      } else if (const std::optional<SeqNum> seq = view_.seq_of(uid)) {
        numbers.push_back(seq->value);
      }
    }
    if (numbers.empty()) continue;
    if (pairs.empty()) first = change.uids.front();
    pairs += fmt::format("{}{} {}", pairs.empty() ? "" : " ", change.position,
                         imap::encode_numbers(numbers));
  }
  if (pairs.empty()) return;
  const std::string line = fmt::format("* ESEARCH (TAG \"{}\"){} {} ({})", context.tag,
                                       context.uid_form ? " UID" : "", item, pairs);
  turn.out.line(line);
  record_view(turn.context, ViewChange::kResult, {}, first, false, line);
}

void ImapServer::tell_removals(Turn& turn, NewsAllowed allowed) {
  const Mailbox& mailbox = selected(turn);
  const bool all = allows(allowed, NewsAllowed::kExpunges);
  const auto is_told_gone = [&](Uid uid) {
    return all ? !mailbox.find(uid).has_value()
               : std::binary_search(turn.expunged.begin(), turn.expunged.end(), uid);
  };
  for (SearchContext& context : contexts_) {
    std::vector<Uid> left = context.result;
    left.erase(std::remove_if(left.begin(), left.end(), is_told_gone), left.end());
    if (left.size() == context.result.size()) continue;
    // RFC 5267 §4.3.4: before EXPUNGE, while the numbers still name these messages.
    tell_changes(turn, context, "REMOVEFROM", removals(context.result, left, context.sorted()));
    context.result = std::move(left);
  }
}

void ImapServer::tell_updates(Turn& turn) {
  const Mailbox& mailbox = selected(turn);
  WorkLimit work(config_->max_update_work);
  std::vector<std::string> given_up;
  for (SearchContext& context : contexts_) {
    if (context.modseq == mailbox.highest_modseq && context.known_until == view_.known_until()) {
      continue;
    }
    const Search search(context.arguments.search.key, mailbox, view_,
                        {context.arguments.search.charset, turn.context.unix_now, nullptr, &work});
    std::vector<Uid> known = context.result;
    std::sort(known.begin(), known.end());
    std::vector<Uid> joined;
    std::vector<Uid> left;
    const auto look_at = [&](const MailboxEntry& entry) {
      const std::optional<SeqNum> seq = view_.seq_of(entry.uid);
      if (!seq) return;
      const bool was = std::binary_search(known.begin(), known.end(), entry.uid);
      const bool is = search.matches(*seq, entry);
      if (is && !was) joined.push_back(entry.uid);
      if (was && !is) left.push_back(entry.uid);
    };
    mailbox.for_each_since(context.modseq, [&](size_t, const MailboxEntry& entry) {
      if (entry.uid < context.known_until) look_at(entry);
    });
    // Announced since, whenever they came.
    for (size_t i = mailbox.lower_bound(context.known_until);
         i < mailbox.entries.size() && mailbox.entries[i].uid < view_.known_until(); ++i) {
      look_at(mailbox.entries[i]);
    }
    const bool sorts = context.sorted() && !joined.empty();
    if (sorts) work.spend(WorkLimit::kKey * context.result.size());
    if (work.exceeded()) {
      given_up.push_back(context.tag);
      continue;
    }
    context.modseq = mailbox.highest_modseq;
    context.known_until = view_.known_until();
    const auto is_gone = [&left](Uid uid) {
      return std::binary_search(left.begin(), left.end(), uid);
    };
    std::vector<Uid> stayed = context.result;
    stayed.erase(std::remove_if(stayed.begin(), stayed.end(), is_gone), stayed.end());
    tell_changes(turn, context, "REMOVEFROM",
                 removals(context.result, stayed, context.sorted()));
    std::vector<Uid> now = stayed;
    now.insert(now.end(), joined.begin(), joined.end());
    // What it is sorted by does not change: what stayed is in order.
    if (!joined.empty()) put_in_order(turn, context, now);
    // RFC 5267 §4.3.3: after EXISTS, when the numbers are known.
    tell_changes(turn, context, "ADDTO", additions(stayed, now, context.sorted()));
    context.result = std::move(now);
  }
  for (const std::string& tag : given_up) {
    // RFC 5267 §4.3.1: a server that cannot go on says so, and says no more of that search.
    turn.out.line(fmt::format("* NO [NOUPDATE \"{}\"] This would take too long", tag));
    end_context(tag);
  }
}

void ImapServer::end_context(const std::string& tag) {
  const auto named = [&tag](const SearchContext& each) { return each.tag == tag; };
  contexts_.erase(std::remove_if(contexts_.begin(), contexts_.end(), named), contexts_.end());
}

void ImapServer::put_in_order(const Turn& turn, const SearchContext& context,
                              std::vector<Uid>& uids) const {
  const std::vector<Uid> before = uids;
  std::sort(uids.begin(), uids.end());
  if (!context.sorted()) return;
  const Mailbox& mailbox = selected(turn);
  std::vector<Target> targets;
  for (const Uid uid : uids) {
    const std::optional<SeqNum> seq = view_.seq_of(uid);
    const std::optional<size_t> index = mailbox.find(uid);
    if (seq && index) targets.push_back({*seq, uid, *index});
  }
  sort_targets(turn, context.arguments.criteria, targets);
  uids.clear();
  for (const Target& target : targets) uids.push_back(target.uid);
  // What was expunged, but may not be told yet, stays after what it stood after.
  for (size_t i = 0; i < before.size(); ++i) {
    if (mailbox.find(before[i])) continue;
    const auto after = i == 0 ? uids.end() : std::find(uids.begin(), uids.end(), before[i - 1]);
    uids.insert(after == uids.end() ? uids.begin() : after + 1, before[i]);
  }
}

void ImapServer::cmd_cancel_update(Turn& turn, const imap::WordsArguments& arguments) {
  for (const std::string& tag : arguments.words) end_context(tag);
  ok(turn, "CANCELUPDATE completed");
}

}  // namespace mailscope
