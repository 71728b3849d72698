// What is fetched of a message that arrives in the selected mailbox, for a client that asked for it
// by NOTIFY (RFC 5465 §5.2) or by UPDATE of a search that the message is a result of (§7).
#include <algorithm>

#include "sim/imap/fetch_items.h"
#include "sim/imap/response_writer.h"
#include "sim/imap/search.h"
#include "sim/imap/server.h"

namespace mailscope {
namespace {

using imap::FetchItem;

/// RFC 5465 §5.2: one FETCH response, and nothing in it twice.
void add_missing(std::vector<FetchItem>& items, const std::vector<FetchItem>& more) {
  for (const FetchItem& item : more) {
    const std::string name = imap::encode_response_item(item);
    const bool there = std::any_of(items.begin(), items.end(), [&name](const FetchItem& other) {
      return imap::encode_response_item(other) == name;
    });
    if (!there) items.push_back(item);
  }
}

struct Updated {
  const std::vector<FetchItem>* items;
  Search search;
};

}  // namespace

void ImapServer::fetch_new(Turn& turn, const std::vector<Target>& targets,
                           std::vector<FetchItem> items) {
  if (targets.empty() || items.empty()) return;
  if (!asks_for(items, FetchItem::Kind::kUid) && !enabled(imap::Extension::kUidOnly)) {
    FetchItem uid;
    uid.kind = FetchItem::Kind::kUid;
    items.insert(items.begin(), uid);
  }
  if (!selected_has_modseqs_) {  // RFC 7162 §3.1.2.2
    const auto modseq = [](const FetchItem& i) { return i.kind == FetchItem::Kind::kModSeq; };
    items.erase(std::remove_if(items.begin(), items.end(), modseq), items.end());
  }
  // RFC 5465 §5.2: without setting \Seen.
  const imap::CommandRow* row = turn.row;
  turn.row = imap::find_command("FETCH");
  turn.unasked = true;
  const size_t said = turn.out.units.size();
  tell_items(turn, targets, items, std::vector<bool>(targets.size(), false));
  turn.unasked = false;
  turn.row = row;
  record_arrived(turn, targets, said);
}

void ImapServer::record_arrived(Turn& turn, const std::vector<Target>& targets, size_t unit) const {
  // Of each message one response, in this order; with lines of FLAGS and blocks between them.
  for (const Target& target : targets) {
    ResponseWriter writer(turn.out);
    begin_fetch(writer, target.seq, target.uid);
    const std::string& begin = writer.line();
    size_t at = unit;
    while (at < turn.out.units.size() &&
           turn.out.units[at].bytes().substr(0, begin.size()) != begin) {
      ++at;
    }
    // It could not be told: an encoding that is not known, or too much work.
    if (at == turn.out.units.size()) continue;
    unit = at + 1;
    const std::string_view bytes = turn.out.units[at].bytes();
    record_view(turn.context, ViewChange::kArrived, target.seq, target.uid, false,
                bytes.substr(0, bytes.find("\r\n")));
  }
}

void ImapServer::tell_new_messages(Turn& turn, SeqNum first) {
  const imap::NotifyGroup* group = notify_.selected_group();
  const std::vector<FetchItem> always = group != nullptr ? group->new_items
                                                         : std::vector<FetchItem>();
  const Mailbox& mailbox = selected(turn);
  std::vector<Updated> updated;
  for (const SearchContext& context : contexts_) {
    const imap::SearchArguments& search = context.arguments.search;
    if (search.result.new_items.empty()) continue;
    updated.push_back(
        {&search.result.new_items,
         Search(search.key, mailbox, view_,
                {search.charset, turn.context.unix_now, nullptr, nullptr})});
  }
  if (always.empty() && updated.empty()) return;
  std::vector<Target> targets;
  for (uint32_t number = first.value; number <= view_.exists(); ++number) {
    const Uid uid = view_.uids()[number - 1];
    // RFC 5465 §5.2: not of what this client has put there itself.
    if (turn.added() && !(uid < turn.added_from)) break;
    if (const std::optional<size_t> index = mailbox.find(uid)) {
      targets.push_back({SeqNum{number}, uid, *index});
    }
  }
  if (updated.empty()) return fetch_new(turn, targets, always);
  for (const Target& target : targets) {
    std::vector<FetchItem> items = always;
    for (const Updated& each : updated) {
      if (each.search.matches(target.seq, mailbox.entries[target.index])) {
        add_missing(items, *each.items);
      }
    }
    fetch_new(turn, {target}, std::move(items));
  }
}

}  // namespace mailscope
