// TraceWriter: the one way to record an event. It stamps time, place and cause, numbers the event,
// and folds it into the world's running digest. When history is replayed it runs without a trace:
// the numbers and the digest come out the same, which is how a replay is checked.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/base/digest.h"
#include "sim/trace/trace.h"

namespace mailscope {

/// The part of the account that belongs to the World's value: how many events, and their digest.
struct TraceState {
  uint32_t count = 0;
  uint64_t digest = 0;
};

class TraceWriter {
 public:
  /// `sink` may be null (replay). Both must outlive the writer.
  TraceWriter(TraceState& state, Trace* sink, Instant now)
      : state_(state), sink_(sink), now_(now) {}

  /// Records; fields at, cause and host are filled in when the caller left them empty.
  EventId record(Event event, std::string_view text = {}) {
    return keeps_events() ? keep(event, text) : count(event);
  }
  /// The same with a text, make_text(), that takes time to make.
  template <class MakeText>
  EventId record_made(const Event& event, MakeText make_text) {
    return keeps_events() ? keep(event, make_text()) : count(event);
  }

  /// What later events are caused by, and where they happen, until changed.
  void set_cause(EventId cause) { cause_ = cause; }
  void set_host(HostId host) { host_ = host; }
  void set_session(ConnId conn, Protocol protocol) {
    conn_ = conn;
    protocol_ = protocol;
  }
  [[nodiscard]] EventId cause() const { return cause_; }
  [[nodiscard]] Instant now() const { return now_; }

  /// False where events are only counted. A replay without a trace keeps them, too: in the digest.
  [[nodiscard]] bool keeps_events() const { return sink_ == nullptr || sink_->keeps_events(); }

 private:
  EventId keep(Event event, std::string_view text);
  EventId count(const Event& event) {
    sink_->count(event.conn.valid() ? event.conn : conn_);
    return EventId{++state_.count};
  }

  TraceState& state_;
  Trace* sink_;
  Instant now_;
  EventId cause_;
  HostId host_;
  ConnId conn_;
  Protocol protocol_ = Protocol::kNone;
};

}  // namespace mailscope
