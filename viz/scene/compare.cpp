#include "viz/scene/compare.h"

#include <algorithm>

namespace mailscope::viz {
namespace {

void add(Cost& total, const Cost& cost) {
  total.bytes_up += cost.bytes_up;
  total.bytes_down += cost.bytes_down;
  total.segments += cost.segments;
  total.wire_octets += cost.wire_octets;
  total.connections += cost.connections;
  total.commands += cost.commands;
  total.round_trips += cost.round_trips;
  total.connected = total.connected + cost.connected;
  total.password_in_clear = total.password_in_clear || cost.password_in_clear;
  if (cost.first_readable &&
      (!total.first_readable || *cost.first_readable < *total.first_readable)) {
    total.first_readable = cost.first_readable;
  }
}

}  // namespace

CompareSide build_compare_side(const Moment& moment) {
  CompareSide side;
  for (const DeviceSpec& device : moment.scenario->devices) {
    if (device.protocol == Protocol::kNone) continue;
    side.protocol = device.protocol;
    add(side.total, moment.cost_of(device.host));
  }
  for (size_t h = 0; h < moment.world->host_count(); ++h) {
    const HostId host = HostId::from_index(h);
    const MailStore& store = moment.world->store(host);
    if (store.accounts().empty()) continue;
    side.table = holdings(*moment.world, host, store.accounts().front().id);
    for (const HoldingRow& row : side.table.rows) {
      if (row.places[0].present) side.server_octets += row.size;
    }
    break;
  }
  return side;
}

std::vector<GraphPoint> bytes_down_over_time(const Moment& moment, Instant end, size_t count) {
  const std::vector<Received>& received = moment.index->received();
  const auto stop = std::upper_bound(
      received.begin(), received.end(), moment.events,
      [](uint32_t events, const Received& one) { return events < one.event; });
  std::vector<GraphPoint> points{{Instant{}, 0}};
  const auto parts = static_cast<int64_t>(std::max<size_t>(count, 1));
  const int64_t step = std::max<int64_t>(end.ns / parts, 1);
  for (auto at = received.begin(); at != stop;) {
    // The last arrival of each stretch of time stands for it.
    const Instant until{at->at.ns + step};
    const auto after =
        std::lower_bound(at, stop, until, [](const Received& one, Instant wanted) {
          return one.at < wanted;
        });
    points.push_back({at->at, (after - 1)->octets});
    at = after;
  }
  points.push_back({moment.playhead.at, points.back().octets});
  return points;
}

}  // namespace mailscope::viz
