#include "sim/explain/explain.h"

#include "sim/base/ascii.h"
#include "sim/explain/line_builder.h"
#include "sim/imap/protocol.h"
#include "sim/pop3/protocol.h"
#include "sim/smtp/protocol.h"

namespace mailscope {
namespace {

/// "pop3", as the catalog's keys begin; null when the protocol has no states and commands here.
const char* key_prefix(Protocol protocol) {
  switch (protocol) {
    case Protocol::kSmtp:
      return "smtp";
    case Protocol::kPop3:
      return "pop3";
    case Protocol::kImap:
      return "imap";
    case Protocol::kTcp:
    case Protocol::kDns:
    case Protocol::kNone:
      break;
  }
  return nullptr;
}

template <class Rows>
std::vector<AllowedCommand> allowed_in(const Rows& rows, const std::string& prefix, uint8_t state) {
  std::vector<AllowedCommand> allowed;
  for (const auto& row : rows) {
    if (((row.states >> state) & 1) == 0) continue;
    allowed.push_back({row.name, row.arguments, prefix + ".command." + row.name, row.section});
  }
  return allowed;
}

template <class Rows>
const char* name_in(const Rows& rows, uint8_t state) {
  for (const auto& row : rows) {
    if (static_cast<uint8_t>(row.state) == state) return row.name;
  }
  return "";
}

}  // namespace

LineMeaning explain_line(Protocol protocol, Direction direction, std::string_view line,
                         const LineContext& context) {
  if (context.handshake) return explain::explain_tls(line);
  switch (protocol) {
    case Protocol::kSmtp:
      return explain::explain_smtp(direction, line, context);
    case Protocol::kPop3:
      return explain::explain_pop3(direction, line, context);
    case Protocol::kImap:
      return direction == Direction::kToServer ? explain::explain_imap_command(line, context)
                                               : explain::explain_imap_response(line, context);
    case Protocol::kDns:
      return explain::explain_dns(line);
    case Protocol::kTcp:
    case Protocol::kNone:
      break;
  }
  explain::LineBuilder builder(line);
  builder.sentence("message.line.bytes");
  return builder.take();
}

std::string violation_key(std::string_view violation) {
  const size_t colon = violation.find(": ");
  if (colon != std::string_view::npos) violation.remove_prefix(colon + 2);
  std::string key;
  for (const char c : violation) {
    if (ascii_alpha(c) || ascii_digit(c)) {
      key += ascii_lower(std::string_view(&c, 1));
    } else if (!key.empty() && key.back() != '-') {
      key += '-';
    }
  }
  while (!key.empty() && key.back() == '-') key.pop_back();
  return "violation." + key;
}

std::string violation_text(std::string_view violation, const Catalog& words) {
  const std::string key = violation_key(violation);
  const size_t colon = violation.find(": ");
  if (colon == std::string_view::npos || !words.has(key)) return std::string(violation);
  return std::string(violation.substr(0, colon + 2)) + words.text(key);
}

std::vector<AllowedCommand> allowed_commands(Protocol protocol, uint8_t state) {
  if (state >= 16) return {};  // the tables' bits
  switch (protocol) {
    case Protocol::kSmtp:
      return allowed_in(smtp::kCommands, "smtp", state);
    case Protocol::kPop3:
      return allowed_in(pop3::kCommands, "pop3", state);
    case Protocol::kImap:
      return allowed_in(imap::kCommands, "imap", state);
    case Protocol::kTcp:
    case Protocol::kDns:
    case Protocol::kNone:
      break;
  }
  return {};
}

const char* state_name_of(Protocol protocol, uint8_t state) {
  switch (protocol) {
    case Protocol::kSmtp:
      return name_in(smtp::kStates, state);
    case Protocol::kPop3:
      return name_in(pop3::kStates, state);
    case Protocol::kImap:
      return name_in(imap::kStates, state);
    case Protocol::kTcp:
    case Protocol::kDns:
    case Protocol::kNone:
      break;
  }
  return "";
}

std::string state_key(Protocol protocol, uint8_t state) {
  const char* prefix = key_prefix(protocol);
  if (prefix == nullptr) return {};
  return std::string(prefix) + ".state." + state_name_of(protocol, state);
}

}  // namespace mailscope
