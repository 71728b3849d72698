#include "sim/trace/writer.h"

namespace mailscope {

EventId TraceWriter::keep(Event event, std::string_view text) {
  event.at = now_;
  if (!event.cause.valid()) event.cause = cause_;
  if (!event.host.valid()) event.host = host_;
  if (!event.conn.valid()) event.conn = conn_;
  if (event.protocol == Protocol::kNone) event.protocol = protocol_;

  Digest digest;
  digest.add(state_.digest);
  digest.add(event.at);
  digest.add(static_cast<uint64_t>(event.cause.value) << 32 | event.host.value);
  digest.add(static_cast<uint64_t>(event.conn.value) << 32 |
             static_cast<uint64_t>(event.kind) << 24 | static_cast<uint64_t>(event.protocol) << 16 |
             static_cast<uint64_t>(event.direction) << 8 | event.code);
  digest.add(static_cast<uint64_t>(event.a) << 32 | event.b);
  digest.add(event.x);
  digest.add(event.y);
  digest.add(text);
  state_.digest = digest.value();

  ++state_.count;
  if (sink_ != nullptr) sink_->append(event, text);
  return EventId{state_.count};
}

}  // namespace mailscope
