#include "sim/net/link.h"

#include <algorithm>

namespace mailscope {

void LinkDirection::forget_departed(Instant now) {
  while (head_ < departures_.size() && departures_[head_] <= now.ns) ++head_;
  if (head_ == departures_.size()) {
    departures_.clear();
    head_ = 0;
  } else if (head_ > 1024 && head_ * 2 > departures_.size()) {
    departures_.erase(departures_.begin(),
                      departures_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

Passage LinkDirection::send(Instant now, uint32_t octets) {
  if (!config_.up) return {now, DropReason::kLinkDown};
  forget_departed(now);
  if (departures_.size() - head_ > config_.queue_packets) return {now, DropReason::kQueueFull};

  const uint64_t bits = static_cast<uint64_t>(octets) * 8;
  const Duration transmission{
      static_cast<int64_t>(bits * 1000000000u / std::max<uint64_t>(config_.bits_per_second, 1))};
  const Instant begins = std::max(now, busy_until_);
  busy_until_ = begins + transmission;
  departures_.push_back(busy_until_.ns);

  if (rng_.chance_ppm(config_.loss_ppm)) return {busy_until_ + config_.delay, DropReason::kLoss};
  Instant arrives = busy_until_ + config_.delay;
  if (config_.jitter.ns > 0) {
    arrives.ns += static_cast<int64_t>(rng_.below(static_cast<uint64_t>(config_.jitter.ns) + 1));
  }
  // Simplified: jitter never reorders packets of one link. Real networks do so now and then.
  arrives = std::max(arrives, last_arrival_);
  last_arrival_ = arrives;
  return {arrives, DropReason::kNone};
}

uint64_t LinkDirection::digest() const {
  Digest digest;
  digest.add(rng_.digest());
  digest.add(busy_until_);
  digest.add(last_arrival_);
  digest.add(config_.delay);
  digest.add(config_.bits_per_second);
  digest.add(config_.loss_ppm);
  digest.add(config_.up);
  // Departed packets still in the ring do not count: they are a matter of when it was last cleaned.
  return digest.value();
}

}  // namespace mailscope
