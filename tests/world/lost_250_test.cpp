// The lost 250. RFC 5321 §6.1: the server is responsible from the moment it says 250 to the final
// dot, the client until it has heard that. Between the two there is no certainty: a client that
// hears nothing must send again, so a break just there makes a second copy. RFC 1047.
#include <doctest/doctest.h>

#include "tests/support/checkers.h"
#include "tests/world/relay_world.h"

using namespace mailscope;
using test::at_s;
using test::RelayWorld;

namespace {

struct Outcomes {
  int untouched = 0;  // the byte was never sent: the session was whole
  int retried = 0;    // cut, and sent once more: one copy
  int settled = 0;    // cut after the 250 was heard: one copy
  int twice = 0;
};

/// What the cut connection knew: that the server had stored the message, that the client had heard.
struct Known {
  bool stored = false;
  bool heard = false;
};

Known known_of(const Trace& trace, ConnId conn) {
  Known known;
  for (uint32_t i = 1; i <= trace.size(); ++i) {
    const Event& event = trace[i];
    if (event.conn != conn) continue;
    // The server's last word on the message, whether it keeps it or passes it on.
    if (event.kind == EventKind::kLineSent && event.direction == Direction::kToClient &&
        trace.text(event) == "250 OK: message accepted") {
      known.stored = true;
    }
    if (event.kind == EventKind::kReply && event.code == 1 && trace.text(event) == ".") {
      known.heard = true;
    }
  }
  return known;
}

/// Cuts this connection of Alice's letter to Bob at each byte of a direction.
Outcomes cut_everywhere(ConnId conn, Direction direction) {
  const RelayWorld small;
  const MessagePtr message = test::small_message("Lunch on Friday?");
  Trace before;
  World start(small.share(), &before);
  start.add_input(small.send(100, message));
  while (start.connection_count() < conn.value) start.step(&before);
  Outcomes outcomes;
  for (uint64_t byte = 0; outcomes.untouched == 0; ++byte) {
    CAPTURE(byte);
    World world = start;
    Trace trace = before;
    Input cut;
    cut.at = world.now();
    cut.kind = InputKind::kCutAfterByte;
    cut.conn = conn;
    cut.direction = direction;
    cut.number = byte;
    world.add_input(cut);
    while (world.has_next() && world.next_time() <= at_s(7200)) {
      world.step(&trace);
      REQUIRE(test::check_nothing_lost(world, {message->message_id()}) == "");
    }
    const int copies = test::copies_for(world, message->message_id(), "bob@example.net");
    const Known known = known_of(trace, conn);
    REQUIRE(copies >= 1);
    REQUIRE(copies <= 2);
    // Twice when the 250 was lost, and only then.
    REQUIRE((copies == 2) == (known.stored && !known.heard));
    REQUIRE(world.host(small.alices_server).relay->jobs.empty());
    REQUIRE(world.device(small.alices_program).outbox.empty());
    REQUIRE(test::alices_inbox(world, small).entries.empty());  // and nobody was troubled
    if (!world.connection(conn).cut) {
      ++outcomes.untouched;
    } else if (copies == 2) {
      ++outcomes.twice;
    } else if (known.heard) {
      ++outcomes.settled;
    } else {
      ++outcomes.retried;
    }
  }
  return outcomes;
}

}  // namespace

TEST_CASE(
    "between two servers: a cut at any byte loses nothing, and doubles only what the lost "
    "250 doubles") {
  const Outcomes up = cut_everywhere(ConnId{2}, Direction::kToServer);
  CHECK(up.retried > 300);  // greeting to the end of the message
  CHECK(up.twice == 0);
  CHECK(up.settled > 0);  // QUIT
  const Outcomes down = cut_everywhere(ConnId{2}, Direction::kToClient);
  CHECK(down.retried > 100);
  // "250 OK: message accepted" with its CRLF: each of its bytes but the last, which completes it.
  CHECK(down.twice >= 25);
  CHECK(down.settled > 0);
}

TEST_CASE("between the mail program and its server it is the same") {
  const Outcomes up = cut_everywhere(ConnId{1}, Direction::kToServer);
  CHECK(up.retried > 200);
  CHECK(up.twice == 0);
  const Outcomes down = cut_everywhere(ConnId{1}, Direction::kToClient);
  CHECK(down.retried > 100);
  CHECK(down.twice >= 25);
}
