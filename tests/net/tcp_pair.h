// Two TCP endpoints with a link between them and nothing above: the client opens, each side writes
// what it is told to, and everything sent is kept, so that a test can read the exchange like a
// ladder.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "sim/net/link.h"
#include "sim/net/tcp.h"

namespace mailscope::test {

enum class End { kClient, kServer };

/// A segment on its way; `fate` says whether it arrived.
struct Sent {
  Instant at;
  Instant arrives;
  End from = End::kClient;
  SegmentContent content;
  DropReason fate = DropReason::kNone;

  [[nodiscard]] bool has(uint8_t flag) const { return (content.flags & flag) != 0; }
};

class TcpPair {
 public:
  struct Half {
    TcpEndpoint tcp;
    uint64_t to_write = 0;     // octets the application has written
    uint64_t delivered = 1;    // stream offset up to which it has been given the other's bytes
    bool in_order = true;      // deliveries only ever went forward
    bool established = false;
    bool peer_finished = false;
    bool reset = false;
    bool gave_up = false;
    bool closes_after_peer = true;
    std::vector<TcpState> states;  // every state it has been in, in order
  };

  explicit TcpPair(LinkConfig config, uint64_t seed = 1)
      : links_{LinkDirection(config, mix64(seed)), LinkDirection(config, mix64(seed + 1000))} {
    half(End::kClient).states.push_back(TcpState::kClosed);
    half(End::kServer).states.push_back(TcpState::kClosed);
  }

  [[nodiscard]] Half& half(End end) { return halves_[static_cast<size_t>(end)]; }
  [[nodiscard]] Half& client() { return half(End::kClient); }
  [[nodiscard]] Half& server() { return half(End::kServer); }
  [[nodiscard]] LinkDirection& link(End from) { return links_[static_cast<size_t>(from)]; }
  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] const std::vector<Sent>& sent() const { return sent_; }

  /// Says which segments are lost besides those that the link loses: the n-th ever sent, from 0.
  std::function<bool(const Sent&, size_t n)> lose;

  void open(bool listening = true) {
    if (listening) server().tcp.listen();
    act(End::kClient, [this](TcpEndpoint& tcp, TcpOutput& out) { tcp.connect(now_, out); });
  }
  void write(End end, uint64_t octets) {
    half(end).to_write += octets;
    act(end, [&](TcpEndpoint& tcp, TcpOutput& out) {
      tcp.write(1 + half(end).to_write, now_, out);
    });
  }
  void close(End end) {
    act(end, [&](TcpEndpoint& tcp, TcpOutput& out) {
      tcp.close(1 + half(end).to_write, now_, out);
    });
  }
  void abort(End end) {
    act(end, [](TcpEndpoint& tcp, TcpOutput& out) { tcp.abort(out); });
  }

  /// Handles everything up to `until`; false when nothing was left to do before it.
  bool run(Instant until) {
    while (true) {
      const size_t next = next_arrival();
      const Instant arrival = next < sent_.size() ? sent_[next].arrives : kNever;
      const Instant timer = std::min(client().tcp.next_timer(), server().tcp.next_timer());
      const Instant then = std::min(arrival, timer);
      if (then == kNever || then > until) {
        if (until > now_) now_ = until;
        return then != kNever;
      }
      now_ = then;
      if (arrival <= timer) {
        arrived_[next] = true;
        const Sent segment = sent_[next];
        act(segment.from == End::kClient ? End::kServer : End::kClient,
            [&](TcpEndpoint& tcp, TcpOutput& out) { tcp.receive(segment.content, now_, out); });
      } else {
        const End end = client().tcp.next_timer() == timer ? End::kClient : End::kServer;
        act(end, [this](TcpEndpoint& tcp, TcpOutput& out) { tcp.timer(now_, out); });
      }
    }
  }

  /// "C SYN", "S SYN ACK", "C ACK 1..101" and so on, for the segments from `first` on.
  [[nodiscard]] std::vector<std::string> ladder(size_t first = 0) const {
    std::vector<std::string> lines;
    for (size_t i = first; i < sent_.size(); ++i) {
      const Sent& segment = sent_[i];
      std::string line = segment.from == End::kClient ? "C" : "S";
      if (segment.has(SegmentFlags::kSyn)) line += " SYN";
      if (segment.has(SegmentFlags::kFin)) line += " FIN";
      if (segment.has(SegmentFlags::kRst)) line += " RST";
      if (segment.has(SegmentFlags::kAck)) {
        line += " ACK " + std::to_string(segment.content.acknowledgement);
      }
      if (segment.content.size > 0) {
        line += " data " + std::to_string(segment.content.sequence) + "+" +
                std::to_string(segment.content.size);
      }
      if (segment.has(SegmentFlags::kRetransmit)) line += " again";
      if (segment.fate != DropReason::kNone) line += " lost";
      lines.push_back(line);
    }
    return lines;
  }

 private:
  [[nodiscard]] size_t next_arrival() {
    while (first_ < sent_.size() && (arrived_[first_] || sent_[first_].fate != DropReason::kNone)) {
      ++first_;
    }
    size_t best = sent_.size();
    for (size_t i = first_; i < sent_.size(); ++i) {
      if (arrived_[i] || sent_[i].fate != DropReason::kNone) continue;
      if (best == sent_.size() || sent_[i].arrives < sent_[best].arrives) best = i;
    }
    return best;
  }

  template <class Action>
  void act(End end, Action action) {
    Half& here = half(end);
    TcpOutput out;
    action(here.tcp, out);
    if (here.tcp.state() != here.states.back()) here.states.push_back(here.tcp.state());
    for (const SegmentContent& content : out.segments) send(end, content);
    here.established = here.established || out.established;
    here.reset = here.reset || out.reset;
    here.gave_up = here.gave_up || out.gave_up;
    if (out.deliver_until != 0) {
      here.in_order = here.in_order && out.deliver_until >= here.delivered;
      here.delivered = out.deliver_until;
    }
    if (!out.peer_finished) return;
    here.peer_finished = true;
    if (here.closes_after_peer) close(end);
  }

  void send(End from, const SegmentContent& content) {
    Sent segment{now_, now_, from, content, DropReason::kNone};
    const Passage passage = link(from).send(now_, wire_octets(content.size, content.sack_count));
    segment.arrives = passage.arrives_at;
    segment.fate = passage.fate;
    if (segment.fate == DropReason::kNone && lose && lose(segment, sent_.size())) {
      segment.fate = DropReason::kFault;
    }
    sent_.push_back(segment);
    arrived_.push_back(false);
  }

  Half halves_[2];
  LinkDirection links_[2];
  Instant now_;
  std::vector<Sent> sent_;
  std::vector<bool> arrived_;
  size_t first_ = 0;  // everything before it has arrived or never will
};

}  // namespace mailscope::test
