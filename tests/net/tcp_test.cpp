#include <doctest/doctest.h>

#include "tests/net/tcp_pair.h"

using namespace mailscope;
using test::End;
using test::Sent;
using test::TcpPair;
using Ladder = std::vector<std::string>;

namespace {

/// 20 ms each way and so fast that sending takes next to no time.
LinkConfig fast_link() {
  LinkConfig config;
  config.delay = milliseconds(20);
  config.bits_per_second = 1000000000000;
  return config;
}

Instant at_ms(int64_t ms) { return Instant{} + milliseconds(ms); }

/// A pair whose handshake is over, at 100 ms.
TcpPair opened(LinkConfig config = fast_link()) {
  TcpPair pair(config);
  pair.open();
  pair.run(at_ms(100));
  return pair;
}

size_t data_segments_again(const TcpPair& pair, End from) {
  size_t count = 0;
  for (const Sent& segment : pair.sent()) {
    const bool again = segment.from == from && segment.has(SegmentFlags::kRetransmit);
    count += again && segment.content.size > 0 ? 1 : 0;
  }
  return count;
}

}  // namespace

TEST_CASE("three segments open a connection; the client may speak after one round trip") {
  TcpPair pair(fast_link());
  pair.open();
  pair.run(at_ms(39));
  CHECK(pair.client().tcp.state() == TcpState::kSynSent);
  CHECK(pair.server().tcp.state() == TcpState::kSynReceived);
  pair.run(at_ms(41));
  CHECK(pair.client().established);
  CHECK_FALSE(pair.server().established);
  pair.run(at_ms(61));
  CHECK(pair.server().established);
  CHECK(pair.ladder() == Ladder{"C SYN", "S SYN ACK 1", "C ACK 1"});
  CHECK_FALSE(pair.run(at_ms(100000)));  // and no timer is left behind
  CHECK(pair.sent().size() == 3);
}

TEST_CASE("a lost SYN and a lost answer are said again after a second, then two") {
  TcpPair pair(fast_link());
  pair.lose = [](const Sent&, size_t n) { return n == 0 || n == 2; };
  pair.open();
  pair.run(at_ms(10000));
  CHECK(pair.client().established);
  CHECK(pair.server().established);
  // The client's second time-out and the server's first fall 20 ms apart; either repairs it.
  const Ladder ladder = pair.ladder();
  REQUIRE(ladder.size() >= 4);
  CHECK(ladder[0] == "C SYN lost");
  CHECK(ladder[1] == "C SYN again");
  CHECK(ladder[2] == "S SYN ACK 1 lost");
  CHECK(pair.sent()[1].at == at_ms(1000));
}

TEST_CASE("an acknowledgement waits 200 ms for company, and goes with every second segment") {
  TcpPair pair = opened();
  pair.write(End::kClient, 100);
  pair.run(at_ms(319));
  CHECK(pair.ladder(3) == Ladder{"C ACK 1 data 1+100"});
  pair.run(at_ms(321));
  CHECK(pair.ladder(3) == Ladder{"C ACK 1 data 1+100", "S ACK 101"});
  const size_t before = pair.sent().size();
  pair.write(End::kClient, 2 * kMss);
  pair.run(at_ms(350));
  CHECK(pair.ladder(before) == Ladder{"C ACK 1 data 101+1460", "C ACK 1 data 1561+1460",
                                      "S ACK 3021"});
}

TEST_CASE("an answer carries the acknowledgement with it") {
  TcpPair pair = opened();
  pair.write(End::kClient, 100);
  pair.run(at_ms(130));
  pair.write(End::kServer, 50);
  pair.run(at_ms(160));
  CHECK(pair.ladder(3) == Ladder{"C ACK 1 data 1+100", "S ACK 101 data 1+50"});
}

TEST_CASE("ten segments go at once, and one more for each acknowledgement") {
  TcpPair pair = opened();
  pair.write(End::kClient, 100 * kMss);
  CHECK(pair.ladder(3).size() == 10);  // RFC 6928; the handshake's do not count (RFC 5681 §3.1)
  pair.run(at_ms(145));
  CHECK(pair.client().tcp.congestion_window() == 15 * kMss);
}

