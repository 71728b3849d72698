// What stands between an engine and its stream once COMPRESS has been agreed on (RFC 4978): each
// turn's words are compressed together and flushed, what comes is inflated as the engine takes it
// in. The trace keeps the plain lines, with the octets that they took on the wire.

#include <algorithm>

#include "sim/world/world.h"

namespace mailscope {
namespace {

/// So much at a time is inflated for an engine that waits for more. A few octets can stand for
/// thousands of commands: they stay compressed until the engine comes to them.
constexpr size_t kInflateStep = 16384;

bool has_turn_to_take(const Agent& agent) {
  return with_engine<bool>(agent.engine, false, [](const auto& engine) { return engine.ready(); });
}

const char* problem_text(Inflater::Problem problem) {
  return problem == Inflater::Problem::kAfterEnd
             ? "RFC 1951 §3.2.3: something follows the last block of compressed data"
             : "RFC 4978 §3: octets that are no compressed data";
}

}  // namespace

void World::begin_compression(ConnId id, Side side, std::string_view unread) {
  Connection& connection = connections_[id.index()].edit();
  connection.end(side).compression.emplace();
  connection.end(side).compression->heard.append(unread);
  // Of a program outside only what it says is followed.
  if (connection.live) connection.client.compression.emplace();
}

void World::say_compressed(Connection& connection, Side side, const std::vector<OutUnit>& units,
                           TraceWriter& trace) {
  if (units.empty()) return;
  ConnectionEnd& end = connection.end(side);
  Compression& compression = *end.compression;
  auto wire = std::make_shared<std::string>();
  for (const OutUnit& unit : units) compression.said.add(unit.bytes(), *wire);
  // RFC 4978 §4: flushed when nothing more is to be said now, or the peer would wait for the rest.
  compression.said.flush(*wire);
  compression.gauge.append(*wire);
  const bool records = end.tls == TlsState::kSecured && !connection.live;
  const uint64_t begin = end.said;
  for (const OutUnit& unit : units) {
    compression.gauge.skip(unit.size);
    // The flush belongs to the last line.
    const uint64_t until =
        &unit == &units.back() ? wire->size() : compression.gauge.consumed() - compression.wrote;
    std::string_view text = unit.bytes();
    if ((unit.flags & LineFlags::kBlock) == 0) text.remove_suffix(2);  // its CRLF
    if (connection.live) connection.live->hear(text);
    const uint64_t said_until = begin + (records ? protected_octets(until) : until);
    record_said(connection, side, text, unit.flags | LineFlags::kCompressed,
                said_until - end.said, trace, unit.size);
    if (records) {  // one is opened when all of it is there
      const uint64_t count = (until + kTlsMaxPlaintext - 1) / kTlsMaxPlaintext;
      end.marks.last().end =
          begin + protected_octets(std::min<uint64_t>(count * kTlsMaxPlaintext, wire->size()));
    }
  }
  compression.wrote += wire->size();
  const size_t octets = wire->size();
  if (records) return write_protected(connection, side, {std::move(wire), 0, octets});
  end.written.append(std::move(wire), 0, octets);
}

void World::inflate(AgentId id, TraceWriter& trace) {
  const ConnId conn = agents_[id.index()]->conn;
  const Side side = agents_[id.index()]->is_server ? Side::kServer : Side::kClient;
  if (!connections_[conn.index()]->end(side).compression) return;
  while (!has_turn_to_take(*agents_[id.index()])) {
    Connection& connection = connections_[conn.index()].edit();
    Inflater& heard = connection.end(side).compression->heard;
    if (connection.cut || agents_[id.index()]->settled) return;
    const std::string text = heard.take(kInflateStep);
    if (connection.live) {
      for (const LiveSpeech::Unit& unit : connection.live->take(text)) {
        record_compressed_speech(connection, unit, trace);
      }
      record_arrivals(connection, side, connection.client.said, trace);
    }
    if (!text.empty()) {
      with_engine<bool>(agents_[id.index()].edit().engine, false, [&](auto& engine) {
        engine.receive(text);
        return true;
      });
      continue;
    }
    if (heard.problem() == Inflater::Problem::kNone) return;
    Event event;
    event.kind = EventKind::kViolation;
    event.conn = conn;
    event.host = connection.end(side).host;
    trace.record(event, problem_text(heard.problem()));
    return cut(conn, trace);
  }
}

void World::record_compressed_speech(Connection& connection, const LiveSpeech::Unit& unit,
                                     TraceWriter& trace) {
  Compression& client = *connection.client.compression;
  client.gauge.skip(unit.octets);
  const uint64_t octets = client.gauge.consumed() - client.wrote;
  client.wrote += octets;
  record_said(connection, Side::kClient, unit.text, unit.flags | LineFlags::kCompressed, octets,
              trace, unit.octets);
}

}  // namespace mailscope
