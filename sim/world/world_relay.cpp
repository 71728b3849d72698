// The World's part that passes mail from server to server. RFC 5321 §5.1 (MX, then address),
// §4.5.4.1 (retry). A message leaves a queue only when the next server has taken responsibility.

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/smtp/protocol.h"
#include "sim/world/world.h"

namespace mailscope {
namespace {

void relay_note(TraceWriter& trace, HostId host, std::string_view text) {
  Event event;
  event.kind = EventKind::kNote;
  event.host = host;
  event.protocol = Protocol::kSmtp;
  trace.record(event, text);
}

RelayJob* find_job(Relay& relay, uint32_t id) {
  for (RelayJob& job : relay.jobs) {
    if (job.id == id) return &job;
  }
  return nullptr;
}

}  // namespace

void World::take_for_relay(HostId host, const MailTransaction& mail, TraceWriter& trace) {
  Relay& relay = hosts_[host.index()].edit().relay.edit();
  // One job a domain: its recipients travel together (RFC 5321 §4.5.4.1).
  std::vector<std::string> domains;
  for (const std::string& recipient : mail.forward_paths) {
    const std::string domain = ascii_lower(recipient.substr(recipient.rfind('@') + 1));
    const bool known = std::find(domains.begin(), domains.end(), domain) != domains.end();
    if (!known) domains.push_back(domain);
  }
  for (const std::string& domain : domains) {
    RelayJob job;
    job.id = relay.next_id++;
    job.mail = {mail.reverse_path, {}, mail.message};
    for (const std::string& recipient : mail.forward_paths) {
      if (ascii_lower(recipient.substr(recipient.rfind('@') + 1)) == domain) {
        job.mail.forward_paths.push_back(recipient);
      }
    }
    job.domain = domain;
    job.taken_at = now_;
    job.next_try = now_;
    relay.jobs.push_back(std::move(job));
    relay_note(trace, host, "queued for " + domain);
  }
  schedule(now_, Dispatch::Kind::kRelay, host.value, 0, trace.cause());
}

void World::on_relay(HostId host, TraceWriter& trace) {
  if (!hosts_[host.index()]->up) return;
  trace.set_host(host);
  std::vector<DnsQuestion> questions;
  Relay& relay = hosts_[host.index()].edit().relay.edit();
  for (RelayJob& job : relay.jobs) {
    if (job.state != RelayJob::State::kWaiting || now_ < job.next_try) continue;
    job.state = RelayJob::State::kMx;
    ++job.attempts;
    questions.push_back({job.domain, DnsRecord::Type::kMx, host, DnsQuestion::Purpose::kRelayMx,
                         job.id, 0, false});
  }
  for (DnsQuestion& question : questions) ask_dns(std::move(question), trace);
}

void World::relay_resolved(HostId host, uint32_t job_id, bool mx,
                           const std::vector<DnsRecord>& records, TraceWriter& trace) {
  if (!hosts_[host.index()]->up) return;
  RelayJob* job = find_job(hosts_[host.index()].edit().relay.edit(), job_id);
  if (job == nullptr) return;
  if (job->state != (mx ? RelayJob::State::kMx : RelayJob::State::kAddress)) return;
  if (mx) {
    job->exchangers.clear();
    job->exchanger = 0;
    for (const DnsRecord& record : records) job->exchangers.push_back(record.value);
    // RFC 5321 §5.1: without MX records the domain itself is the exchanger.
    if (job->exchangers.empty()) job->exchangers.push_back(job->domain);
    return relay_next_exchanger(host, *job, trace);
  }
  const HostId server = records.empty() ? HostId{} : scenario_->find_host(records.front().value);
  if (!server.valid()) {
    job->last_error = "no address for " + job->exchangers[job->exchanger];
    ++job->exchanger;
    return relay_next_exchanger(host, *job, trace);
  }
  job->state = RelayJob::State::kSending;
  Agent agent;
  agent.relay_job = job_id;
  agent.engine = SmtpClient({job->mail});
  dial(host, server, smtp::kPort, Protocol::kSmtp, std::move(agent), trace);
}

void World::relay_next_exchanger(HostId host, RelayJob& job, TraceWriter& trace) {
  if (job.exchanger >= job.exchangers.size()) {
    return relay_put_off(host, job, job.last_error, trace);
  }
  job.state = RelayJob::State::kAddress;
  ask_dns({job.exchangers[job.exchanger], DnsRecord::Type::kA, host,
           DnsQuestion::Purpose::kRelayAddress, job.id, 0, false},
          trace);
}

void World::relay_put_off(HostId host, RelayJob& job, std::string error, TraceWriter& trace) {
  job.last_error = std::move(error);
  if (now_ - job.taken_at >= kRelayGiveUp) {
    // Simplified: a real server sends a bounce now. The message is kept where it can be seen.
    job.state = RelayJob::State::kFailed;
    return relay_note(trace, host, "given up for " + job.domain + ": " + job.last_error);
  }
  job.state = RelayJob::State::kWaiting;
  job.next_try = now_ + kRelayRetry;
  relay_note(trace, host, "put off for " + job.domain + ": " + job.last_error);
  schedule(job.next_try, Dispatch::Kind::kRelay, host.value, 0, trace.cause());
}

void World::relay_over(const Agent& agent, TraceWriter& trace) {
  RelayJob* job = find_job(hosts_[agent.host.index()].edit().relay.edit(), agent.relay_job);
  if (job == nullptr) return;
  const SmtpClient& client = std::get<SmtpClient>(agent.engine);
  std::vector<std::string> left;
  bool refused = false;
  std::string error = client.outcome().text;
  for (const DeliveryResult& result : client.results()) {
    const std::string& recipient = client.mail()[0].forward_paths[result.recipient];
    if (result.kind == DeliveryResult::Kind::kAccepted) continue;
    if (!result.reply.empty()) error = result.reply;
    if (result.kind == DeliveryResult::Kind::kRejected) {
      refused = true;
      relay_note(trace, agent.host, fmt::format("<{}> refused: {}", recipient, result.reply));
    } else {
      left.push_back(recipient);
    }
  }
  if (!left.empty()) {
    job->mail.forward_paths = std::move(left);
    // RFC 5321 §5.1: a host that cannot be reached is followed by the next exchanger.
    if (client.outcome().kind == SessionOutcome::Kind::kLost &&
        job->exchanger + 1 < job->exchangers.size()) {
      ++job->exchanger;
      job->last_error = error;
      return relay_next_exchanger(agent.host, *job, trace);
    }
    return relay_put_off(agent.host, *job, error, trace);
  }
  job->state = refused ? RelayJob::State::kFailed : RelayJob::State::kDone;
  job->last_error = refused ? error : std::string();
}

}  // namespace mailscope
