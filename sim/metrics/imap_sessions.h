// IMAP sessions at one instant: what each believes about its mailbox beside what the server holds,
// and the responses that will close the gap. A pure function of a world. RFC 3501 §2.3.1.2
// (numbers), §5.2 and §7.4.1 (when news may be told), RFC 7162 §3.1 (mod-sequences). Why something
// was told: untagged_cause.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/world/world.h"

namespace mailscope {

/// One message as a session counts it.
struct NumberedUid {
  SeqNum number;  // 0: the session has not been told of it
  Uid uid;
  bool gone = false;   // expunged, and the session still counts it
  bool stale = false;  // its flags have changed, and the session has not been told
};

/// News that the session has not been told, as the response that will tell it, in its own words.
struct PendingNews {
  std::string response;  // "* 2 EXPUNGE", "* VANISHED 2", "* 3 FETCH (FLAGS (\Seen))"
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
  bool condstore = false;  // the server offers CONDSTORE: the session can know mod-sequences
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

}  // namespace mailscope
