// Cut: one connection broken off at one place of one run. The sweep makes all of them; a person
// repeats one by its text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/world/input.h"

namespace mailscope::sweep {

struct Cut {
  uint32_t dispatch = 0;  // the world is forked after so many dispatches
  ConnId conn;
  /// None: at once. Otherwise when this many octets of the direction have been delivered.
  std::optional<uint64_t> after_octets;
  Direction direction = Direction::kToServer;
};

/// "812:3" (at once), "812:3:to-server:57".
std::string cut_text(const Cut& cut);
std::optional<Cut> parse_cut(std::string_view text);
Input cut_input(const Cut& cut, Instant now);

}  // namespace mailscope::sweep
