#include "sim/world/scenario.h"

namespace mailscope {

HostId Scenario::find_host(std::string_view name) const {
  for (size_t i = 0; i < hosts.size(); ++i) {
    if (hosts[i].name == name) return HostId::from_index(i);
  }
  return {};
}

}  // namespace mailscope
