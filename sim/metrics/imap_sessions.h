// IMAP sessions at one instant: what each believes about its mailbox beside what the server holds,
// the responses that will close the gap, and why each was told what it was told. Pure functions of
// a world and a trace. RFC 3501 §2.3.1.2 (numbers), §5.2 and §7.4.1 (when news may be told), RFC
// 7162 §3.1 (mod-sequences).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/trace/trace.h"
#include "sim/world/world.h"

namespace mailscope {

/// One message as a session counts it.
struct NumberedUid {
  SeqNum number;  // 0: the session has not been told of it
  Uid uid;
  bool gone = false;  // expunged, and the session still counts it
};

/// News that the session has not been told, as the response that will tell it.
struct PendingNews {
  std::string response;  // "* 2 EXPUNGE", "* 5 EXISTS", "* 3 FETCH (FLAGS (\Seen))"
  /// It shifts numbers: not while FETCH, STORE or SEARCH is carried out (RFC 3501 §7.4.1).
  bool shifts = false;
};

struct ImapSession {
  AgentId agent;      // the server's end
  ConnId conn;
  HostId server;
  HostId client;      // none for a program outside
  std::string user;
  std::string mailbox;
  bool read_only = false;
  bool listening = false;  // in IDLE, or after NOTIFY: news is told as it happens
  // What the session believes.
  uint32_t told_exists = 0;
  uint64_t told_modseq = 0;
  // What the server holds.
  uint32_t exists = 0;
  uint64_t highest_modseq = 0;
  std::vector<NumberedUid> numbering;  // by number; then what has not been told, by UID
  std::vector<PendingNews> pending;    // in the order in which it will be told
};

/// Every session with a mailbox selected, in the order in which they began.
std::vector<ImapSession> imap_sessions(const World& world);

/// Why an untagged response was said.
struct UntaggedCause {
  bool solicited = false;       // by the session's own command
  std::optional<EventId> change;  // the change of the store that it tells of
};

/// Of the kViewChange event `told`; what it tells of is the last change of that kind to that
/// message before it.
UntaggedCause cause_of(const Trace& trace, const World& world, EventId told);

}  // namespace mailscope
