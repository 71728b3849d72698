#include "sim/sweep/cut.h"

#include <fmt/format.h>

#include <vector>

#include "sim/base/ascii.h"

namespace mailscope::sweep {
namespace {

constexpr std::string_view kToServer = "to-server";
constexpr std::string_view kToClient = "to-client";

std::vector<std::string_view> fields_of(std::string_view text) {
  std::vector<std::string_view> fields;
  for (size_t colon = text.find(':'); colon != std::string_view::npos; colon = text.find(':')) {
    fields.push_back(text.substr(0, colon));
    text.remove_prefix(colon + 1);
  }
  fields.push_back(text);
  return fields;
}

}  // namespace

std::string cut_text(const Cut& cut) {
  const std::string at = fmt::format("{}:{}", cut.dispatch, cut.conn.value);
  if (!cut.after_octets) return at;
  return fmt::format("{}:{}:{}", at, cut.direction == Direction::kToServer ? kToServer : kToClient,
                     *cut.after_octets);
}

std::optional<Cut> parse_cut(std::string_view text) {
  const std::vector<std::string_view> fields = fields_of(text);
  if (fields.size() != 2 && fields.size() != 4) return std::nullopt;
  const std::optional<uint64_t> dispatch = parse_number(fields[0], UINT32_MAX);
  const std::optional<uint64_t> conn = parse_number(fields[1], UINT32_MAX);
  if (!dispatch || !conn || *conn == 0) return std::nullopt;
  Cut cut;
  cut.dispatch = static_cast<uint32_t>(*dispatch);
  cut.conn = ConnId{static_cast<uint32_t>(*conn)};
  if (fields.size() == 2) return cut;
  cut.after_octets = parse_number(fields[3]);
  if (!cut.after_octets || (fields[2] != kToServer && fields[2] != kToClient)) return std::nullopt;
  cut.direction = fields[2] == kToServer ? Direction::kToServer : Direction::kToClient;
  return cut;
}

Input cut_input(const Cut& cut, Instant now) {
  Input input;
  input.at = now;
  input.conn = cut.conn;
  input.kind = cut.after_octets ? InputKind::kCutAfterByte : InputKind::kCutConnection;
  input.direction = cut.direction;
  input.number = cut.after_octets.value_or(0);
  return input;
}

}  // namespace mailscope::sweep
