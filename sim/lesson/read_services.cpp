// [[service]] of a lesson file: what a server does at one port, in each variant.

#include <fmt/format.h>

#include <optional>

#include "sim/imap/protocol.h"
#include "sim/lesson/lesson_draft.h"
#include "sim/lesson/read_imap.h"
#include "sim/lesson/read_pop3.h"
#include "sim/lesson/units.h"
#include "sim/pop3/protocol.h"
#include "sim/smtp/protocol.h"

namespace mailscope {
namespace {

/// How patient the server's queue is; null when the lesson says nothing about it.
std::shared_ptr<const RelayConfig> read_patience(TableReader& reader) {
  RelayConfig config;
  const std::vector<Word> pauses = reader.words("retry", 100);
  if (reader.has("retry")) {
    config.retry.clear();
    for (const Word& pause : pauses) {
      const std::optional<Duration> duration = parse_duration(pause.text);
      if (!duration || *duration < seconds(1)) {
        reader.error(pause.at, fmt::format("\"{}\" is no pause", pause.text.substr(0, 60)),
                     "at least \"1s\", such as \"30m\" or \"2h\"");
      }
      config.retry.push_back(duration.value_or(seconds(1)));
    }
    if (config.retry.empty()) {
      reader.error(reader.at("retry"), "\"retry\" names no pause",
                   "the pauses between attempts, such as [\"1m\", \"5m\", \"30m\"]");
      config.retry.push_back(seconds(1));
    }
  }
  config.give_up = reader.duration("give_up", config.give_up);
  config.warn_after = reader.duration("warn_after", config.warn_after);
  if (!reader.has("retry") && !reader.has("give_up") && !reader.has("warn_after")) return nullptr;
  return std::make_shared<const RelayConfig>(std::move(config));
}

/// Whether no other of these services is reached at the same port of the same host.
void check_alone(TableReader& reader, const ServiceSpec& service,
                 const std::vector<ServiceSpec>& others) {
  for (const ServiceSpec& other : others) {
    if (other.host != service.host || other.port != service.port) continue;
    reader.error(reader.at("protocol"),
                 fmt::format("a second {} service on this host", protocol_name(service.protocol)),
                 "one [[service]] of a protocol on a host, or another \"port\"");
  }
}

ServiceSpec service_from(LessonDraft& draft, TableReader& reader) {
  const std::vector<std::string> protocols = {"smtp", "pop3", "imap"};
  constexpr Protocol kProtocols[] = {Protocol::kSmtp, Protocol::kPop3, Protocol::kImap};
  constexpr uint16_t kPorts[] = {smtp::kPort, pop3::kPort, imap::kPort};
  ServiceSpec service;
  service.host = draft.host(reader, "host");
  const size_t which = reader.choice("protocol", protocols, Need::kRequired, 0);
  service.protocol = kProtocols[which];
  service.port = kPorts[which];
  if (service.protocol == Protocol::kSmtp) {
    service.smtp = read_smtp_service(draft, reader, service.host);
    // RFC 6409 §3.1: mail is handed in at a port of its own.
    if (service.smtp->submission) service.port = smtp::kSubmissionPort;
    service.relay = read_patience(reader);
  } else if (service.protocol == Protocol::kPop3) {
    service.pop3 = std::make_shared<const Pop3ServerConfig>(read_pop3_service(reader));
  } else {
    read_imap_service(reader, service);
  }
  service.implicit_tls = reader.choice("tls", {"none", "implicit"}, Need::kOptional, 0) == 1;
  if (service.implicit_tls) service.port = implicit_tls_port(service.protocol);
  service.port = static_cast<uint16_t>(reader.number("port", 1, 65535, service.port));
  return service;
}

/// The table as it is in one variant: what stands in `other` counts.
TomlValue overlaid(const TomlValue& base, const TomlValue& other) {
  TomlValue both = other;
  for (const TomlEntry& entry : base.entries) {
    if (entry.key != "variant" && other.find(entry.key) == nullptr) both.entries.push_back(entry);
  }
  return both;
}

/// The service in the variant that `entry` is for.
std::optional<ServiceSpec> read_other_service(LessonDraft& draft, const TomlValue& base,
                                              const TomlEntry& entry) {
  const std::string what = fmt::format("[service.variant.{}]", entry.key.substr(0, 60));
  TableReader given(entry.value, what, draft.errors);
  for (const char* key : {"host", "protocol", "variant"}) {
    if (!given.has(key)) continue;
    given.error(given.at(key), fmt::format("\"{}\" in {}", key, what),
                "how the service behaves there; which one it is stands in [[service]]");
    return std::nullopt;
  }
  if (entry.value.kind != TomlValue::Kind::kTable) return std::nullopt;  // reported above
  const TomlValue both = overlaid(base, entry.value);
  TableReader reader(both, what, draft.errors);
  ServiceSpec service = service_from(draft, reader);
  reader.finish();
  return service;
}

}  // namespace

void read_service(LessonDraft& draft, const TomlValue& value) {
  TableReader reader(value, "[[service]]", draft.errors);
  const size_t mistakes = draft.errors.count();
  const ServiceSpec base = service_from(draft, reader);
  const std::vector<const TomlEntry*> overrides = draft.overrides(reader, "service");
  reader.finish();
  if (!base.host.valid() || draft.errors.count() > mistakes) return;
  std::vector<ServiceSpec> services(draft.services.size(), base);
  for (const TomlEntry* entry : overrides) {
    const std::optional<ServiceSpec> other = read_other_service(draft, value, *entry);
    for (size_t v = 0; other && v < services.size(); ++v) {
      if (draft.lesson.variants[v].name == entry->key) services[v] = *other;
    }
  }
  for (size_t v = 0; v < services.size(); ++v) {
    if (draft.errors.count() == mistakes) check_alone(reader, services[v], draft.services[v]);
    draft.services[v].push_back(std::move(services[v]));
  }
}

}  // namespace mailscope
