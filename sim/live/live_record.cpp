#include "sim/live/live_record.h"

#include <algorithm>
#include <utility>

namespace mailscope {

LiveRecord::LiveRecord(ScenarioPtr scenario, size_t max_bytes, bool watched)
    : max_bytes_(max_bytes), watched_(watched) {
  if (max_bytes > 0) {
    history_ = std::make_unique<History>(std::move(scenario), std::vector<Input>());
  } else {
    if (!watched_) trace_.keep_nothing();
    world_ = std::make_unique<World>(std::move(scenario), &trace_);
  }
}

std::vector<uint32_t> LiveRecord::take_moved() {
  std::vector<uint32_t> moved;
  for (const ConnId conn : trace_.take_moved()) moved.push_back(conn.value);
  const Trace& events = trace();
  while (events.keeps_events() && events_read_ < events.size()) {
    const ConnId conn = events[++events_read_].conn;
    if (conn.valid()) moved.push_back(conn.value);
  }
  std::sort(moved.begin(), moved.end());
  moved.erase(std::unique(moved.begin(), moved.end()), moved.end());
  return moved;
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
    trace_.forget();
    return false;
  }
  if (journal_bytes_ + history_->trace().memory() <= max_bytes_) return false;
  world_ = std::make_unique<World>(history_->head());
  trace_ = history_->trace().continued();
  if (!watched_) trace_.keep_nothing();
  history_.reset();
  return true;
}

}  // namespace mailscope
