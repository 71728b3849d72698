// The World's part that finds the server a message goes to next, and turns to it: RFC 5321 §5.1
// (MX, then address), RFC 7505 (null MX). What the queue makes of the outcome is in
// world_relay.cpp.

#include <algorithm>
#include <memory>

#include "sim/base/digest.h"
#include "sim/smtp/protocol.h"
#include "sim/world/world.h"

namespace mailscope {
namespace {

/// How many messages one session carries at most.
constexpr size_t kMessagesPerSession = 100;

std::shared_ptr<const SmtpClientConfig> relay_client() {
  SmtpClientConfig config;
  config.strip_bcc = false;  // RFC 5321 §6.4: what is passed on is passed on as it is
  return std::make_shared<const SmtpClientConfig>(config);
}

}  // namespace

RelayJob* World::relay_job(HostId host, uint32_t id, RelayJob::State state) {
  if (!hosts_[host.index()]->up) return nullptr;
  RelayJob* job = hosts_[host.index()].edit().relay.edit().find(id);
  return job != nullptr && job->state == state ? job : nullptr;
}

void World::relay_mx_known(HostId host, uint32_t id, const DnsAnswer& answer, TraceWriter& trace) {
  RelayJob* job = relay_job(host, id, RelayJob::State::kMx);
  if (job == nullptr) return;
  job->exchanger = 0;
  const std::string& domain = job->domain;
  switch (answer.kind) {
    case DnsAnswer::Kind::kSilence:
      set_problems(*job, {"4.4.3", {}, {}, "the DNS does not answer about " + domain});
      return relay_put_off(host, id, trace);
    case DnsAnswer::Kind::kNoName:
      set_problems(*job, {"5.1.2", {}, {}, "there is no domain " + domain});
      return relay_give_up(host, id, trace);
    case DnsAnswer::Kind::kNoData:
      // RFC 5321 §5.1: without MX records the domain itself is the exchanger.
      job->exchangers = {{domain, DnsRecord::Type::kMx, 0, domain}};
      break;
    case DnsAnswer::Kind::kRecords: {
      Digest seed;
      seed.add(scenario_->seed);
      seed.add(host);
      seed.add(id);
      seed.add(job->attempts);
      Route route = route_from_mx(answer.records, host_domain(*scenario_, host), seed.value());
      if (route.kind == Route::Kind::kNullMx) {
        // RFC 7505 §4.1 has these codes for it.
        set_problems(*job, {"5.1.10", {}, "556 5.1.10 Recipient address has null MX", {}});
        return relay_give_up(host, id, trace);
      }
      if (route.kind == Route::Kind::kLoop) return relay_loops(host, id, trace);
      job->exchangers = std::move(route.exchangers);
    }
  }
  relay_next_exchanger(host, id, trace);
}

void World::relay_next_exchanger(HostId host, uint32_t id, TraceWriter& trace) {
  RelayJob* job = hosts_[host.index()].edit().relay.edit().find(id);
  if (job->exchanger < job->exchangers.size()) {
    job->state = RelayJob::State::kAddress;
    return ask_dns({job->exchangers[job->exchanger].value, DnsRecord::Type::kA, host,
                    DnsQuestion::Purpose::kRelayAddress, id},
                   trace);
  }
  if (job->hope) return relay_put_off(host, id, trace);
  // RFC 5321 §5.1: MX records of which none is usable are an error, and so is no address at all.
  for (DeliveryProblem& problem : job->problems) {
    if (is_permanent(problem)) continue;
    problem = {"5.4.4", {}, {}, "no mail server of " + job->domain + " can be found"};
  }
  relay_give_up(host, id, trace);
}

void World::relay_address_known(HostId host, uint32_t id, const DnsAnswer& answer,
                                TraceWriter& trace) {
  RelayJob* job = relay_job(host, id, RelayJob::State::kAddress);
  if (job == nullptr) return;
  const DnsRecord exchanger = job->exchangers[job->exchanger];
  job->addresses.clear();
  job->address = 0;
  for (const DnsRecord& record : answer.records) {
    const HostId address = scenario_->find_host(record.value);
    if (address.valid()) job->addresses.push_back(address);
  }
  const std::vector<HostId>& found = job->addresses;
  if (std::find(found.begin(), found.end(), host) != found.end()) {
    // RFC 5321 §5.1: it is this server by another name, which ends the list like its own name.
    std::vector<DnsRecord>& list = job->exchangers;
    const auto worse = [&](const DnsRecord& record) {
      return record.preference >= exchanger.preference;
    };
    list.erase(std::remove_if(list.begin(), list.end(), worse), list.end());
    if (list.empty()) return relay_loops(host, id, trace);
    job->exchanger = list.size();
    return relay_next_exchanger(host, id, trace);
  }
  if (!job->addresses.empty()) return relay_dial(host, id, trace);
  const bool silence = answer.kind == DnsAnswer::Kind::kSilence;
  if (silence) {
    set_problems(*job, {"4.4.3", {}, {}, "the DNS does not answer about " + exchanger.value});
  } else if (!job->hope) {
    set_problems(*job, {"5.4.4", {}, {}, "there is no address of " + exchanger.value});
  }
  job->hope = job->hope || silence;
  ++job->exchanger;
  relay_next_exchanger(host, id, trace);
}

void World::relay_next_address(HostId host, uint32_t id, TraceWriter& trace) {
  RelayJob* job = hosts_[host.index()].edit().relay.edit().find(id);
  // RFC 5321 §5.1: each address of each exchanger in turn, until one takes the mail.
  if (++job->address < job->addresses.size()) return relay_dial(host, id, trace);
  ++job->exchanger;
  relay_next_exchanger(host, id, trace);
}

void World::relay_loops(HostId host, uint32_t id, TraceWriter& trace) {
  RelayJob* job = hosts_[host.index()].edit().relay.edit().find(id);
  // RFC 5321 §5.1: no host is left that is better than this one.
  set_problems(*job, {"5.4.6", {}, {}, "mail for " + job->domain + " leads back to this server"});
  relay_give_up(host, id, trace);
}

void World::relay_dial(HostId host, uint32_t id, TraceWriter& trace) {
  Relay& relay = hosts_[host.index()].edit().relay.edit();
  const RelayJob& first = *relay.find(id);
  const HostId server = first.addresses[first.address];
  const std::string domain = first.domain;
  std::vector<MailTransaction> mail = {first.mail};
  const AgentId session = AgentId::from_index(agents_.size());
  for (RelayJob& job : relay.jobs) {
    // What else waits for the domain goes with it (RFC 5321 §4.5.4.1).
    const bool joins = job.state == RelayJob::State::kWaiting && job.next_try <= now_ &&
                       job.domain == domain && mail.size() < kMessagesPerSession;
    if (job.id != id && !joins) continue;
    job.transaction = 0;
    if (job.id != id) {
      job.transaction = static_cast<uint32_t>(mail.size());
      mail.push_back(job.mail);
      ++job.attempts;
    }
    job.hope = job.id == id && job.hope;
    job.state = RelayJob::State::kSending;
    job.session = session;
    record_queue(host, QueueChange::kTried, job, host_domain(*scenario_, server), trace);
  }
  Agent agent;
  agent.relay_job = id;
  agent.engine = SmtpClient(relay_client(), std::move(mail));
  dial(host, server, smtp::kPort, Protocol::kSmtp, std::move(agent), trace);
}

}  // namespace mailscope
