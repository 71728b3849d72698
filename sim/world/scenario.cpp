#include "sim/world/scenario.h"

namespace mailscope {

HostId Scenario::find_host(std::string_view name) const {
  for (size_t i = 0; i < hosts.size(); ++i) {
    if (hosts[i].name == name) return HostId::from_index(i);
  }
  return {};
}

LinkId Scenario::find_link(HostId a, HostId b) const {
  for (size_t i = 0; i < links.size(); ++i) {
    const bool there = links[i].a == a && links[i].b == b;
    const bool back = links[i].a == b && links[i].b == a;
    if (there || back) return LinkId::from_index(i);
  }
  return LinkId{};
}

}  // namespace mailscope
