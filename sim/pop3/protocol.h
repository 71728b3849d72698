// The facts of POP3 in one place: states, transitions, extensions, commands, response codes. The
// dispatcher, the state diagram, the list of what may be said now, the lessons, the questions and
// the tests all read these tables. RFC 1939 (the protocol), RFC 2449 (CAPA and response codes), RFC
// 2595 (STLS), RFC 3206 (AUTH and SYS codes), RFC 5034 (AUTH), RFC 6856 (UTF8 and LANG).
#pragma once

#include <cstdint>
#include <string_view>

namespace mailscope::pop3 {

/// RFC 1939 §3.
enum class State : uint8_t { kConnecting, kAuthorization, kTransaction, kUpdate, kClosed };
constexpr int kStateCount = 5;

struct StateRow {
  State state;
  const char* name;  // as the RFC spells it
  const char* section;
};

inline constexpr StateRow kStates[] = {
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

inline constexpr Transition kTransitions[] = {
    {State::kConnecting, State::kAuthorization, "greeting"},
    {State::kAuthorization, State::kTransaction, "PASS"},
    {State::kAuthorization, State::kTransaction, "APOP"},
    {State::kAuthorization, State::kTransaction, "AUTH"},
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

/// What a server may offer or not, in the order of the capability list.
enum class Extension : uint8_t {
  kNone,
  kTop,
  kUidl,
  kUser,
  kSasl,
  kRespCodes,
  kAuthRespCode,
  kLoginDelay,
  kExpire,
  kPipelining,
  kStls,
  kUtf8,
  kLang,
  kImplementation,
  kApop,
};

struct ExtensionRow {
  Extension extension;
  const char* name;      // what CAPA lists, and lessons write
  bool listed;           // by CAPA; APOP is offered by the greeting alone (RFC 1939 §7)
  bool before_tls_only;  // not listed once TLS is there
  const char* section;
};

inline constexpr ExtensionRow kExtensions[] = {
    {Extension::kTop, "TOP", true, false, "RFC 2449 §6.1"},
    {Extension::kUidl, "UIDL", true, false, "RFC 2449 §6.8"},
    {Extension::kUser, "USER", true, false, "RFC 2449 §6.2"},
    {Extension::kSasl, "SASL", true, false, "RFC 5034 §3"},
    {Extension::kRespCodes, "RESP-CODES", true, false, "RFC 2449 §6.4"},
    {Extension::kAuthRespCode, "AUTH-RESP-CODE", true, false, "RFC 3206 §5"},
    {Extension::kLoginDelay, "LOGIN-DELAY", true, false, "RFC 2449 §6.5"},
    {Extension::kExpire, "EXPIRE", true, false, "RFC 2449 §6.7"},
    {Extension::kPipelining, "PIPELINING", true, false, "RFC 2449 §6.6"},
    {Extension::kStls, "STLS", true, true, "RFC 2595 §4"},
    {Extension::kUtf8, "UTF8", true, false, "RFC 6856 §2"},
    {Extension::kLang, "LANG", true, false, "RFC 6856 §3"},
    {Extension::kImplementation, "IMPLEMENTATION", true, false, "RFC 2449 §6.9"},
    {Extension::kApop, "APOP", false, false, "RFC 1939 §7"},
};

/// Bits of a set of extensions.
constexpr uint32_t bit(Extension extension) { return 1u << static_cast<int>(extension); }
constexpr uint32_t kUsualExtensions =
    bit(Extension::kTop) | bit(Extension::kUidl) | bit(Extension::kUser) |
    bit(Extension::kRespCodes) | bit(Extension::kAuthRespCode) | bit(Extension::kImplementation);

constexpr uint32_t all_extensions() {
  uint32_t bits = 0;
  for (const ExtensionRow& row : kExtensions) bits |= bit(row.extension);
  return bits;
}

enum class Command : uint8_t {
  kUser,
  kPass,
  kStat,
  kList,
  kUidl,
  kRetr,
  kTop,
  kDele,
  kNoop,
  kRset,
  kQuit,
  kCapa,
  kApop,
  kAuth,
  kStls,
  kUtf8,
  kLang
};

/// Bits of CommandRow::states.
constexpr uint8_t in(State state) { return static_cast<uint8_t>(1u << static_cast<int>(state)); }

struct CommandRow {
  Command command;
  const char* name;
  const char* arguments;  // as the RFC writes them
  uint8_t min_arguments;
  uint8_t max_arguments;  // USER and PASS take the whole rest of the line as one
  uint8_t states;         // where it may be said
  bool multi_line;        // a positive response ends with a line of a single dot
  const char* section;
  Extension extension;  // unknown to a server without it; kNone: always there
};

constexpr uint8_t kAuth = in(State::kAuthorization);
constexpr uint8_t kTrans = in(State::kTransaction);

// Rows are named by their index in traces: new ones come last.
inline constexpr CommandRow kCommands[] = {
    {Command::kUser, "USER", "name", 1, 1, kAuth, false, "RFC 1939 §7", Extension::kUser},
    {Command::kPass, "PASS", "string", 1, 1, kAuth, false, "RFC 1939 §7", Extension::kUser},
    {Command::kStat, "STAT", "", 0, 0, kTrans, false, "RFC 1939 §5", Extension::kNone},
    {Command::kList, "LIST", "[msg]", 0, 1, kTrans, true, "RFC 1939 §5", Extension::kNone},
    {Command::kUidl, "UIDL", "[msg]", 0, 1, kTrans, true, "RFC 1939 §7", Extension::kUidl},
    {Command::kRetr, "RETR", "msg", 1, 1, kTrans, true, "RFC 1939 §5", Extension::kNone},
    {Command::kTop, "TOP", "msg n", 2, 2, kTrans, true, "RFC 1939 §7", Extension::kTop},
    {Command::kDele, "DELE", "msg", 1, 1, kTrans, false, "RFC 1939 §5", Extension::kNone},
    {Command::kNoop, "NOOP", "", 0, 0, kTrans, false, "RFC 1939 §5", Extension::kNone},
    {Command::kRset, "RSET", "", 0, 0, kTrans, false, "RFC 1939 §5", Extension::kNone},
    {Command::kQuit, "QUIT", "", 0, 0, kAuth | kTrans, false, "RFC 1939 §5, §6", Extension::kNone},
    {Command::kCapa, "CAPA", "", 0, 0, kAuth | kTrans, true, "RFC 2449 §5", Extension::kNone},
    {Command::kApop, "APOP", "name digest", 2, 2, kAuth, false, "RFC 1939 §7", Extension::kApop},
    {Command::kAuth, "AUTH", "mechanism [initial-response]", 1, 2, kAuth, false, "RFC 5034 §4",
     Extension::kSasl},
    {Command::kStls, "STLS", "", 0, 0, kAuth, false, "RFC 2595 §4", Extension::kStls},
    {Command::kUtf8, "UTF8", "", 0, 0, kAuth, false, "RFC 6856 §2.1", Extension::kUtf8},
    {Command::kLang, "LANG", "[language-range]", 0, 1, kAuth | kTrans, true, "RFC 6856 §3.2",
     Extension::kLang},
};
constexpr uint32_t kCommandCount = sizeof(kCommands) / sizeof(kCommands[0]);

constexpr const CommandRow& row(Command command) { return kCommands[static_cast<int>(command)]; }

enum class ResponseCode : uint8_t { kNone, kInUse, kAuth, kSysTemp, kLoginDelay, kSysPerm, kUtf8 };

struct ResponseCodeRow {
  ResponseCode id;
  const char* code;     // between [ and ]
  Extension extension;  // not said by a server without it, nor without RESP-CODES
  bool try_later;       // the same may succeed later, without a person's help
  const char* section;
};

/// Bracketed codes after -ERR.
inline constexpr ResponseCodeRow kResponseCodes[] = {
    {ResponseCode::kInUse, "IN-USE", Extension::kRespCodes, true, "RFC 2449 §8.1.2"},
    {ResponseCode::kAuth, "AUTH", Extension::kAuthRespCode, false, "RFC 3206 §4"},
    {ResponseCode::kSysTemp, "SYS/TEMP", Extension::kRespCodes, true, "RFC 3206 §4"},
    {ResponseCode::kLoginDelay, "LOGIN-DELAY", Extension::kLoginDelay, true, "RFC 2449 §8.1.1"},
    {ResponseCode::kSysPerm, "SYS/PERM", Extension::kRespCodes, false, "RFC 3206 §4"},
    {ResponseCode::kUtf8, "UTF8", Extension::kUtf8, false, "RFC 6856 §5"},
};

/// RFC 2449 §4: a command line, CRLF included, has at most 255 octets.
constexpr size_t kMaxCommandLine = 255;
/// RFC 5034 §4: a line of the authentication exchange may be longer; this much serves every
/// mechanism (RFC 4954 §4.3 names the same number for SMTP).
constexpr size_t kMaxAuthLine = 12288;
/// RFC 1939 §7: a unique-id has 1 to 70 characters from 0x21 to 0x7E.
constexpr size_t kMaxUniqueId = 70;
constexpr uint16_t kPort = 110;
/// TLS from the first octet on (RFC 8314 §7.3).
constexpr uint16_t kTlsPort = 995;

}  // namespace mailscope::pop3
