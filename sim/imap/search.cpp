#include "sim/imap/search.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/imap/object_id.h"
#include "sim/imap/search_text.h"
#include "sim/wire/charset.h"

namespace mailscope {
namespace {

using imap::SearchKey;
using Kind = SearchKey::Kind;

constexpr int64_t kDay = 86400;

/// What asking costs: 0 looks at the entry, 1 at a field of the header, 2 at everything.
int cost_of(Kind kind) {
  switch (kind) {
    case Kind::kBody: case Kind::kText: return 2;
    case Kind::kBcc: case Kind::kCc: case Kind::kFrom: case Kind::kSubject: case Kind::kTo:
    case Kind::kHeader: case Kind::kSentBefore: case Kind::kSentOn: case Kind::kSentSince:
    case Kind::kEmailId: case Kind::kThreadId:
      return 1;
    default: return 0;
  }
}

bool takes_text(Kind kind) {
  switch (kind) {
    case Kind::kBcc: case Kind::kBody: case Kind::kCc: case Kind::kFrom: case Kind::kHeader:
    case Kind::kSubject: case Kind::kText: case Kind::kTo:
      return true;
    default: return false;
  }
}

bool text_matches(const SearchKey& key, const CasemapNeedle& needle, const Message& message) {
  switch (key.kind) {
    case Kind::kBcc: return addresses_contain(message.text(), "Bcc", needle);
    case Kind::kCc: return addresses_contain(message.text(), "Cc", needle);
    case Kind::kFrom: return addresses_contain(message.text(), "From", needle);
    case Kind::kTo: return addresses_contain(message.text(), "To", needle);
    case Kind::kSubject: return field_contains(message.text(), "Subject", needle);
    case Kind::kHeader: return field_contains(message.text(), key.name, needle);
    case Kind::kBody: return body_contains(message, needle);
    default: return text_contains(message, needle);
  }
}

bool day_matches(Kind kind, int64_t day, int64_t wanted) {
  switch (kind) {
    case Kind::kBefore: case Kind::kSentBefore: case Kind::kSavedBefore: return day < wanted;
    case Kind::kOn: case Kind::kSentOn: case Kind::kSavedOn: return day == wanted;
    default: return day >= wanted;
  }
}

int64_t utc_day(int64_t unix_seconds) {
  return unix_seconds / kDay - (unix_seconds % kDay < 0 ? 1 : 0);
}

/// `seconds` before now, without running over.
int64_t ago(int64_t now, uint64_t seconds) {
  return now - static_cast<int64_t>(std::min<uint64_t>(seconds, UINT32_MAX));
}

}  // namespace

Search::Search(const SearchKey& key, const Mailbox& mailbox, const MailboxView& view,
               const SearchSetting& setting)
    : mailbox_(mailbox), view_(view), setting_(setting), root_(prepared(key)) {}

void Search::prepare_set(Node& node) {
  const imap::SequenceSet& set = node.key->set;
  if (set.is_saved_result()) return;
  if (node.key->kind == Kind::kUid) {
    node.ranges = set.resolved(view_.last_uid());
    return;
  }
  node.ranges = set.resolved(view_.exists());
  for (const imap::SequenceSet::Range range : node.ranges) {
    if (range.first == 0 || range.last > view_.exists()) bad_number_ = true;
  }
}

Search::Node Search::prepared(const SearchKey& key) {
  Node node;
  node.key = &key;
  node.cost = cost_of(key.kind);
  if (key.kind == Kind::kSequenceSet || key.kind == Kind::kUid) prepare_set(node);
  for (size_t i = 0; i < mailbox_.keywords.size(); ++i) {
    if (key.kind != Kind::kKeyword && key.kind != Kind::kUnkeyword) break;
    if (!equals_ignoring_case(mailbox_.keywords[i], key.name)) continue;
    node.flag = FlagBits{1} << (static_cast<size_t>(Flag::kFirstKeyword) + i);
  }
  node.day = days_from_civil(key.date);
  if (takes_text(key.kind)) node.needle.emplace(utf8_from_charset(key.text, setting_.charset));
  for (const SearchKey& inner : key.keys) {
    node.nodes.push_back(prepared(inner));
    node.cost = std::max(node.cost, node.nodes.back().cost);
  }
  std::stable_sort(node.nodes.begin(), node.nodes.end(),
                   [](const Node& a, const Node& b) { return a.cost < b.cost; });
  return node;
}

bool Search::matches(SeqNum seq, const MailboxEntry& entry) const {
  return matches(root_, seq, entry);
}

bool Search::in_saved_result(Uid uid) const {
  const std::vector<Uid>* saved = setting_.saved_result;
  return saved != nullptr && std::binary_search(saved->begin(), saved->end(), uid);
}

bool Search::flags_match(const Node& node, const MailboxEntry& entry) const {
  const auto has = [&entry](FlagBits flag) { return (entry.flags & flag) != 0; };
  switch (node.key->kind) {
    case Kind::kAnswered: return has(Flag::kAnswered);
    case Kind::kDeleted: return has(Flag::kDeleted);
    case Kind::kDraft: return has(Flag::kDraft);
    case Kind::kFlagged: return has(Flag::kFlagged);
    case Kind::kSeen: return has(Flag::kSeen);
    case Kind::kUnanswered: return !has(Flag::kAnswered);
    case Kind::kUndeleted: return !has(Flag::kDeleted);
    case Kind::kUndraft: return !has(Flag::kDraft);
    case Kind::kUnflagged: return !has(Flag::kFlagged);
    case Kind::kUnseen: return !has(Flag::kSeen);
    case Kind::kKeyword: return has(node.flag);
    case Kind::kUnkeyword: return !has(node.flag);
    case Kind::kRecent: return view_.is_recent(entry.uid);
    case Kind::kOld: return !view_.is_recent(entry.uid);
    case Kind::kNew: return view_.is_recent(entry.uid) && !has(Flag::kSeen);
    default: return true;  // ALL, SAVEDATESUPPORTED
  }
}

/// The keys that need no look at the message's text.
bool Search::entry_matches(const Node& node, SeqNum seq, const MailboxEntry& entry) const {
  const SearchKey& key = *node.key;
  switch (key.kind) {
    case Kind::kSequenceSet:
      if (key.set.is_saved_result()) return in_saved_result(entry.uid);
      return imap::in_ranges(node.ranges, seq.value);
    case Kind::kUid:
      if (key.set.is_saved_result()) return in_saved_result(entry.uid);
      return imap::in_ranges(node.ranges, entry.uid.value);
    case Kind::kLarger: return entry.message->size() > key.number;
    case Kind::kSmaller: return entry.message->size() < key.number;
    case Kind::kModSeq: return entry.modseq >= key.number;
    // RFC 5032 §3: both include the second itself.
    case Kind::kOlder: return entry.internal_date <= ago(setting_.unix_now, key.number);
    case Kind::kYounger: return entry.internal_date >= ago(setting_.unix_now, key.number);
    case Kind::kBefore: case Kind::kOn: case Kind::kSince:
      return day_matches(key.kind, utc_day(entry.internal_date), node.day);
    case Kind::kSavedBefore: case Kind::kSavedOn: case Kind::kSavedSince:
      return day_matches(key.kind, utc_day(entry.save_date), node.day);
    default: return flags_match(node, entry);
  }
}

bool Search::may_ask(const Node& node, const Message& message) const {
  if (setting_.work == nullptr) return true;
  uint64_t octets = WorkLimit::kKey;
  // Headers are a kilobyte or so; only where one may be very long is it worth a look.
  if (node.cost == 1) octets += message.size() <= 8192 ? 512 : message.header_size();
  if (node.cost == 2) octets += message.size();
  const bool is_leaf = node.nodes.empty();
  setting_.work->spend(is_leaf ? octets : WorkLimit::kKey);
  return !setting_.work->exceeded();
}

bool Search::matches(const Node& node, SeqNum seq, const MailboxEntry& entry) const {
  const SearchKey& key = *node.key;
  if (!may_ask(node, *entry.message)) return false;
  const auto inner = [&](const Node& next) { return matches(next, seq, entry); };
  switch (key.kind) {
    case Kind::kAnd: return std::all_of(node.nodes.begin(), node.nodes.end(), inner);
    case Kind::kOr: return std::any_of(node.nodes.begin(), node.nodes.end(), inner);
    case Kind::kNot: return !inner(node.nodes.front());
    case Kind::kEmailId: return email_object_id(*entry.message) == key.text;
    case Kind::kThreadId: return thread_object_id(*entry.message) == key.text;
    case Kind::kSentBefore: case Kind::kSentOn: case Kind::kSentSince: {
      const std::optional<DateTime> sent = entry.message->date();
      return sent && day_matches(key.kind, days_from_civil(local_date(*sent)), node.day);
    }
    default:
      if (node.needle) return text_matches(key, *node.needle, *entry.message);
      return entry_matches(node, seq, entry);
  }
}

}  // namespace mailscope
