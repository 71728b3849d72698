// The engine contract. A protocol engine (client or server of SMTP, POP3 or IMAP) is a value with
// these members; it does no I/O, reads no clock and draws no random number. Its caller gives it
// bytes and turns, each with a Context, and carries out what it puts in the Outbox.
//
//   void open(Context&, Outbox&)               the connection stands (a server greets)
//   void receive(std::string_view bytes)       bytes from the peer, in any pieces; none handled yet
//   bool ready() const                         a turn would handle something now
//   void turn(Context&, Outbox&)               handle at most one command, reply or response
//   void timer(Context&, Outbox&)              the wake_at asked for has come
//   void closed(Context&, Outbox&, CloseReason)  the connection is over; nothing can be sent
//   bool finished() const                      no further turn will do anything
//   void secured(Context&, Outbox&)            the TLS handshake is over
//   void shut_down(Context&, Outbox&)          the server program is being stopped: says so, closes
//   size_t pending_octets() const              received, and not yet the whole of a command
//   uint64_t digest() const                    of its whole state
// pending_octets() is for engines that can gather much; secured() for engines that can set
// Outbox::start_tls or run on a port of implicit TLS, where it comes before open(); shut_down() for
// servers whose protocol has words for it. The others leave them out.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/base/cow.h"
#include "sim/base/ids.h"
#include "sim/base/time.h"
#include "sim/mail/local_store.h"
#include "sim/mail/mail_store.h"
#include "sim/trace/writer.h"

namespace mailscope {

enum class CloseReason : uint8_t {
  kPeerClosed,  // an orderly end: the peer's FIN after all its bytes
  kReset,       // RST
  kTimedOut,    // retransmissions were given up
  kRefused,     // no one listens there
};

constexpr const char* close_reason_text(CloseReason reason) {
  constexpr const char* kWords[] = {"the peer closed the connection", "connection reset",
                                    "connection timed out", "connection refused"};
  return kWords[static_cast<int>(reason)];
}

/// What a turn is given. Passed in, never kept.
struct Context {
  Instant now;
  int64_t unix_now = 0;            // calendar time of `now`: seconds since 1970, UTC
  AgentId self;
  std::string_view host_name;      // this host's domain name
  std::string_view peer_name;      // the other's
  TraceWriter& trace;
  Cow<MailStore>* store = nullptr;  // servers: the mail of this host
  Cow<LocalStore>* local = nullptr; // mail programs: what their device holds
  bool secured = false;            // TLS protects this connection
  /// For nonces and the like: differs from turn to turn, the same whenever the run is the same. The
  /// engine derives what it needs by hashing; it is no secret from anyone who knows the scenario.
  uint64_t entropy = 0;
};

/// Records that the peer broke a rule: `what` begins with the RFC section.
inline void record_violation(Context& context, std::string_view what) {
  Event event;
  event.kind = EventKind::kViolation;
  context.trace.record(event, what);
}

/// Records that a server understood a command (`row` of its table).
inline void record_command(Context& context, std::string_view name, uint32_t row) {
  Event event;
  event.kind = EventKind::kCommand;
  event.a = row;
  context.trace.record(event, name);
}

/// Records that a client took in a reply.
inline void record_reply(Context& context, std::string_view to_command, bool good) {
  Event event;
  event.kind = EventKind::kReply;
  event.code = good ? 1 : 0;
  context.trace.record(event, to_command);
}

/// Records a change of protocol state; engines call it from their set_state() alone.
inline void record_state(Context& context, uint8_t before, uint8_t after, std::string_view name) {
  Event event;
  event.kind = EventKind::kProtocolState;
  event.code = after;
  event.a = before;
  context.trace.record(event, name);
}

}  // namespace mailscope
