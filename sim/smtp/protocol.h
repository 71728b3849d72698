// The facts of SMTP in one place: states, transitions, extensions, commands, parameters, replies.
// The dispatcher, the state diagram, the list of what may be said now, the questions and the tests
// all read these tables. RFC 5321, and for each extension the RFC named in its row.
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
  kAuth,        // a SASL exchange is going on
  kTls,         // the TLS handshake is going on
  kBdat,        // part of the message has come in counted chunks
};

struct StateRow {
  State state;
  const char* name;
  const char* section;
};

inline constexpr StateRow kStates[] = {
    {State::kConnecting, "CONNECTING", "RFC 5321 §3.1"},
    {State::kGreeted, "GREETED", "RFC 5321 §3.2"},
    {State::kReady, "READY", "RFC 5321 §4.1.4"},
    {State::kMail, "MAIL", "RFC 5321 §3.3"},
    {State::kRcpt, "RCPT", "RFC 5321 §3.3"},
    {State::kData, "DATA", "RFC 5321 §3.3"},
    {State::kClosed, "CLOSED", "RFC 5321 §3.8"},
    {State::kAuth, "AUTH", "RFC 4954 §4"},
    {State::kTls, "TLS", "RFC 3207 §4"},
    {State::kBdat, "BDAT", "RFC 3030 §2"},
};
constexpr int kStateCount = sizeof(kStates) / sizeof(kStates[0]);

constexpr const char* state_name(State state) { return kStates[static_cast<int>(state)].name; }

struct Transition {
  State from;
  State to;
  const char* by;
};

inline constexpr Transition kTransitions[] = {
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
    {State::kReady, State::kAuth, "AUTH"},
    {State::kAuth, State::kReady, "235, 5yz"},
    {State::kAuth, State::kClosed, "connection lost"},
    {State::kReady, State::kTls, "STARTTLS"},
    {State::kTls, State::kGreeted, "TLS handshake"},
    {State::kTls, State::kClosed, "connection lost"},
    {State::kRcpt, State::kBdat, "BDAT"},
    {State::kBdat, State::kReady, "BDAT LAST, RSET, EHLO"},
    {State::kBdat, State::kClosed, "QUIT"},
};

constexpr bool may_change(State from, State to) {
  for (const Transition& row : kTransitions) {
    if (row.from == from && row.to == to) return true;
  }
  return false;
}

/// What a server may offer in its reply to EHLO (RFC 5321 §2.2).
enum class Extension : uint8_t {
  kPipelining, kSize, kEightBitMime, kSmtpUtf8, kChunking, kBinaryMime, kDsn,
  kEnhancedStatusCodes, kAuth, kStartTls
};
constexpr uint32_t bit(Extension extension) { return 1u << static_cast<int>(extension); }

struct ExtensionRow {
  Extension extension;
  const char* keyword;
  uint32_t needs;      // bits of the extensions without which it means nothing
  size_t mail_octets;  // by how much a MAIL line may be longer than kMaxCommandLine
  size_t rcpt_octets;  // and a RCPT line
  const char* section;
};

inline constexpr ExtensionRow kExtensions[] = {
    {Extension::kPipelining, "PIPELINING", 0, 0, 0, "RFC 2920 §3"},
    {Extension::kSize, "SIZE", 0, 26, 0, "RFC 1870 §4"},
    {Extension::kEightBitMime, "8BITMIME", 0, 17, 0, "RFC 6152 §2"},
    {Extension::kSmtpUtf8, "SMTPUTF8", bit(Extension::kEightBitMime), 10, 0, "RFC 6531 §3.1"},
    {Extension::kChunking, "CHUNKING", 0, 0, 0, "RFC 3030 §2"},
    {Extension::kBinaryMime, "BINARYMIME", bit(Extension::kChunking), 0, 0, "RFC 3030 §3"},
    // ENVID has at most 100 characters, ORCPT at most 500 (RFC 3461 §4.2, §4.4).
    {Extension::kDsn, "DSN", 0, 116, 536, "RFC 3461 §4"},
    {Extension::kEnhancedStatusCodes, "ENHANCEDSTATUSCODES", 0, 0, 0, "RFC 2034 §3"},
    {Extension::kAuth, "AUTH", 0, 500, 0, "RFC 4954 §3"},
    {Extension::kStartTls, "STARTTLS", 0, 0, 0, "RFC 3207 §4"},
};
constexpr size_t kExtensionCount = sizeof(kExtensions) / sizeof(kExtensions[0]);
constexpr uint32_t kAllExtensions = (1u << kExtensionCount) - 1;

constexpr const ExtensionRow& row(Extension extension) {
  return kExtensions[static_cast<int>(extension)];
}

enum class Command : uint8_t {
  kEhlo, kHelo, kMail, kRcpt, kData, kRset, kNoop, kVrfy, kExpn, kHelp, kQuit, kBdat, kAuth,
  kStartTls
};

