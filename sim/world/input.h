// Input: an influence from outside on a world: what a person does, a fault, mail brought in. The
// journal is the list of them; with the scenario it determines everything that happens.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/base/ids.h"
#include "sim/base/protocol.h"
#include "sim/base/time.h"
#include "sim/mail/message.h"
#include "sim/net/link.h"
#include "sim/world/dns.h"

namespace mailscope {

enum class InputKind : uint8_t {
  // A person at the mail program of `host`. `text` picks a message by words of its subject.
  kCheckMail,  // connect and collect, or synchronise when connected
  kRead,       // open a message: marks it read; IMAP fetches the body when it is not here
  kUnread,
  kFlag,  // star
  kDelete,
  kMove,        // to the mailbox `mailbox`
  kSend,        // `message` to `recipients`, through the program's SMTP server
  kDisconnect,  // close the program: log out
  kBulkSend,    // `number` octets over plain TCP from `host` to `peer`, to measure the network
  // Faults.
  kDropSegment,    // the segment `number` now in flight is lost
  kDelaySegment,   // it arrives `duration` later
  kCutConnection,  // `conn`, or every connection between `host` and `peer`: both ends see a reset
  kCutAfterByte,   // the same once byte `number` of `conn` in `direction` has been delivered
  kStopHost,       // its programs end and their connections with them; stored mail stays
  kStartHost,
  kSetLink,   // the link between `host` and `peer` gets `link` in both directions
  kLinkDown,  // the same link carries nothing
  kLinkUp,
  kSetDns,       // from now on the DNS knows `records` about the name `text`, and nothing else
  kEndSessions,  // the server programs of `host` are stopped: each session is told, then closed
  // A program outside, over a socket (sim/live). The client end of such a connection has no TCP
  // here.
  kLiveConnect,  // `host` stands for it; to port `number` of `peer`. With `text` the server says
                 // that line and closes: it takes no more sessions
  kLiveBytes,    // it has said the octets `text` on `conn`
  kLiveTaken,    // it has been given the first `number` octets of what `conn` held for it
  kLiveClose,    // it has closed `conn`; with `text`, which says why, rather than after its last
                 // octet
  // More of what a person does.
  kSaveDraft,  // IMAP: `message` into the drafts; it takes the place of the draft `text`, if given
  kCopy,       // IMAP: to the mailbox `mailbox`
  kGoOffline,  // keep off the network: what is done from now on waits
  kGoOnline,
  // One more fault.
  kRenewUids,  // the mailbox `mailbox` of the account `text` at `host` is restored from a copy:
               // its messages have other UIDs, and it another UIDVALIDITY
  // More of a program outside.
  kLiveSecured,  // the TLS handshake on `conn` is over; `text`: the version and cipher agreed on
};
constexpr int kInputKindCount = 30;

/// Recorded as faults, and shown as such.
constexpr bool is_fault(InputKind kind) {
  return (kind >= InputKind::kDropSegment && kind <= InputKind::kEndSessions) ||
         kind == InputKind::kRenewUids;
}
/// What a person does at a mail program.
constexpr bool is_action(InputKind kind) {
  return kind <= InputKind::kDisconnect ||
         (kind >= InputKind::kSaveDraft && kind <= InputKind::kGoOnline);
}
constexpr bool is_live(InputKind kind) {
  return (kind >= InputKind::kLiveConnect && kind <= InputKind::kLiveClose) ||
         kind == InputKind::kLiveSecured;
}

struct Input {
  Instant at;
  InputKind kind = InputKind::kCheckMail;
  HostId host;
  HostId peer;
  ConnId conn;
  Direction direction = Direction::kToServer;
  uint64_t number = 0;
  Duration duration;
  std::string text;
  std::string mailbox;
  std::vector<std::string> recipients;
  MessagePtr message;
  LinkConfig link;
  std::vector<DnsRecord> records;
};

/// The kind's stable name, such as "check-mail"; used in lessons, traces and JSON.
const char* input_kind_name(InputKind kind);
/// One stable line: "read Lunch".
std::string input_text(const Input& input);

}  // namespace mailscope
