// The model of TLS on a connection: its flights, its records, and what someone on the way can do to
// a connection that has not begun it. sim/net/tls.h says what is modelled and what is not.

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/base/digest.h"
#include "sim/world/world.h"

namespace mailscope {
namespace {

/// RFC 8446 §B.1.
constexpr uint8_t kHandshakeRecord = 22;
constexpr uint8_t kDataRecord = 23;

/// Noise differs from record to record, and is the same in every replay.
uint64_t noise_seed(const Connection& connection, Side side) {
  Digest digest;
  digest.add(connection.id);
  digest.add(static_cast<int>(side));
  digest.add(connection.end(side).written.end());
  return digest.value();
}

void append_record(Connection& connection, Side side, uint8_t type, uint64_t octets, TlsUnit unit) {
  ConnectionEnd& end = connection.end(side);
  unit.begin = end.written.end();
  end.written.append(std::make_shared<const std::string>(
      opaque_record(type, octets, noise_seed(connection, side))));
  unit.end = end.written.end();
  end.tls_units.push_back(std::move(unit));
}

}  // namespace

void World::write_protected(Connection& connection, Side side, const OutUnit& unit) {
  for (uint64_t at = 0; at < unit.size; at += kTlsMaxPlaintext) {
    TlsUnit record;
    record.plain = unit.text;
    record.plain_begin = unit.begin + at;
    record.plain_size = std::min<uint64_t>(kTlsMaxPlaintext, unit.size - at);
    const uint64_t octets = record.plain_size + kTlsRecordOverhead;
    append_record(connection, side, kDataRecord, octets, std::move(record));
  }
}

void World::begin_tls(ConnId id, Side side, TraceWriter& trace) {
  ConnectionEnd& end = connections_[id.index()].edit().end(side);
  if (side == Side::kServer) {
    end.tls = TlsState::kAwaitingHello;
    return;
  }
  end.tls = TlsState::kHelloSent;
  say_flight(id, side, kClientHello, trace);
}

void World::say_flight(ConnId id, Side side, const TlsFlight& flight, TraceWriter& trace) {
  Connection& connection = connections_[id.index()].edit();
  ConnectionEnd& end = connection.end(side);
  trace.set_host(end.host);
  record_said(connection, side, flight.name, LineFlags::kBlock | LineFlags::kHandshake,
              flight.octets, trace);
  TlsUnit unit;
  unit.handshake = true;
  append_record(connection, side, kHandshakeRecord, flight.octets, std::move(unit));
  transmit(id, side, false, trace);
}

void World::on_flight(ConnId id, Side receiver, TraceWriter& trace) {
  ConnectionEnd& end = connections_[id.index()].edit().end(receiver);
  switch (end.tls) {
    case TlsState::kAwaitingHello:
      end.tls = TlsState::kFlightSent;
      return say_flight(id, receiver, kServerFlight, trace);
    case TlsState::kHelloSent:
      say_flight(id, receiver, kClientFinished, trace);
      return secured(id, receiver, trace);
    case TlsState::kFlightSent:
      return secured(id, receiver, trace);
    case TlsState::kPlain:
    case TlsState::kSecured:
      return not_tls(id, receiver, trace);
  }
}

void World::not_tls(ConnId id, Side receiver, TraceWriter& trace) {
  Event event;
  event.kind = EventKind::kViolation;
  event.conn = id;
  event.host = connections_[id.index()]->end(receiver).host;
  trace.record(event, "RFC 8446 §5: no TLS record where one is due");
  // Simplified: an alert would be sent before the connection is broken off.
  cut(id, trace);
}

void World::strip_starttls(HostId here, const SegmentContent& content, TraceWriter& trace) {
  if (content.size == 0 || content.direction != Direction::kToClient) return;
  Connection& connection = connections_[content.conn.index()].edit();
  ConnectionEnd& from = connection.end(Side::kServer);
  if (from.tls != TlsState::kPlain) return;
  const uint64_t end = std::min(content.sequence + content.size, from.written.end());
  std::string bytes;
  for (uint64_t at = std::max(content.sequence, from.written.begin()); at < end;) {
    const std::string_view piece = from.written.piece_at(at, end);
    if (piece.empty()) return;
    bytes += piece;
    at += piece.size();
  }
  const uint64_t begin = end - bytes.size();
  for (const std::string_view word : {std::string_view("STARTTLS"), std::string_view("STLS")}) {
    // The offer is taken away in place, so that sequence numbers stay right and TCP sees nothing.
    // An offer split over two segments escapes, as it would in reality.
    for (size_t at = find_ignoring_case(bytes, word); at != std::string::npos;
         at = find_ignoring_case(bytes, word)) {
      const std::string crossed_out(word.size(), 'X');
      bytes.replace(at, word.size(), crossed_out);
      from.written.overwrite(begin + at, crossed_out);
      Event event;
      event.kind = EventKind::kFault;
      event.conn = content.conn;
      event.host = here;
      event.protocol = connection.protocol;
      trace.record(event, "strip-starttls " + std::string(word));
    }
  }
}

}  // namespace mailscope
