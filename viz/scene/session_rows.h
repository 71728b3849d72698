// Sessions: what each IMAP session has been told of its mailbox beside what the server holds, ready
// to be drawn: a cell for each message with its number over its UID, the two counts, and the
// responses that will close the gap with the moment at which they may be said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "viz/moment/moment.h"

namespace mailscope::viz {

/// One message as a session counts it.
struct SessionCell {
  /// Never by colour alone: what is gone is struck out, what changed has a ~, what is new a +.
  enum class Mark : uint8_t { kKnown, kUntold, kGone, kStale };
  Mark mark = Mark::kKnown;
  std::string number;  // with its sign
  std::string uid;
  uint32_t told_number = 0;  // 0: it has not been told of it
};

struct SessionCount {
  uint64_t told = 0;
  uint64_t held = 0;
  [[nodiscard]] bool differs() const { return told != held; }
};

struct SessionNews {
  enum class When : uint8_t { kAtOnce, kNextCommand, kWhenNumbersMayShift };
  std::string response;
  When when = When::kNextCommand;
};

struct SessionRow {
  HostId client;     // none for a program outside
  std::string user;
  std::string mailbox;
  bool read_only = false;
  bool listening = false;
  SessionCount exists;
  std::optional<SessionCount> modseq;  // when the session can know it
  std::vector<SessionCell> cells;
  size_t more = 0;  // messages of a long mailbox that have no cell
  std::vector<SessionNews> pending;
};

/// In the order in which the sessions began.
std::vector<SessionRow> build_session_rows(const Moment& moment);

}  // namespace mailscope::viz
