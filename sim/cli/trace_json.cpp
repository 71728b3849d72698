#include "sim/cli/trace_json.h"

#include "sim/metrics/untagged_cause.h"
#include "sim/trace/trace_text.h"

namespace mailscope::cli {

Json event_json(const Trace& trace, uint32_t id) {
  const Event& event = trace[id];
  Json json = {{"id", id}, {"at_ns", event.at.ns}, {"kind", event_kind_name(event.kind)}};
  const auto put = [&json](const char* key, const auto& value) {
    if (value != std::decay_t<decltype(value)>{}) json[key] = value;
  };
  if (event.host.valid()) json["host"] = std::string(trace.host_name(event.host));
  put("conn", event.conn.value);
  put("link", event.link.value);
  put("cause", event.cause.value);
  put("protocol", std::string(protocol_name(event.protocol)));
  if (event.conn.valid()) {
    json["direction"] = event.direction == Direction::kToServer ? "to-server" : "to-client";
  }
  put("code", event.code);
  put("a", event.a);
  put("b", event.b);
  put("x", event.x);
  put("y", event.y);
  put("text", std::string(trace.text(event)));
  put("detail", event_detail(trace, event));
  return json;
}

void add_untagged_cause(Json& json, const Trace& trace, uint32_t id) {
  const std::optional<UntaggedCause> cause = untagged_cause(trace, EventId{id});
  if (!cause) return;
  json["solicited"] = cause->solicited();
  json["reason"] = untagged_reason_name(cause->reason);
  if (cause->command.valid()) json["command"] = cause->command.value;
  if (cause->change.valid()) json["change"] = cause->change.value;
}

std::string json_text(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace mailscope::cli