constexpr uint16_t in(State state) { return static_cast<uint16_t>(1u << static_cast<int>(state)); }
constexpr uint16_t kIntroduced =
    in(State::kReady) | in(State::kMail) | in(State::kRcpt) | in(State::kBdat);
constexpr uint16_t kAny = in(State::kGreeted) | kIntroduced;

/// What a client may send behind a command without waiting for its reply, where PIPELINING is
/// offered (RFC 2920 §3.1).
enum class Behind : uint8_t { kMore, kNothing };

struct CommandRow {
  Command command;
  const char* name;
  const char* arguments;   // as the RFC writes them
  bool needs_argument;
  bool takes_argument;
  uint16_t states;         // where it may be said; elsewhere 503 (RFC 5321 §4.1.4)
  Behind behind;
  uint32_t extension;      // bit of the extension that brings it; 0: every server has it
  bool before_login;       // also where authentication is required and has not been (RFC 4954 §6)
  const char* section;
};

inline constexpr CommandRow kCommands[] = {
    {Command::kEhlo, "EHLO", "Domain", true, true, kAny, Behind::kNothing, 0, true,
     "RFC 5321 §4.1.1.1"},
    {Command::kHelo, "HELO", "Domain", true, true, kAny, Behind::kNothing, 0, true,
     "RFC 5321 §4.1.1.1"},
    {Command::kMail, "MAIL", "FROM:<reverse-path> [params]", true, true, in(State::kReady),
     Behind::kMore, 0, false, "RFC 5321 §4.1.1.2"},
    {Command::kRcpt, "RCPT", "TO:<forward-path> [params]", true, true,
     in(State::kMail) | in(State::kRcpt), Behind::kMore, 0, false, "RFC 5321 §4.1.1.3"},
    {Command::kData, "DATA", "", false, false, in(State::kRcpt), Behind::kNothing, 0, false,
     "RFC 5321 §4.1.1.4"},
    {Command::kRset, "RSET", "", false, false, kAny, Behind::kMore, 0, true,
     "RFC 5321 §4.1.1.5"},
    {Command::kNoop, "NOOP", "[String]", false, true, kAny, Behind::kNothing, 0, true,
     "RFC 5321 §4.1.1.9"},
    {Command::kVrfy, "VRFY", "String", true, true, kAny, Behind::kNothing, 0, false,
     "RFC 5321 §4.1.1.6"},
    {Command::kExpn, "EXPN", "String", true, true, kAny, Behind::kNothing, 0, false,
     "RFC 5321 §4.1.1.7"},
    {Command::kHelp, "HELP", "[String]", false, true, kAny, Behind::kMore, 0, false,
     "RFC 5321 §4.1.1.8"},
    {Command::kQuit, "QUIT", "", false, false, kAny, Behind::kNothing, 0, true,
     "RFC 5321 §4.1.1.10"},
    {Command::kBdat, "BDAT", "chunk-size [LAST]", true, true,
     in(State::kRcpt) | in(State::kBdat), Behind::kMore, bit(Extension::kChunking), false,
     "RFC 3030 §2"},
    {Command::kAuth, "AUTH", "mechanism [initial-response]", true, true, in(State::kReady),
     Behind::kNothing, bit(Extension::kAuth), true, "RFC 4954 §4"},
    {Command::kStartTls, "STARTTLS", "", false, false, in(State::kReady), Behind::kNothing,
     bit(Extension::kStartTls), true, "RFC 3207 §4"},
};
constexpr uint32_t kCommandCount = sizeof(kCommands) / sizeof(kCommands[0]);

/// A parameter of MAIL or RCPT (RFC 5321 §4.1.1.11). Without its extension it gets 555.
struct ParameterRow {
  const char* keyword;
  Command command;
  Extension extension;
  const char* form;  // of the whole parameter
  const char* section;
};

inline constexpr ParameterRow kParameters[] = {
    {"SIZE", Command::kMail, Extension::kSize, "SIZE=number", "RFC 1870 §5"},
    {"BODY", Command::kMail, Extension::kEightBitMime, "BODY=7BIT or BODY=8BITMIME",
     "RFC 6152 §2"},
    {"SMTPUTF8", Command::kMail, Extension::kSmtpUtf8, "SMTPUTF8", "RFC 6531 §3.4"},
    {"RET", Command::kMail, Extension::kDsn, "RET=FULL or RET=HDRS", "RFC 3461 §4.3"},
    {"ENVID", Command::kMail, Extension::kDsn, "ENVID=xtext", "RFC 3461 §4.4"},
    {"AUTH", Command::kMail, Extension::kAuth, "AUTH=<> or AUTH=xtext", "RFC 4954 §5"},
    {"NOTIFY", Command::kRcpt, Extension::kDsn, "NOTIFY=NEVER or NOTIFY=SUCCESS,FAILURE,DELAY",
     "RFC 3461 §4.1"},
    {"ORCPT", Command::kRcpt, Extension::kDsn, "ORCPT=type;xtext", "RFC 3461 §4.2"},
};

