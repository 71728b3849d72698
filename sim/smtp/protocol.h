// The facts of SMTP in one place: states, transitions, commands, reply codes. The dispatcher, the
// state diagram, the list of what may be said now, the questions and the tests all read these
// tables. RFC 5321.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mailscope::smtp {

/// RFC 5321 names no states; these follow from §4.1.4 (order of commands).
enum class State : uint8_t {
  kConnecting,  // before the 220 greeting
  kGreeted,     // the client has not introduced itself
  kReady,       // introduced, no mail transaction
  kMail,        // reverse-path known, no recipient yet
  kRcpt,        // at least one recipient
  kData,        // the message is on its way
  kClosed,
};

struct StateRow {
  State state;
  const char* name;
  const char* section;
};

constexpr StateRow kStates[] = {
    {State::kConnecting, "CONNECTING", "RFC 5321 §3.1"},
    {State::kGreeted, "GREETED", "RFC 5321 §3.2"},
    {State::kReady, "READY", "RFC 5321 §4.1.4"},
    {State::kMail, "MAIL", "RFC 5321 §3.3"},
    {State::kRcpt, "RCPT", "RFC 5321 §3.3"},
    {State::kData, "DATA", "RFC 5321 §3.3"},
    {State::kClosed, "CLOSED", "RFC 5321 §3.8"},
};
constexpr int kStateCount = sizeof(kStates) / sizeof(kStates[0]);

constexpr const char* state_name(State state) { return kStates[static_cast<int>(state)].name; }

struct Transition {
  State from;
  State to;
  const char* by;
};

constexpr Transition kTransitions[] = {
    {State::kConnecting, State::kGreeted, "220"},
    {State::kGreeted, State::kReady, "EHLO, HELO"},
    {State::kReady, State::kMail, "MAIL"},
    {State::kMail, State::kRcpt, "RCPT"},
    {State::kRcpt, State::kData, "DATA"},
    {State::kData, State::kReady, "end of data"},
    {State::kMail, State::kReady, "RSET, EHLO"},
    {State::kRcpt, State::kReady, "RSET, EHLO"},
    {State::kGreeted, State::kClosed, "QUIT"},
    {State::kReady, State::kClosed, "QUIT"},
    {State::kMail, State::kClosed, "QUIT"},
    {State::kRcpt, State::kClosed, "QUIT"},
    {State::kConnecting, State::kClosed, "connection lost"},
    {State::kData, State::kClosed, "connection lost"},
};

constexpr bool may_change(State from, State to) {
  for (const Transition& row : kTransitions) {
    if (row.from == from && row.to == to) return true;
  }
  return false;
}

enum class Command : uint8_t {
  kEhlo, kHelo, kMail, kRcpt, kData, kRset, kNoop, kVrfy, kExpn, kHelp, kQuit
};

constexpr uint8_t in(State state) { return static_cast<uint8_t>(1u << static_cast<int>(state)); }
constexpr uint8_t kAny =
    in(State::kGreeted) | in(State::kReady) | in(State::kMail) | in(State::kRcpt);

struct CommandRow {
  Command command;
  const char* name;
  const char* arguments;   // as the RFC writes them
  bool needs_argument;
  bool takes_argument;
  uint8_t states;          // where it may be said; elsewhere 503 (RFC 5321 §4.1.4)
  const char* section;
};

constexpr CommandRow kCommands[] = {
    {Command::kEhlo, "EHLO", "Domain", true, true, kAny, "RFC 5321 §4.1.1.1"},
    {Command::kHelo, "HELO", "Domain", true, true, kAny, "RFC 5321 §4.1.1.1"},
    {Command::kMail, "MAIL", "FROM:<reverse-path> [params]", true, true, in(State::kReady),
     "RFC 5321 §4.1.1.2"},
    {Command::kRcpt, "RCPT", "TO:<forward-path> [params]", true, true,
     in(State::kMail) | in(State::kRcpt), "RFC 5321 §4.1.1.3"},
    {Command::kData, "DATA", "", false, false, in(State::kRcpt), "RFC 5321 §4.1.1.4"},
    {Command::kRset, "RSET", "", false, false, kAny, "RFC 5321 §4.1.1.5"},
    {Command::kNoop, "NOOP", "[String]", false, true, kAny, "RFC 5321 §4.1.1.9"},
    {Command::kVrfy, "VRFY", "String", true, true, kAny, "RFC 5321 §4.1.1.6"},
    {Command::kExpn, "EXPN", "String", true, true, kAny, "RFC 5321 §4.1.1.7"},
    {Command::kHelp, "HELP", "[String]", false, true, kAny, "RFC 5321 §4.1.1.8"},
    {Command::kQuit, "QUIT", "", false, false, kAny, "RFC 5321 §4.1.1.10"},
};
constexpr uint32_t kCommandCount = sizeof(kCommands) / sizeof(kCommands[0]);

struct ReplyRow {
  int code;
  const char* meaning;  // RFC 5321 §4.2.3
};

constexpr ReplyRow kReplies[] = {
    {214, "Help message"},
    {220, "Service ready"},
    {221, "Service closing transmission channel"},
    {250, "Requested mail action okay, completed"},
    {251, "User not local; will forward"},
    {252, "Cannot VRFY user, but will accept message and attempt delivery"},
    {354, "Start mail input; end with <CRLF>.<CRLF>"},
    {421, "Service not available, closing transmission channel"},
    {450, "Requested mail action not taken: mailbox unavailable"},
    {451, "Requested action aborted: local error in processing"},
    {452, "Requested action not taken: insufficient system storage"},
    {455, "Server unable to accommodate parameters"},
    {500, "Syntax error, command unrecognized"},
    {501, "Syntax error in parameters or arguments"},
    {502, "Command not implemented"},
    {503, "Bad sequence of commands"},
    {504, "Command parameter not implemented"},
    {550, "Requested action not taken: mailbox unavailable"},
    {551, "User not local; please try forwarding"},
    {552, "Requested mail action aborted: exceeded storage allocation"},
    {553, "Requested action not taken: mailbox name not allowed"},
    {554, "Transaction failed"},
    {555, "MAIL FROM/RCPT TO parameters not recognized or not implemented"},
};

// RFC 5321 §4.5.3.1: octets, CRLF included where the RFC counts it.
constexpr size_t kMaxLocalPart = 64;
constexpr size_t kMaxDomain = 255;
constexpr size_t kMaxPath = 256;
constexpr size_t kMaxCommandLine = 512;
constexpr size_t kMaxReplyLine = 512;
/// A server takes at least 100 recipients (§4.5.3.1.8); ours takes ten times that.
constexpr size_t kMaxRecipients = 1000;
constexpr uint16_t kPort = 25;

}  // namespace mailscope::smtp
