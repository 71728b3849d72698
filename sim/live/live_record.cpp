#include "sim/live/live_record.h"

#include <utility>

namespace mailscope {

LiveRecord::LiveRecord(ScenarioPtr scenario, size_t max_bytes) : max_bytes_(max_bytes) {
  if (max_bytes > 0) {
    history_ = std::make_unique<History>(std::move(scenario), std::vector<Input>());
  } else {
    world_ = std::make_unique<World>(std::move(scenario), &trace_);
  }
}

void LiveRecord::add_input(Input input) {
  if (!history_) return world_->add_input(std::move(input));
  journal_bytes_ += sizeof(JournalEntry) + input.text.size();
  history_->add_input(std::move(input));
}

void LiveRecord::run_until(Instant until) {
  if (history_) {
    history_->run_until(until);
    return;
  }
  while (world_->has_next() && world_->next_time() <= until) world_->step(&trace_);
}

bool LiveRecord::events_seen() {
  if (!history_) {
    trace_ = trace_.continued();
    return false;
  }
  if (journal_bytes_ + history_->trace().memory() <= max_bytes_) return false;
  world_ = std::make_unique<World>(history_->head());
  trace_ = history_->trace().continued();
  history_.reset();
  return true;
}

}  // namespace mailscope
