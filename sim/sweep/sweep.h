// The cut sweep: a run is forked at every dispatch, each of its connections is cut there and at
// every octet of each direction, and every fork runs on until nothing more is to come, with mail
// programs and servers that try again. What must hold then is checked. A world is a value, so a
// fork costs next to nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/sweep/cut.h"
#include "sim/sweep/inventory.h"
#include "sim/trace/trace.h"
#include "sim/world/world.h"

namespace mailscope::sweep {

/// What became of the mail after a cut.
enum class Outcome : uint8_t {
  kHarmless,   // nothing had to be done again
  kRetried,    // a client connected once more, and every message is there once
  kDoubled,    // a 250 was lost on its way: a message is there twice, as RFC 5321 §6.1 allows
  kBounced,    // the sender was told
  kWaiting,    // no server has accepted it, and the sender still holds it
  kViolation,  // something that must never happen
};
constexpr int kOutcomeCount = 6;
const char* outcome_name(Outcome outcome);

struct ForkResult {
  Outcome outcome = Outcome::kHarmless;
  std::string violation;    // what must not have happened
  uint32_t dispatches = 0;  // from the fork to its rest
};

/// A run on its way, as it is without any cut of the sweep.
struct Base {
  World world;
  /// Some 250 was lost in the run itself: a message may be there twice without any more cuts.
  bool lost_250 = false;

  void step();
};
/// The run of these inputs after so many dispatches.
Base base_after(const ScenarioPtr& scenario, const std::vector<Input>& inputs,
                uint32_t dispatches = 0);

/// What a cut is judged by: where each message was before it, and what the mailboxes that IMAP
/// programs work in would have come to without it.
struct Uncut {
  Inventory was;
  std::vector<std::string> mailboxes;  // see mailboxes_of_programs(); none without IMAP programs
};
Uncut uncut_from(const Base& base);

/// Forks the run, cuts, and goes on to rest. What happened after the fork stands in `trace`, whose
/// earlier content is thrown away.
ForkResult run_fork(const Base& base, const Uncut& uncut, const Cut& cut, Trace& trace);

struct Failure {
  Cut cut;
  std::string violation;
  uint32_t dispatches = 0;
};

struct Tally {
  uint64_t forks = 0;
  uint64_t cuts_at_once = 0;
  uint64_t cuts_after_octets = 0;
  uint64_t dispatches = 0;
  uint64_t outcomes[kOutcomeCount] = {};
  std::vector<Failure> failures;  // at most kMaxFailures, the shortest first
  uint64_t violations = 0;
  void add(const Tally& other);
};
constexpr size_t kMaxFailures = 10;

/// Goes through a run of `inputs` until `end` and makes every fork whose dispatch number leaves the
/// rest `part` when divided by `parts`. `progress` hears of every dispatch gone through; the sweep
/// stops when it returns false.
Tally sweep_run(const ScenarioPtr& scenario, const std::vector<Input>& inputs, Instant end,
                uint32_t part, uint32_t parts, const std::function<bool(const Tally&)>& progress);

}  // namespace mailscope::sweep
