// Compare: the same user actions over two ways of collecting mail, on one clock: what each has cost
// so far and who holds what. Totals are over all devices of the scenario.
#pragma once

#include <string>
#include <vector>

#include "sim/metrics/cost.h"
#include "viz/moment/moment.h"

namespace mailscope::viz {

struct CompareSide {
  Protocol protocol = Protocol::kNone;   // by which its devices collect
  Cost total;                            // over every device that collects
  HoldingTable table;                    // of the first account of the first server that has one
  std::vector<HoldingRow> before;  // the table's rows at the start of the beat, to mark changes
  uint64_t server_octets = 0;            // mail the server stores
};

CompareSide build_compare_side(const Moment& moment);

/// Octets received by devices over time: points for a graph, at most `count` of them, up to `end`.
struct GraphPoint {
  Instant at;
  uint64_t octets = 0;
};
std::vector<GraphPoint> bytes_down_over_time(const Moment& moment, Instant end, size_t count);

}  // namespace mailscope::viz
