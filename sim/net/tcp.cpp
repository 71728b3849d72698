#include "sim/net/tcp.h"

#include <algorithm>

#include "sim/base/check.h"
#include "sim/base/digest.h"

namespace mailscope {
namespace {

constexpr Duration kMinRto = seconds(1);              // RFC 6298 §2.4
constexpr Duration kMaxRto = seconds(60);             // §2.5
constexpr Duration kDelayedAck = milliseconds(200);   // RFC 1122 §4.2.3.2: under 500 ms
// Simplified: real stacks go on for minutes (RFC 1122 §4.2.3.5); a learner should not have to wait.
constexpr uint32_t kMaxSynTimeouts = 4;
constexpr uint32_t kMaxTimeouts = 6;
constexpr uint32_t kDuplicateThreshold = 3;

/// Adds a range to an ascending list of disjoint ranges.
void merge_range(std::vector<ByteRange>& ranges, ByteRange added) {
  auto first = std::lower_bound(ranges.begin(), ranges.end(), added.begin,
                                [](const ByteRange& r, uint64_t begin) { return r.end < begin; });
  auto last = first;
  while (last != ranges.end() && last->begin <= added.end) {
    added.begin = std::min(added.begin, last->begin);
    added.end = std::max(added.end, last->end);
    ++last;
  }
  if (first == last) {
    ranges.insert(first, added);
  } else {
    *first = added;
    ranges.erase(first + 1, last);
  }
}

void drop_ranges_before(std::vector<ByteRange>& ranges, uint64_t offset) {
  size_t gone = 0;
  while (gone < ranges.size() && ranges[gone].end <= offset) ++gone;
  if (gone > 0) ranges.erase(ranges.begin(), ranges.begin() + static_cast<std::ptrdiff_t>(gone));
  if (!ranges.empty()) ranges.front().begin = std::max(ranges.front().begin, offset);
}

}  // namespace

const char* tcp_state_name(TcpState state) {
  constexpr const char* kNames[] = {"CLOSED",     "LISTEN",     "SYN-SENT",   "SYN-RECEIVED",
                                    "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT",
                                    "CLOSING",    "LAST-ACK",   "TIME-WAIT"};
  return kNames[static_cast<int>(state)];
}

void TcpEndpoint::connect(Instant now, TcpOutput& out) {
  state_ = TcpState::kSynSent;
  emit(0, 1, false, now, out);
}

void TcpEndpoint::write(uint64_t end, Instant now, TcpOutput& out) {
  if (fin_wanted_) return;
  end_ = std::max(end_, end);
  if (state_ == TcpState::kEstablished || state_ == TcpState::kCloseWait) send_more(now, out);
}

void TcpEndpoint::close(uint64_t end, Instant now, TcpOutput& out) {
  if (fin_wanted_) return;
  end_ = std::max(end_, end);
  switch (state_) {
    case TcpState::kClosed:
    case TcpState::kListen:
    case TcpState::kSynSent:
      return vanish();
    case TcpState::kSynReceived:
    case TcpState::kEstablished:
      fin_wanted_ = true;
      state_ = TcpState::kFinWait1;
      break;
    case TcpState::kCloseWait:
      fin_wanted_ = true;
      state_ = TcpState::kLastAck;
      break;
    default:
      return;
  }
  send_more(now, out);
}

void TcpEndpoint::abort(TcpOutput& out) {
  if (state_ == TcpState::kClosed || state_ == TcpState::kTimeWait) return;
  SegmentContent segment;
  segment.flags = SegmentFlags::kRst;
  segment.sequence = snd_nxt_;
  out.segments.push_back(segment);
  vanish();
}

void TcpEndpoint::vanish() {
  state_ = TcpState::kClosed;
  rto_at_ = kNever;
  delayed_ack_at_ = kNever;
}

void TcpEndpoint::add_acknowledgement(SegmentContent& segment) {
  segment.flags |= SegmentFlags::kAck;
  segment.acknowledgement = rcv_nxt_;
  // RFC 2018 §4: the block that the latest segment fell in comes first.
  for (int pass = 0; pass < 2; ++pass) {
    for (const ByteRange& range : out_of_order_) {
      const bool latest = range.begin <= latest_block_ && latest_block_ < range.end;
      if (latest != (pass == 0) || segment.sack_count == kMaxSackBlocks) continue;
      segment.sack[segment.sack_count++] = range;
    }
  }
  unacknowledged_ = 0;
  delayed_ack_at_ = kNever;
}

void TcpEndpoint::send_ack(TcpOutput& out) {
  SegmentContent segment;
  segment.sequence = snd_nxt_;
  add_acknowledgement(segment);
  out.segments.push_back(segment);
}

void TcpEndpoint::emit(uint64_t begin, uint64_t end, bool retransmit, Instant now,
                       TcpOutput& out) {
  SegmentContent segment;
  segment.sequence = begin;
  uint64_t data_begin = begin;
  uint64_t data_end = end;
  if (begin == 0) {
    segment.flags |= SegmentFlags::kSyn;
    data_begin = 1;
  }
  if (fin_wanted_ && end == end_ + 1) {
    segment.flags |= SegmentFlags::kFin;
    data_end = end_;
  }
  segment.size = data_end > data_begin ? static_cast<uint32_t>(data_end - data_begin) : 0;
  if (state_ != TcpState::kSynSent) add_acknowledgement(segment);
  if (retransmit) {
    segment.flags |= SegmentFlags::kRetransmit;
    ++retransmits_;
    if (timing_ && begin < timed_until_) timing_ = false;  // Karn: never time what was sent twice
  } else if (!timing_) {
    timing_ = true;
    timed_until_ = end;
    timed_at_ = now;
  }
  snd_nxt_ = std::max(snd_nxt_, end);
  out.segments.push_back(segment);
  if (rto_at_ == kNever) arm_rto(now);
}

void TcpEndpoint::arm_rto(Instant now) { rto_at_ = now + rto_; }

uint64_t TcpEndpoint::pipe() const {
  // RFC 6675 §4: what is believed to be in the network. Without losses simply what is
  // unacknowledged.
  if (sacked_.empty() && lost_limit_ <= snd_una_) return snd_nxt_ - snd_una_;
  uint64_t bytes = 0;
  uint64_t at = snd_una_;
  const auto count_hole = [&](uint64_t begin, uint64_t end) {
    const uint64_t lost_end = std::clamp(lost_limit_, begin, end);
    const uint64_t resent_end = std::clamp(resent_until_, begin, lost_end);
    bytes += (resent_end - begin) + (end - lost_end);
  };
  for (const ByteRange& range : sacked_) {
    if (range.begin > at) count_hole(at, range.begin);
    at = range.end;
  }
  if (snd_nxt_ > at) count_hole(at, snd_nxt_);
  return bytes;
}

ByteRange TcpEndpoint::next_lost() const {
  uint64_t at = std::max(snd_una_, resent_until_);
  for (const ByteRange& range : sacked_) {
    if (at >= lost_limit_) return {};
    if (at < range.begin) {
      const uint64_t end = std::min({range.begin, lost_limit_, at + kMss});
      return {at, end};
    }
    at = std::max(at, range.end);
  }
  const uint64_t end = std::min({lost_limit_, snd_nxt_, at + kMss});
  return at < end ? ByteRange{at, end} : ByteRange{};
}

void TcpEndpoint::send_more(Instant now, TcpOutput& out) {
  if (state_ == TcpState::kSynSent || state_ == TcpState::kSynReceived ||
      state_ == TcpState::kClosed) {
    return;
  }
  uint64_t in_network = pipe();
  while (true) {
    const ByteRange lost = next_lost();
    if (lost.begin < lost.end) {
      if (in_network + (lost.end - lost.begin) > cwnd_ && in_network > 0) return;
      emit(lost.begin, lost.end, true, now, out);
      resent_until_ = lost.end;
      in_network += lost.end - lost.begin;
      continue;
    }
    if (snd_nxt_ >= send_limit()) return;
    // The FIN rides on the last segment and takes no room in the window.
    const uint64_t data = std::min<uint64_t>(kMss, end_ > snd_nxt_ ? end_ - snd_nxt_ : 0);
    if (in_network + data > cwnd_ && in_network > 0) return;
    const bool last = snd_nxt_ + data == end_;
    emit(snd_nxt_, snd_nxt_ + data + (last && fin_wanted_ ? 1 : 0), false, now, out);
    in_network += data;
  }
}

void TcpEndpoint::receive(const SegmentContent& segment, Instant now, TcpOutput& out) {
  if ((segment.flags & SegmentFlags::kRst) != 0) {
    if (state_ == TcpState::kClosed || state_ == TcpState::kTimeWait) return;
    vanish();
    out.reset = true;
    return;
  }
  if (state_ == TcpState::kClosed) {
    SegmentContent rst;  // RFC 9293 §3.5.2: whoever knows nothing of a connection answers RST
    rst.flags = SegmentFlags::kRst;
    rst.sequence = segment.acknowledgement;
    out.segments.push_back(rst);
    return;
  }
  if ((segment.flags & SegmentFlags::kSyn) != 0) {
    if (state_ == TcpState::kListen) {
      state_ = TcpState::kSynReceived;
      rcv_nxt_ = 1;
      emit(0, 1, false, now, out);
      return;
    }
    if (state_ == TcpState::kSynSent && (segment.flags & SegmentFlags::kAck) != 0) {
      rcv_nxt_ = 1;
      state_ = TcpState::kEstablished;
      take_acknowledgement(segment, now);
      out.established = true;
      send_ack(out);
      return send_more(now, out);
    }
    // A SYN seen before: its answer was lost.
    if (state_ == TcpState::kSynReceived) return emit(0, 1, true, now, out);
    return send_ack(out);
  }
  if ((segment.flags & SegmentFlags::kAck) != 0) {
    if (state_ == TcpState::kSynReceived && segment.acknowledgement >= 1) {
      state_ = fin_wanted_ ? TcpState::kFinWait1 : TcpState::kEstablished;
      out.established = true;
    }
    take_acknowledgement(segment, now);
  }
  if (segment.size > 0 || (segment.flags & SegmentFlags::kFin) != 0) take_data(segment, now, out);
  if (state_ != TcpState::kClosed) send_more(now, out);
}

void TcpEndpoint::merge_sack(const SegmentContent& segment) {
  for (int i = 0; i < segment.sack_count; ++i) {
    if (segment.sack[i].end > snd_una_) merge_range(sacked_, segment.sack[i]);
  }
  drop_ranges_before(sacked_, snd_una_);
}

void TcpEndpoint::update_lost_limit() {
  // RFC 6675 §4 IsLost: more than (DupThresh - 1) segments' worth has been SACKed above it.
  uint64_t above = 0;
  for (size_t i = sacked_.size(); i-- > 0;) {
    above += sacked_[i].end - sacked_[i].begin;
    if (above > static_cast<uint64_t>(kDuplicateThreshold - 1) * kMss) {
      lost_limit_ = std::max(lost_limit_, sacked_[i].begin);
      return;
    }
  }
}

void TcpEndpoint::enter_recovery() {
  recovering_ = true;
  recover_ = snd_nxt_;
  ssthresh_ = std::max<uint64_t>((snd_nxt_ - snd_una_) / 2, 2 * kMss);  // RFC 5681 §3.1 (4)
  cwnd_ = ssthresh_;
  resent_until_ = snd_una_;
  // Fast retransmit: the first hole is lost even when few bytes are SACKed above it.
  const uint64_t hole_end = sacked_.empty() ? snd_una_ + kMss : sacked_.front().begin;
  lost_limit_ = std::max(lost_limit_, std::min(hole_end, snd_nxt_));
}

void TcpEndpoint::take_acknowledgement(const SegmentContent& segment, Instant now) {
  const uint64_t acknowledged = segment.acknowledgement;
  if (acknowledged > snd_nxt_) return;
  if (acknowledged > snd_una_) {
    const bool of_data = snd_una_ > 0;  // RFC 5681 §3.1: the SYN's does not open the window
    snd_una_ = acknowledged;
    duplicate_acks_ = 0;
    timeouts_ = 0;
    merge_sack(segment);
    if (timing_ && acknowledged >= timed_until_) {
      timing_ = false;
      measure_rtt(now - timed_at_);
    }
    if (recovering_ && acknowledged >= recover_) recovering_ = false;
    // RFC 6582 §3.2, partial acknowledgements: something sent again has arrived, and it was sent
    // after all that recovery began with. What of that has still not arrived is lost, even at the
    // very end, where nothing follows that SACK could report.
    if (recovering_ && snd_una_ >= resent_until_) lost_limit_ = std::max(lost_limit_, recover_);
    if (!recovering_ && of_data) {
      // RFC 5681 §3.1: one MSS for each acknowledgement in slow start, MSS*MSS/cwnd after it.
      cwnd_ += cwnd_ < ssthresh_ ? kMss : std::max<uint64_t>(1, uint64_t{kMss} * kMss / cwnd_);
    }
    rto_at_ = kNever;
    if (snd_una_ < snd_nxt_) arm_rto(now);
    if (fin_wanted_ && acknowledged == end_ + 1) fin_acknowledged();
  } else if (acknowledged == snd_una_ && snd_nxt_ > snd_una_ && segment.size == 0) {
    merge_sack(segment);
    ++duplicate_acks_;
  }
  update_lost_limit();
  // RFC 6675 §5 (1), (2): by the count of duplicates, or because SACK already says that it is lost.
  const bool lost = duplicate_acks_ >= kDuplicateThreshold || lost_limit_ > snd_una_;
  if (!recovering_ && snd_una_ >= recover_ && lost) enter_recovery();
}

void TcpEndpoint::fin_acknowledged() {
  rto_at_ = kNever;
  if (state_ == TcpState::kFinWait1) state_ = TcpState::kFinWait2;
  if (state_ == TcpState::kClosing) state_ = TcpState::kTimeWait;
  if (state_ == TcpState::kLastAck) vanish();
}

void TcpEndpoint::measure_rtt(Duration sample) {
  // RFC 6298 §2.2, §2.3 with alpha 1/8 and beta 1/4.
  if (!rtt_known_) {
    srtt_ = sample;
    rttvar_ = sample / 2;
    rtt_known_ = true;
  } else {
    const Duration error = srtt_ > sample ? srtt_ - sample : sample - srtt_;
    rttvar_ = (rttvar_ * 3 + error) / 4;
    srtt_ = (srtt_ * 7 + sample) / 8;
  }
  rto_ = std::min(std::max(srtt_ + rttvar_ * 4, kMinRto), kMaxRto);
}

void TcpEndpoint::take_data(const SegmentContent& segment, Instant now, TcpOutput& out) {
  const uint64_t begin = segment.sequence;
  const uint64_t data_end = begin + segment.size;
  if ((segment.flags & SegmentFlags::kFin) != 0) fin_at_ = data_end;
  const bool new_fin = fin_at_ == rcv_nxt_;  // on data that has been received before
  if (data_end < rcv_nxt_ || (data_end == rcv_nxt_ && segment.size > 0 && !new_fin)) {
    return send_ack(out);  // all of it is old: say again what has been received
  }
  if (begin > rcv_nxt_) {
    if (segment.size > 0) {
      merge_range(out_of_order_, {begin, data_end});
      latest_block_ = begin;
    }
    return send_ack(out);  // RFC 5681 §4.2: a duplicate acknowledgement at once
  }
  const bool filled_a_hole = !out_of_order_.empty();
  rcv_nxt_ = std::max(rcv_nxt_, data_end);
  drop_ranges_before(out_of_order_, rcv_nxt_);
  if (!out_of_order_.empty() && out_of_order_.front().begin <= rcv_nxt_) {
    rcv_nxt_ = out_of_order_.front().end;
    out_of_order_.erase(out_of_order_.begin());
  }
  out.deliver_until = rcv_nxt_;
  if (rcv_nxt_ == fin_at_) return take_fin(out);
  if (segment.size == 0) return;
  // RFC 1122 §4.2.3.2: every second segment, or after the delay.
  if (++unacknowledged_ >= 2 || filled_a_hole) {
    send_ack(out);
  } else if (delayed_ack_at_ == kNever) {
    delayed_ack_at_ = now + kDelayedAck;
  }
}

void TcpEndpoint::take_fin(TcpOutput& out) {
  rcv_nxt_ = fin_at_ + 1;
  fin_at_ = UINT64_MAX;
  out.peer_finished = true;
  send_ack(out);
  if (state_ == TcpState::kEstablished) state_ = TcpState::kCloseWait;
  else if (state_ == TcpState::kFinWait1) state_ = TcpState::kClosing;
  else if (state_ == TcpState::kFinWait2) {
    state_ = TcpState::kTimeWait;
    rto_at_ = kNever;
  }
}

void TcpEndpoint::timer(Instant now, TcpOutput& out) {
  if (delayed_ack_at_ <= now) send_ack(out);
  if (now < rto_at_) return;
  rto_at_ = kNever;
  if (snd_una_ >= snd_nxt_) return;
  const bool opening = state_ == TcpState::kSynSent || state_ == TcpState::kSynReceived;
  if (++timeouts_ > (opening ? kMaxSynTimeouts : kMaxTimeouts)) {
    vanish();
    out.gave_up = true;
    return;
  }
  rto_ = std::min(rto_ * 2, kMaxRto);  // RFC 6298 §5.5
  timing_ = false;
  if (opening) return emit(0, 1, true, now, out);
  // RFC 5681 §3.1: back to one segment; everything not SACKed is taken for lost.
  if (timeouts_ == 1) ssthresh_ = std::max<uint64_t>((snd_nxt_ - snd_una_) / 2, 2 * kMss);
  cwnd_ = kMss;
  recovering_ = false;
  duplicate_acks_ = 0;
  recover_ = snd_nxt_;
  lost_limit_ = snd_nxt_;
  resent_until_ = snd_una_;
  const ByteRange lost = next_lost();
  if (lost.begin < lost.end) {
    emit(lost.begin, lost.end, true, now, out);
    resent_until_ = lost.end;
  }
}

uint64_t TcpEndpoint::digest() const {
  Digest digest;
  digest.add(static_cast<int>(state_));
  for (const uint64_t word : {snd_una_, snd_nxt_, end_, cwnd_, ssthresh_, recover_, lost_limit_,
                              resent_until_, rcv_nxt_}) {
    digest.add(word);
  }
  digest.add(fin_wanted_);
  digest.add(recovering_);
  digest.add(rto_);
  digest.add(rto_at_);
  digest.add(delayed_ack_at_);
  for (const ByteRange& range : sacked_) digest.add(range.begin ^ mix64(range.end));
  for (const ByteRange& range : out_of_order_) digest.add(range.begin ^ mix64(range.end));
  return digest.value();
}

}  // namespace mailscope
