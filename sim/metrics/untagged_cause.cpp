#include "sim/metrics/untagged_cause.h"

#include "sim/imap/protocol.h"
#include "sim/wire/imap_response.h"

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

/// The last such view change that the server recorded in the turn in which it said this line.
template <typename Is>
EventId view_change_in_turn(const Trace& trace, EventId line, Is is) {
  const Event& said = trace.at(line);
  const EventId found = last_before(trace, line, [&](const Event& event) {
    if (event.at != said.at) return true;
    return event.conn == said.conn && event.host == said.host &&
           event.kind == EventKind::kViewChange && is(event);
  });
  const bool same_turn = found.valid() && trace.at(found).at == said.at;
  return same_turn ? found : EventId{};
}

/// What goes with other news has no view change of its own, and the cause of what it goes with: the
/// number of \Recent messages with those that came and went, keywords with the flags they name.
EventId view_change_beside(const Trace& trace, EventId line, std::string_view name) {
  return view_change_in_turn(trace, line, [&](const Event& event) {
    const auto change = static_cast<ViewChange>(event.code);
    if (name == "RECENT") return change == ViewChange::kExists || change == ViewChange::kExpunge;
    return name == "FLAGS" && change == ViewChange::kFlags;
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

bool tells_of(ViewChange told, const Event& change) {
  switch (told) {
    case ViewChange::kExists:
      return change.code == static_cast<uint8_t>(StoreChange::kAdded);
    case ViewChange::kExpunge:
      return change.code == static_cast<uint8_t>(StoreChange::kExpunged);
    case ViewChange::kFlags:
      return change.code == static_cast<uint8_t>(StoreChange::kFlags);
    default:
      return false;
  }
}

/// The last change of this kind to this message of the selected mailbox.
EventId change_told_by(const Trace& trace, EventId view_change) {
  const Event& told = trace.at(view_change);
  const auto what = static_cast<ViewChange>(told.code);
  const uint32_t mailbox = mailbox_at(trace, view_change);
  if (mailbox == 0) return {};
  return last_before(trace, view_change, [&](const Event& event) {
    return event.kind == EventKind::kStoreChange && event.host == told.host && event.a == mailbox &&
           tells_of(what, event) && (what == ViewChange::kExists || event.b == told.b);
  });
}

/// The last change of any mail on this server: what news that names no message tells of.
EventId last_change(const Trace& trace, EventId line) {
  const HostId server = trace.at(line).host;
  return last_before(trace, line, [&](const Event& event) {
    return event.kind == EventKind::kStoreChange && event.host == server;
  });
}

bool is_first_line(const Trace& trace, EventId line) {
  const ConnId conn = trace.at(line).conn;
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

/// Of OK, NO, BAD, BYE, PREAUTH.
Reason reason_of_status(const imap::Response& response, std::string_view command) {
  if (imap::code_arguments(response.code, "NONEXISTENT")) return Reason::kChange;
  if (response.status == imap::Status::kBye && command != "LOGOUT") return Reason::kServer;
  return command.empty() || command == "IDLE" ? Reason::kServer : Reason::kCommand;
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
  EventId view = view_change_in_turn(trace, line,
                                     [&](const Event& event) { return trace.text(event) == text; });
  if (!view.valid() && !asks_for(command, name)) view = view_change_beside(trace, line, name);
  if (view.valid()) {
    cause.reason = trace.at(view).x != 0 ? Reason::kCommand : Reason::kChange;
    cause.change = change_told_by(trace, view);
    return cause;
  }
  if (name != "FLAGS" && response && response->status != imap::Status::kNone) {
    cause.reason = reason_of_status(*response, command);
  } else {
    cause.reason = asks_for(command, name) ? Reason::kCommand : Reason::kChange;
  }
  if (cause.reason == Reason::kChange) cause.change = last_change(trace, line);
  return cause;
}

}  // namespace mailscope