TEST_CASE("one lost segment is repaired from duplicate acknowledgements, with no time-out") {
  TcpPair pair = opened();
  pair.lose = [](const Sent& segment, size_t) {
    return segment.content.sequence == 1 + 2 * kMss && !segment.has(SegmentFlags::kRetransmit);
  };
  pair.write(End::kClient, 10 * kMss);
  pair.run(at_ms(300));
  CHECK(pair.server().delivered == 1 + 10 * kMss);
  CHECK(data_segments_again(pair, End::kClient) == 1);
  // The receiver said which bytes it holds beyond the gap (RFC 2018).
  bool told = false;
  for (const Sent& segment : pair.sent()) {
    told = told || (segment.content.sack_count > 0 && segment.content.acknowledgement == 2921 &&
                    segment.content.sack[0].begin == 1 + 3 * kMss);
  }
  CHECK(told);
  CHECK(pair.client().tcp.congestion_window() < 11 * kMss);  // and slowed down
}

// The story: with the acknowledgement of the segment before the gap already saying what lies beyond
// it, the gap counted as lost one duplicate before the third; it was sent again then, and once more
// when the third came and recovery began.
TEST_CASE("several losses in one window are all repaired in the next round trip") {
  TcpPair pair = opened();
  pair.lose = [](const Sent& segment, size_t) {
    if (segment.has(SegmentFlags::kRetransmit) || segment.content.size == 0) return false;
    const uint64_t index = segment.content.sequence / kMss;
    return index == 1 || index == 3 || index == 4;
  };
  pair.write(End::kClient, 10 * kMss);
  pair.run(at_ms(100 + 4 * 40));
  CHECK(pair.server().delivered == 1 + 10 * kMss);
  CHECK(data_segments_again(pair, End::kClient) == 3);
}

// The story: 5 MB into a queue of 1,000 ended with its last two segments lost. SACK can tell of a
// loss only by what arrives after it, so they waited for the time-out: 3.9 s for a transfer of 8.8
// s.
TEST_CASE("losses at the very end are repaired with the others when recovery is under way") {
  TcpPair pair = opened();
  pair.lose = [](const Sent& segment, size_t) {
    if (segment.has(SegmentFlags::kRetransmit) || segment.content.size == 0) return false;
    const uint64_t index = segment.content.sequence / kMss;
    return index == 2 || index == 8 || index == 9;
  };
  pair.write(End::kClient, 10 * kMss);
  pair.run(at_ms(100 + 4 * 40));
  CHECK(pair.server().delivered == 1 + 10 * kMss);
  CHECK(data_segments_again(pair, End::kClient) == 3);
}

TEST_CASE("a lost last segment has no successors to tell of it: the time-out repairs it, then "
          "doubles") {
  TcpPair pair = opened();
  int losses = 2;
  pair.lose = [&](const Sent& segment, size_t) { return segment.content.size > 0 && losses-- > 0; };
  pair.write(End::kClient, 100);
  pair.run(at_ms(5000));
  CHECK(pair.server().delivered == 101);
  std::vector<Instant> sent_at;
  for (const Sent& segment : pair.sent()) {
    if (segment.content.size > 0) sent_at.push_back(segment.at);
  }
  REQUIRE(sent_at.size() == 3);
  CHECK(sent_at[1] - sent_at[0] == seconds(1));  // RFC 6298 §2.4: never under a second
  CHECK(sent_at[2] - sent_at[1] == seconds(2));
}

TEST_CASE("a time-out goes back to one segment and sends again only what is missing") {
  TcpPair pair = opened();
  bool blackout = true;
  pair.lose = [&](const Sent& segment, size_t) {
    return blackout && segment.content.size > 0 && segment.content.sequence > 5 * kMss;
  };
  pair.write(End::kClient, 10 * kMss);
  pair.run(at_ms(900));
  blackout = false;
  pair.run(at_ms(1350));  // the last acknowledgement, delayed by 200 ms, came at 340 ms
  CHECK(pair.client().tcp.congestion_window() == kMss);
  pair.run(at_ms(5000));
  CHECK(pair.server().delivered == 1 + 10 * kMss);
  for (const Sent& segment : pair.sent()) {
    if (!segment.has(SegmentFlags::kRetransmit)) continue;
    CHECK(segment.content.sequence > 5 * kMss);
  }
}

