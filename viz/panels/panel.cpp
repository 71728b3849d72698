#include "viz/panels/panel.h"

#include <fmt/format.h>

namespace mailscope::viz {

std::string time_text(Instant at) {
  if (at - Instant{} < kClockFrom) return duration_text(at - Instant{});
  const int64_t ms = (at.ns + 500000) / 1000000;
  return fmt::format("{}:{:02}.{:03}", ms / 60000, ms / 1000 % 60, ms % 1000);
}

std::string duration_text(Duration duration) {
  const auto ms = static_cast<double>(duration.ns) / 1e6;
  if (ms < 1000) return fmt::format("{:.1f} ms", ms);
  return fmt::format("{:.3f} s", ms / 1000);
}

std::string octets_text(uint64_t octets) {
  if (octets < 10000) return fmt::format("{} B", octets);
  if (octets < 1000000) return fmt::format("{:.1f} kB", static_cast<double>(octets) / 1e3);
  return fmt::format("{:.1f} MB", static_cast<double>(octets) / 1e6);
}

std::string grouped(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, " ");
  }
  return text;
}

}  // namespace mailscope::viz
