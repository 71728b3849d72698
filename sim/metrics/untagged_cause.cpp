#include "sim/metrics/untagged_cause.h"

#include <algorithm>

#include "sim/imap/protocol.h"
#include "sim/trace/recorded_line.h"
#include "sim/wire/imap_response.h"
#include "sim/wire/imap_utf7.h"

namespace mailscope {
namespace {

using Reason = UntaggedCause::Reason;

bool asks_for(std::string_view command, std::string_view name) {
  return command != "IDLE" && !command.empty() && imap::solicits(command, name);
}

bool is_line_of(const Event& event, const Event& line) {
  return event.kind == EventKind::kLineSent && event.conn == line.conn &&
         event.direction == Direction::kToClient && (event.code & LineFlags::kBlock) == 0;
}

/// A line that ends a command: neither untagged, nor an invitation to go on, nor the rest of a
/// response after a literal.
bool is_tagged(const Trace& trace, const Event& line) {
  const std::string_view text = trace.text(line);
  if (text.empty() || text[0] == '*' || text[0] == '+') return false;  // most of them: no parsing
  const std::optional<imap::Response> response = imap::parse_response(trace.text(line));
  return response && response->tag != "*" && response->tag != "+" &&
         response->status != imap::Status::kNone;
}

/// The last event before `end` for which `is` holds; none when there is none.
template <typename Is>
EventId last_before(const Trace& trace, EventId end, Is is) {
  for (EventId id{end.value - 1}; trace.has(id); --id.value) {
    if (is(trace.at(id))) return id;
  }
  return {};
}

/// The command that the server is carrying out when it says `line`; none between commands.
EventId command_at(const Trace& trace, EventId line) {
  const Event& said = trace.at(line);
  const EventId last = last_before(trace, line, [&](const Event& event) {
    return event.conn == said.conn && (event.kind == EventKind::kCommand ||
                                       (is_line_of(event, said) && is_tagged(trace, event)));
  });
  const bool open = last.valid() && trace.at(last).kind == EventKind::kCommand;
  return open ? last : EventId{};
}

/// Of the same session, in the turn in which it said this line: a dispatch. What a turn changes is
/// recorded before what it says.
class TurnOf {
 public:
  TurnOf(const Trace& trace, EventId line)
      : said_(trace.at(line)), first_(trace.events_before(trace.dispatch_of(line)) + 1) {}
  [[nodiscard]] bool has(EventId id, const Event& event) const {
    return id.value >= first_ && event.conn == said_.conn && event.host == said_.host;
  }
  [[nodiscard]] EventId first() const { return EventId{first_}; }

