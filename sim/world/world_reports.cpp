// The World's part that tells senders what became of their mail, and puts mail that was born in a
// queue, such as those reports, into mailboxes here. RFC 3461 §5.2 (who is told), §6.1 (the
// envelope of a report), RFC 5321 §4.4 (final delivery), §4.5.5 (no report about a report).

#include <fmt/format.h>

#include "sim/base/ascii.h"
#include "sim/world/world.h"

namespace mailscope {
namespace {

uint8_t notify_bit(ReportAction action) {
  switch (action) {
    case ReportAction::kFailed:
      return RecipientDsn::kFailure;
    case ReportAction::kDelayed:
      return RecipientDsn::kDelay;
    case ReportAction::kDelivered:
    case ReportAction::kRelayed:
      break;
  }
  return RecipientDsn::kSuccess;
}

/// "nobody@example.net: 550 No such user".
std::string fate_text(const std::string& address, const DeliveryProblem& problem) {
  return fmt::format("{}: {}", address, problem_text(problem));
}

}  // namespace

void World::report(HostId host, const RelayJob& job, ReportAction action, TraceWriter& trace) {
  DeliveryReport report;
  report.action = action;
  for (size_t i = 0; i < job.mail.forward_paths.size(); ++i) {
    const std::string& address = job.mail.forward_paths[i];
    if (action == ReportAction::kFailed) {
      record_queue(host, QueueChange::kBounced, job, fate_text(address, job.problems[i]), trace);
    }
    if (job.mail.reverse_path.empty()) continue;
    if (wants_report(job.mail, i, notify_bit(action))) {
      report.recipients.push_back(
          {address, job.mail.dsn.empty() ? std::string() : job.mail.dsn[i].original_recipient,
           job.problems[i]});
    } else if (action == ReportAction::kFailed) {
      record_queue(host, QueueChange::kDropped, job, address, trace);
    }
  }
  if (job.mail.reverse_path.empty() && action == ReportAction::kFailed) {
    // RFC 5321 §4.5.5: nobody is told of what became of a report.
    return keep_for_postmaster(host, job, trace);
  }
  if (report.recipients.empty()) return;
  const RelayConfig config = relay_config(host);
  report.reporter = host_domain(*scenario_, host);
  report.number = hosts_[host.index()].edit().relay.edit().next_report++;
  report.now = unix_now();
  report.arrived = unix_at(job.taken_at);
  if (job.last_try != kNever) report.last_attempt = unix_at(job.last_try);
  report.retry_until = unix_at(job.taken_at + config.give_up);
  report.mail = job.mail;
  report.headers_only = job.mail.message->size() > config.return_whole;
  record_queue(host, QueueChange::kReported, job,
               fmt::format("{} {}", report_action_name(action), job.mail.reverse_path), trace);
  // RFC 3461 §6.1: from nobody, to the reverse-path, without RET, and with no report about it.
  MailTransaction mail;
  mail.forward_paths = {job.mail.reverse_path};
  mail.message = make_report(report);
  mail.dsn = {{RecipientDsn::kNever, {}}};
  mail.needs_utf8 = job.mail.needs_utf8;
  take_for_relay(host, mail, trace);
}

void World::report_delivered(HostId host, const MailTransaction& mail, TraceWriter& trace) {
  RelayJob job;
  job.mail = mail;
  job.problems.assign(mail.forward_paths.size(), {"2.0.0", {}, {}, {}});
  job.taken_at = now_;
  report(host, job, ReportAction::kDelivered, trace);
}

void World::keep_for_postmaster(HostId host, const RelayJob& job, TraceWriter& trace) {
  const Account* postmaster = hosts_[host.index()]->store->find_account("postmaster");
  if (postmaster != nullptr) {
    return put_into_mailbox(host, postmaster->id, "postmaster", job, trace);
  }
  for (const std::string& address : job.mail.forward_paths) {
    record_queue(host, QueueChange::kDropped, job, address, trace);
  }
}

void World::deliver_here(HostId host, const MailTransaction& mail, TraceWriter& trace) {
  RelayJob job;
  job.mail = mail;
  job.taken_at = now_;
  job.next_try = now_;
  std::vector<size_t> unknown;
  std::vector<size_t> reached;
  for (size_t i = 0; i < mail.forward_paths.size(); ++i) {
    const std::string& address = mail.forward_paths[i];
    const std::string_view local = std::string_view(address).substr(0, address.rfind('@'));
    const MailStore& store = *hosts_[host.index()]->store;
    const Account* account = store.find_account(local);
    // RFC 5321 §4.5.1: mail to postmaster is always taken.
    if (account == nullptr && equals_ignoring_case(local, "postmaster") &&
        !store.accounts().empty()) {
      account = &store.accounts().front();
    }
    if (account == nullptr) {
      unknown.push_back(i);
      continue;
    }
    put_into_mailbox(host, account->id, address, job, trace);
    reached.push_back(i);
  }
  if (!reached.empty()) report_delivered(host, with_recipients(mail, reached), trace);
  if (unknown.empty()) return;
  job.mail = with_recipients(mail, unknown);
  job.problems.assign(unknown.size(), {"5.1.1", {}, {}, "there is no such user here"});
  report(host, job, ReportAction::kFailed, trace);
}

void World::put_into_mailbox(HostId host, AccountId account, std::string_view address,
                             const RelayJob& job, TraceWriter& trace) {
  // RFC 5321 §4.4: the final delivery puts the reverse-path at the very top.
  const MessagePtr message =
      make_message(fmt::format("Return-Path: <{}>\r\n", job.mail.reverse_path) +
                   std::string(job.mail.message->text()));
  MailStore& store = hosts_[host.index()].edit().store.edit();
  store.append(store.inbox(account).id, message, {}, unix_now(), trace);
  record_queue(host, QueueChange::kDelivered, job, address, trace);
  tell_listeners(host, AgentId{}, trace.cause());
}

void World::warn_of_delays(HostId host, TraceWriter& trace) {
  const Duration warn_after = relay_config(host).warn_after;
  if (warn_after.ns <= 0) return;
  std::vector<RelayJob> late;
  for (const RelayJob& job : hosts_[host.index()]->relay->jobs) {
    const bool waits = job.state == RelayJob::State::kWaiting && job.attempts > 0;
    if (waits && !job.warned && now_ - job.taken_at >= warn_after) late.push_back(job);
  }
  for (const RelayJob& job : late) {
    hosts_[host.index()].edit().relay.edit().find(job.id)->warned = true;
    report(host, job, ReportAction::kDelayed, trace);
  }
}

}  // namespace mailscope
