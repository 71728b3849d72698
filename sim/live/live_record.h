// LiveRecord: the world of a live server, with its past as long as that is wanted and has room.
// Every octet that a program says stands in the journal, and every event in the trace, so a record
// grows without end; its checkpoints do not. When journal and trace together pass the limit, the
// past is let go and the world goes on without: then it cannot be gone back to any more. Where
// nobody looks at the events either, they are not even made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/world/history.h"

namespace mailscope {

class LiveRecord {
 public:
  /// `max_bytes` of journal and trace; 0: no past from the start. `watched`: somebody looks at the
  /// events as they come.
  LiveRecord(ScenarioPtr scenario, size_t max_bytes, bool watched = true);

  [[nodiscard]] const World& world() const { return history_ ? history_->head() : *world_; }
  [[nodiscard]] const Trace& trace() const { return history_ ? history_->trace() : trace_; }
  /// The whole past, or null.
  [[nodiscard]] History* history() { return history_.get(); }

  /// Where something has happened since the last call: connections, ascending, each once.
  std::vector<uint32_t> take_moved();

  /// Journalled before it takes effect.
  void add_input(Input input);
  void run_until(Instant until);
  /// Everybody has seen the events so far. True when the past has just been let go for its size.
  bool events_seen();

 private:
  size_t max_bytes_;
  bool watched_;
  size_t journal_bytes_ = 0;
  uint32_t events_read_ = 0;  // by take_moved()
  std::unique_ptr<History> history_;
  // Without a past.
  Trace trace_;
  std::unique_ptr<World> world_;
};

}  // namespace mailscope
