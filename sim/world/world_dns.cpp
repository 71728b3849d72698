// The World's DNS: questions and answers as datagrams, asked again when they are lost, and the zone
// that answers. RFC 1035 §4.2.1 (UDP), RFC 2308 §2 (the two ways of saying no).

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/world/world.h"

namespace mailscope {
namespace {

constexpr Duration kDnsPatience = seconds(2);
constexpr uint32_t kDnsTries = 3;

/// `name` itself or a name under it, such as "mail.example.net" under "example.net".
bool is_at_or_under(std::string_view longer, std::string_view name) {
  if (longer.size() <= name.size()) return equals_ignoring_case(longer, name);
  const size_t cut = longer.size() - name.size();
  return longer[cut - 1] == '.' && equals_ignoring_case(longer.substr(cut), name);
}

}  // namespace

std::string dns_record_text(const DnsRecord& record) {
  if (record.type == DnsRecord::Type::kA) return "A " + record.value;
  return fmt::format("MX {} {}", record.preference, record.value);
}

std::string dns_question_text(const DnsQuestion& question) {
  return fmt::format("{} {}?", question.type == DnsRecord::Type::kMx ? "MX" : "A", question.name);
}

std::string dns_answer_text(const DnsQuestion& question) {
  const DnsAnswer& answer = question.answer;
  if (answer.kind == DnsAnswer::Kind::kNoName) return question.name + ": no such name";
  if (answer.records.empty()) return question.name + ": no such record";
  std::string text = question.name;
  for (const DnsRecord& record : answer.records) text += " " + dns_record_text(record);
  return text;
}

void World::ask_dns(DnsQuestion question, TraceWriter& trace) {
  questions_.push_back(std::move(question));
  const auto index = static_cast<uint32_t>(questions_.size() - 1);
  const bool has_server =
      std::any_of(scenario_->hosts.begin(), scenario_->hosts.end(),
                  [](const HostSpec& host) { return host.kind == HostKind::kDns; });
  if (has_server) return send_question(index, trace);
  // Simplified: a scenario without a DNS host is a network where every host knows the names.
  questions_.edit(index).answer = zone_answer(questions_[index]);
  questions_.edit(index).answered = true;
  on_resolved(index, trace);
}

void World::send_question(uint32_t index, TraceWriter& trace) {
  HostId server;
  for (size_t i = 0; i < scenario_->hosts.size(); ++i) {
    if (scenario_->hosts[i].kind == HostKind::kDns) server = HostId::from_index(i);
  }
  ++questions_.edit(index).tries;
  send_datagram(questions_[index].asker, server, index, false, trace);
  schedule(now_ + kDnsPatience, Dispatch::Kind::kDnsTimer, index, 0, trace.cause());
}

void World::send_datagram(HostId from, HostId to, uint32_t question, bool answer,
                          TraceWriter& trace) {
  const DnsQuestion& asked = questions_[question];
  Segment segment;
  segment.content.flags = SegmentFlags::kDatagram;
  segment.content.datagram = question;
  segment.content.answer = answer ? 1 : 0;
  segment.content.direction = answer ? Direction::kToClient : Direction::kToServer;
  // RFC 1035 §4.1: 12 octets of header, the name, type and class; an answer adds its records.
  segment.content.size = static_cast<uint32_t>(18 + asked.name.size());
  if (answer) {
    for (const DnsRecord& record : asked.answer.records) {
      segment.content.size += static_cast<uint32_t>(16 + record.value.size());
    }
  }
  segment.number = next_segment_++;
  segment.from = from;
  segment.to = to;
  segment.hop_from = from;
  send_hop(segment, trace);
}

void World::on_datagram(const Segment& segment, TraceWriter& trace) {
  const uint32_t index = segment.content.datagram;
  if (segment.content.answer == 0) {
    questions_.edit(index).answer = zone_answer(questions_[index]);
    return send_datagram(segment.to, questions_[index].asker, index, true, trace);
  }
  if (questions_[index].answered) return;  // an answer to a question asked twice
  questions_.edit(index).answered = true;
  on_resolved(index, trace);
}

void World::on_dns_timer(uint32_t index, TraceWriter& trace) {
  if (questions_[index].answered) return;
  if (questions_[index].tries < kDnsTries) return send_question(index, trace);
  questions_.edit(index).answered = true;
  questions_.edit(index).answer = DnsAnswer{};  // one may be lost on its way
  Event event;
  event.kind = EventKind::kNote;
  event.code = static_cast<uint8_t>(Note::kNoDnsAnswer);
  event.protocol = Protocol::kDns;
  event.host = questions_[index].asker;
  trace.record(event, questions_[index].name);
  on_resolved(index, trace);
}

DnsAnswer World::zone_answer(const DnsQuestion& question) const {
  DnsAnswer answer;
  bool name_exists = false;
  for (const DnsRecord& record : *zone_) {
    name_exists = name_exists || is_at_or_under(record.name, question.name);
    if (record.type == question.type && equals_ignoring_case(record.name, question.name)) {
      answer.records.push_back(record);
    }
  }
  // A host has its address without a record of its own.
  const bool recorded = !answer.records.empty();
  for (const HostSpec& host : scenario_->hosts) {
    const std::string& name = host.domain.empty() ? host.name : host.domain;
    name_exists = name_exists || is_at_or_under(name, question.name);
    if (question.type != DnsRecord::Type::kA || recorded) continue;
    if (equals_ignoring_case(name, question.name)) {
      answer.records.push_back({question.name, DnsRecord::Type::kA, 0, host.name});
    }
  }
  std::stable_sort(
      answer.records.begin(), answer.records.end(),
      [](const DnsRecord& a, const DnsRecord& b) { return a.preference < b.preference; });
  answer.kind = !answer.records.empty() ? DnsAnswer::Kind::kRecords
                : name_exists           ? DnsAnswer::Kind::kNoData
                                        : DnsAnswer::Kind::kNoName;
  return answer;
}

void World::set_dns(const Input& input) {
  zone_changed_ = true;
  std::vector<DnsRecord>& zone = zone_.edit();
  zone.erase(std::remove_if(zone.begin(), zone.end(),
                            [&](const DnsRecord& record) {
                              return equals_ignoring_case(record.name, input.text);
                            }),
             zone.end());
  zone.insert(zone.end(), input.records.begin(), input.records.end());
}

void World::on_resolved(uint32_t index, TraceWriter& trace) {
  const DnsQuestion question = questions_[index];
  trace.set_host(question.asker);
  switch (question.purpose) {
    case DnsQuestion::Purpose::kRelayMx:
      return relay_mx_known(question.asker, question.index, question.answer, trace);
    case DnsQuestion::Purpose::kRelayAddress:
      return relay_address_known(question.asker, question.index, question.answer, trace);
    case DnsQuestion::Purpose::kCollect:
    case DnsQuestion::Purpose::kHandIn:
      break;
  }
  const DeviceId device{question.index};
  const std::vector<DnsRecord>& records = question.answer.records;
  const HostId server = records.empty() ? HostId{} : scenario_->find_host(records.front().value);
  if (question.purpose == DnsQuestion::Purpose::kCollect) {
    devices_[device.index()].edit().resolving = false;
    begin_session(device, server, trace);
  } else {
    devices_[device.index()].edit().resolving_smtp = false;
    begin_hand_in(device, server, trace);
  }
}

}  // namespace mailscope
