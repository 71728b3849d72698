// What a scenario lets go wrong on an IMAP server, so that a mail program can be seen to cope: a
// command that is answered with NO and one of the response codes of RFC 5530 §3, from one moment to
// another. There is nothing to remember and no chance in it: the clock alone decides, for every
// session alike, and who asks again later finds it mended.
#pragma once

#include <cstddef>
#include <string>

#include "sim/base/time.h"
#include "sim/imap/protocol.h"

namespace mailscope::imap {

struct TroubleRow {
  const char* code;
  const char* text;  // what NO says
  bool of_account;   // it can be met when somebody logs in
  bool of_mailbox;   // it can be met when a mailbox is used
};

inline constexpr TroubleRow kTroubles[] = {
    {"CONTACTADMIN", "please speak to the administrator", true, true},
    {"CORRUPTION", "this mailbox is damaged", false, true},
    {"EXPIRED", "that password is not valid any more", true, false},
    {"INUSE", "another program has locked it; try again later", true, true},
    {"SERVERBUG", "this should not have happened", true, true},
    {"UNAVAILABLE", "the storage cannot be reached just now", true, true},
};

/// The commands that trouble may have. Each stands for what is like it, see troubled_as().
inline constexpr Command kTroubledCommands[] = {
    Command::kLogin,  Command::kSelect, Command::kStatus, Command::kCreate, Command::kDelete,
    Command::kRename, Command::kAppend, Command::kFetch,  Command::kStore,  Command::kSearch,
    Command::kCopy,   Command::kMove,   Command::kExpunge};

/// LOGIN for AUTHENTICATE, SELECT for EXAMINE, and a command for its UID form; else the command.
constexpr Command troubled_as(Command command) {
  switch (command) {
    case Command::kAuthenticate:
      return Command::kLogin;
    case Command::kExamine:
      return Command::kSelect;
    case Command::kUidFetch:
      return Command::kFetch;
    case Command::kUidStore:
      return Command::kStore;
    case Command::kUidSearch:
      return Command::kSearch;
    case Command::kUidCopy:
      return Command::kCopy;
    case Command::kUidMove:
      return Command::kMove;
    case Command::kUidExpunge:
      return Command::kExpunge;
    default:
      return command;
  }
}

struct Trouble {
  Command command = Command::kLogin;  // of kTroubledCommands
  size_t row = 0;                     // of kTroubles
  std::string account{};              // whose sessions meet it; empty: all
  std::string mailbox{};              // as that user calls it; empty: all
  Instant from{};
  Instant until = kNever;  // it is over then
};

}  // namespace mailscope::imap
