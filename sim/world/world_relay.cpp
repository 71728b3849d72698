// The World's part that passes mail from server to server: the queue, and what the answers of the
// next server mean for it. RFC 5321 §4.5.4.1 (retry), §6.1 (responsibility). How that server is
// found is in world_route.cpp; reports to senders and mail for mailboxes here in world_reports.cpp.

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/base/check.h"
#include "sim/world/world.h"

namespace mailscope {
namespace {

/// What stands in the way of a recipient after a session. The server's words, where it has said
/// any.
DeliveryProblem problem_of(const DeliveryResult& result, const SessionOutcome& outcome,
                           bool connected, std::string_view server) {
  const bool refused = outcome.kind == SessionOutcome::Kind::kRefused;
  const std::string& reply = !result.reply.empty() ? result.reply : outcome.text;
  if (!result.reply.empty() || refused) {
    return {status_of_reply(reply), std::string(server), reply, {}};
  }
  const bool lost = outcome.kind == SessionOutcome::Kind::kLost;
  // RFC 3463 §3.5: X.4.1 no answer from host, X.4.2 bad connection; §3.4: X.3.2 not accepting.
  return {!connected ? "4.4.1"
          : lost     ? "4.4.2"
                     : "4.3.2",
          std::string(server), std::string(),
          lost ? outcome.text : "it takes no mail at the moment"};
}

}  // namespace

void World::record_queue(HostId host, QueueChange change, const RelayJob& job,
                         std::string_view text, TraceWriter& trace) {
  Event event;
  event.kind = EventKind::kQueueChange;
  event.host = host;
  event.protocol = Protocol::kSmtp;
  event.code = static_cast<uint8_t>(change);
  event.a = job.id;
  event.b = job.attempts;
  event.x = job.next_try.ns;
  trace.record(event, text);
}

RelayConfig World::relay_config(HostId host) const {
  for (const ServiceSpec& service : scenario_->services) {
    if (service.host == host && service.relay != nullptr) return *service.relay;
  }
  return {};
}

bool World::is_local_domain(HostId host, std::string_view domain) const {
  if (domain.empty()) return true;  // <postmaster> (RFC 5321 §4.5.1)
  for (const ServiceSpec& service : scenario_->services) {
    if (service.host != host || service.smtp == nullptr) continue;
    for (const std::string& local : service.smtp->local_domains) {
      if (equals_ignoring_case(local, domain)) return true;
    }
  }
  return false;
}

void World::take_for_relay(HostId host, const MailTransaction& mail, TraceWriter& trace) {
  bool queued = false;
  for (MailTransaction& part : split_by_domain(mail)) {
    const std::string domain = domain_of(part.forward_paths.front());
    if (is_local_domain(host, domain)) {
      deliver_here(host, part, trace);
      continue;
    }
    Relay& relay = hosts_[host.index()].edit().relay.edit();
    RelayJob job;
    job.id = relay.next_id++;
    job.mail = std::move(part);
    set_problems(job, {});
    job.domain = domain;
    job.taken_at = now_;
    job.next_try = now_;
    relay.jobs.push_back(std::move(job));
    record_queue(host, QueueChange::kTaken, relay.jobs.back(), domain, trace);
    queued = true;
  }
  if (queued) schedule(now_, Dispatch::Kind::kRelay, host.value, 0, trace.cause());
}

void World::on_relay(HostId host, TraceWriter& trace) {
  if (!hosts_[host.index()]->up) return;
  trace.set_host(host);
  warn_of_delays(host, trace);
  std::vector<uint32_t> due;
  for (const RelayJob& job : hosts_[host.index()]->relay->jobs) {
    if (job.state == RelayJob::State::kWaiting && job.next_try <= now_) due.push_back(job.id);
  }
  for (const uint32_t id : due) {
    Relay& relay = hosts_[host.index()].edit().relay.edit();
    RelayJob* job = relay.find(id);
    // One at a time for a domain: the others follow in its session, or after it.
    if (job == nullptr || now_ < job->next_try || relay.busy_with(job->domain)) continue;
    job->state = RelayJob::State::kMx;
    job->hope = false;
    ++job->attempts;
    ask_dns({job->domain, DnsRecord::Type::kMx, host, DnsQuestion::Purpose::kRelayMx, id}, trace);
  }
}

void World::relay_kick(HostId host, TraceWriter& trace) {
  const Relay& relay = *hosts_[host.index()]->relay;
  const bool due = std::any_of(relay.jobs.begin(), relay.jobs.end(), [&](const RelayJob& job) {
    return job.state == RelayJob::State::kWaiting && job.next_try <= now_ &&
           !relay.busy_with(job.domain);
  });
  if (due) schedule(now_, Dispatch::Kind::kRelay, host.value, 0, trace.cause());
}

void World::relay_over(const Agent& agent, TraceWriter& trace) {
  const HostId host = agent.host;
  const uint32_t first = agent.relay_job;
  std::vector<uint32_t> others;
  for (const RelayJob& job : hosts_[host.index()]->relay->jobs) {
    if (job.session == agent.id && job.id != first) others.push_back(job.id);
  }
  const AfterSession after = relay_settle(agent, first, trace);
  const bool up = hosts_[host.index()]->up;
  // Those whose turn did not come follow the first one to the next host. When that one has left the
  // queue they go by themselves: each session settles at least one, so this comes to an end.
  const bool again = after == AfterSession::kSettled || after == AfterSession::kNextHost;
  for (const uint32_t id : others) {
    const AfterSession its = relay_settle(agent, id, trace);
    const bool no_turn = its == AfterSession::kNextHost || its == AfterSession::kNoHostLeft;
    if (its == AfterSession::kSettled) continue;
    if (!up || (no_turn && again)) {
      relay_wait_now(host, id);
    } else if (its == AfterSession::kNoHostLeft &&
               !hosts_[host.index()].edit().relay.edit().find(id)->hope) {
      relay_give_up(host, id, trace);
    } else {
      relay_put_off(host, id, trace);
    }
  }
  if (!up) {
    // Its own host has stopped; the queue is on its disk, and is taken up when it starts.
    if (after != AfterSession::kSettled) relay_wait_now(host, first);
    return;
  }
  switch (after) {
    case AfterSession::kSettled:
      break;
    case AfterSession::kNoHostLeft:
      if (!agent.opened) relay_share_failure(host, first, trace);
      [[fallthrough]];
    case AfterSession::kNextHost:
      relay_next_address(host, first, trace);
      break;
    case AfterSession::kWait:
      relay_put_off(host, first, trace);
      break;
  }
  relay_kick(host, trace);
}

void World::relay_wait_now(HostId host, uint32_t id) {
  RelayJob* job = hosts_[host.index()].edit().relay.edit().find(id);
  job->state = RelayJob::State::kWaiting;
  job->next_try = now_;
}

AfterSession World::relay_settle(const Agent& agent, uint32_t id, TraceWriter& trace) {
  const HostId host = agent.host;
  const SmtpClient& client = std::get<SmtpClient>(agent.engine);
  RelayJob* job = hosts_[host.index()].edit().relay.edit().find(id);
  CHECK(job != nullptr && job->session == agent.id);
  const std::string_view server =
      host_domain(*scenario_, connections_[agent.conn.index()]->server.host);
  RelayJob left = *job;
  RelayJob refused = *job;
  RelayJob passed_on = *job;
  std::vector<size_t> left_places;
  std::vector<size_t> refused_places;
  std::vector<size_t> passed_places;
  left.problems.clear();
  refused.problems.clear();
  bool unanswered = false;
  for (const DeliveryResult& result : client.results()) {
    if (result.transaction != job->transaction) continue;
    if (result.kind == DeliveryResult::Kind::kAccepted) {
      record_queue(host, QueueChange::kSent, *job, job->mail.forward_paths[result.recipient],
                   trace);
      passed_places.push_back(result.recipient);
      continue;
    }
    DeliveryProblem problem = problem_of(result, client.outcome(), agent.opened, server);
    const bool rejected = result.kind == DeliveryResult::Kind::kRejected;
    unanswered = unanswered || result.kind == DeliveryResult::Kind::kPending;
    left.hope = left.hope || (!rejected && !is_permanent(problem));
    (rejected ? refused_places : left_places).push_back(result.recipient);
    (rejected ? refused.problems : left.problems).push_back(std::move(problem));
  }
  refused.mail = with_recipients(job->mail, refused_places);
  refused.last_try = now_;
  left.mail = with_recipients(job->mail, left_places);
  left.session = {};
  *job = std::move(left);
  const bool more_hosts =
      job->address + 1 < job->addresses.size() || job->exchanger + 1 < job->exchangers.size();
  // RFC 5321 §6.1: first the report is written, then the message may go.
  if (!refused_places.empty()) report(host, refused, ReportAction::kFailed, trace);
  if (!passed_places.empty() && !client.offer().has(smtp::Extension::kDsn)) {
    // RFC 3461 §5.2.2: that server will say nothing more, so this one tells what it knows.
    passed_on.mail = with_recipients(passed_on.mail, passed_places);
    passed_on.problems.assign(passed_places.size(), {"2.0.0", std::string(server), {}, {}});
    report(host, passed_on, ReportAction::kRelayed, trace);
  }
  if (left_places.empty()) {
    hosts_[host.index()].edit().relay.edit().remove(id);
    return AfterSession::kSettled;
  }
  if (!unanswered) return AfterSession::kWait;
  return more_hosts ? AfterSession::kNextHost : AfterSession::kNoHostLeft;
}

void World::relay_share_failure(HostId host, uint32_t first, TraceWriter& trace) {
  Relay& relay = hosts_[host.index()].edit().relay.edit();
  const RelayJob& failed = *relay.find(first);
  const DeliveryProblem problem = failed.problems.front();
  const std::string domain = failed.domain;
  std::vector<uint32_t> waiting;
  for (RelayJob& job : relay.jobs) {
    const bool due = job.state == RelayJob::State::kWaiting && job.next_try <= now_;
    if (!due || job.domain != domain) continue;
    set_problems(job, problem);
    ++job.attempts;
    waiting.push_back(job.id);
  }
  for (const uint32_t id : waiting) relay_put_off(host, id, trace);
}

void World::relay_put_off(HostId host, uint32_t id, TraceWriter& trace) {
  const RelayConfig config = relay_config(host);
  RelayJob* job = hosts_[host.index()].edit().relay.edit().find(id);
  job->last_try = now_;
  job->state = RelayJob::State::kWaiting;
  if (now_ - job->taken_at >= config.give_up) return relay_give_up(host, id, trace);
  job->next_try = next_try_at(config, job->taken_at, job->attempts, now_);
  record_queue(host, QueueChange::kPutOff, *job, problem_text(job->problems.front()), trace);
  schedule(job->next_try, Dispatch::Kind::kRelay, host.value, 0, trace.cause());
  const Instant warn_at = job->taken_at + config.warn_after;
  if (!job->warned && now_ < warn_at && warn_at < job->next_try) {
    schedule(warn_at, Dispatch::Kind::kRelay, host.value, 0, trace.cause());
  }
  warn_of_delays(host, trace);
  relay_kick(host, trace);
}

void World::relay_give_up(HostId host, uint32_t id, TraceWriter& trace) {
  const RelayJob job = *hosts_[host.index()].edit().relay.edit().find(id);
  report(host, job, ReportAction::kFailed, trace);
  hosts_[host.index()].edit().relay.edit().remove(id);
  relay_kick(host, trace);
}

}  // namespace mailscope