TEST_CASE("each side says FIN, and the one that said it first waits in TIME-WAIT") {
  TcpPair pair = opened();
  pair.close(End::kClient);
  pair.run(at_ms(1000));
  CHECK(pair.ladder(3) ==
        Ladder{"C FIN ACK 1", "S ACK 2", "S FIN ACK 2", "C ACK 2"});
  using S = TcpState;
  CHECK(pair.client().states == std::vector<S>{S::kClosed, S::kSynSent, S::kEstablished,
                                               S::kFinWait1, S::kFinWait2, S::kTimeWait});
  CHECK(pair.server().states.back() == S::kClosed);
  CHECK_FALSE(pair.run(at_ms(100000)));
}

TEST_CASE("both sides may say FIN at the same time") {
  TcpPair pair = opened();
  pair.close(End::kClient);
  pair.close(End::kServer);
  pair.run(at_ms(1000));
  CHECK(pair.client().tcp.state() == TcpState::kTimeWait);
  CHECK(pair.server().tcp.state() == TcpState::kTimeWait);
}

TEST_CASE("one side may close and still be told everything the other has to say") {
  TcpPair pair = opened();
  pair.server().closes_after_peer = false;
  pair.close(End::kClient);
  pair.run(at_ms(200));
  CHECK(pair.client().tcp.state() == TcpState::kFinWait2);
  pair.write(End::kServer, 30 * kMss);
  pair.close(End::kServer);
  pair.run(at_ms(2000));
  CHECK(pair.client().delivered == 1 + 30 * kMss);
  CHECK(pair.client().peer_finished);
  CHECK(pair.client().tcp.state() == TcpState::kTimeWait);
  CHECK(pair.server().tcp.state() == TcpState::kClosed);
}

TEST_CASE("a FIN that is lost, alone or with the last data, is said again until it is heard") {
  for (const uint64_t octets : {uint64_t{0}, uint64_t{100}, uint64_t{kMss}, uint64_t{3 * kMss}}) {
    TcpPair pair = opened();
    int losses = 2;
    pair.lose = [&](const Sent& segment, size_t) {
      return segment.has(SegmentFlags::kFin) && segment.from == End::kClient && losses-- > 0;
    };
    pair.write(End::kClient, octets);
    pair.close(End::kClient);
    pair.run(at_ms(20000));
    CAPTURE(octets);
    CHECK(pair.server().delivered == 1 + octets);
    CHECK(pair.server().peer_finished);
    CHECK(pair.client().tcp.state() == TcpState::kTimeWait);
    CHECK(pair.server().tcp.state() == TcpState::kClosed);
  }
}

// The story: the last data arrived, but its acknowledgement and then the FIN were lost. The next
// retransmission carried old data and the FIN in one segment; it was taken for a mere repetition,
// and the FIN had to wait for yet another time-out.
TEST_CASE("a FIN on a segment of data that has arrived before is heard") {
  TcpPair pair = opened();
  bool lossy = true;
  pair.lose = [&](const Sent& segment, size_t) {
    return lossy && (segment.from == End::kServer || segment.has(SegmentFlags::kFin));
  };
  pair.write(End::kClient, 100);
  pair.run(at_ms(400));
  CHECK(pair.server().delivered == 101);
  pair.close(End::kClient);
  pair.run(at_ms(450));
  lossy = false;
  pair.run(at_ms(1300));  // the first time-out was due at 1100 ms
  CHECK(pair.server().peer_finished);
}

TEST_CASE("no one listens: the SYN is answered by RST") {
  TcpPair pair(fast_link());
  pair.open(false);
  pair.run(at_ms(1000));
  CHECK(pair.client().reset);
  CHECK(pair.client().tcp.state() == TcpState::kClosed);
  CHECK(pair.ladder() == Ladder{"C SYN", "S RST"});
}

