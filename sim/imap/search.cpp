#include "sim/imap/search.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/wire/charset.h"
#include "sim/wire/encoded_word.h"
#include "sim/wire/header.h"

namespace mailscope {
namespace {

using imap::SearchKey;
using Kind = SearchKey::Kind;

constexpr int64_t kDay = 86400;

// Simplified: only ASCII letters match in both cases; RFC 5051 folds those of every script.
bool contains(std::string_view text, std::string_view wanted) {
  return find_ignoring_case(text, wanted) != std::string_view::npos;
}

/// Any field of that name (any field, when `name` is empty) with the text in its decoded value.
bool field_contains(std::string_view header, std::string_view name, std::string_view wanted) {
  size_t position = 0;
  while (const auto field = next_field(header, position)) {
    if (!name.empty() && !equals_ignoring_case(field->name.of(header), name)) continue;
    const std::string value = unfolded(field->value.of(header));
    if (contains(value, wanted) || contains(decode_encoded_words(value), wanted)) return true;
    // With TEXT, the name of the field is part of what is looked at.
    if (name.empty() && contains(field->name.of(header), wanted)) return true;
  }
  return false;
}

bool body_contains(const MimePart& part, std::string_view message, std::string_view wanted) {
  for (const MimePart& inner : part.parts) {
    if (part.kind == MimePart::Kind::kMessage &&
        field_contains(inner.header.of(message), {}, wanted)) {
      return true;
    }
    if (body_contains(inner, message, wanted)) return true;
  }
  if (part.kind != MimePart::Kind::kLeaf || !is_media(part.media, "text")) return false;
  const std::string bytes = decoded_body(part, message);
  const std::string charset = param_text(part.media.params, "charset").value_or("");
  return contains(utf8_from_charset(bytes, charset), wanted);
}

bool is_slow(const SearchKey& key) {
  switch (key.kind) {
    case Kind::kBcc: case Kind::kBody: case Kind::kCc: case Kind::kFrom: case Kind::kSubject:
    case Kind::kText: case Kind::kTo: case Kind::kHeader: case Kind::kSentBefore:
    case Kind::kSentOn: case Kind::kSentSince:
      return true;
    default:
      return std::any_of(key.keys.begin(), key.keys.end(), is_slow);
  }
}

bool text_matches(const SearchKey& key, const Message& message) {
  const std::string_view text = message.text();
  const std::string_view header = message.mime().header.of(text);
  switch (key.kind) {
    case Kind::kBcc: return field_contains(header, "Bcc", key.text);
    case Kind::kCc: return field_contains(header, "Cc", key.text);
    case Kind::kFrom: return field_contains(header, "From", key.text);
    case Kind::kTo: return field_contains(header, "To", key.text);
    case Kind::kSubject: return field_contains(header, "Subject", key.text);
    case Kind::kHeader:
      return !key.name.empty() && field_contains(header, key.name, key.text);
    case Kind::kBody: return body_contains(message.mime(), text, key.text);
    default:
      return field_contains(header, {}, key.text) || body_contains(message.mime(), text, key.text);
  }
}

bool day_matches(Kind kind, int64_t day, int64_t wanted) {
  switch (kind) {
    case Kind::kBefore: case Kind::kSentBefore: return day < wanted;
    case Kind::kOn: case Kind::kSentOn: return day == wanted;
    default: return day >= wanted;
  }
}

int64_t utc_day(int64_t unix_seconds) {
  return unix_seconds / kDay - (unix_seconds % kDay < 0 ? 1 : 0);
}

}  // namespace

Search::Search(const SearchKey& key, const Mailbox& mailbox, const MailboxView& view)
    : mailbox_(mailbox), view_(view), root_(prepared(key)) {}

Search::Node Search::prepared(const SearchKey& key) {
  Node node;
  node.key = &key;
  if (key.kind == Kind::kSequenceSet) {
    node.ranges = key.set.resolved(view_.exists());
    for (const imap::SequenceSet::Range range : node.ranges) {
      if (range.first == 0 || range.last > view_.exists()) bad_number_ = true;
    }
  }
  if (key.kind == Kind::kUid) {
    node.ranges = key.set.resolved(view_.last_uid());
  }
  for (size_t i = 0; i < mailbox_.keywords.size(); ++i) {
    if (key.kind != Kind::kKeyword && key.kind != Kind::kUnkeyword) break;
    if (!equals_ignoring_case(mailbox_.keywords[i], key.name)) continue;
    node.flag = FlagBits{1} << (static_cast<size_t>(Flag::kFirstKeyword) + i);
  }
  for (const bool slow : {false, true}) {
    for (const SearchKey& inner : key.keys) {
      if (is_slow(inner) == slow) node.nodes.push_back(prepared(inner));
    }
  }
  return node;
}

bool Search::matches(SeqNum seq, const MailboxEntry& entry) const {
  return matches(root_, seq, entry);
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
    default: return true;
  }
}

bool Search::matches(const Node& node, SeqNum seq, const MailboxEntry& entry) const {
  const SearchKey& key = *node.key;
  const auto inner = [&](const Node& next) { return matches(next, seq, entry); };
  switch (key.kind) {
    case Kind::kAnd: return std::all_of(node.nodes.begin(), node.nodes.end(), inner);
    case Kind::kOr: return std::any_of(node.nodes.begin(), node.nodes.end(), inner);
    case Kind::kNot: return !inner(node.nodes.front());
    case Kind::kSequenceSet: return imap::in_ranges(node.ranges, seq.value);
    case Kind::kUid: return imap::in_ranges(node.ranges, entry.uid.value);
    case Kind::kLarger: return entry.message->size() > key.number;
    case Kind::kSmaller: return entry.message->size() < key.number;
    case Kind::kBcc: case Kind::kBody: case Kind::kCc: case Kind::kFrom: case Kind::kSubject:
    case Kind::kText: case Kind::kTo: case Kind::kHeader:
      return text_matches(key, *entry.message);
    case Kind::kBefore: case Kind::kOn: case Kind::kSince:
      return day_matches(key.kind, utc_day(entry.internal_date), days_from_civil(key.date));
    case Kind::kSentBefore: case Kind::kSentOn: case Kind::kSentSince: {
      const std::optional<DateTime> sent = entry.message->date();
      return sent && day_matches(key.kind, days_from_civil(local_date(*sent)),
                                 days_from_civil(key.date));
    }
    default: return flags_match(node, entry);
  }
}

}  // namespace mailscope