struct ReplyRow {
  int code;
  const char* meaning;
  const char* section = "RFC 5321 §4.2.3";
};

inline constexpr ReplyRow kReplies[] = {
    {211, "System status, or system help reply"},
    {214, "Help message"},
    {220, "Service ready"},
    {221, "Service closing transmission channel"},
    {235, "Authentication succeeded", "RFC 4954 §6"},
    {250, "Requested mail action okay, completed"},
    {251, "User not local; will forward"},
    {252, "Cannot VRFY user, but will accept message and attempt delivery"},
    {334, "Authentication goes on: a challenge in base64", "RFC 4954 §4"},
    {354, "Start mail input; end with <CRLF>.<CRLF>"},
    {421, "Service not available, closing transmission channel"},
    {450, "Requested mail action not taken: mailbox unavailable"},
    {451, "Requested action aborted: local error in processing"},
    {452, "Requested action not taken: insufficient system storage"},
    {454, "TLS not available due to temporary reason", "RFC 3207 §4"},
    {455, "Server unable to accommodate parameters"},
    {500, "Syntax error, command unrecognized"},
    {501, "Syntax error in parameters or arguments"},
    {502, "Command not implemented"},
    {503, "Bad sequence of commands"},
    {504, "Command parameter not implemented"},
    {530, "Authentication required", "RFC 4954 §6"},
    {534, "Authentication mechanism is too weak", "RFC 4954 §6"},
    {535, "Authentication credentials invalid", "RFC 4954 §6"},
    {538, "Encryption required for requested authentication mechanism", "RFC 4954 §6"},
    {550, "Requested action not taken: mailbox unavailable"},
    {551, "User not local; please try forwarding"},
    {552, "Requested mail action aborted: exceeded storage allocation"},
    {553, "Requested action not taken: mailbox name not allowed"},
    {554, "Transaction failed"},
    {555, "MAIL FROM/RCPT TO parameters not recognized or not implemented"},
};

/// The subject and detail of an enhanced status code, such as the 1.5 of 2.1.5 (RFC 3463 §3); its
/// class is the reply's first digit.
struct StatusRow {
  const char* detail;
  const char* meaning;
};

inline constexpr StatusRow kStatuses[] = {
    {"0.0", "Nothing more to say"},
    {"1.0", "Other address status"},
    {"1.1", "Bad destination mailbox address"},
    {"1.3", "Bad destination mailbox address syntax"},
    {"1.4", "Destination mailbox address ambiguous"},
    {"1.5", "Destination address valid"},
    {"1.6", "Destination mailbox has moved, no forwarding address"},
    {"1.7", "Bad sender's mailbox address syntax"},
    {"2.1", "Mailbox disabled, not accepting messages"},
    {"2.2", "Mailbox full"},
    {"3.1", "Mail system full"},
    {"3.2", "System not accepting network messages"},
    {"3.4", "Message too big for system"},
    {"4.2", "Bad connection"},
    {"4.6", "Routing loop detected"},
    {"5.1", "Invalid command"},
    {"5.2", "Syntax error"},
    {"5.3", "Too many recipients"},
    {"5.4", "Invalid command arguments"},
    {"5.6", "Authentication exchange line is too long"},
    {"6.0", "Other or undefined media error"},
    {"6.7", "Non-ASCII addresses not permitted for that sender or recipient"},
    {"7.0", "Other or undefined security status"},
    {"7.1", "Delivery not authorized, message refused"},
    {"7.8", "Authentication credentials invalid"},
    {"7.9", "Authentication mechanism is too weak"},
    {"7.11", "Encryption required for requested authentication mechanism"},
};

// RFC 5321 §4.5.3.1: octets, CRLF included where the RFC counts it.
constexpr size_t kMaxLocalPart = 64;
constexpr size_t kMaxDomain = 255;
constexpr size_t kMaxPath = 256;
constexpr size_t kMaxCommandLine = 512;
constexpr size_t kMaxReplyLine = 512;
/// Of a line of a SASL exchange, AUTH itself included (RFC 4954 §4).
constexpr size_t kMaxAuthLine = 12288;
/// Loops are found by counting Received lines; the limit is at least 100 (RFC 5321 §6.3).
constexpr size_t kMaxReceived = 100;
/// A server takes at least 100 recipients (§4.5.3.1.8); ours takes ten times that.
constexpr size_t kMaxRecipients = 1000;
constexpr uint16_t kPort = 25;
constexpr uint16_t kSubmissionPort = 587;     // RFC 6409 §3.1
constexpr uint16_t kSubmissionsPort = 465;    // RFC 8314 §3.3: implicit TLS

}  // namespace mailscope::smtp
