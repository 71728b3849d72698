// Why a server of IMAP said an untagged response: because the session's own command asked for it
// (solicited), or because something happened to a mailbox and this was the first moment at which
// the session might be told. A pure function of a trace. RFC 3501 §2.2.2 and §7 (a server may send
// data that no command asked for), §5.2 (news of the mailbox), §5.5 and §7.4.1 (when it must wait).
#pragma once

#include <optional>

#include "sim/trace/trace.h"

namespace mailscope {

struct UntaggedCause {
  enum class Reason : uint8_t {
    kCommand,   // the command asked for it, or made the change that it tells of: solicited
    kChange,    // something happened that this session had not been told of
    kGreeting,  // the connection has just been opened
    kServer,    // the server's own accord: a farewell, a reminder
    kBadLine,   // the answer to a line that was no command: solicited
  };
  Reason reason = Reason::kCommand;
  EventId command;  // the kCommand that was being carried out; none between commands
  /// The kStoreChange that it tells of, of several the last; none when there is none that the trace
  /// can name for certain, as of [NOTIFICATIONOVERFLOW].
  EventId change;
  [[nodiscard]] bool solicited() const {
    return reason == Reason::kCommand || reason == Reason::kBadLine;
  }
};

/// Of the kLineSent event `line`; nothing unless it is an untagged response of an IMAP server.
std::optional<UntaggedCause> untagged_cause(const Trace& trace, EventId line);

/// A stable name: "command", "change".
const char* untagged_reason_name(UntaggedCause::Reason reason);

}  // namespace mailscope
