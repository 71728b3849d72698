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
  if (cost.first_readable && (!total.first_readable || *cost.first_readable < *total.first_readable)) {
    total.first_readable = cost.first_readable;
  }
}

}  // namespace

CompareSide build_compare_side(const Moment& moment) {
  CompareSide side;
  for (const DeviceSpec& device : moment.scenario->devices) {
    if (device.protocol == Protocol::kNone) continue;
    side.protocol = device.protocol;
    add(side.total, cost_of(*moment.trace, device.host, moment.events));
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
  std::vector<GraphPoint> points;
  std::vector<bool> ours;
  uint64_t octets = 0;
  points.push_back({Instant{}, 0});
  const int64_t step = std::max<int64_t>(end.ns / static_cast<int64_t>(std::max<size_t>(count, 1)), 1);
  for (uint32_t id = 1; id <= moment.events; ++id) {
    const Event& event = (*moment.trace)[id];
    if (event.kind == EventKind::kDial) {
      ours.resize(std::max<size_t>(ours.size(), event.conn.value));
      ours[event.conn.index()] =
          event.protocol == Protocol::kPop3 || event.protocol == Protocol::kImap;
    }
    const bool arrived = event.kind == EventKind::kLineArrived &&
                         event.direction == Direction::kToClient && event.conn.valid() &&
                         event.conn.index() < ours.size() && ours[event.conn.index()];
    if (!arrived) continue;
    const Event& said = (*moment.trace)[event.a];
    octets += static_cast<uint64_t>(said.y - said.x);
    if (event.at.ns - points.back().at.ns < step && points.size() > 1) {
      points.back().octets = octets;
    } else {
      points.push_back({event.at, octets});
    }
  }
  points.push_back({moment.playhead.at, octets});
  return points;
}

}  // namespace mailscope::viz
