// A trace as stable text, one line an event: for the terminal, for goldens, for copying. It is
// English and never translated; what an event means for a learner is said by sim/explain.
#pragma once

#include <string>

#include "sim/trace/trace.h"

namespace mailscope {

/// "1.061000" of an instant: seconds with microseconds.
std::string seconds_text(Instant at);

/// What the event says, without its time and place: "USER bob".
std::string event_detail(const Trace& trace, const Event& event);

/// One line without a line end: time, host, connection, protocol, kind, detail.
///   1.061000 laptop   #1 POP3 line-sent       C: USER bob
std::string event_text(const Trace& trace, const Event& event);

/// All events, each line ended by LF.
std::string trace_text(const Trace& trace);

/// Only what was said: "1 C: USER bob", a line each, with the connection's number.
std::string conversation_text(const Trace& trace);

}  // namespace mailscope
