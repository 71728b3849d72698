// SEARCH and UID SEARCH: RFC 3501 §6.4.4, §7.2.5, and all that SORT and THREAD have in common with
// them: character sets, "$", mod-sequences, limits, progress. What a key means is in search.h, how
// an answer looks in search_answer.h.
#include <fmt/format.h>

#include <algorithm>

#include "sim/imap/search.h"
#include "sim/imap/search_answer.h"
#include "sim/imap/server.h"
#include "sim/imap/work_limit.h"
#include "sim/wire/charset.h"

namespace mailscope {
namespace {

using imap::Extension;
using imap::SearchKey;

template <class Holds>
bool any_key(const SearchKey& key, Holds holds) {
  return holds(key) || std::any_of(key.keys.begin(), key.keys.end(), [&](const SearchKey& inner) {
           return any_key(inner, holds);
         });
}

bool speaks_of_modseq(const SearchKey& key) {
  return any_key(key, [](const SearchKey& k) { return k.kind == SearchKey::Kind::kModSeq; });
}

bool speaks_of_numbers(const SearchKey& key) {
  return any_key(key, [](const SearchKey& k) {
    return k.kind == SearchKey::Kind::kSequenceSet && !k.set.is_saved_result();
  });
}

}  // namespace

void ImapServer::search_failed(Turn& turn, const imap::SearchArguments& arguments,
                               std::string_view text) {
  if (arguments.result.save) saved_result_.clear();
  no(turn, text);
}

std::optional<std::vector<ImapServer::Target>> ImapServer::found_by(
    Turn& turn, const imap::SearchArguments& arguments) {
  const bool is_search = turn.row->command == imap::Command::kSearch ||
                         turn.row->command == imap::Command::kUidSearch;
  if (is_search && !arguments.charset.empty() && enabled(Extension::kUtf8Accept)) {
    bad(turn, "strings are UTF-8 after ENABLE UTF8=ACCEPT",
        "RFC 9755 §3: CHARSET in SEARCH after ENABLE UTF8=ACCEPT");
    return std::nullopt;
  }
  if (enabled(Extension::kUidOnly) && speaks_of_numbers(arguments.key)) {
    bad(turn, "[UIDREQUIRED] search for UIDs",
        "RFC 9586 §3.1: a message number after ENABLE UIDONLY");
    return std::nullopt;
  }
  if (!arguments.charset.empty() && !is_known_charset(arguments.charset)) {
    search_failed(turn, arguments, "[BADCHARSET (US-ASCII UTF-8)] no other character sets");
    return std::nullopt;
  }
  // RFC 7162 §3.2.10.2: no VANISHED in a UID SEARCH with message numbers. The same goes for EXPUNGE
  // here (RFC 9051 §7.5.1 leaves it open), and for SORT and THREAD.
  turn.numbers_in_use = speaks_of_numbers(arguments.key);
  if (speaks_of_modseq(arguments.key)) enable_condstore(turn);
  const Mailbox& mailbox = selected(turn);
  WorkLimit work(config_->max_work);
  const Search search(arguments.key, mailbox, view_,
                      {arguments.charset, turn.context.unix_now, &saved_result_, &work});
  if (search.bad_number()) {
    bad_number(turn);
    return std::nullopt;
  }
  std::vector<Target> found;
  CowList<MailboxEntry, EntrySummary>::Cursor entries(mailbox.entries);
  CowList<Uid>::Cursor uids(view_.uids());
  const uint32_t every = config_->progress_every;
  // RFC 2180 §4.3: what another session has expunged is not found any more.
  size_t at = 0;
  for (uint32_t seq = 1; seq <= view_.exists(); ++seq) {
    const Uid uid = uids[seq - 1];
    while (at < mailbox.entries.size() && entries[at].uid < uid) ++at;
    if (at == mailbox.entries.size()) break;
    if (every != 0 && seq % every == 0) tell_progress(turn, seq);
    if (entries[at].uid != uid) continue;
    if (search.matches(SeqNum{seq}, entries[at])) found.push_back({SeqNum{seq}, uid, at});
    if (work.exceeded()) {
      search_failed(turn, arguments, "[LIMIT] this search would take too long");
      return std::nullopt;
    }
  }
  return found;
}

void ImapServer::tell_progress(Turn& turn, uint32_t looked_at) {
  // RFC 9585 §4: a client with a long wait before it sees that it is not in vain. Here the whole
  // search is one turn, so steps are messages, not seconds, and the lines come with the answer.
  if (!offers(Extension::kInProgress) || looked_at >= view_.exists()) return;
  turn.out.line(fmt::format("* OK [INPROGRESS (\"{}\" {} {})] Still searching", turn.tag, looked_at,
                            view_.exists()));
}

void ImapServer::cmd_search(Turn& turn, const imap::SearchArguments& arguments) {
  const auto found = found_by(turn, arguments);
  if (found) answer_search(turn, {{}, arguments}, *found);
}

void ImapServer::answer_search(Turn& turn, const imap::SortArguments& arguments,
                               const std::vector<Target>& found) {
  const imap::SearchArguments& search = arguments.search;
  const imap::SearchResultOptions& options = search.result;
  const bool sorted = !arguments.criteria.empty();
  SearchAnswer answer{turn.tag, turn.row->uid_form, speaks_of_modseq(search.key), {}};
  CowList<MailboxEntry, EntrySummary>::Cursor entries(selected(turn).entries);
  answer.hits.reserve(found.size());
  for (const Target& target : found) {
    const uint64_t modseq = answer.tells_modseq ? entries[target.index].modseq : 0;
    answer.hits.push_back({target.seq, target.uid, modseq});
  }
  if (options.update && !begin_context(turn, arguments, found)) return;
  if (options.save) {
    std::vector<Uid> saved = saved_by(answer, options);
    if (saved.size() > config_->max_saved_result) {
      return search_failed(turn, search, "[NOTSAVED] too many messages to remember");
    }
    saved_result_ = std::move(saved);
  }
  // RFC 9051 §6.4.4: IMAP4rev2 has no other answer to SEARCH.
  if (options.given || (is_rev2() && !sorted)) {
    if (const auto line = encode_esearch(answer, options)) turn.out.line(*line);
  } else {
    turn.out.line(encode_plain_search(answer, sorted ? "SORT" : "SEARCH"));
  }
  ok(turn, fmt::format("{} completed", turn.row->name));
}

}  // namespace mailscope