TEST_CASE("an abort ends the connection at the other end, too, and nothing answers a RST") {
  TcpPair pair = opened();
  pair.write(End::kClient, 100);
  pair.abort(End::kServer);
  pair.run(at_ms(5000));
  CHECK(pair.client().reset);
  CHECK(pair.client().tcp.state() == TcpState::kClosed);
  CHECK(pair.ladder(3) == Ladder{"C ACK 1 data 1+100", "S RST", "S RST"});
}

TEST_CASE("a SYN that nobody answers is said five times and then given up") {
  TcpPair pair(fast_link());
  LinkConfig down = fast_link();
  down.up = false;
  pair.link(End::kClient).set_config(down);
  pair.open();
  CHECK_FALSE(pair.run(Instant{} + seconds(1000)));
  CHECK(pair.client().gave_up);
  CHECK(pair.client().tcp.state() == TcpState::kClosed);
  std::vector<int64_t> seconds_sent;
  for (const Sent& segment : pair.sent()) seconds_sent.push_back(segment.at.ns / 1000000000);
  CHECK(seconds_sent == std::vector<int64_t>{0, 1, 3, 7, 15});
}

TEST_CASE("a peer that falls silent is given up after some minutes, not never") {
  TcpPair pair = opened();
  LinkConfig down = fast_link();
  down.up = false;
  pair.link(End::kClient).set_config(down);
  pair.write(End::kClient, 5000);
  CHECK_FALSE(pair.run(Instant{} + seconds(1000)));
  CHECK(pair.client().gave_up);
  CHECK_FALSE(pair.server().gave_up);
}

TEST_CASE("a short queue overflows, and everything arrives nevertheless") {
  LinkConfig config;
  config.delay = milliseconds(20);
  config.bits_per_second = 10000000;
  config.queue_packets = 12;
  TcpPair pair = opened(config);
  pair.write(End::kClient, 2000000);
  pair.close(End::kClient);
  pair.run(Instant{} + seconds(60));
  size_t overflows = 0;
  for (const Sent& segment : pair.sent()) {
    overflows += segment.fate == DropReason::kQueueFull ? 1 : 0;
  }
  CHECK(overflows > 0);
  CHECK(pair.server().delivered == 2000001);
  CHECK(pair.server().in_order);
  CHECK(pair.client().tcp.state() == TcpState::kTimeWait);
}

TEST_CASE("under any loss up to 10 % and any jitter every byte arrives, in order, both ways") {
  for (uint64_t seed = 1; seed <= 120; ++seed) {
    Rng rng(seed);
    LinkConfig config;
    config.delay = milliseconds(static_cast<int64_t>(1 + rng.below(80)));
    config.bits_per_second = 1000000 + rng.below(100000000);
    config.loss_ppm = static_cast<uint32_t>(rng.below(100001));
    config.jitter = milliseconds(static_cast<int64_t>(rng.below(30)));
    config.queue_packets = static_cast<uint32_t>(5 + rng.below(100));
    const uint64_t up = rng.below(200000);
    const uint64_t down = rng.below(200000);
    CAPTURE(seed);
    TcpPair pair(config, seed);
    pair.open();
    pair.write(End::kClient, up);
    pair.write(End::kServer, down);
    Instant until = at_ms(static_cast<int64_t>(rng.below(3000)));
    while (!pair.client().established) pair.run(until = until + seconds(1));
    pair.close(End::kClient);
    CHECK_FALSE(pair.run(Instant{} + seconds(3600)));
    REQUIRE(pair.server().delivered == 1 + up);
    REQUIRE(pair.client().delivered == 1 + down);
    REQUIRE(pair.server().in_order);
    REQUIRE(pair.client().in_order);
    REQUIRE(pair.client().peer_finished);
    REQUIRE(pair.client().tcp.state() == TcpState::kTimeWait);
    REQUIRE(pair.server().tcp.state() == TcpState::kClosed);
  }
}
