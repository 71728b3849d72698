#include "sim/world/history.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/check.h"

namespace mailscope {

namespace {

Journal journal_of(std::vector<Input> inputs) {
  Journal journal;
  for (Input& input : inputs) journal.push_back({0, std::move(input)});
  return journal;
}

std::vector<Branch> first_branch(std::vector<Input> inputs) {
  std::vector<Branch> branches(1);
  branches[0].journal = journal_of(std::move(inputs));
  return branches;
}

}  // namespace

History::History(ScenarioPtr scenario, std::vector<Input> inputs)
    : scenario_(std::move(scenario)),
      branches_(first_branch(std::move(inputs))),
      head_(start(scenario_, branches_[0].journal, &branches_[0].trace)) {
  keep_checkpoint();
}

World History::start(const ScenarioPtr& scenario, const Journal& journal, Trace* sink) {
  World world(scenario, sink);
  size_t next = 0;
  add_due_inputs(world, journal, next);
  return world;
}

void History::add_due_inputs(World& world, const Journal& journal, size_t& next) {
  while (next < journal.size() && journal[next].before_dispatch <= world.dispatches()) {
    if (journal[next].before_dispatch == world.dispatches()) world.add_input(journal[next].input);
    ++next;
  }
}

void History::step() {
  head_.step(&branches_[current_].trace);
  // In the middle of a large message each copy would keep the part that has come so far.
  if (head_.dispatches() % spacing_ == 0 && !head_.gathers_much()) keep_checkpoint();
}

void History::keep_checkpoint() {
  // A copy touches every part once: worlds of many parts are copied less often, so that the copies
  // cost a small share of the run. Replaying so many dispatches takes a few milliseconds.
  const size_t parts = head_.host_count() + head_.connection_count() + head_.agent_count();
  while (size_t{spacing_} * 2 < parts) spacing_ *= 2;
  checkpoints_.push_back({head_.dispatches(), head_});
  const size_t unshared = std::max(head_.unshared_octets(), kCheckpointOctets / kMaxCheckpoints);
  if (checkpoints_.size() <= std::max(kMinCheckpoints, kCheckpointOctets / unshared)) return;
  // The first is always kept; every second of the others goes.
  spacing_ *= 2;
  checkpoints_.erase(std::remove_if(checkpoints_.begin(), checkpoints_.end(),
                                    [this](const Checkpoint& checkpoint) {
                                      return checkpoint.n % spacing_ != 0;
                                    }),
                     checkpoints_.end());
}

void History::add_input(Input input) {
  const uint32_t n = head_.dispatches();
  Journal& journal = branches_[current_].journal;
  journal.push_back({n, std::move(input)});
  head_.add_input(journal.back().input);
  // A checkpoint after n dispatches holds what the journal adds before the next.
  if (checkpoints_.back().n == n) checkpoints_.back().world.add_input(journal.back().input);
}

uint32_t History::run_until(Instant until, uint32_t max_dispatches) {
  uint32_t done = 0;
  while (done < max_dispatches && head_.has_next() && head_.next_time() <= until) {
    step();
    ++done;
  }
  return done;
}

uint32_t History::run_to_rest(Instant limit, uint32_t max_dispatches) {
  uint32_t done = 0;
  while (done < max_dispatches && !head_.at_rest() && head_.has_next() &&
         head_.next_time() <= limit) {
    step();
    ++done;
  }
  return done;
}

const World& History::world_at(uint32_t n) {
  n = std::min(n, head_.dispatches());
  if (n == head_.dispatches()) return head_;
  const auto after = std::upper_bound(
      checkpoints_.begin(), checkpoints_.end(), n,
      [](uint32_t wanted, const Checkpoint& checkpoint) { return wanted < checkpoint.n; });
  CHECK(after != checkpoints_.begin());
  const Checkpoint& nearest = *(after - 1);
  // Going on from where the last look was is cheaper when that lies between the checkpoint and n.
  if (!visited_ || visited_->n > n || visited_->n < nearest.n) visited_ = nearest;
  const Journal& journal = branches_[current_].journal;
  size_t next = 0;
  while (next < journal.size() && journal[next].before_dispatch <= visited_->n) ++next;
  while (visited_->n < n) {
    visited_->world.step(nullptr);
    visited_->n = visited_->world.dispatches();
    add_due_inputs(visited_->world, journal, next);
  }
  return visited_->world;
}

uint32_t History::fork(uint32_t n, std::vector<Input> inputs) {
  n = std::min(n, head_.dispatches());
  World world = world_at(n);
  Branch branch;
  branch.parent = current_;
  branch.forked_at = n;
  for (const JournalEntry& entry : branches_[current_].journal) {
    if (entry.before_dispatch <= n) branch.journal.push_back(entry);
  }
  branch.trace = branches_[current_].trace;
  branch.trace.truncate(n);
  for (Input& input : inputs) {
    input.at = std::max(input.at, world.now());
    world.add_input(input);
    branch.journal.push_back({n, std::move(input)});
  }
  branches_.push_back(std::move(branch));
  current_ = static_cast<uint32_t>(branches_.size() - 1);
  checkpoints_.erase(
      std::remove_if(checkpoints_.begin(), checkpoints_.end(),
                     [n](const Checkpoint& checkpoint) { return checkpoint.n >= std::max(n, 1u); }),
      checkpoints_.end());
  if (n == 0) checkpoints_.clear();
  checkpoints_.push_back({n, world});
  visited_.reset();
  head_ = std::move(world);
  return current_;
}

void History::switch_to(uint32_t branch) {
  CHECK(branch < branches_.size());
  if (branch == current_) return;
  current_ = branch;
  checkpoints_.clear();
  visited_.reset();
  spacing_ = kFirstSpacing;
  const uint32_t end = branches_[branch].trace.dispatches();
  const Journal& journal = branches_[branch].journal;
  head_ = World(scenario_, nullptr);
  size_t next = 0;
  add_due_inputs(head_, journal, next);
  keep_checkpoint();
  while (head_.dispatches() < end) {
    head_.step(nullptr);
    add_due_inputs(head_, journal, next);
    if (head_.dispatches() % spacing_ == 0) keep_checkpoint();
  }
}

std::string History::verify() const {
  const Journal& journal = branches_[current_].journal;
  World world(scenario_, nullptr);
  size_t next = 0;
  add_due_inputs(world, journal, next);
  for (const Checkpoint& checkpoint : checkpoints_) {
    while (world.dispatches() < checkpoint.n) {
      world.step(nullptr);
      add_due_inputs(world, journal, next);
    }
    if (world.digest() != checkpoint.world.digest()) {
      return fmt::format("replay differs from the recording at or before dispatch {}",
                         checkpoint.n);
    }
  }
  while (world.dispatches() < head_.dispatches()) {
    world.step(nullptr);
    add_due_inputs(world, journal, next);
  }
  if (world.digest() == head_.digest()) return {};
  return fmt::format("replay differs from the recording before dispatch {}", head_.dispatches());
}

}  // namespace mailscope