 private:
  const Event& said_;
  uint32_t first_;
};

/// The last such view change that the server recorded in the turn in which it said this line.
template <typename Is>
EventId view_change_in_turn(const Trace& trace, EventId line, Is is) {
  const TurnOf turn(trace, line);
  for (EventId id{line.value - 1}; trace.has(id) && !(id < turn.first()); --id.value) {
    const Event& event = trace.at(id);
    if (event.kind == EventKind::kViewChange && turn.has(id, event) && is(event)) return id;
  }
  return {};
}

/// The view change that this response told.
EventId view_change_told_by(const Trace& trace, EventId line) {
  const std::string_view text = trace.text(trace.at(line));
  // A long line stands there without its end.
  const auto tells = [&](const Event& event) {
    const std::string_view told = trace.text(event);
    return told == text || (text.size() >= kMaxRecordedLine && told.starts_with(text));
  };
  // One VANISHED can name what the command has expunged, and what others have.
  const EventId asked = view_change_in_turn(
      trace, line, [&](const Event& event) { return event.x != 0 && tells(event); });
  return asked.valid() ? asked : view_change_in_turn(trace, line, tells);
}

/// The number of \Recent messages has no view change of its own: it goes with those that came and
/// went.
EventId view_change_beside_recent(const Trace& trace, EventId line) {
  return view_change_in_turn(trace, line, [&](const Event& event) {
    const auto change = static_cast<ViewChange>(event.code);
    return change == ViewChange::kExists || change == ViewChange::kExpunge;
  });
}

/// The mailbox that the session has selected, by the number that store changes call it; or 0.
uint32_t mailbox_at(const Trace& trace, EventId moment) {
  const Event& here = trace.at(moment);
  const EventId last = last_before(trace, moment, [&](const Event& event) {
    const auto change = static_cast<ViewChange>(event.code);
    return event.kind == EventKind::kViewChange && event.conn == here.conn &&
           event.host == here.host &&
           (change == ViewChange::kSelected || change == ViewChange::kClosed);
  });
  const bool selected =
      last.valid() && trace.at(last).code == static_cast<uint8_t>(ViewChange::kSelected);
  return selected ? trace.at(last).b : 0;
}

/// The kinds of changes that news of a kind can tell of, and where they happened: in the selected
/// mailbox, or in the one that the news names.
using StoreChanges = uint32_t;
constexpr StoreChanges bit(StoreChange change) { return 1u << static_cast<int>(change); }
struct Telling {
  ViewChange told;
  StoreChanges changes;
  bool of_selected;
  bool of_message;  // that the news names
  bool by_name;     // the change's text is a name that the response has
};
constexpr Telling kTellings[] = {
    {ViewChange::kExists, bit(StoreChange::kAdded), true, false, false},
    {ViewChange::kExpunge, bit(StoreChange::kExpunged), true, true, false},
    {ViewChange::kFlags, bit(StoreChange::kFlags), true, true, false},
    {ViewChange::kArrived, bit(StoreChange::kAdded), true, true, false},
    {ViewChange::kResult,
     bit(StoreChange::kAdded) | bit(StoreChange::kFlags) | bit(StoreChange::kExpunged), true, true,
     false},
    {ViewChange::kMark, bit(StoreChange::kExpunged), true, false, false},
    {ViewChange::kGone, bit(StoreChange::kMailboxDeleted), true, false, false},
    {ViewChange::kAnnotated, bit(StoreChange::kAnnotated), false, false, true},
    {ViewChange::kServerAnnotated, bit(StoreChange::kServerAnnotated), false, false, true},
    {ViewChange::kSubscription, bit(StoreChange::kSubscribed) | bit(StoreChange::kUnsubscribed),
     false, false, true},
};

bool is_change(const Event& event, HostId server, uint32_t mailbox, StoreChanges changes) {
  return event.kind == EventKind::kStoreChange && event.host == server && event.a == mailbox &&
         (changes >> event.code & 1) != 0;
}

/// The response has this name among its values, as it is inside or in UTF-8 (RFC 9051 §5.1).
bool has_name(const std::optional<imap::Response>& response, std::string_view name) {
  if (!response) return false;
  return std::any_of(response->values.begin(), response->values.end(),
                     [name](const imap::Value& value) {
                       return value.text == name || imap::encode_mailbox_utf7(value.text) == name;
                     });
}

/// What NOTIFY tells of another mailbox (RFC 5465 §5): of what others have done there since it was
/// last told, or since NOTIFY, what comes first here. A mailbox that was made and then given rights
/// is told because it was made, and messages come and go before flags.
struct TellingInOrder {
  ViewChange told;
  StoreChanges changes[3];
};
constexpr TellingInOrder kTellingsInOrder[] = {
    {ViewChange::kStatus,
     {bit(StoreChange::kAdded) | bit(StoreChange::kExpunged), bit(StoreChange::kFlags),
      bit(StoreChange::kMailboxCreated) | bit(StoreChange::kMailboxRenamed) |
          bit(StoreChange::kRights)}},
    {ViewChange::kListed,
     {bit(StoreChange::kMailboxCreated) | bit(StoreChange::kMailboxDeleted) |
          bit(StoreChange::kMailboxRenamed),
      bit(StoreChange::kRights), 0}},
};

EventId change_told_in_order(const Trace& trace, EventId view_change, const TellingInOrder& row) {
  const Event& told = trace.at(view_change);
  // One that was made is told of twice in one turn: the level above it has children now.
  const EventId turn = TurnOf(trace, view_change).first();
  const EventId since = last_before(trace, turn, [&](const Event& event) {
    if (event.conn != told.conn || event.host != told.host) return false;
    const bool notify = event.kind == EventKind::kCommand && trace.text(event) == "NOTIFY";
    return notify ||
           (event.kind == EventKind::kViewChange && event.code == told.code && event.b == told.b);
  });
  for (const StoreChanges changes : row.changes) {
    const EventId found = last_before(trace, view_change, [&](const Event& event) {
      return event.conn != told.conn && is_change(event, told.host, told.b, changes);
    });
    if (since < found) return found;
  }
  return {};
}

/// The last change that can have been what this tells of.
EventId change_told_by(const Trace& trace, EventId view_change) {
  const Event& told = trace.at(view_change);
  const auto what = static_cast<ViewChange>(told.code);
  for (const TellingInOrder& each : kTellingsInOrder) {
    if (each.told == what) return change_told_in_order(trace, view_change, each);
  }
  const auto* row = std::find_if(std::begin(kTellings), std::end(kTellings),
                                 [what](const Telling& each) { return each.told == what; });
  if (row == std::end(kTellings)) return {};
  const uint32_t mailbox = row->of_selected ? mailbox_at(trace, view_change) : told.b;
  if (mailbox == 0) return {};
  const auto response = row->by_name ? imap::parse_response(trace.text(told)) : std::nullopt;
  return last_before(trace, view_change, [&](const Event& event) {
    return is_change(event, told.host, mailbox, row->changes) &&
           (!row->of_message || event.b == told.b) &&
           (!row->by_name || has_name(response, trace.text(event)));
  });
}

/// The flags in a FLAGS response.
std::vector<std::string> flags_in(std::string_view line) {
  std::vector<std::string> flags;
  const std::optional<imap::Response> response = imap::parse_response(line);
  if (!response || response->name != "FLAGS" || response->values.empty()) return flags;
  for (const imap::Value& flag : response->values[0].items) flags.push_back(flag.text);
  return flags;
}

bool names_flag(std::string_view flags, std::string_view flag) {
  return (" " + std::string(flags) + " ").find(" " + std::string(flag) + " ") != std::string::npos;
}

/// FLAGS, and PERMANENTFLAGS after it, unasked: a keyword is new in the mailbox (RFC 3501 §7.2.6),
/// or this user may change other flags than before (RFC 4314 §5.1.1).
EventId change_told_by_flags(const Trace& trace, EventId line) {
  const Event& said = trace.at(line);
  const auto is_flags = [&](const Event& event) {
    return is_line_of(event, said) && trace.text(event).substr(0, 8) == "* FLAGS ";
  };
  const EventId told = is_flags(said) ? line : last_before(trace, line, is_flags);
  const EventId before = told.valid() ? last_before(trace, told, is_flags) : EventId{};
  const uint32_t mailbox = mailbox_at(trace, line);
  if (!before.valid() || mailbox == 0) return {};
  const std::vector<std::string> known = flags_in(trace.text(trace.at(before)));
  for (const std::string& flag : flags_in(trace.text(trace.at(told)))) {
    if (std::find(known.begin(), known.end(), flag) != known.end()) continue;
    return last_before(trace, told, [&](const Event& event) {
      return is_change(event, said.host, mailbox, bit(StoreChange::kFlags)) &&
             names_flag(trace.text(event), flag);
    });
  }
  return last_before(trace, told, [&](const Event& event) {
    return is_change(event, said.host, mailbox, bit(StoreChange::kRights));
  });
}

bool is_first_line(const Trace& trace, EventId line) {
  const ConnId conn = trace.at(line).conn;
  if (!trace.has(EventId{1})) return false;  // the trace has forgotten what came before
  return !last_before(trace, line, [&](const Event& event) {
            return event.conn == conn && event.kind == EventKind::kLineSent &&
                   (event.code & LineFlags::kHandshake) == 0;
          }).valid();
}

/// A response's name; "FLAGS" for the code that says the same, "FETCH" for what a literal
/// interrupts.
std::string name_of(const std::optional<imap::Response>& response) {
  if (!response) return "FETCH";
  const bool of_flags = imap::code_arguments(response->code, "PERMANENTFLAGS").has_value();
  return of_flags ? "FLAGS" : response->name;
}

/// NOUPDATE is the answer to the search that it names, or the end of one from before (RFC 5267
/// §4.3.1). A command's tag is that of the response that ends it.
bool ends_other_search(const Trace& trace, EventId line, const imap::Response& response) {
  const auto arguments = imap::code_arguments(response.code, "NOUPDATE");
  if (!arguments) return false;
  const auto values = imap::parse_values(*arguments);
  for (EventId id{line.value + 1}; trace.has(id); ++id.value) {
    const Event& event = trace.at(id);
    if (!is_line_of(event, trace.at(line)) || !is_tagged(trace, event)) continue;
    const std::string_view end = trace.text(event);
    return !values || values->empty() || (*values)[0].text != end.substr(0, end.find(' '));
  }
  return true;
}

/// Of OK, NO, BAD, BYE, PREAUTH.
Reason reason_of_status(const Trace& trace, EventId line, const imap::Response& response,
                        std::string_view command) {
  if (imap::code_arguments(response.code, "NOTIFICATIONOVERFLOW")) return Reason::kChange;
  if (ends_other_search(trace, line, response)) return Reason::kChange;
  if (response.status == imap::Status::kBye && command != "LOGOUT") return Reason::kServer;
  if (!command.empty() && command != "IDLE") return Reason::kCommand;
  return response.status == imap::Status::kBad ? Reason::kBadLine : Reason::kServer;
}

/// By the change that it tells of: news, unless the command under way has made it.
void set_change(const Trace& trace, EventId line, EventId change, UntaggedCause& cause) {
  const bool own = change.valid() && TurnOf(trace, line).has(change, trace.at(change));
  cause.reason = own && cause.command.valid() ? Reason::kCommand : Reason::kChange;
  cause.change = change;
}

}  // namespace

std::optional<UntaggedCause> untagged_cause(const Trace& trace, EventId line) {
  const Event& said = trace.at(line);
  if (said.protocol != Protocol::kImap || said.kind != EventKind::kLineSent ||
      said.direction != Direction::kToClient || (said.code & LineFlags::kBlock) != 0) {
    return {};
  }
  const std::string_view text = trace.text(said);
  if (text.substr(0, 2) != "* ") return {};
  UntaggedCause cause;
  if (is_first_line(trace, line)) {
    cause.reason = Reason::kGreeting;
    return cause;
  }
  cause.command = command_at(trace, line);
  const std::string_view command =
      cause.command.valid() ? trace.text(trace.at(cause.command)) : std::string_view();
  const std::optional<imap::Response> response = imap::parse_response(text);
  const std::string name = name_of(response);
  EventId view = view_change_told_by(trace, line);
  const bool asked_for = asks_for(command, name);
  if (!view.valid() && !asked_for && name == "RECENT") {
    view = view_change_beside_recent(trace, line);
  }
  if (view.valid()) {
    cause.reason = trace.at(view).x != 0 ? Reason::kCommand : Reason::kChange;
    cause.change = change_told_by(trace, view);
  } else if (name == "FLAGS") {
    if (!asked_for) set_change(trace, line, change_told_by_flags(trace, line), cause);
  } else if (response && response->status != imap::Status::kNone) {
    cause.reason = reason_of_status(trace, line, *response, command);
  } else {
    cause.reason = asked_for ? Reason::kCommand : Reason::kChange;
  }
  return cause;
}

const char* untagged_reason_name(UntaggedCause::Reason reason) {
  constexpr const char* kNames[] = {"command", "change", "greeting", "server", "bad-line"};
  return kNames[static_cast<int>(reason)];
}

}  // namespace mailscope
