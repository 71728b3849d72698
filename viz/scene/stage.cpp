#include "viz/scene/stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/explain/explain.h"
#include "sim/net/tcp.h"

namespace mailscope::viz {
namespace {

/// Where each host stands, in fractions of the area: the busiest host in the middle, the others to
/// its left and right by how many links away they are.
struct Place {
  Point point;
  int text_side = 0;
};

std::vector<Place> place_hosts(const Scenario& scenario) {
  const size_t count = scenario.hosts.size();
  std::vector<std::vector<size_t>> neighbours(count);
  for (const LinkSpec& link : scenario.links) {
    neighbours[link.a.index()].push_back(link.b.index());
    neighbours[link.b.index()].push_back(link.a.index());
  }
  size_t center = 0;
  for (size_t i = 1; i < count; ++i) {
    if (neighbours[i].size() > neighbours[center].size()) center = i;
  }
  // Each host belongs to a side and has a depth.
  std::vector<int> side(count, 0);
  std::vector<int> depth(count, -1);
  std::vector<size_t> order{center};
  depth[center] = 0;
  std::vector<size_t> around;
  for (const size_t host : neighbours[center]) {
    if (scenario.hosts[host].kind != HostKind::kDns) around.push_back(host);
  }
  std::sort(around.begin(), around.end());
  for (size_t i = 0; i < around.size(); ++i) side[around[i]] = i * 2 < around.size() ? -1 : 1;
  for (size_t at = 0; at < order.size(); ++at) {
    for (const size_t next : neighbours[order[at]]) {
      if (depth[next] >= 0) continue;
      depth[next] = depth[order[at]] + 1;
      if (side[next] == 0 && order[at] != center) side[next] = side[order[at]];
      order.push_back(next);
    }
  }
  int deepest_left = 0;
  int deepest_right = 0;
  for (size_t i = 0; i < count; ++i) {
    if (side[i] < 0) deepest_left = std::max(deepest_left, depth[i]);
    if (side[i] > 0) deepest_right = std::max(deepest_right, depth[i]);
  }
  const int columns = deepest_left + deepest_right + 1;
  std::vector<Place> places(count, {{0.5f, 0.5f}, 0});
  for (int column = 0; column < columns; ++column) {
    std::vector<size_t> here;
    for (size_t i = 0; i < count; ++i) {
      if (side[i] * std::max(depth[i], 0) + deepest_left == column &&
          (side[i] != 0 || i == center)) {
        here.push_back(i);
      }
    }
    // Hosts above one another have their names beside them, on the outer side; they move inwards
    // for it.
    const int text_side =
        here.size() > 1 && column != deepest_left ? (column < deepest_left ? -1 : 1) : 0;
    const float inwards = -0.11f * static_cast<float>(text_side);
    for (size_t k = 0; k < here.size(); ++k) {
      const float x = (static_cast<float>(column) + 0.5f) / static_cast<float>(columns) + inwards;
      const float y = (static_cast<float>(k) + 0.5f) / static_cast<float>(here.size());
      places[here[k]] = {{x, y}, text_side};
    }
  }
  // Name servers stand above the middle, out of the way of the mail.
  for (size_t i = 0; i < count; ++i) {
    if (side[i] == 0 && i != center) {
      places[i] = {{places[center].point.x, 0.2f}, 1};
      places[center].point.y = 0.72f;
    }
  }
  return places;
}

std::string rate_text(uint64_t bits_per_second) {
  if (bits_per_second % 1000000000 == 0)
    return fmt::format("{} Gbit/s", bits_per_second / 1000000000);
  if (bits_per_second >= 1000000)
    return fmt::format("{:g} Mbit/s", static_cast<double>(bits_per_second) / 1e6);
  return fmt::format("{:g} kbit/s", static_cast<double>(bits_per_second) / 1e3);
}

std::string link_label(const LinkConfig& config) {
  std::string label = fmt::format("{:g} ms · {}", static_cast<double>(config.delay.ns) / 1e6,
                                  rate_text(config.bits_per_second));
  if (config.loss_ppm > 0) {
    label += fmt::format(" · {:g} % loss", static_cast<double>(config.loss_ppm) / 1e4);
  }
  return label;
}

void describe_sessions(const Moment& moment, StageHost& host) {
  for (const Lane& lane : moment.index->lanes()) {
    if (lane.client != host.id && lane.server != host.id) continue;
    if (lane.opened > moment.playhead.at) continue;
    const bool open = moment.playhead.at < lane.closed;
    if (open) ++host.sessions;
    if (!open && host.sessions > 0) continue;
    if (!open && moment.playhead.at - lane.closed > milliseconds(400)) continue;
    host.protocol = lane.protocol;
    host.role = lane.client == host.id ? "client" : "server";
    host.state = state_name_of(lane.protocol, protocol_state(moment, lane.conn, host.id));
  }
}

std::string packet_label(const Moment& moment, const Segment& segment, bool& control) {
  const SegmentContent& content = segment.content;
  if ((content.flags & SegmentFlags::kDatagram) != 0) {
    if (segment.sent_event.valid())
      return std::string(moment.trace->text(moment.trace->at(segment.sent_event)));
    return "DNS";
  }
  if (content.size > 0) {
    const uint32_t line = moment.index->line_at(content.conn, content.direction, content.sequence);
    if (line != 0) return std::string(moment.trace->text(moment.trace->at(EventId{line})));
  }
  control = true;
  std::string label;
  const auto add = [&](uint8_t flag, const char* name) {
    if ((content.flags & flag) == 0) return;
    if (!label.empty()) label += " ";
    label += name;
  };
  add(SegmentFlags::kSyn, "SYN");
  add(SegmentFlags::kFin, "FIN");
  add(SegmentFlags::kRst, "RST");
  add(SegmentFlags::kAck, "ACK");
  return label;
}

void add_packets(const Moment& moment, StageScene& scene) {
  constexpr float kTooNear = 0.16f;  // of a link's length: then they travel as one
  struct Placed {
    size_t packet;
    LinkId link;
    bool forward;
    float fraction;
  };
  std::vector<Placed> placed;
  for (const Segment& segment : moment.world->in_flight()) {
    if (!segment.link.valid() || segment.sent_at > moment.playhead.at) continue;
    const StageLink& link = scene.links[segment.link.index()];
    const bool forward = moment.world->links()[segment.link.index()].a == segment.hop_from;
    const int64_t whole = std::max<int64_t>((segment.arrives_at - segment.sent_at).ns, 1);
    const float fraction = std::clamp(
        static_cast<float>((moment.playhead.at - segment.sent_at).ns) / static_cast<float>(whole),
        0.0f, 1.0f);
    StagePacket packet;
    packet.label = packet_label(moment, segment, packet.control);
    packet.number = segment.number;
    packet.conn = segment.content.conn;
    packet.octets = segment.content.size;
    packet.remaining = segment.arrives_at - moment.playhead.at;
    packet.lost = segment.fate != DropReason::kNone;
    const bool datagram = (segment.content.flags & SegmentFlags::kDatagram) != 0;
    packet.protocol = datagram         ? Protocol::kDns
                      : packet.control ? Protocol::kTcp
                                       : moment.world->connection(packet.conn).protocol;
    const Point from = forward ? link.a : link.b;
    const Point to = forward ? link.b : link.a;
    // Hosts have a width of their own: a packet is seen between them.
    const float visible = 0.26f + 0.48f * fraction;
    packet.at = {from.x + (to.x - from.x) * visible, from.y + (to.y - from.y) * visible};
    packet.to_the_right = to.x >= from.x;
    packet.room = std::hypot(to.x - from.x, to.y - from.y);
    const auto near = std::find_if(placed.begin(), placed.end(), [&](const Placed& other) {
      return other.link == segment.link && other.forward == forward &&
             std::abs(other.fraction - fraction) < kTooNear &&
             scene.packets[other.packet].control == packet.control;
    });
    if (near != placed.end()) {
      ++scene.packets[near->packet].count;
      scene.packets[near->packet].octets += packet.octets;
      continue;
    }
    placed.push_back({scene.packets.size(), segment.link, forward, fraction});
    scene.packets.push_back(std::move(packet));
  }
}

}  // namespace

StageScene build_stage(const Moment& moment, Area area) {
  StageScene scene;
  const std::vector<Place> places = place_hosts(*moment.scenario);
  for (size_t i = 0; i < moment.scenario->hosts.size(); ++i) {
    StageHost host;
    host.id = HostId::from_index(i);
    host.center = {places[i].point.x * area.width, places[i].point.y * area.height};
    host.text_side = places[i].text_side;
    host.name = moment.scenario->hosts[i].name;
    host.kind = moment.scenario->hosts[i].kind;
    host.up = moment.world->host(host.id).up;
    describe_sessions(moment, host);
    scene.hosts.push_back(std::move(host));
  }
  for (const Link& link : moment.world->links()) {
    StageLink shape;
    shape.id = link.id;
    shape.a = scene.hosts[link.a.index()].center;
    shape.b = scene.hosts[link.b.index()].center;
    shape.label = link_label(link.a_to_b.config());
    shape.up = link.a_to_b.config().up;
    scene.links.push_back(std::move(shape));
  }
  add_packets(moment, scene);
  return scene;
}

}  // namespace mailscope::viz
