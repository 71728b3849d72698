// What is fetched of a message that arrives in the selected mailbox, for a client that asked for it
// by NOTIFY (RFC 5465 §5.2) or by UPDATE of a search that the message is a result of (§7).
#include <algorithm>
#include <map>
#include <set>

#include "sim/base/ascii.h"
#include "sim/imap/fetch_items.h"
#include "sim/imap/response_writer.h"
#include "sim/imap/search.h"
#include "sim/imap/server.h"
#include "sim/imap/work_limit.h"

namespace mailscope {
namespace {

using imap::FetchItem;

struct Updated {
  const std::vector<FetchItem>* items;
  Search search;
};

/// What is told of the messages that are results of some of the searches: those whose bit is set.
class ItemsOfResults {
 public:
  ItemsOfResults(const std::vector<FetchItem>& always, const std::vector<Updated>& updated)
      : always_(always), updated_(updated) {}

  const std::vector<FetchItem>& of(uint64_t results) {
    const auto known = known_.find(results);
    if (known != known_.end()) return known->second;
    std::set<std::string> names;
    std::vector<FetchItem>& items = known_[results];
    add(always_, names, items);
    for (size_t i = 0; i < updated_.size(); ++i) {
      if ((results >> i & 1) != 0) add(*updated_[i].items, names, items);
    }
    return items;
  }

 private:
  /// RFC 5465 §5.2: one FETCH response, and nothing in it twice.
  static void add(const std::vector<FetchItem>& more, std::set<std::string>& names,
                  std::vector<FetchItem>& items) {
    for (const FetchItem& item : more) {
      if (names.insert(imap::encode_response_item(item)).second) items.push_back(item);
    }
  }

  const std::vector<FetchItem>& always_;
  const std::vector<Updated>& updated_;
  std::map<uint64_t, std::vector<FetchItem>> known_;
};

/// The number in "* 4 FETCH (" and "* 17 UIDFETCH ("; 0 in any other line.
uint32_t number_fetched(std::string_view line) {
  if (line.substr(0, 2) != "* ") return 0;
  const size_t end = line.find(' ', 2);
  if (end == std::string_view::npos) return 0;
  const std::string_view rest = line.substr(end);
  if (rest.substr(0, 8) != " FETCH (" && rest.substr(0, 11) != " UIDFETCH (") return 0;
  return static_cast<uint32_t>(parse_number(line.substr(2, end - 2), UINT32_MAX).value_or(0));
}

}  // namespace

void ImapServer::fetch_new(Turn& turn, const std::vector<Target>& targets,
                           std::vector<FetchItem> items, FetchLimit& limit) {
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
  tell_items(turn, targets, items, std::vector<bool>(targets.size(), false), limit);
  turn.unasked = false;
  turn.row = row;
  record_arrived(turn, targets, said);
}

void ImapServer::record_arrived(Turn& turn, const std::vector<Target>& targets, size_t unit) const {
  // Of each message at most one response, in this order, with lines of FLAGS and literals between
  // them. Some could not be told: an encoding that is not known, or too much work.
  const bool by_uid = enabled(imap::Extension::kUidOnly);
  size_t next = 0;
  for (size_t at = unit; at < turn.out.units.size() && next < targets.size(); ++at) {
    if ((turn.out.units[at].flags & LineFlags::kBlock) != 0) continue;
    const std::string_view bytes = turn.out.units[at].bytes();
    const uint32_t number = number_fetched(bytes);
    const auto number_of = [by_uid](const Target& target) {
      return by_uid ? target.uid.value : target.seq.value;
    };
    while (next < targets.size() && number_of(targets[next]) < number) ++next;
    if (number == 0 || next == targets.size() || number_of(targets[next]) != number) continue;
    const Target& target = targets[next++];
    record_view(turn.context, ViewChange::kArrived, target.seq, target.uid, false,
                bytes.substr(0, bytes.find("\r\n")));
  }
}

void ImapServer::tell_new_messages(Turn& turn, SeqNum first) {
  const imap::NotifyGroup* group = notify_.selected_group();
  const std::vector<FetchItem> always = group != nullptr ? group->new_items
                                                         : std::vector<FetchItem>();
  const Mailbox& mailbox = selected(turn);
  WorkLimit work(config_->max_update_work);
  std::vector<Updated> updated;
  for (const SearchContext& context : contexts_) {
    const imap::SearchArguments& search = context.arguments.search;
    if (search.result.new_items.empty()) continue;
    updated.push_back(
        {&search.result.new_items,
         Search(search.key, mailbox, view_,
                {search.charset, turn.context.unix_now, nullptr, &work})});
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
  FetchLimit limit(config_->max_work);
  if (updated.empty()) return fetch_new(turn, targets, always, limit);
  ItemsOfResults items(always, updated);
  for (const Target& target : targets) {
    uint64_t results = 0;
    for (size_t i = 0; i < updated.size(); ++i) {
      const bool is = updated[i].search.matches(target.seq, mailbox.entries[target.index]);
      if (is) results |= uint64_t{1} << i;
    }
    // What these searches have cost too much for, tell_updates() says no more of, either.
    if (work.exceeded()) return;
    fetch_new(turn, {target}, items.of(results), limit);
  }
}

}  // namespace mailscope
