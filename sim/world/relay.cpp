#include "sim/world/relay.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/base/check.h"
#include "sim/base/digest.h"

namespace mailscope {
namespace {

/// RFC 5321 §4.5.4.1: a client must wait before it tries again, whatever a scenario asks for.
constexpr Duration kShortestRetry = seconds(1);

void add_mail(Digest& digest, const MailTransaction& mail) {
  digest.add(mail.reverse_path);
  for (const std::string& recipient : mail.forward_paths) digest.add(recipient);
  for (const RecipientDsn& dsn : mail.dsn) {
    digest.add(static_cast<int>(dsn.notify));
    digest.add(dsn.original_recipient);
  }
  digest.add(mail.envelope_id);
  digest.add(mail.headers_only);
  digest.add(mail.needs_utf8);
  digest.add(mail.message->digest());
}

void add_job(Digest& digest, const RelayJob& job) {
  digest.add(job.id);
  digest.add(static_cast<int>(job.state));
  add_mail(digest, job.mail);
  for (const DeliveryProblem& problem : job.problems) {
    digest.add(problem.status);
    digest.add(problem.remote);
    digest.add(problem.reply);
    digest.add(problem.reason);
  }
  for (const DnsRecord& record : job.exchangers) {
    digest.add(static_cast<int>(record.preference));
    digest.add(record.value);
  }
  digest.add(static_cast<uint64_t>(job.exchanger));
  for (const HostId address : job.addresses) digest.add(address);
  digest.add(static_cast<uint64_t>(job.address));
  digest.add(job.hope);
  digest.add(job.session);
  digest.add(job.transaction);
  digest.add(job.attempts);
  digest.add(job.taken_at);
  digest.add(job.next_try);
  digest.add(job.last_try);
  digest.add(job.warned);
}

}  // namespace

RelayJob* Relay::find(uint32_t id) {
  const auto found =
      std::find_if(jobs.begin(), jobs.end(), [id](const RelayJob& job) { return job.id == id; });
  return found == jobs.end() ? nullptr : &*found;
}

void Relay::remove(uint32_t id) {
  jobs.erase(
      std::remove_if(jobs.begin(), jobs.end(), [id](const RelayJob& job) { return job.id == id; }),
      jobs.end());
}

bool Relay::busy_with(std::string_view domain) const {
  return std::any_of(jobs.begin(), jobs.end(), [&](const RelayJob& job) {
    return job.state != RelayJob::State::kWaiting && job.domain == domain;
  });
}

uint64_t Relay::digest() const {
  Digest digest;
  for (const RelayJob& job : jobs) add_job(digest, job);
  digest.add(next_id);
  digest.add(next_report);
  return digest.value();
}

void set_problems(RelayJob& job, const DeliveryProblem& problem) {
  job.problems.assign(job.mail.forward_paths.size(), problem);
}

std::string problem_text(const DeliveryProblem& problem) {
  if (problem.reply.empty()) return problem.reason;
  return problem.reply.substr(0, problem.reply.find('\n'));
}

bool is_permanent(const DeliveryProblem& problem) {
  return !problem.status.empty() && problem.status.front() == '5';
}

std::string domain_of(std::string_view address) {
  const size_t at = address.rfind('@');
  return at == std::string_view::npos ? std::string() : ascii_lower(address.substr(at + 1));
}

MailTransaction with_recipients(const MailTransaction& mail, const std::vector<size_t>& places) {
  MailTransaction some = mail;
  some.forward_paths.clear();
  some.dsn.clear();
  for (const size_t place : places) {
    some.forward_paths.push_back(mail.forward_paths[place]);
    if (!mail.dsn.empty()) some.dsn.push_back(mail.dsn[place]);
  }
  return some;
}

std::vector<MailTransaction> split_by_domain(const MailTransaction& mail) {
  std::vector<std::string> domains;
  std::vector<std::vector<size_t>> places;
  for (size_t i = 0; i < mail.forward_paths.size(); ++i) {
    const std::string domain = domain_of(mail.forward_paths[i]);
    const auto known = std::find(domains.begin(), domains.end(), domain);
    const auto index = static_cast<size_t>(known - domains.begin());
    if (known == domains.end()) {
      domains.push_back(domain);
      places.emplace_back();
    }
    places[index].push_back(i);
  }
  std::vector<MailTransaction> parts;
  parts.reserve(places.size());
  for (const std::vector<size_t>& some : places) parts.push_back(with_recipients(mail, some));
  return parts;
}

bool wants_report(const MailTransaction& mail, size_t recipient, uint8_t what) {
  const uint8_t asked = mail.dsn.empty() ? uint8_t{0} : mail.dsn[recipient].notify;
  if (asked == 0) return (what & (RecipientDsn::kFailure | RecipientDsn::kDelay)) != 0;
  return (asked & what) != 0;
}

Route route_from_mx(const std::vector<DnsRecord>& mx, std::string_view self, uint64_t seed) {
  CHECK(!mx.empty());
  if (mx.size() == 1 && mx.front().value == ".") return {Route::Kind::kNullMx, {}};
  struct Ranked {
    DnsRecord record;
    uint64_t draw;
  };
  std::vector<Ranked> ranked;
  for (const DnsRecord& record : mx) {
    // RFC 7505 §3: beside others a "." is a mistake of the zone's; it names no host.
    if (record.value == ".") continue;
    Digest draw;
    draw.add(seed);
    draw.add(ascii_lower(record.value));
    ranked.push_back({record, draw.value()});
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    if (a.record.preference != b.record.preference) {
      return a.record.preference < b.record.preference;
    }
    return a.draw < b.draw;
  });
  // RFC 5321 §5.1: a server that finds itself among them passes mail only to those that are better.
  const auto own = std::find_if(ranked.begin(), ranked.end(), [&](const Ranked& candidate) {
    return equals_ignoring_case(candidate.record.value, self);
  });
  Route route;
  for (const Ranked& candidate : ranked) {
    const bool better = own == ranked.end() || candidate.record.preference < own->record.preference;
    if (better) route.exchangers.push_back(candidate.record);
  }
  if (route.exchangers.empty() && own != ranked.end()) route.kind = Route::Kind::kLoop;
  return route;
}

Instant next_try_at(const RelayConfig& config, Instant taken_at, uint32_t attempts, Instant now) {
  CHECK(!config.retry.empty());
  const size_t step = std::min<size_t>(attempts == 0 ? 0 : attempts - 1, config.retry.size() - 1);
  const Duration pause = std::max(config.retry[step], kShortestRetry);
  return std::min(now + pause, std::max(now + kShortestRetry, taken_at + config.give_up));
}

}  // namespace mailscope
