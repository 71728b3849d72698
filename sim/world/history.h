// History: one run of a scenario that can be looked at from any moment. It keeps the trace, the
// journal of influences, and checkpoints (copies of the world) from which any other moment is
// replayed. Changing the past makes a new branch; the old one is kept. A replay is compared with
// what was recorded.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/trace/trace.h"
#include "sim/world/world.h"

namespace mailscope {

/// One entry of the journal: this input was added when so many dispatches had been handled.
struct JournalEntry {
  uint32_t before_dispatch = 0;
  Input input;
};
using Journal = std::vector<JournalEntry>;

/// One line of history: what happened from the start, with one journal.
struct Branch {
  Journal journal;
  Trace trace;
  std::optional<uint32_t> parent;  // index of the branch it was forked from
  uint32_t forked_at = 0;          // dispatches shared with the parent
};

class History {
 public:
  /// At most this many worlds are kept; when there are more, every second one is dropped.
  static constexpr size_t kMaxCheckpoints = 256;
  /// There are fewer of worlds that share little.
  static constexpr size_t kCheckpointOctets = size_t{256} << 20;
  static constexpr size_t kMinCheckpoints = 16;
  /// Dispatches between checkpoints at first; doubled whenever checkpoints are dropped.
  static constexpr uint32_t kFirstSpacing = 512;

  History(ScenarioPtr scenario, std::vector<Input> inputs);

  [[nodiscard]] const Scenario& scenario() const { return *scenario_; }
  [[nodiscard]] const Trace& trace() const { return branches_[current_].trace; }
  [[nodiscard]] const Journal& journal() const { return branches_[current_].journal; }
  /// The world at the end of what has been run so far.
  [[nodiscard]] const World& head() const { return head_; }

  /// Adds an influence at the head: journalled first, so that a replay knows of it before its time.
  /// A live session's journal grows with every octet that the program outside says; what bounds it
  /// is sim/live/live_record.h.
  void add_input(Input input);

  // Running on.
  /// Handles every event up to and at `until`, but at most `max_dispatches`; returns how many.
  uint32_t run_until(Instant until, uint32_t max_dispatches = UINT32_MAX);
  /// Until the protocols are at rest (World::at_rest) and no input is left, or the limits are met.
  uint32_t run_to_rest(Instant limit, uint32_t max_dispatches = UINT32_MAX);

  // Looking back. n counts dispatches: world_at(0) is the start, world_at(trace().dispatches()) the
  // head.
  /// The world after n dispatches. Valid until the next call of a non-const member.
  const World& world_at(uint32_t n);

  // Changing the past.
  /// Begins a new branch after n dispatches with these inputs added, and makes it the current one.
  /// Their times are moved to that moment when they lie before it. Inputs of the old journal that
  /// were still to come are kept. Returns the new branch's index.
  uint32_t fork(uint32_t n, std::vector<Input> inputs);
  [[nodiscard]] const std::vector<Branch>& branches() const { return branches_; }
  [[nodiscard]] uint32_t current_branch() const { return current_; }
  /// Goes over to another branch, at its end.
  void switch_to(uint32_t branch);

  /// Runs the current branch again from the start and compares trace and world digests at each
  /// checkpoint and at the end. Empty when they agree, else where they first differ.
  [[nodiscard]] std::string verify() const;

  /// Bytes of the trace, and the number of worlds kept.
  [[nodiscard]] size_t checkpoint_count() const { return checkpoints_.size(); }

 private:
  struct Checkpoint {
    uint32_t n;
    World world;
  };

  void step();
  void keep_checkpoint();
  [[nodiscard]] static World start(const ScenarioPtr& scenario, const Journal& journal,
                                   Trace* sink);
  /// Adds the journal's inputs that belong before the world's next dispatch.
  static void add_due_inputs(World& world, const Journal& journal, size_t& next);

  ScenarioPtr scenario_;
  std::vector<Branch> branches_;
  uint32_t current_ = 0;
  World head_;
  std::vector<Checkpoint> checkpoints_;   // of the current branch, ascending
  uint32_t spacing_ = kFirstSpacing;
  std::optional<Checkpoint> visited_;     // where world_at() was last
};

}  // namespace mailscope
