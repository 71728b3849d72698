// The facts of IMAP in one place: states, transitions, commands, response codes. The dispatcher,
// the state diagram, the list of what may be said now, the questions and the tests all read these
// tables. RFC 3501 (IMAP4rev1), RFC 9051 (IMAP4rev2), RFC 5530 (response codes); the extensions and
// their RFCs: sim/wire/imap_extension.h. What a command's arguments look like:
// sim/wire/imap_command.h.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/wire/imap_extension.h"

namespace mailscope::imap {

/// RFC 3501 §3; kConnecting is the connection before the server's greeting.
enum class State : uint8_t { kConnecting, kNotAuthenticated, kAuthenticated, kSelected, kLogout };
constexpr int kStateCount = 5;

struct StateRow {
  State state;
  const char* name;     // as the RFC spells it, in capitals
  const char* section;
};

inline constexpr StateRow kStates[] = {
    {State::kConnecting, "CONNECTING", "RFC 3501 §3"},
    {State::kNotAuthenticated, "NOT AUTHENTICATED", "RFC 3501 §3.1"},
    {State::kAuthenticated, "AUTHENTICATED", "RFC 3501 §3.2"},
    {State::kSelected, "SELECTED", "RFC 3501 §3.3"},
    {State::kLogout, "LOGOUT", "RFC 3501 §3.4"},
};

constexpr const char* state_name(State state) { return kStates[static_cast<int>(state)].name; }

struct Transition {
  State from;
  State to;
  const char* by;  // the command or event that leads there
};

/// RFC 3501 §3.4, the diagram, without PREAUTH, which this server does not offer.
inline constexpr Transition kTransitions[] = {
    {State::kConnecting, State::kNotAuthenticated, "greeting"},
    {State::kNotAuthenticated, State::kAuthenticated, "LOGIN"},
    {State::kNotAuthenticated, State::kAuthenticated, "AUTHENTICATE"},
    {State::kAuthenticated, State::kSelected, "SELECT"},
    {State::kAuthenticated, State::kSelected, "EXAMINE"},
    {State::kSelected, State::kAuthenticated, "CLOSE"},
    {State::kSelected, State::kAuthenticated, "UNSELECT"},
    {State::kSelected, State::kAuthenticated, "SELECT or EXAMINE, before another is selected"},
    {State::kNotAuthenticated, State::kLogout, "LOGOUT"},
    {State::kAuthenticated, State::kLogout, "LOGOUT"},
    {State::kSelected, State::kLogout, "LOGOUT"},
    {State::kConnecting, State::kLogout, "connection lost"},
    {State::kNotAuthenticated, State::kLogout, "BYE or connection lost"},
    {State::kAuthenticated, State::kLogout, "BYE or connection lost"},
    {State::kSelected, State::kLogout, "BYE or connection lost"},
};

constexpr bool may_change(State from, State to) {
  for (const Transition& row : kTransitions) {
    if (row.from == from && row.to == to) return true;
  }
  return false;
}

enum class Command : uint8_t {
  kCapability, kNoop, kLogout, kAuthenticate, kLogin, kSelect, kExamine, kCreate, kDelete, kRename,
  kSubscribe, kUnsubscribe, kList, kLsub, kStatus, kAppend, kIdle, kCheck, kClose, kUnselect,
  kExpunge, kSearch, kFetch, kStore, kCopy, kUidExpunge, kUidSearch, kUidFetch, kUidStore, kUidCopy,
  kStartTls, kEnable, kId, kNamespace, kMove, kUidMove, kReplace, kUidReplace, kSort, kUidSort,
  kThread, kUidThread, kCancelUpdate, kCompress, kGetQuota, kGetQuotaRoot, kSetQuota, kSetAcl,
  kDeleteAcl, kGetAcl, kListRights, kMyRights, kGetMetadata, kSetMetadata, kNotify
};

/// Which news of the selected mailbox may be told before the command's tagged response.
enum class News : uint8_t {
  kNone,            // nothing is selected when it completes
  kWithoutExpunge,  // FETCH, STORE, SEARCH and SORT: numbers must not shift under them (RFC 3501
                    // §7.4.1, RFC 5256 §3)
  kAll,             // everything else, the UID forms included
};

/// Bits of CommandRow::states.
constexpr uint8_t in(State state) { return static_cast<uint8_t>(1u << static_cast<int>(state)); }

struct CommandRow {
  Command command;
  const char* name;
  const char* arguments;  // as the RFC writes them
  uint8_t states;         // where it may be said
  News news;
  bool uid_form;          // numbers in its sets are UIDs
  ExtensionSet offered_by;  // known to a server with any of these; 0: to every server
  const char* section;
};

constexpr uint8_t kNotAuth = in(State::kNotAuthenticated);
constexpr uint8_t kSel = in(State::kSelected);
constexpr uint8_t kAuthSel = in(State::kAuthenticated) | kSel;
constexpr uint8_t kAny = kNotAuth | kAuthSel;

inline constexpr CommandRow kCommands[] = {
    {Command::kCapability, "CAPABILITY", "", kAny, News::kAll, false, 0, "RFC 3501 §6.1.1"},
    {Command::kNoop, "NOOP", "", kAny, News::kAll, false, 0, "RFC 3501 §6.1.2"},
    {Command::kLogout, "LOGOUT", "", kAny, News::kNone, false, 0, "RFC 3501 §6.1.3"},
    {Command::kAuthenticate, "AUTHENTICATE", "mechanism", kNotAuth, News::kNone, false, 0,
     "RFC 3501 §6.2.2"},
    {Command::kLogin, "LOGIN", "user password", kNotAuth, News::kNone, false, 0, "RFC 3501 §6.2.3"},
    {Command::kSelect, "SELECT", "mailbox", kAuthSel, News::kNone, false, 0, "RFC 3501 §6.3.1"},
    {Command::kExamine, "EXAMINE", "mailbox", kAuthSel, News::kNone, false, 0, "RFC 3501 §6.3.2"},
    {Command::kCreate, "CREATE", "mailbox", kAuthSel, News::kAll, false, 0, "RFC 3501 §6.3.3"},
    {Command::kDelete, "DELETE", "mailbox", kAuthSel, News::kAll, false, 0, "RFC 3501 §6.3.4"},
    {Command::kRename, "RENAME", "mailbox new-name", kAuthSel, News::kAll, false, 0,
     "RFC 3501 §6.3.5"},
    {Command::kSubscribe, "SUBSCRIBE", "mailbox", kAuthSel, News::kAll, false,
     bit(Extension::kSubscriptions), "RFC 3501 §6.3.6"},
    {Command::kUnsubscribe, "UNSUBSCRIBE", "mailbox", kAuthSel, News::kAll, false,
     bit(Extension::kSubscriptions), "RFC 3501 §6.3.7"},
    {Command::kList, "LIST", "reference pattern", kAuthSel, News::kAll, false, 0,
     "RFC 3501 §6.3.8"},
    {Command::kLsub, "LSUB", "reference pattern", kAuthSel, News::kAll, false,
     bit(Extension::kSubscriptions), "RFC 3501 §6.3.9"},
    {Command::kStatus, "STATUS", "mailbox (items)", kAuthSel, News::kAll, false, 0,
     "RFC 3501 §6.3.10"},
    {Command::kAppend, "APPEND", "mailbox [(flags)] [date-time] literal", kAuthSel, News::kAll,
     false, 0, "RFC 3501 §6.3.11"},
    {Command::kIdle, "IDLE", "", kAuthSel, News::kAll, false, bit(Extension::kIdle), "RFC 2177 §3"},
    {Command::kCheck, "CHECK", "", kSel, News::kAll, false, bit(Extension::kRev1),
     "RFC 3501 §6.4.1"},
    {Command::kClose, "CLOSE", "", kSel, News::kNone, false, 0, "RFC 3501 §6.4.2"},
    {Command::kUnselect, "UNSELECT", "", kSel, News::kNone, false, bit(Extension::kUnselect),
     "RFC 3691 §2"},
    {Command::kExpunge, "EXPUNGE", "", kSel, News::kAll, false, 0, "RFC 3501 §6.4.3"},
    {Command::kSearch, "SEARCH", "[CHARSET name] keys", kSel, News::kWithoutExpunge, false, 0,
     "RFC 3501 §6.4.4"},
    {Command::kFetch, "FETCH", "set items", kSel, News::kWithoutExpunge, false, 0,
     "RFC 3501 §6.4.5"},
    {Command::kStore, "STORE", "set item (flags)", kSel, News::kWithoutExpunge, false, 0,
     "RFC 3501 §6.4.6"},
    {Command::kCopy, "COPY", "set mailbox", kSel, News::kAll, false, 0, "RFC 3501 §6.4.7"},
    {Command::kUidExpunge, "UID EXPUNGE", "uids", kSel, News::kAll, true, bit(Extension::kUidPlus),
     "RFC 4315 §2.1"},
    {Command::kUidSearch, "UID SEARCH", "[CHARSET name] keys", kSel, News::kAll, true, 0,
     "RFC 3501 §6.4.8"},
    {Command::kUidFetch, "UID FETCH", "uids items", kSel, News::kAll, true, 0, "RFC 3501 §6.4.8"},
    {Command::kUidStore, "UID STORE", "uids item (flags)", kSel, News::kAll, true, 0,
     "RFC 3501 §6.4.8"},
    {Command::kUidCopy, "UID COPY", "uids mailbox", kSel, News::kAll, true, 0, "RFC 3501 §6.4.8"},
    {Command::kStartTls, "STARTTLS", "", kNotAuth, News::kNone, false, bit(Extension::kStartTls),
     "RFC 3501 §6.2.1"},
    {Command::kEnable, "ENABLE", "capabilities", kAuthSel, News::kAll, false,
     bit(Extension::kEnable), "RFC 5161 §3.1"},
    {Command::kId, "ID", "(field value ...)", kAny, News::kAll, false, bit(Extension::kId),
     "RFC 2971 §3.1"},
    {Command::kNamespace, "NAMESPACE", "", kAuthSel, News::kAll, false, bit(Extension::kNamespace),
     "RFC 2342 §5"},
    {Command::kMove, "MOVE", "set mailbox", kSel, News::kAll, false, bit(Extension::kMove),
     "RFC 6851 §3.1"},
    {Command::kUidMove, "UID MOVE", "uids mailbox", kSel, News::kAll, true, bit(Extension::kMove),
     "RFC 6851 §3.2"},
    {Command::kReplace, "REPLACE", "number mailbox [(flags)] [date-time] literal", kSel, News::kAll,
     false, bit(Extension::kReplace), "RFC 8508 §3.3"},
    {Command::kUidReplace, "UID REPLACE", "uid mailbox [(flags)] [date-time] literal", kSel,
     News::kAll, true, bit(Extension::kReplace), "RFC 8508 §3.4"},
    {Command::kSort, "SORT", "(criteria) charset keys", kSel, News::kWithoutExpunge, false,
     bit(Extension::kSort), "RFC 5256 §3"},
    {Command::kUidSort, "UID SORT", "(criteria) charset keys", kSel, News::kAll, true,
     bit(Extension::kSort), "RFC 5256 §3"},
    {Command::kThread, "THREAD", "algorithm charset keys", kSel, News::kWithoutExpunge, false,
     bit(Extension::kThreadSubject) | bit(Extension::kThreadReferences), "RFC 5256 §3"},
    {Command::kUidThread, "UID THREAD", "algorithm charset keys", kSel, News::kAll, true,
     bit(Extension::kThreadSubject) | bit(Extension::kThreadReferences), "RFC 5256 §3"},
    {Command::kCancelUpdate, "CANCELUPDATE", "tags", kSel, News::kAll, false,
     bit(Extension::kContextSearch), "RFC 5267 §4.3.3"},
    {Command::kCompress, "COMPRESS", "DEFLATE", kAuthSel, News::kNone, false,
     bit(Extension::kCompress), "RFC 4978 §3"},
    {Command::kGetQuota, "GETQUOTA", "root", kAuthSel, News::kAll, false, bit(Extension::kQuota),
     "RFC 9208 §4.1.1"},
    {Command::kGetQuotaRoot, "GETQUOTAROOT", "mailbox", kAuthSel, News::kAll, false,
     bit(Extension::kQuota), "RFC 9208 §4.1.2"},
    {Command::kSetQuota, "SETQUOTA", "root (resource limit ...)", kAuthSel, News::kAll, false,
     bit(Extension::kQuotaSet), "RFC 9208 §4.1.3"},
    {Command::kSetAcl, "SETACL", "mailbox identifier rights", kAuthSel, News::kAll, false,
     bit(Extension::kAcl), "RFC 4314 §3.1"},
    {Command::kDeleteAcl, "DELETEACL", "mailbox identifier", kAuthSel, News::kAll, false,
     bit(Extension::kAcl), "RFC 4314 §3.2"},
    {Command::kGetAcl, "GETACL", "mailbox", kAuthSel, News::kAll, false, bit(Extension::kAcl),
     "RFC 4314 §3.3"},
    {Command::kListRights, "LISTRIGHTS", "mailbox identifier", kAuthSel, News::kAll, false,
     bit(Extension::kAcl), "RFC 4314 §3.4"},
    {Command::kMyRights, "MYRIGHTS", "mailbox", kAuthSel, News::kAll, false, bit(Extension::kAcl),
     "RFC 4314 §3.5"},
    {Command::kGetMetadata, "GETMETADATA", "mailbox [(options)] entries", kAuthSel, News::kAll,
     false, bit(Extension::kMetadata) | bit(Extension::kMetadataServer), "RFC 5464 §4.2"},
    {Command::kSetMetadata, "SETMETADATA", "mailbox (entry value ...)", kAuthSel, News::kAll, false,
     bit(Extension::kMetadata) | bit(Extension::kMetadataServer), "RFC 5464 §4.3"},
    {Command::kNotify, "NOTIFY", "SET (filter events) ... | NONE", kAuthSel, News::kAll, false,
     bit(Extension::kNotify), "RFC 5465 §3"},
};
constexpr uint32_t kCommandCount = sizeof(kCommands) / sizeof(kCommands[0]);

/// By its name in capitals; null when there is none.
constexpr const CommandRow* find_command(std::string_view name) {
  for (const CommandRow& row : kCommands) {
    if (name == row.name) return &row;
  }
  return nullptr;
}

struct SolicitedRow {
  std::string_view response;  // the name of an untagged response
  std::string_view commands;  // those that it answers, a blank around each; UID COMMAND as COMMAND
  const char* section;
};

/// Which commands are answered by an untagged response of this name; during any other command it is
/// news (RFC 3501 §5.2, §7). A name that is not here answers whatever command is in progress.
inline constexpr SolicitedRow kSolicited[] = {
    {"EXISTS", " SELECT EXAMINE ", "RFC 3501 §7.3.1"},
    {"RECENT", " SELECT EXAMINE ", "RFC 3501 §7.3.2"},
    {"FLAGS", " SELECT EXAMINE ", "RFC 3501 §7.2.6"},
    {"FETCH", " FETCH STORE SELECT EXAMINE ", "RFC 3501 §7.4.2, RFC 7162 §3.2.5"},
    {"UIDFETCH", " FETCH STORE SELECT EXAMINE ", "RFC 9586 §3.3"},
    {"EXPUNGE", " EXPUNGE MOVE REPLACE ", "RFC 3501 §7.4.1"},
    {"VANISHED", " EXPUNGE MOVE REPLACE FETCH SELECT EXAMINE ", "RFC 7162 §3.2.10"},
    {"STATUS", " STATUS LIST NOTIFY ", "RFC 3501 §7.2.4"},
    {"LIST", " LIST LSUB SELECT EXAMINE CREATE RENAME DELETE APPEND NOTIFY ",
     "RFC 3501 §7.2.2, RFC 9051 §6.3.9.7"},
    {"METADATA", " GETMETADATA ", "RFC 5464 §4.4"},
    {"ESEARCH", " SEARCH SORT THREAD ", "RFC 4731 §3.1"},
};

/// Whether an untagged response of this name answers this command; both in capitals.
constexpr bool solicits(std::string_view command, std::string_view response) {
  if (command.substr(0, 4) == "UID ") command.remove_prefix(4);
  for (const SolicitedRow& row : kSolicited) {
    if (row.response != response) continue;
    size_t at = row.commands.find(command);
    while (at != std::string_view::npos &&
           (row.commands[at - 1] != ' ' || row.commands[at + command.size()] != ' ')) {
      at = row.commands.find(command, at + 1);
    }
    return at != std::string_view::npos;
  }
  return true;
}

struct ResponseCodeRow {
  const char* code;
  const char* section;
};

/// Bracketed codes that this server gives after OK, NO, BAD and BYE.
inline constexpr ResponseCodeRow kResponseCodes[] = {
    {"ALERT", "RFC 3501 §7.1"},
    {"ALREADYEXISTS", "RFC 5530 §3"},
    {"APPENDUID", "RFC 4315 §3"},
    {"AUTHENTICATIONFAILED", "RFC 5530 §3"},
    {"AUTHORIZATIONFAILED", "RFC 5530 §3"},
    {"BADCHARSET", "RFC 3501 §7.1"},
    {"BADEVENT", "RFC 5465 §5"},
    {"BADURL", "RFC 4469 §4.1"},
    {"CANNOT", "RFC 5530 §3"},
    {"CAPABILITY", "RFC 3501 §7.1"},
    {"CLIENTBUG", "RFC 5530 §3"},
    {"CLOSED", "RFC 7162 §3.2.11"},
    {"COMPRESSIONACTIVE", "RFC 4978 §3"},
    {"CONTACTADMIN", "RFC 5530 §3"},
    {"COPYUID", "RFC 4315 §3"},
    {"CORRUPTION", "RFC 5530 §3"},
    {"EXPIRED", "RFC 5530 §3"},
    {"EXPUNGEISSUED", "RFC 5530 §3"},
    {"HASCHILDREN", "RFC 9051 §7.1"},
    {"HIGHESTMODSEQ", "RFC 7162 §3.1.2.1"},
    {"INPROGRESS", "RFC 9585 §4"},
    {"INUSE", "RFC 5530 §3"},
    {"LIMIT", "RFC 5530 §3"},
    {"MAILBOXID", "RFC 8474 §4"},
    {"METADATA", "RFC 5464 §4.2.1"},
    {"MODIFIED", "RFC 7162 §3.1.3"},
    {"NOMODSEQ", "RFC 7162 §3.1.2.2"},
    {"NONEXISTENT", "RFC 5530 §3"},
    {"NOPERM", "RFC 5530 §3"},
    {"NOTIFICATIONOVERFLOW", "RFC 5465 §5.8"},
    {"NOTSAVED", "RFC 5182 §2.1"},
    {"NOUPDATE", "RFC 5267 §4.3.1"},
    {"OVERQUOTA", "RFC 9208 §4.3.1"},
    {"PARSE", "RFC 3501 §7.1"},
    {"PERMANENTFLAGS", "RFC 3501 §7.1"},
    {"PRIVACYREQUIRED", "RFC 5530 §3"},
    {"READ-ONLY", "RFC 3501 §7.1"},
    {"READ-WRITE", "RFC 3501 §7.1"},
    {"SERVERBUG", "RFC 5530 §3"},
    {"TOOBIG", "RFC 4469 §4.2"},
    {"TRYCREATE", "RFC 3501 §7.1"},
    {"UIDNEXT", "RFC 3501 §7.1"},
    {"UIDNOTSTICKY", "RFC 4315 §3"},
    {"UIDREQUIRED", "RFC 9586 §3.1"},
    {"UIDVALIDITY", "RFC 3501 §7.1"},
    {"UNAVAILABLE", "RFC 5530 §3"},
    {"UNKNOWN-CTE", "RFC 3516 §4.3"},
    {"UNSEEN", "RFC 3501 §7.1"},
    {"USEATTR", "RFC 6154 §3"},
};

constexpr uint16_t kPort = 143;
constexpr uint16_t kTlsPort = 993;  // RFC 8314 §3.2

}  // namespace mailscope::imap
