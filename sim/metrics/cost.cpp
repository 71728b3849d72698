#include "sim/metrics/cost.h"

#include <algorithm>

#include "sim/metrics/cost_counter.h"

namespace mailscope {

Cost cost_of(const Trace& trace, HostId host, uint32_t events) {
  CostCounter counter(host);
  events = std::min(events, trace.size());
  for (uint32_t i = 1; i <= events; ++i) counter.add(trace[i], trace.text(trace[i]));
  return events > 0 ? counter.total(trace[events].at) : Cost{};
}

}  // namespace mailscope
