// The facts of POP3 in one place: states, transitions, commands, response codes. The dispatcher,
// the state diagram, the list of what may be said now, the questions and the tests all read these
// tables. RFC 1939 (the protocol), RFC 2449 (CAPA and response codes).
#pragma once

#include <cstdint>
#include <string_view>

namespace mailscope::pop3 {

/// RFC 1939 §3.
enum class State : uint8_t { kConnecting, kAuthorization, kTransaction, kUpdate, kClosed };
constexpr int kStateCount = 5;

struct StateRow {
  State state;
  const char* name;     // as the RFC spells it
  const char* section;
};

constexpr StateRow kStates[] = {
    {State::kConnecting, "CONNECTING", "RFC 1939 §4"},
    {State::kAuthorization, "AUTHORIZATION", "RFC 1939 §4"},
    {State::kTransaction, "TRANSACTION", "RFC 1939 §5"},
    {State::kUpdate, "UPDATE", "RFC 1939 §6"},
    {State::kClosed, "CLOSED", "RFC 1939 §6"},
};

constexpr const char* state_name(State state) { return kStates[static_cast<int>(state)].name; }

struct Transition {
  State from;
  State to;
  const char* by;  // the command or event that leads there
};

constexpr Transition kTransitions[] = {
    {State::kConnecting, State::kAuthorization, "greeting"},
    {State::kAuthorization, State::kTransaction, "PASS"},
    {State::kAuthorization, State::kClosed, "QUIT"},
    {State::kTransaction, State::kUpdate, "QUIT"},
    {State::kUpdate, State::kClosed, "update done"},
    {State::kConnecting, State::kClosed, "connection lost"},
    {State::kAuthorization, State::kClosed, "connection lost"},
    {State::kTransaction, State::kClosed, "connection lost"},
};

constexpr bool may_change(State from, State to) {
  for (const Transition& row : kTransitions) {
    if (row.from == from && row.to == to) return true;
  }
  return false;
}

enum class Command : uint8_t {
  kUser, kPass, kStat, kList, kUidl, kRetr, kTop, kDele, kNoop, kRset, kQuit, kCapa
};

/// Bits of CommandRow::states.
constexpr uint8_t in(State state) { return static_cast<uint8_t>(1u << static_cast<int>(state)); }

struct CommandRow {
  Command command;
  const char* name;
  const char* arguments;   // as the RFC writes them
  uint8_t min_arguments;
  uint8_t max_arguments;   // PASS takes the whole rest of the line as one
  uint8_t states;          // where it may be said
  bool multi_line;         // a positive response ends with a line of a single dot
  const char* section;
};

constexpr uint8_t kAuth = in(State::kAuthorization);
constexpr uint8_t kTrans = in(State::kTransaction);

constexpr CommandRow kCommands[] = {
    {Command::kUser, "USER", "name", 1, 1, kAuth, false, "RFC 1939 §7"},
    {Command::kPass, "PASS", "string", 1, 1, kAuth, false, "RFC 1939 §7"},
    {Command::kStat, "STAT", "", 0, 0, kTrans, false, "RFC 1939 §5"},
    {Command::kList, "LIST", "[msg]", 0, 1, kTrans, true, "RFC 1939 §5"},
    {Command::kUidl, "UIDL", "[msg]", 0, 1, kTrans, true, "RFC 1939 §7"},
    {Command::kRetr, "RETR", "msg", 1, 1, kTrans, true, "RFC 1939 §5"},
    {Command::kTop, "TOP", "msg n", 2, 2, kTrans, true, "RFC 1939 §7"},
    {Command::kDele, "DELE", "msg", 1, 1, kTrans, false, "RFC 1939 §5"},
    {Command::kNoop, "NOOP", "", 0, 0, kTrans, false, "RFC 1939 §5"},
    {Command::kRset, "RSET", "", 0, 0, kTrans, false, "RFC 1939 §5"},
    {Command::kQuit, "QUIT", "", 0, 0, kAuth | kTrans, false, "RFC 1939 §5, §6"},
    {Command::kCapa, "CAPA", "", 0, 0, kAuth | kTrans, true, "RFC 2449 §5"},
};
constexpr uint32_t kCommandCount = sizeof(kCommands) / sizeof(kCommands[0]);

struct ResponseCodeRow {
  const char* code;
  const char* section;
};

/// Bracketed codes after -ERR or +OK.
constexpr ResponseCodeRow kResponseCodes[] = {
    {"IN-USE", "RFC 2449 §8.1.2"},
    {"AUTH", "RFC 3206 §4"},
    {"SYS/TEMP", "RFC 3206 §4"},
};

/// RFC 2449 §4: a command line, CRLF included, has at most 255 octets.
constexpr size_t kMaxCommandLine = 255;
/// RFC 1939 §7: a unique-id has 1 to 70 characters from 0x21 to 0x7E.
constexpr size_t kMaxUniqueId = 70;
constexpr uint16_t kPort = 110;

}  // namespace mailscope::pop3
