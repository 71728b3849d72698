#include <doctest/doctest.h>

#include <vector>

#include "sim/net/link.h"

using namespace mailscope;

namespace {

LinkConfig one_megabit() {
  LinkConfig config;
  config.delay = milliseconds(10);
  config.bits_per_second = 1000000;  // 125 octets take a millisecond
  return config;
}

}  // namespace

TEST_CASE("a packet takes its time on the wire and then the way; the next one waits for the wire") {
  LinkDirection link(one_megabit(), 1);
  CHECK(link.send(Instant{}, 125).arrives_at == Instant{} + milliseconds(11));
  CHECK(link.send(Instant{}, 250).arrives_at == Instant{} + milliseconds(13));
  // After a pause the wire is free again.
  CHECK(link.send(Instant{} + milliseconds(50), 125).arrives_at == Instant{} + milliseconds(61));
}

TEST_CASE("a full queue drops what comes, and takes more once a packet has left") {
  LinkConfig config = one_megabit();
  config.queue_packets = 2;
  LinkDirection link(config, 1);
  for (int i = 0; i < 3; ++i) {  // one on the wire, two waiting
    CHECK(link.send(Instant{}, 125).fate == DropReason::kNone);
  }
  CHECK(link.send(Instant{}, 125).fate == DropReason::kQueueFull);
  CHECK(link.send(Instant{} + microseconds(999), 125).fate == DropReason::kQueueFull);
  CHECK(link.send(Instant{} + milliseconds(1), 125).fate == DropReason::kNone);
  // What the queue refused has used no time on the wire.
  CHECK(link.send(Instant{} + milliseconds(4), 125).arrives_at == Instant{} + milliseconds(15));
}

TEST_CASE("a lost packet has used the link all the same, and losses come at the rate asked for") {
  LinkConfig config = one_megabit();
  config.loss_ppm = 100000;
  LinkDirection link(config, 7);
  int lost = 0;
  Instant now;
  for (int i = 0; i < 10000; ++i) {
    const Passage passage = link.send(now, 125);
    CHECK(passage.arrives_at == now + milliseconds(11));
    lost += passage.fate == DropReason::kLoss ? 1 : 0;
    now = now + milliseconds(1);
  }
  CHECK(lost > 900);
  CHECK(lost < 1100);
}

TEST_CASE("jitter delays by up to its bound and never puts one packet before another") {
  LinkConfig config = one_megabit();
  config.bits_per_second = 1000000000;
  config.jitter = milliseconds(30);
  LinkDirection link(config, 3);
  Instant last;
  Instant now;
  bool late = false;
  for (int i = 0; i < 2000; ++i) {
    const Passage passage = link.send(now, 125);
    REQUIRE(passage.arrives_at >= last);
    REQUIRE(passage.arrives_at >= now + milliseconds(10));
    REQUIRE(passage.arrives_at <= now + milliseconds(41));
    late = late || passage.arrives_at > now + milliseconds(35);
    last = passage.arrives_at;
    now = now + milliseconds(1);
  }
  CHECK(late);
}

TEST_CASE("what happens one way never disturbs the other") {
  LinkConfig config = one_megabit();
  config.loss_ppm = 200000;
  config.jitter = milliseconds(5);
  Link quiet{LinkId{1}, HostId{1}, HostId{2}, LinkDirection(config, 1), LinkDirection(config, 2)};
  Link busy = quiet;
  for (int i = 0; i < 500; ++i) {
    const Instant now = Instant{} + milliseconds(i);
    busy.from(HostId{2}).send(now, 60);  // traffic the other way
    const Passage expected = quiet.from(HostId{1}).send(now, 125);
    const Passage passage = busy.from(HostId{1}).send(now, 125);
    REQUIRE(passage.arrives_at == expected.arrives_at);
    REQUIRE(passage.fate == expected.fate);
  }
  CHECK(quiet.a_to_b.digest() == busy.a_to_b.digest());
  CHECK(quiet.b_to_a.digest() != busy.b_to_a.digest());
}

TEST_CASE("a link that is down takes nothing and draws nothing") {
  LinkConfig config = one_megabit();
  config.loss_ppm = 500000;
  LinkDirection link(config, 1);
  LinkDirection untouched = link;
  config.up = false;
  link.set_config(config);
  CHECK(link.send(Instant{}, 125).fate == DropReason::kLinkDown);
  config.up = true;
  link.set_config(config);
  CHECK(link.digest() == untouched.digest());
}

TEST_CASE("a segment is counted as an Ethernet carries it") {
  CHECK(wire_octets(1460, 0) == 1538);
  CHECK(wire_octets(0, 0) == 84);    // padded to the minimum frame
  CHECK(wire_octets(0, 3) == 38 + 40 + 28);
  CHECK(wire_octets(6, 0) == 84);
  CHECK(wire_octets(7, 0) == 85);
}
