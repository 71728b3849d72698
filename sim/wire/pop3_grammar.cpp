#include "sim/wire/pop3_grammar.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/wire/charset.h"

namespace mailscope::pop3 {

std::optional<CommandLine> parse_command(std::string_view line, Charset charset) {
  for (const char c : line) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7f) return std::nullopt;
    if (octet > 0x7f && charset == Charset::kAscii) return std::nullopt;
  }
  if (charset == Charset::kUtf8 && !valid_utf8(line)) return std::nullopt;
  CommandLine command;
  size_t at = 0;
  while (at <= line.size()) {
    const size_t space = std::min(line.find(' ', at), line.size());
    if (command.tokens.empty()) {
      command.keyword = ascii_upper(line.substr(0, space));
      command.rest = space < line.size() ? std::string(line.substr(space + 1)) : std::string();
      command.tokens.push_back({0, space});
    } else if (space > at) {
      command.arguments.emplace_back(line.substr(at, space - at));
      command.tokens.push_back({at, space - at});
    }
    at = space + 1;
  }
  if (command.keyword.empty()) return std::nullopt;
  return command;
}

std::optional<Response> parse_response(std::string_view line) {
  Response response;
  if (starts_with_ignoring_case(line, "+OK")) {
    response.ok = true;
    line.remove_prefix(3);
  } else if (starts_with_ignoring_case(line, "-ERR")) {
    line.remove_prefix(4);
  } else {
    return std::nullopt;
  }
  if (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  const size_t close = line.find(']');
  if (!line.empty() && line.front() == '[' && close != std::string_view::npos) {
    response.code = std::string(line.substr(1, close - 1));
    line.remove_prefix(close + 1);
    if (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  }
  response.text = std::string(line);
  return response;
}

std::optional<std::string_view> parse_challenge(std::string_view line) {
  if (line == "+") return std::string_view();
  if (line.substr(0, 2) != "+ ") return std::nullopt;
  return line.substr(2);
}

std::string_view parse_timestamp(std::string_view greeting) {
  const size_t open = greeting.find('<');
  const size_t close = greeting.find('>', std::min(open, greeting.size()));
  if (close == std::string_view::npos) return {};
  const std::string_view stamp = greeting.substr(open, close + 1 - open);
  // RFC 1939 §7: the form of a msg-id, which has an "@" between its two halves.
  const bool sound =
      stamp.find('@') != std::string_view::npos &&
      std::all_of(stamp.begin(), stamp.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  return sound ? stamp : std::string_view();
}

std::optional<Capability> parse_capability(std::string_view line) {
  std::optional<CommandLine> words = parse_command(line);
  if (!words) return std::nullopt;
  return Capability{std::move(words->keyword), std::move(words->arguments)};
}

std::optional<Listing> parse_listing(std::string_view line) {
  const size_t space = line.find(' ');
  const std::optional<uint64_t> number = parse_number(line.substr(0, space), UINT32_MAX);
  if (!number || space == std::string_view::npos) return std::nullopt;
  const std::string_view rest = line.substr(space + 1);
  const std::string_view value = rest.substr(0, rest.find(' '));
  if (value.empty()) return std::nullopt;
  return Listing{*number, std::string(value)};
}

}  // namespace mailscope::pop3
