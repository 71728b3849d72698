#include "sim/lesson/units.h"

#include <string>

#include "sim/base/ascii.h"

namespace mailscope {
namespace {

constexpr uint64_t kMaxDurationNs = uint64_t{1000} * 3600 * 1000000000;
constexpr uint64_t kMaxRate = uint64_t{1000} * 1000000000;

struct Unit {
  std::string_view name;
  uint64_t factor;
};

/// The number before the unit, times its factor, when that is whole and at most `max`.
template <size_t N>
std::optional<uint64_t> parse_quantity(std::string_view text, const Unit (&units)[N],
                                       uint64_t max) {
  size_t split = 0;
  while (split < text.size() && (ascii_digit(text[split]) || text[split] == '.')) ++split;
  uint64_t factor = 0;
  for (const Unit& unit : units) {
    if (unit.name == text.substr(split)) factor = unit.factor;
  }
  const std::string_view number = text.substr(0, split);
  const size_t dot = number.find('.');
  const std::optional<uint64_t> whole = parse_number(number.substr(0, dot), max);
  if (factor == 0 || !whole || *whole > max / factor) return std::nullopt;
  uint64_t value = *whole * factor;
  if (dot != std::string_view::npos) {
    const std::string_view decimals = number.substr(dot + 1);
    if (decimals.empty() || decimals.size() > 9) return std::nullopt;
    uint64_t part = factor;
    for (const char digit : decimals) {
      if (!ascii_digit(digit) || part % 10 != 0) return std::nullopt;
      part /= 10;
      value += part * static_cast<uint64_t>(digit - '0');
    }
  }
  if (value > max) return std::nullopt;
  return value;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  // Minutes and hours are not powers of ten, but 60 s and 3600 s divide by ten often enough.
  constexpr Unit kUnits[] = {{"us", 1000},
                             {"ms", 1000000},
                             {"s", 1000000000},
                             {"m", uint64_t{60} * 1000000000},
                             {"h", uint64_t{3600} * 1000000000}};
  const std::optional<uint64_t> ns = parse_quantity(text, kUnits, kMaxDurationNs);
  if (!ns) return std::nullopt;
  return Duration{static_cast<int64_t>(*ns)};
}

std::optional<uint64_t> parse_rate(std::string_view text) {
  constexpr Unit kUnits[] = {{"kbit", 1000}, {"mbit", 1000000}, {"gbit", 1000000000}};
  const std::optional<uint64_t> rate = parse_quantity(text, kUnits, kMaxRate);
  if (!rate || *rate < 1000) return std::nullopt;
  return rate;
}

std::optional<uint32_t> parse_share(std::string_view text) {
  constexpr Unit kUnits[] = {{"%", 10000}};
  const std::optional<uint64_t> share = parse_quantity(text, kUnits, 1000000);
  if (!share) return std::nullopt;
  return static_cast<uint32_t>(*share);
}

}  // namespace mailscope
