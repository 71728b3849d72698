#include "sim/trace/trace.h"

#include <algorithm>

#include "sim/base/check.h"

namespace mailscope {

EventId Trace::append(Event event, std::string_view text) {
  CHECK(pool_.size() + text.size() < UINT32_MAX && events_.size() < UINT32_MAX - 1);
  event.text_begin = static_cast<uint32_t>(pool_.size());
  event.text_size = static_cast<uint32_t>(text.size());
  pool_.append(text);
  events_.push_back(event);
  return EventId{size()};
}

const Event& Trace::at(EventId id) const {
  CHECK(has(id));
  return events_[id.index() - forgotten_];
}

void Trace::begin_dispatch(Instant at) {
  if (keeps_events_) dispatches_.push_back({at, size()});
}

uint32_t Trace::events_before(uint32_t n) const {
  return n < dispatches_.size() ? dispatches_[n].events_before : size();
}

uint32_t Trace::dispatch_of(EventId id) const {
  const auto after = std::upper_bound(
      dispatches_.begin(), dispatches_.end(), id.value - 1,
      [](uint32_t index, const DispatchMark& mark) { return index < mark.events_before; });
  return after == dispatches_.begin() ? 0 : static_cast<uint32_t>(after - dispatches_.begin() - 1);
}

uint32_t Trace::dispatches_until(Instant at) const {
  const auto after =
      std::upper_bound(dispatches_.begin(), dispatches_.end(), at,
                       [](Instant t, const DispatchMark& mark) { return t < mark.at; });
  return static_cast<uint32_t>(after - dispatches_.begin());
}

uint32_t Trace::events_until(Instant at) const { return events_before(dispatches_until(at)); }

Trace Trace::continued() const {
  Trace trace;
  trace.host_names = host_names;
  trace.forgotten_ = size();
  trace.keeps_events_ = keeps_events_;
  return trace;
}

void Trace::forget() {
  constexpr size_t kMemoryKept = size_t{1} << 20;
  if (memory() > kMemoryKept) {
    *this = continued();
    return;
  }
  forgotten_ = size();
  events_.clear();
  dispatches_.clear();
  pool_.clear();
}

void Trace::truncate(uint32_t n) {
  if (n >= dispatches_.size()) return;
  const uint32_t keep = dispatches_[n].events_before - forgotten_;
  if (keep < events_.size()) pool_.resize(events_[keep].text_begin);
  events_.resize(keep);
  dispatches_.resize(n);
}

size_t Trace::memory() const {
  return events_.capacity() * sizeof(Event) + dispatches_.capacity() * sizeof(DispatchMark) +
         pool_.capacity();
}

}  // namespace mailscope
