#include "sim/trace/trace_text.h"

#include <fmt/format.h>

#include <iterator>

namespace mailscope {
namespace {

/// "C: USER bob", and for a block how long it is, because its text is only its first line.
std::string said(const Trace& trace, const Event& event) {
  std::string text = event.direction == Direction::kToServer ? "C: " : "S: ";
  text += trace.text(event);
  const bool compressed = (event.code & LineFlags::kCompressed) != 0;
  // A handshake over a socket has no octets here: they are the driver's.
  if ((event.code & LineFlags::kBlock) != 0 && event.y > event.x) {
    text += fmt::format(" [block of {} octets]", compressed ? event.b : event.y - event.x);
  }
  if (compressed) text += fmt::format(" [compressed to {}]", event.y - event.x);
  return text;
}

std::string segment_detail(const Event& event) {
  std::string text = fmt::format("segment {}, {} octets", event.a, event.b);
  if (event.kind == EventKind::kSegmentDropped) return text + ", lost";
  text += fmt::format(" from {}", event.x);
  if (event.kind != EventKind::kSegmentSent) return text;
  if (event.y < 0) return text + ", will be lost";
  return text + fmt::format(", arrives at {}", seconds_text(Instant{event.y}));
}

std::string flags_before_and_after(const Event& event) {
  return fmt::format("{:#x} -> {:#x}", event.x, event.y);
}

std::string store_detail(const Event& event, std::string_view text) {
  const auto change = static_cast<StoreChange>(event.code);
  std::string detail = fmt::format("{} mailbox {}", store_change_name(change), event.a);
  if (event.b != 0) detail += fmt::format(" uid {}", event.b);
  if (change == StoreChange::kFlags) detail += " " + flags_before_and_after(event);
  if (!text.empty()) detail += fmt::format(" {}", text);
  return detail;
}

std::string local_detail(const Event& event, std::string_view text) {
  return fmt::format("{} folder {} key {} {} {}",
                     local_change_name(static_cast<LocalChange>(event.code)), event.a, event.b,
                     flags_before_and_after(event), text);
}

/// "expunge 2=7 unsolicited * 2 EXPUNGE": number=UID. Only a server knows whether it was asked: its
/// text is a response.
std::string view_detail(const Event& event, std::string_view text) {
  const auto change = static_cast<ViewChange>(event.code);
  const bool of_server = text.substr(0, 2) == "* ";
  const bool of_mailbox = change >= ViewChange::kStatus || change == ViewChange::kSelected;
  std::string detail = view_change_name(change);
  if (of_mailbox && event.b != 0) {
    detail += fmt::format(" mailbox {}", event.b);
  } else if (event.a != 0 && event.b != 0) {
    detail += fmt::format(" {}={}", event.a, event.b);
  } else if (event.b != 0) {
    detail += fmt::format(" uid {}", event.b);
  }
  if (of_server) detail += event.x != 0 ? " solicited" : " unsolicited";
  return fmt::format("{} {}", detail, text);
}

std::string queue_detail(const Event& event, std::string_view text) {
  const auto change = static_cast<QueueChange>(event.code);
  std::string detail = queue_change_name(change);
  if (event.a != 0) detail += fmt::format(" job {}", event.a);
  if (change == QueueChange::kTried) detail += fmt::format(" attempt {}", event.b);
  if (change == QueueChange::kPutOff) {
    detail += fmt::format(" until {}", seconds_text(Instant{event.x}));
  }
  return fmt::format("{} {}", detail, text);
}

}  // namespace

std::string seconds_text(Instant at) {
  return fmt::format("{}.{:06}", at.ns / 1000000000, at.ns % 1000000000 / 1000);
}

std::string event_detail(const Trace& trace, const Event& event) {
  const std::string_view text = trace.text(event);
  switch (event.kind) {
    case EventKind::kDial:
      return fmt::format("to {} port {}", trace.host_name(HostId{event.a}), event.b);
    case EventKind::kConnState: return fmt::format("{} <- {} {}", event.code, event.a, text);
    case EventKind::kSegmentSent:
    case EventKind::kSegmentArrived:
    case EventKind::kSegmentDropped: return segment_detail(event);
    case EventKind::kLineSent: return said(trace, event);
    case EventKind::kLineArrived:
      return trace.has(EventId{event.a}) ? said(trace, trace[event.a]) : std::string();
    case EventKind::kReply:
      return fmt::format("{} to {}", event.code != 0 ? "good" : "bad", text);
    case EventKind::kStoreChange: return store_detail(event, text);
    case EventKind::kLocalChange: return local_detail(event, text);
    case EventKind::kViewChange:
      return view_detail(event, text);
    case EventKind::kNote:
      if (event.code == static_cast<uint8_t>(Note::kPlain)) return std::string(text);
      return fmt::format("{} {}", note_name(static_cast<Note>(event.code)), text);
    case EventKind::kQueueChange: return queue_detail(event, text);
    default: return std::string(text);
  }
}

std::string event_text(const Trace& trace, const Event& event) {
  const std::string conn = event.conn.valid() ? fmt::format("#{}", event.conn.value) : "-";
  std::string line = fmt::format("{:>12} {:<12} {:>4} {:<4} {:<15} {}", seconds_text(event.at),
                                 trace.host_name(event.host), conn, protocol_name(event.protocol),
                                 event_kind_name(event.kind), event_detail(trace, event));
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string trace_text(const Trace& trace) {
  std::string text;
  for (uint32_t i = 1; i <= trace.size(); ++i) {
    text += event_text(trace, trace[i]);
    text += '\n';
  }
  return text;
}

std::string conversation_text(const Trace& trace) {
  std::string text;
  for (uint32_t i = 1; i <= trace.size(); ++i) {
    const Event& event = trace[i];
    if (event.kind != EventKind::kLineSent) continue;
    fmt::format_to(std::back_inserter(text), "{} {}\n", event.conn.value, said(trace, event));
  }
  return text;
}

}  // namespace mailscope
