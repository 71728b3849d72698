// FETCH and UID FETCH: RFC 3501 §6.4.5, §7.4.2.
#include <fmt/format.h>

#include <algorithm>

#include "sim/imap/message_facts.h"
#include "sim/imap/response_writer.h"
#include "sim/imap/server.h"
#include "sim/wire/date.h"

namespace mailscope {
namespace {

using imap::BodySection;
using imap::FetchItem;
using Kind = FetchItem::Kind;

Section section_of(const BodySection& asked) {
  Section section;
  section.part = asked.part;
  section.fields = asked.fields;
  switch (asked.text) {
    case BodySection::Text::kAll: section.what = Section::kAll; break;
    case BodySection::Text::kHeader: section.what = Section::kHeader; break;
    case BodySection::Text::kHeaderFields: section.what = Section::kHeaderFields; break;
    case BodySection::Text::kHeaderFieldsNot: section.what = Section::kHeaderFieldsNot; break;
    case BodySection::Text::kText: section.what = Section::kText; break;
    case BodySection::Text::kMime: section.what = Section::kMime; break;
  }
  return section;
}

std::string_view part_of(std::string_view bytes, const std::optional<imap::PartialRange>& range) {
  if (!range) return bytes;
  return bytes.substr(std::min<size_t>(range->origin, bytes.size()), range->count);
}

void add_section(ResponseWriter& writer, const MessagePtr& whole_message, const FetchItem& item) {
  const Message& message = *whole_message;
  const bool whole = item.section.part.empty() && item.section.text == BodySection::Text::kAll;
  if (whole && !item.partial) return writer.add_literal(shared_text(whole_message));
  const Section section = section_of(item.section);
  if (const std::optional<ByteSpan> span = section_span(message, section)) {
    return writer.add_literal(std::string(part_of(span->of(message.text()), item.partial)));
  }
  const std::optional<std::string> bytes = section_bytes(message, section);
  if (!bytes) return writer.add("NIL");
  writer.add_literal(std::string(part_of(*bytes, item.partial)));
}

/// The text of FLAGS, made anew only when it is not that of the message before.
class FlagsText {
 public:
  const std::string& of(const Mailbox& mailbox, FlagBits flags, bool recent) {
    if (!known_ || flags != flags_ || recent != recent_) {
      text_ = flags_text(flags, mailbox.keywords, recent);
      known_ = true;
      flags_ = flags;
      recent_ = recent;
    }
    return text_;
  }

 private:
  bool known_ = false;
  FlagBits flags_ = 0;
  bool recent_ = false;
  std::string text_;
};

void add_item(ResponseWriter& writer, const MailboxEntry& entry, const FetchItem& item) {
  const Message& message = *entry.message;
  switch (item.kind) {
    case Kind::kFlags: return;  // the session's: see cmd_fetch
    case Kind::kUid: return writer.add_number(entry.uid.value);
    case Kind::kInternalDate:
      return writer.add('"' + encode_internal_date({entry.internal_date, 0}) + '"');
    case Kind::kRfc822Size: return writer.add_number(message.size());
    case Kind::kEnvelope: return writer.add_encoded(encode_envelope(message));
    case Kind::kBody:
    case Kind::kBodyStructure:
      return writer.add_encoded(encode_body_structure(message.mime(), message.text(),
                                                      item.kind == Kind::kBodyStructure));
    case Kind::kRfc822: return writer.add_literal(shared_text(entry.message));
    case Kind::kRfc822Header: return writer.add_literal(std::string(rfc822_header(message)));
    case Kind::kRfc822Text: return writer.add_literal(std::string(rfc822_text(message)));
    case Kind::kBodySection: return add_section(writer, entry.message, item);
    default: return writer.add("NIL");
  }
}

bool asks_for(const std::vector<FetchItem>& items, Kind kind) {
  return std::any_of(items.begin(), items.end(),
                     [kind](const FetchItem& item) { return item.kind == kind; });
}

}  // namespace

/// Sets \Seen where an item implies it; which of the targets it was new to.
std::vector<bool> ImapServer::set_seen(Turn& turn, const Targets& targets) {
  std::vector<bool> newly(targets.found.size(), false);
  for (size_t i = 0; i < targets.found.size(); ++i) {
    const Target& target = targets.found[i];
    if ((selected(turn).entries[target.index].flags & Flag::kSeen) != 0) continue;
    newly[i] = turn.context.store->edit().change_flags(
        view_.mailbox(), target.uid, FlagChange::kAdd, Flag::kSeen, turn.context.trace);
  }
  return newly;
}

void ImapServer::cmd_fetch(Turn& turn, const imap::FetchArguments& arguments) {
  const Targets targets = targets_of(turn, arguments.set);
  if (targets.bad_number) return bad_number(turn);
  std::vector<FetchItem> items = arguments.items;
  // RFC 3501 §6.4.8: the UID is told whether or not it was asked for.
  if (turn.row->uid_form && !asks_for(items, Kind::kUid)) {
    items.insert(items.begin(), FetchItem{});
    items.front().kind = Kind::kUid;
  }
  const bool tells_flags = asks_for(items, Kind::kFlags);
  std::vector<bool> newly_seen(targets.found.size(), false);
  if (!view_.read_only() && std::any_of(items.begin(), items.end(), imap::sets_seen)) {
    newly_seen = set_seen(turn, targets);
  }
  const Mailbox& mailbox = selected(turn);
  // With nothing new in the mailbox, flags that are told again change nobody's belief.
  const bool something_new = view_.has_news(mailbox);
  if (tells_flags) tell_new_keywords(turn);
  std::vector<std::string> names;
  for (const FetchItem& item : items) names.push_back(imap::encode_response_item(item));
  FlagsText flags_text;
  ResponseWriter writer(turn.out);
  const auto add_flags = [&](const MailboxEntry& entry, const Target& target) {
    const std::string& text = flags_text.of(mailbox, entry.flags, view_.is_recent(entry.uid));
    writer.add("FLAGS (");
    writer.add(text);
    writer.add(")");
    view_.flags_told(entry.uid, entry.modseq);
    if (!something_new) return;
    record_view(turn.context, ViewChange::kFlags, target.seq, target.uid, true,
                fmt::format("* {} FETCH (FLAGS ({}))", target.seq.value, text));
  };
  for (size_t i = 0; i < targets.found.size(); ++i) {
    const Target& target = targets.found[i];
    const MailboxEntry& entry = mailbox.entries[target.index];
    writer.add("* ");
    writer.add_number(target.seq.value);
    writer.add(" FETCH (");
    for (size_t k = 0; k < items.size(); ++k) {
      if (k > 0) writer.add(" ");
      if (items[k].kind == Kind::kFlags) {
        add_flags(entry, target);
        continue;
      }
      writer.add(names[k]);
      writer.add(" ");
      add_item(writer, entry, items[k]);
    }
    // RFC 3501 §6.4.5: when \Seen is set by the way, the flags should be told.
    if (newly_seen[i] && !tells_flags) {
      writer.add(" ");
      add_flags(entry, target);
    }
    writer.add(")");
    writer.finish();
  }
  // RFC 2180 §4.1.3: responses for what is there, and NO for what another session has expunged.
  if (targets.some_expunged) {
    return no(turn, "[EXPUNGEISSUED] some of these messages are gone");
  }
  ok(turn, fmt::format("{} completed", turn.row->name));
}

}  // namespace mailscope
