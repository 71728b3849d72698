// Arguments of NOTIFY (RFC 5465 §8): which mailboxes, and which events of them.
#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/wire/imap_arguments.h"

namespace mailscope::imap {
namespace {

using Where = NotifyGroup::Where;

// Every group is looked at for every change of a mailbox.
constexpr size_t kMaxGroups = 100;

struct EventRow {
  NotifyEvent event;
  std::string_view name;
};

constexpr EventRow kEvents[] = {
    {NotifyEvent::kMessageNew, "MessageNew"},
    {NotifyEvent::kMessageExpunge, "MessageExpunge"},
    {NotifyEvent::kFlagChange, "FlagChange"},
    {NotifyEvent::kAnnotationChange, "AnnotationChange"},
    {NotifyEvent::kMailboxName, "MailboxName"},
    {NotifyEvent::kSubscriptionChange, "SubscriptionChange"},
    {NotifyEvent::kMailboxMetadataChange, "MailboxMetadataChange"},
    {NotifyEvent::kServerMetadataChange, "ServerMetadataChange"},
    {NotifyEvent::kUnknown, ""},
};

constexpr bool in_order() {
  for (size_t i = 0; i < std::size(kEvents); ++i) {
    if (kEvents[i].event != static_cast<NotifyEvent>(i)) return false;
  }
  return true;
}
static_assert(in_order(), "notify_event_name() counts on it");

struct WhereRow {
  std::string_view name;
  Where where;
};

constexpr WhereRow kWhere[] = {
    {"SELECTED", Where::kSelected},     {"SELECTED-DELAYED", Where::kSelectedDelayed},
    {"INBOXES", Where::kInboxes},       {"PERSONAL", Where::kPersonal},
    {"SUBSCRIBED", Where::kSubscribed}, {"SUBTREE", Where::kSubtree},
    {"MAILBOXES", Where::kMailboxes},
};

bool of_selected(const NotifyGroup& group) {
  return group.where == Where::kSelected || group.where == Where::kSelectedDelayed;
}

bool has(const NotifyGroup& group, NotifyEvent event) {
  return std::find(group.events.begin(), group.events.end(), event) != group.events.end();
}

void parse_where(Reader& reader, NotifyGroup& group) {
  const size_t begin = reader.position();
  constexpr std::string_view kExpected = "which mailboxes: SELECTED, PERSONAL, MAILBOXES, ...";
  const std::string name = ascii_upper(reader.atom(kExpected, TokenKind::kItem));
  const auto* row = std::find_if(std::begin(kWhere), std::end(kWhere),
                                 [&name](const WhereRow& known) { return name == known.name; });
  if (row == std::end(kWhere)) return reader.fail_at(begin, kExpected, "RFC 5465 §6");
  group.where = row->where;
  if (group.where != Where::kSubtree && group.where != Where::kMailboxes) return;
  reader.space();
  const auto mailbox = [&] { group.mailboxes.push_back(parse_mailbox_name(reader)); };
  if (reader.peek() == '(') {
    reader.list(mailbox);
  } else {
    mailbox();
  }
}

void parse_event(Reader& reader, NotifyGroup& group) {
  const size_t begin = reader.position();
  const std::string_view name = reader.atom("an event such as MessageNew", TokenKind::kItem);
  const auto* row = std::find_if(
      std::begin(kEvents), std::end(kEvents),
      [name](const EventRow& known) { return equals_ignoring_case(name, known.name); });
  const NotifyEvent event = row == std::end(kEvents) ? NotifyEvent::kUnknown : row->event;
  // Once each is enough; a word that nobody knows is for the server to refuse (BADEVENT).
  if (!has(group, event)) group.events.push_back(event);
  if (of_selected(group) && event > NotifyEvent::kAnnotationChange &&
      event != NotifyEvent::kUnknown) {
    reader.fail_at(begin, "events of messages alone for the selected mailbox", "RFC 5465 §6.1");
  }
  if (event != NotifyEvent::kMessageNew) return;
  if (!reader.follows(" (")) return;
  reader.space();
  if (!of_selected(group)) {
    reader.fail("no FETCH items but for the selected mailbox", "RFC 5465 §5.2");
  }
  group.new_items = parse_fetch_items(reader);
}

/// events = ( "(" event *(SP event) ")" ) / "NONE".
void parse_events(Reader& reader, NotifyGroup& group) {
  if (reader.take_word("NONE", TokenKind::kItem)) return;
  const size_t begin = reader.position();
  reader.list([&] { parse_event(reader, group); });
  const bool with_new = has(group, NotifyEvent::kMessageNew);
  const bool with_expunge = has(group, NotifyEvent::kMessageExpunge);
  const bool needs_both =
      has(group, NotifyEvent::kFlagChange) || has(group, NotifyEvent::kAnnotationChange);
  if (with_new != with_expunge || (needs_both && !with_new)) {
    reader.fail_at(begin, "both MessageNew and MessageExpunge, or no event of messages",
                   "RFC 5465 §5");
  }
}

void parse_group(Reader& reader, NotifyArguments& arguments) {
  const size_t begin = reader.position();
  NotifyGroup group;
  reader.expect('(');
  parse_where(reader, group);
  reader.space();
  parse_events(reader, group);
  reader.expect(')');
  if (of_selected(group) &&
      std::any_of(arguments.groups.begin(), arguments.groups.end(), of_selected)) {
    reader.fail_at(begin, "SELECTED or SELECTED-DELAYED only once", "RFC 5465 §6.1");
  }
  arguments.groups.push_back(std::move(group));
}

}  // namespace

/// "NOTIFY" SP ("SET" [SP "STATUS"] SP event-group *(SP event-group) / "NONE").
Arguments parse_notify(Reader& reader) {
  NotifyArguments arguments;
  if (reader.take_word("NONE", TokenKind::kItem)) return arguments;
  if (!reader.take_word("SET", TokenKind::kItem)) reader.fail("SET or NONE", "RFC 5465 §3");
  arguments.set = true;
  reader.space();
  arguments.status = reader.take_word("STATUS", TokenKind::kItem);
  if (arguments.status) reader.space();
  reader.items([&] { parse_group(reader, arguments); }, kMaxGroups);
  return arguments;
}

std::string_view notify_event_name(NotifyEvent event) {
  return kEvents[static_cast<size_t>(event)].name;
}

}  // namespace mailscope::imap
