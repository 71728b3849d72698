// One fact of what happened. Events are small and fixed in size (56 bytes); texts live in the
// trace's pool. Everything drawn, measured, explained or graded is read from these.
#pragma once

#include <cstdint>

#include "sim/base/ids.h"
#include "sim/base/protocol.h"
#include "sim/base/time.h"

namespace mailscope {

/// What happened. The comment gives the meaning of `code`, `a`, `b`, `x`, `y` and of the text.
enum class EventKind : uint8_t {
  kUserAction,      // text: the action in words of the scenario, such as "read lunch"
  kFault,           // text: the fault, such as "cut"
  kDial,            // a host asks for a connection; a: peer host, b: port
  kConnState,       // one end changed its TCP state; code: TcpState, a: the one before, text: cause
  kSegmentSent,     // a: segment number, b: payload bytes, code: SegmentFlags,
                    // x: sequence offset, y: when it will arrive (ns), or -1 when it will be lost
  kSegmentArrived,  // a: segment number, b: payload bytes, code: SegmentFlags, x: sequence offset
  kSegmentDropped,  // a: segment number, b: payload bytes, code: DropReason
  kDatagram,        // DNS question or answer sent; a: segment number, y: arrival or -1, text: it
  kLineSent,        // an engine said a line; x, y: first and past-the-last stream offset;
                    // code: LineFlags; text: the line without CRLF, or the head of a block;
                    // b: if it is compressed, how many octets it was before
  kLineArrived,     // its last byte was handed to the engine at the other end; a: its kLineSent id
  kCommand,         // a server understood and began a command; text: its name; a: row of its table
  kReply,           // a client took in a reply or response; code: 1 good, 0 bad; text: to what
  kViolation,       // the peer broke a rule; text: "RFC 5321 §4.5.3.1: line too long"
  kProtocolState,   // an engine changed state; code: new state, a: old state; text: name of the new
  kStoreChange,     // a mail store changed; code: StoreChange; a: mailbox, b: uid,
                    // x: system flags before, y: after; text: name, keywords or subject
  kLocalChange,     // a device's copy changed; code: LocalChange; a: folder index, b: entry key,
                    // x: state before, y: state after; text: subject
  kViewChange,      // a session's belief about its mailbox changed; code: ViewChange; a: sequence
                    // number, b: uid (of a server's kSelected, and of what it tells of other
                    // mailboxes, the mailbox, as in kStoreChange); solicited or not in x; text: the
                    // response that tells it, or its first line
  kTimer,           // a wake-up asked for earlier; text: for what
  kNote,            // something a person should know; code: Note, text: its argument
  kQueueChange,     // a mail server's queue changed; code: QueueChange; a: job, b: attempts so far,
                    // x: when the next attempt is due (ns); text: see QueueChange
  kMessageHead,     // the block just said is a message or its header; a: its kLineSent event; text:
                    // its From, To, Cc, Bcc and Subject fields, a line each, as sent
};

/// code of kLineSent.
struct LineFlags {
  static constexpr uint8_t kBlock = 1;      // message data, not a line: text is only its first line
  static constexpr uint8_t kContinued = 2;  // an IMAP line that a literal follows
  static constexpr uint8_t kSecret = 4;     // carries a password
  static constexpr uint8_t kEncrypted = 8;  // TLS protects it: the text is for the learner alone
  static constexpr uint8_t kHandshake = 16; // a flight of the TLS handshake; with kBlock
  static constexpr uint8_t kCompressed = 32; // by DEFLATE: x to y is what it took on the wire
};

/// code of kStoreChange.
enum class StoreChange : uint8_t {
  kAdded,            // message `b` in mailbox `a`; text: subject
  kFlags,            // x before, y after; text: keywords after
  kExpunged,         // message `b` is gone; text: subject
  kMailboxCreated,   // text: name
  kMailboxDeleted,   // text: name
  kMailboxRenamed,   // text: new name; y: its new UIDVALIDITY, or 0 when that stays
  kMaildropLocked,   // POP3's exclusive lock taken
  kMaildropUnlocked,
  kMarked,           // POP3 DELE: marked in this session only; b: uid
  kUnmarked,         // POP3 RSET or a session that ended without QUIT
  kAnnotated,        // an annotation of the mailbox was set or removed; text: the entry's name
  kRights,           // who may do what with the mailbox; text: identifier, and its rights if any
  // Of the account whose INBOX `a` is.
  kServerAnnotated,  // the account's annotation of the server; text: the entry's name
  kSubscribed,       // text: the name
  kUnsubscribed,     // text: the name
};

/// code of kQueueChange.
enum class QueueChange : uint8_t {
  kTaken,      // the server is now responsible for mail to a domain; text: the domain
  kTried,      // it turns to another server; text: that one's domain name
  kPutOff,     // until x; text: why
  kSent,       // another server has taken responsibility for a recipient; text: the address
  kBounced,    // it gives a recipient up; text: the address, and after ": " why
  kReported,   // it writes to the sender; text: the report's action (RFC 3464 §2.3.3), the address
  kDelivered,  // a mailbox of its own has the message; text: the address
  kDropped,    // it gives a recipient up and nobody is to be told; text: the address
};

/// code of kLocalChange.
enum class LocalChange : uint8_t { kAdded, kBodyFetched, kFlags, kRemoved, kForgotten };

/// code of kViewChange.
enum class ViewChange : uint8_t {
  kSelected,
  kExists,
  kExpunge,
  kFlags,
  kClosed,
  // What a server tells unasked, besides: of the selected mailbox.
  kArrived,  // what NOTIFY or UPDATE fetch of a new message (RFC 5465 §5.2, §7)
  kResult,   // a search that is kept up to date (RFC 5267 §4.3); b: the first message it names
  kMark,     // HIGHESTMODSEQ while expunges are held back, or when they no longer are
  kGone,     // it has been deleted, or another has its name
  // Of a mailbox, by NOTIFY (RFC 5465 §5): b is that mailbox.
  kStatus,
  kListed,     // it was made, deleted or renamed, or who may see it changed
  kAnnotated,  // RFC 5464 §4.4.2
  // Of the account, by NOTIFY: b is its INBOX.
  kServerAnnotated,
  kSubscription,
};

/// code of kNote.
enum class Note : uint8_t {
  kPlain,           // the text is all of it
  kServerNotFound,  // text: the name
  kNoDnsAnswer,     // text: the name asked about
  kSessionFailed,   // text: why
  kRefused,         // text: the recipient and the server's words
  kNotSentYet,      // text: why
  kNoProgram,       // there is no mail program on this host
  kHostIsOff,
  kNoSmtpServer,   // the mail program here only collects
  kNoSuchMessage,  // text: the words looked for
  // IMAP: what became of something a person did while the server was not listening. Text: the
  // message's subject; of kActionRefused with the server's words.
  kGoneMeanwhile,   // the message is no longer there
  kOtherUids,       // UIDVALIDITY has changed, and which message was meant cannot be told
  kActionRefused,   // the server will not have it
  kStillMarked,     // EXPUNGE would have taken others' mail too
  kFolderGone,      // the mailbox of the message is no longer there
  kOffline,         // the person has told the program to keep off the network
  kFoldersLeftOut,  // IMAP: mailboxes that the program cannot keep a copy of; text: their names
};
constexpr int kNoteCount = 17;

/// What is known of an entry of a device's local copy, packed in kLocalChange x and y.
struct LocalState {
  static constexpr int64_t kPresent = 1 << 16;
  static constexpr int64_t kBody = 1 << 17;  // the whole message is here, not only its header
};

struct Event {
  Instant at;
  EventId cause;  // the event that led to this one; none for what came from outside
  HostId host;    // where it happened
  ConnId conn;    // none when no connection is concerned
  LinkId link;    // of segment and datagram events
  EventKind kind = EventKind::kNote;
  Protocol protocol = Protocol::kNone;
  Direction direction = Direction::kToServer;
  uint8_t code = 0;
  uint32_t a = 0;
  uint32_t b = 0;
  int64_t x = 0;
  int64_t y = 0;
  uint32_t text_begin = 0;  // into the trace's pool
  uint32_t text_size = 0;
};

static_assert(sizeof(Event) <= 64, "aim: under 150 bytes an event, its text included");

/// The kind's stable name in text and JSON forms, such as "line-sent".
const char* event_kind_name(EventKind kind);
const char* store_change_name(StoreChange change);
const char* local_change_name(LocalChange change);
const char* view_change_name(ViewChange change);
const char* note_name(Note note);
const char* queue_change_name(QueueChange change);

}  // namespace mailscope
