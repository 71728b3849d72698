// Topology: which link leads from each host towards each other, by the fewest links. Fixed for a
// scenario and shared by all its worlds. Routes do not change when a link goes down.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/world/scenario.h"

namespace mailscope {

class Topology {
 public:
  explicit Topology(const Scenario& scenario);

  /// The link to take at `from` for `to`; none when there is no way.
  [[nodiscard]] LinkId next_link(HostId from, HostId to) const {
    return next_[static_cast<size_t>(from.index()) * hosts_ + to.index()];
  }

 private:
  size_t hosts_;
  std::vector<LinkId> next_;
};

}  // namespace mailscope
