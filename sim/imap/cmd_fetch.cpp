// FETCH and UID FETCH: RFC 3501 §6.4.5, §7.4.2; CHANGEDSINCE and MODSEQ of RFC 7162 §3.1.4,
// VANISHED of §3.2.6, PARTIAL of RFC 9394 §3.3, UIDFETCH of RFC 9586 §3.3. The items:
// fetch_items.h.
#include <fmt/format.h>

#include <algorithm>

#include "sim/imap/broken_header.h"
#include "sim/imap/fetch_items.h"
#include "sim/imap/flags_text.h"
#include "sim/imap/result_window.h"
#include "sim/imap/server.h"
#include "sim/imap/work_limit.h"

namespace mailscope {
namespace {

using imap::Extension;
using imap::FetchItem;
using Kind = FetchItem::Kind;

FetchItem item_of(Kind kind) {
  FetchItem item;
  item.kind = kind;
  return item;
}

/// What such an item says is read from the header's fields.
bool reads_header(const FetchItem& item) {
  return item.kind == Kind::kEnvelope || item.kind == Kind::kBody ||
         item.kind == Kind::kBodyStructure;
}

/// RFC 3501 §7.1.2: an untagged NO is a warning, and the command goes on.
void tell_broken_header(Outbox& out, const MailboxEntry& entry) {
  const std::string_view why = why_not_parsed(*entry.message);
  if (!why.empty()) out.line(fmt::format("* NO [PARSE] UID {}: {}", entry.uid.value, why));
}

}  // namespace

void ImapServer::begin_fetch(ResponseWriter& writer, SeqNum seq, Uid uid) const {
  const bool by_uid = enabled(Extension::kUidOnly);
  writer.add("* ");
  writer.add_number(by_uid ? uid.value : seq.value);
  writer.add(by_uid ? " UIDFETCH (" : " FETCH (");
}

/// Sets \Seen where an item implies it; which of the targets it was new to.
std::vector<bool> ImapServer::set_seen(Turn& turn, const Targets& targets) {
  std::vector<bool> newly(targets.found.size(), false);
  for (size_t i = 0; i < targets.found.size(); ++i) {
    const Target& target = targets.found[i];
    if ((selected(turn).entries[target.index].flags & Flag::kSeen) != 0) continue;
    newly[i] = turn.context.store->edit().change_flags_at(
        view_.mailbox(), target.index, FlagChange::kAdd, Flag::kSeen, turn.context.trace);
  }
  return newly;
}

std::vector<FetchItem> ImapServer::told_items(const Turn& turn,
                                              const imap::FetchArguments& arguments) const {
  std::vector<FetchItem> items = arguments.items;
  // RFC 3501 §6.4.8: the UID is told whether or not it was asked for; UIDFETCH says it first.
  if (turn.row->uid_form && !enabled(Extension::kUidOnly) && !asks_for(items, Kind::kUid)) {
    items.insert(items.begin(), item_of(Kind::kUid));
  }
  // RFC 7162 §3.1.4.1: CHANGEDSINCE asks for it too. And who keeps mod-sequences must not hear of
  // flags without theirs: this response takes the place of the news of them.
  const bool modseq_due =
      arguments.changed_since || (tells_modseq() && asks_for(items, Kind::kFlags));
  if (modseq_due && !asks_for(items, Kind::kModSeq)) items.push_back(item_of(Kind::kModSeq));
  return items;
}

void ImapServer::narrow_targets(Turn& turn, const imap::FetchArguments& arguments,
                                Targets& targets) {
  if (arguments.changed_since || asks_for(arguments.items, Kind::kModSeq)) enable_condstore(turn);
  std::vector<Target>& found = targets.found;
  // RFC 9394 §3.4: first the window, and of what is in it what has changed.
  if (arguments.partial) {
    const auto [first, end] = places_in(*arguments.partial, found.size());
    found = {found.begin() + static_cast<std::ptrdiff_t>(first),
             found.begin() + static_cast<std::ptrdiff_t>(end)};
  }
  if (arguments.changed_since) {
    const Mailbox& mailbox = selected(turn);
    const auto old = [&](const Target& target) {
      return mailbox.entries[target.index].modseq <= *arguments.changed_since;
    };
    found.erase(std::remove_if(found.begin(), found.end(), old), found.end());
  }
}

void ImapServer::cmd_fetch(Turn& turn, const imap::FetchArguments& arguments) {
  if (arguments.vanished && !enabled(Extension::kQresync)) {
    return bad(turn, "VANISHED is for those who said ENABLE QRESYNC",
               "RFC 7162 §3.2.6: VANISHED without ENABLE QRESYNC");
  }
  if (arguments.vanished) {
    // RFC 7162 §3.2.6: before any FETCH response. And §3.2.10: what the client still counts goes by
    // VANISHED, so that no message is named by both.
    tell_vanished_earlier(turn, arguments.set, *arguments.changed_since);
    tell_news(turn, NewsAllowed::kAll);
  }
  Targets targets = targets_of(turn, arguments.set);
  if (targets.bad_number) return bad_number(turn);
  narrow_targets(turn, arguments, targets);
  const std::vector<FetchItem> items = told_items(turn, arguments);
  std::vector<bool> newly_seen(targets.found.size(), false);
  if (!view_.read_only() && std::any_of(items.begin(), items.end(), imap::sets_seen) &&
      has_right(turn, selected(turn), imap::Right::kSeen)) {
    newly_seen = set_seen(turn, targets);
  }
  FetchLimit limit(config_->max_work);
  const FetchOutcome outcome = tell_items(turn, targets.found, items, newly_seen, limit);
  if (outcome.too_much_work) return no(turn, "[LIMIT] too much to tell in one command");
  if (outcome.unknown_encoding) {
    return no(turn, "[UNKNOWN-CTE] a part is in a transfer encoding that is not known here");
  }
  // RFC 2180 §4.1.3: responses for what is there, and NO for what another session has expunged.
  if (targets.some_expunged) {
    return no(turn, "[EXPUNGEISSUED] some of these messages are gone");
  }
  ok(turn, fmt::format("{} completed", turn.row->name));
}

ImapServer::FetchOutcome ImapServer::tell_items(Turn& turn, const std::vector<Target>& targets,
                                                const std::vector<FetchItem>& items,
                                                const std::vector<bool>& newly_seen,
                                                FetchLimit& limit) {
  const Mailbox& mailbox = selected(turn);
  CowList<MailboxEntry, EntrySummary>::Cursor entries(mailbox.entries);
  // With nothing new in the mailbox, flags that are told again change nobody's belief.
  const bool something_new = view_.has_news(mailbox);
  const bool tells_flags = asks_for(items, Kind::kFlags);
  const bool tells_modseqs = asks_for(items, Kind::kModSeq);
  const bool adds_uid = tells_uid(turn.row->uid_form) && !asks_for(items, Kind::kUid);
  const bool remarks =
      config_->remarks_broken_headers && std::any_of(items.begin(), items.end(), reads_header);
  const bool decodes = asks_for(items, Kind::kBinary) || asks_for(items, Kind::kBinarySize);
  if (tells_flags) tell_new_keywords(turn);
  std::vector<std::string> names;
  for (const FetchItem& item : items) names.push_back(imap::encode_response_item(item) + ' ');
  FlagsText flags_text;
  ResponseWriter writer(turn.out);
  WorkLimit& work = limit.work;
  FetchOutcome outcome;
  const auto add_flags = [&](const MailboxEntry& entry, const Target& target) {
    const std::string& text = flags_text.of(mailbox, entry.flags, tells_recent(entry.uid));
    writer.add(text);
    view_.flags_told(entry.uid, entry.modseq);
    if (!something_new) return;
    record_view(turn.context, ViewChange::kFlags, target.seq, target.uid, !turn.unasked,
                fmt::format("* {} FETCH ({})", target.seq.value, text));
  };
  const auto too_much = [&] {
    return work.exceeded() || limit.made + writer.made() > limit.may_make;
  };
  for (size_t i = 0; i < targets.size() && !outcome.too_much_work; ++i) {
    if ((outcome.too_much_work = too_much())) break;
    const Target& target = targets[i];
    const MailboxEntry& entry = entries[target.index];
    limit.may_make += FetchLimit::kMakeAMessage + 2 * entry.message->size();
    if (decodes && !can_decode(*entry.message, items, work)) {
      outcome.unknown_encoding = true;
      continue;
    }
    begin_fetch(writer, target.seq, target.uid);
    for (size_t k = 0; k < items.size(); ++k) {
      // One message can be too much already; it is told as far as that.
      if (k > 0 && (outcome.too_much_work = too_much())) break;
      if (k > 0) writer.add(" ");
      if (items[k].kind == Kind::kFlags) {
        add_flags(entry, target);
      } else if (items[k].kind == Kind::kModSeq) {
        writer.add_modseq(entry.modseq);
      } else {
        writer.add(names[k]);
        add_fetch_item(writer, entry, items[k], work);
      }
    }
    // RFC 7162 §3.2.4: a FETCH that sets \Seen tells a change.
    if (newly_seen[i] && adds_uid) {
      writer.add(" UID ");
      writer.add_number(entry.uid.value);
    }
    // RFC 3501 §6.4.5: when \Seen is set by the way, the flags should be told.
    if (newly_seen[i] && !tells_flags) {
      writer.add(" ");
      add_flags(entry, target);
      if (tells_modseq() && !tells_modseqs) {
        writer.add(" ");
        writer.add_modseq(entry.modseq);
      }
    }
    writer.add(")");
    writer.finish();
    if (remarks) tell_broken_header(turn.out, entry);
    work.spend(WorkLimit::kItem * items.size());
  }
  limit.made += writer.made();
  return outcome;
}

}  // namespace mailscope
