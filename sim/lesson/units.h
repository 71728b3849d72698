// Quantities as a lesson writes them: "20ms", "5mbit", "0.5%". Exact: no floating point.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/base/time.h"

namespace mailscope {

/// "250us", "20ms", "2s", "10m", "2h"; a fraction is allowed: "1.5s". At most 1000 hours.
std::optional<Duration> parse_duration(std::string_view text);
/// "64kbit", "5mbit", "1gbit" a second, "1.5mbit"; from 1 kbit to 1000 gbit. Bits per second.
std::optional<uint64_t> parse_rate(std::string_view text);
/// "0.5%", from "0%" to "100%", in parts per million.
std::optional<uint32_t> parse_share(std::string_view text);

constexpr const char* kDurationForm =
    "a time such as \"250us\", \"20ms\", \"2s\", \"10m\" or \"2h\"";
constexpr const char* kRateForm =
    "a rate such as \"64kbit\", \"5mbit\" or \"1gbit\", at least 1kbit and at most 1000gbit";
constexpr const char* kShareForm = "a share such as \"0.5%\", at most \"100%\"";

}  // namespace mailscope
