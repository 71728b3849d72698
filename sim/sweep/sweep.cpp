#include "sim/sweep/sweep.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/smtp/protocol.h"
#include "sim/sweep/caches.h"
#include "sim/sweep/inventory.h"

namespace mailscope::sweep {
namespace {

/// A fork that has not come to rest after so much is stuck. Queues give up after days.
constexpr uint32_t kMaxDispatches = 200000;
constexpr Duration kMaxTime = seconds(8 * 24 * 3600);

/// A mail program that has been refused for so long will be refused for ever.
constexpr Duration kProgramsGiveUp = seconds(1800);

/// Whether somebody will still do something of his own: a retry, a queue.
bool work_is_pending(const World& world, Duration since_cut) {
  if (!world.at_rest()) return true;
  for (size_t d = 0; d < world.device_count(); ++d) {
    const Device& device = world.device(DeviceId::from_index(d));
    const bool unfinished = !device.last_error.empty() || !device.outbox.empty();
    if (unfinished && device.wake_at != kNever && since_cut < kProgramsGiveUp) return true;
  }
  for (size_t h = 0; h < world.host_count(); ++h) {
    if (!world.host(HostId::from_index(h)).relay->jobs.empty()) return true;
  }
  for (size_t c = 0; c < world.connection_count(); ++c) {
    const Connection& connection = world.connection(ConnId::from_index(c));
    // An end that lingers has its timers; an IMAP session may stay for as long as it likes.
    if (!connection.over() && connection.protocol != Protocol::kImap) return true;
  }
  return false;
}

/// The client of this connection has sent a whole message and waits for what the server says.
bool waits_for_the_250(const World& world, ConnId conn) {
  const AgentId agent = world.connection(conn).client.agent;
  if (!agent.valid()) return false;
  const SmtpClient* client = std::get_if<SmtpClient>(&world.agent(agent).engine);
  return client != nullptr && client->state() == smtp::State::kData;
}

bool dialled_again(const Trace& trace) {
  for (uint32_t i = 1; i <= trace.size(); ++i) {
    if (trace[i].kind == EventKind::kDial) return true;
  }
  return false;
}

/// The first line that only one of the two sorted lists has; empty when there is none.
std::string difference(const std::vector<std::string>& uncut, const std::vector<std::string>& cut) {
  const auto [was, is] = std::mismatch(uncut.begin(), uncut.end(), cut.begin(), cut.end());
  if (was == uncut.end() && is == cut.end()) return {};
  const bool lost = is == cut.end() || (was != uncut.end() && *was < *is);
  return lost ? "not after the cut: " + *was : "only after the cut: " + *is;
}

/// Nobody would do any more, and every IMAP program has looked.
World settled_from(World world) {
  const Instant since = world.now();
  const uint32_t first = world.dispatches();
  world.forget_inputs();
  while (world.has_next() && work_is_pending(world, world.now() - since) &&
         world.dispatches() - first < kMaxDispatches && world.next_time() - since < kMaxTime) {
    world.step(nullptr);
  }
  return with_caches_settled(std::move(world));
}

ForkResult judge(const World& before, const Uncut& uncut, const World& after, const Trace& trace,
                 bool lost_250) {
  const Inventory& was = uncut.was;
  ForkResult result;
  result.dispatches = after.dispatches() - before.dispatches();
  const auto violation = [&](std::string what) {
    result.outcome = Outcome::kViolation;
    result.violation = std::move(what);
    return result;
  };
  for (const std::string& complaint :
       {check_sessions(after), check_stores(after), check_expunges(trace)}) {
    if (!complaint.empty()) return violation(complaint);
  }
  if (dialled_again(trace)) result.outcome = Outcome::kRetried;
  Inventory is = take_inventory(after, was);
  for (const auto& [id, where] : was) {
    const Whereabouts& now = is[id];
    if (!now.somewhere() && !where.unwanted)
      return violation(fmt::format("message {} is nowhere any more", id));
    if (now.most_in_one > std::max(where.most_in_one, 1u)) {
      if (!lost_250) {
        return violation(fmt::format("message {} was delivered twice, and no 250 was lost", id));
      }
      result.outcome = Outcome::kDoubled;
    }
    if (now.bounced && !where.bounced) result.outcome = Outcome::kBounced;
    if (now.waiting > 0) result.outcome = Outcome::kWaiting;
  }
  if (!has_caches(after)) return result;
  const World settled = with_caches_settled(after);
  for (const std::string& complaint :
       {check_caches(settled, Caches::kAll), check_caches_settled(settled)}) {
    if (!complaint.empty()) return violation(complaint);
  }
  const bool same_mail =
      result.outcome == Outcome::kHarmless || result.outcome == Outcome::kRetried;
  const std::string other = difference(uncut.mailboxes, mailboxes_of_programs(settled));
  if (same_mail && !other.empty()) return violation(other);
  return result;
}

/// Calls `make` with every cut that belongs between this world and the next dispatch.
template <class Make>
void cuts_between(const World& world, const World& next, Make make) {
  for (size_t c = 0; c < world.connection_count(); ++c) {
    const Connection& was = world.connection(ConnId::from_index(c));
    const Connection& is = next.connection(ConnId::from_index(c));
    if (was.over()) continue;
    Cut cut;
    cut.dispatch = world.dispatches();
    cut.conn = was.id;
    make(cut);
    for (const Side receiver : {Side::kClient, Side::kServer}) {
      cut.direction = direction_from(other_side(receiver));
      // Stream offsets begin at 1.
      for (uint64_t octets = was.end(receiver).delivered; octets < is.end(receiver).delivered;
           ++octets) {
        cut.after_octets = octets;
        make(cut);
      }
    }
  }
}

}  // namespace

const char* outcome_name(Outcome outcome) {
  constexpr const char* kNames[] = {"harmless", "retried", "doubled",
                                    "bounced",  "waiting", "violation"};
  return kNames[static_cast<int>(outcome)];
}

void Tally::add(const Tally& other) {
  forks += other.forks;
  cuts_at_once += other.cuts_at_once;
  cuts_after_octets += other.cuts_after_octets;
  dispatches += other.dispatches;
  violations += other.violations;
  for (int i = 0; i < kOutcomeCount; ++i) outcomes[i] += other.outcomes[i];
  failures.insert(failures.end(), other.failures.begin(), other.failures.end());
  std::stable_sort(failures.begin(), failures.end(),
                   [](const Failure& a, const Failure& b) { return a.dispatches < b.dispatches; });
  if (failures.size() > kMaxFailures) failures.resize(kMaxFailures);
}

void Base::step() {
  std::vector<ConnId> waiting;
  for (size_t c = 0; c < world.connection_count(); ++c) {
    const ConnId conn = ConnId::from_index(c);
    if (!world.connection(conn).cut && waits_for_the_250(world, conn)) waiting.push_back(conn);
  }
  world.step(nullptr);
  for (const ConnId conn : waiting) lost_250 = lost_250 || world.connection(conn).cut;
}

Base base_after(const ScenarioPtr& scenario, const std::vector<Input>& inputs,
                uint32_t dispatches) {
  Base base{World(scenario, nullptr)};
  for (const Input& input : inputs) base.world.add_input(input);
  while (base.world.has_next() && base.world.dispatches() < dispatches) base.step();
  return base;
}

Uncut uncut_from(const Base& base) {
  Uncut uncut{take_inventory(base.world), {}};
  if (has_caches(base.world)) uncut.mailboxes = mailboxes_of_programs(settled_from(base.world));
  return uncut;
}

ForkResult run_fork(const Base& base, const Uncut& uncut, const Cut& cut, Trace& trace) {
  const World& world = base.world;
  Base fork = base;
  fork.world.forget_inputs();
  fork.world.add_input(cut_input(cut, world.now()));
  trace.truncate(0);
  while (fork.world.has_next() && fork.world.dispatches() - world.dispatches() < kMaxDispatches &&
         fork.world.next_time() - world.now() < kMaxTime) {
    const bool cut_made = fork.world.connection(cut.conn).cut;
    if (cut_made && !work_is_pending(fork.world, fork.world.now() - world.now())) {
      break;
    }
    const bool waited = !cut_made && waits_for_the_250(fork.world, cut.conn);
    fork.world.step(&trace);
    if (waited && fork.world.connection(cut.conn).cut) fork.lost_250 = true;
    // The connection has ended by itself before the cut could come.
    const Connection& connection = fork.world.connection(cut.conn);
    if (!cut_made && connection.over() && !connection.cut) break;
  }
  return judge(world, uncut, fork.world, trace, fork.lost_250);
}

Tally sweep_run(const ScenarioPtr& scenario, const std::vector<Input>& inputs, Instant end,
                uint32_t part, uint32_t parts, const std::function<bool(const Tally&)>& progress) {
  Tally tally;
  Trace trace;
  Base base = base_after(scenario, inputs);
  while (base.world.has_next() && base.world.next_time() <= end) {
    Base next = base;
    next.step();
    if (base.world.dispatches() % parts == part) {
      const Uncut uncut = uncut_from(base);
      cuts_between(base.world, next.world, [&](const Cut& cut) {
        const ForkResult result = run_fork(base, uncut, cut, trace);
        ++tally.forks;
        ++(cut.after_octets ? tally.cuts_after_octets : tally.cuts_at_once);
        tally.dispatches += result.dispatches;
        ++tally.outcomes[static_cast<int>(result.outcome)];
        if (result.outcome != Outcome::kViolation) return;
        ++tally.violations;
        Tally failed;
        failed.failures.push_back({cut, result.violation, result.dispatches});
        tally.add(failed);
      });
    }
    base = std::move(next);
    if (!progress(tally)) break;
  }
  return tally;
}

}  // namespace mailscope::sweep
