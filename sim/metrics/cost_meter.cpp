// Remembered moments lie evenly; when there are too many, every second one is forgotten.
#include "sim/metrics/cost_meter.h"

#include <algorithm>

namespace mailscope {

CostMeter::CostMeter(HostId host) : marks_{{0, CostCounter(host)}}, now_{0, CostCounter(host)} {}

Cost CostMeter::at(const Trace& trace, uint32_t events) {
  events = std::min(events, trace.size());
  if (events == 0) return {};
  const auto after =
      std::upper_bound(marks_.begin(), marks_.end(), events,
                       [](uint32_t wanted, const Mark& mark) { return wanted < mark.events; });
  const Mark& nearest = *(after - 1);
  if (now_.events > events || now_.events < nearest.events) now_ = nearest;
  while (now_.events < events) {
    const Event& event = trace[++now_.events];
    now_.counter.add(event, trace.text(event));
    if (now_.events % spacing_ == 0 && now_.events > marks_.back().events) remember();
  }
  return now_.counter.total(trace[events].at);
}

void CostMeter::remember() {
  marks_.push_back(now_);
  if (marks_.size() <= kMaxMarks) return;
  spacing_ *= 2;
  marks_.erase(std::remove_if(marks_.begin(), marks_.end(),
                              [this](const Mark& mark) { return mark.events % spacing_ != 0; }),
               marks_.end());
}

}  // namespace mailscope
