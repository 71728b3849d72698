#include "sim/world/topology.h"

namespace mailscope {

Topology::Topology(const Scenario& scenario)
    : hosts_(scenario.hosts.size()), next_(hosts_ * hosts_) {
  std::vector<std::vector<std::pair<HostId, LinkId>>> neighbours(hosts_);
  for (size_t i = 0; i < scenario.links.size(); ++i) {
    const LinkSpec& link = scenario.links[i];
    neighbours[link.a.index()].emplace_back(link.b, LinkId::from_index(i));
    neighbours[link.b.index()].emplace_back(link.a, LinkId::from_index(i));
  }
  // From every destination outwards, breadth first: the first link found is on a shortest way.
  std::vector<HostId> frontier;
  for (size_t to = 0; to < hosts_; ++to) {
    frontier.assign(1, HostId::from_index(to));
    std::vector<bool> seen(hosts_);
    seen[to] = true;
    for (size_t at = 0; at < frontier.size(); ++at) {
      for (const auto& [host, link] : neighbours[frontier[at].index()]) {
        if (seen[host.index()]) continue;
        seen[host.index()] = true;
        next_[static_cast<size_t>(host.index()) * hosts_ + to] = link;
        frontier.push_back(host);
      }
    }
  }
}

}  // namespace mailscope
