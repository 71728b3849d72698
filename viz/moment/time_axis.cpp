#include "viz/moment/time_axis.h"

#include <algorithm>

namespace mailscope::viz {

TimeAxis::TimeAxis(const Trace& trace, Instant end, Duration longest) : end_(end.ns) {
  int64_t time = 0;
  int64_t position = 0;
  spans_.push_back({0, 0, false});
  const auto silence_until = [&](int64_t next) {
    const int64_t gap = next - time;
    if (gap > longest.ns) {
      spans_.push_back({time, position, true});
      position += longest.ns;
      spans_.push_back({next, position, false});
    } else {
      position += gap;
    }
    time = next;
  };
  for (uint32_t n = 0; n < trace.dispatches(); ++n) {
    // A dispatch that recorded nothing is a time-out put off: nobody sees it.
    if (trace.events_before(n + 1) == trace.events_before(n)) continue;
    const int64_t at = trace.dispatch_time(n).ns;
    if (at > end_) break;
    if (at > time) silence_until(at);
  }
  if (end_ > time) silence_until(end_);
  length_ = std::max<int64_t>(position, 1);
}

int64_t TimeAxis::fold(Instant at) const {
  if (spans_.empty()) return 0;
  const int64_t time = std::clamp<int64_t>(at.ns, 0, end_);
  auto after =
      std::upper_bound(spans_.begin(), spans_.end(), time,
                       [](int64_t wanted, const Span& span) { return wanted < span.time; });
  const Span& span = *(after - 1);
  if (!span.folded) return std::min(span.position + (time - span.time), length_);
  const Span& next = after == spans_.end() ? span : *after;
  const int64_t real = std::max<int64_t>(next.time - span.time, 1);
  const int64_t shown = next.position - span.position;
  return span.position +
         static_cast<int64_t>(static_cast<double>(time - span.time) / static_cast<double>(real) *
                              static_cast<double>(shown));
}

Instant TimeAxis::unfold(int64_t position) const {
  if (spans_.empty()) return {};
  position = std::clamp<int64_t>(position, 0, length_);
  auto after = std::upper_bound(
      spans_.begin(), spans_.end(), position,
      [](int64_t wanted, const Span& span) { return wanted < span.position; });
  const Span& span = *(after - 1);
  if (!span.folded) return Instant{std::min(span.time + (position - span.position), end_)};
  const Span& next = after == spans_.end() ? span : *after;
  const int64_t shown = std::max<int64_t>(next.position - span.position, 1);
  return Instant{span.time + static_cast<int64_t>(static_cast<double>(position - span.position) /
                                                  static_cast<double>(shown) *
                                                  static_cast<double>(next.time - span.time))};
}

std::vector<int64_t> TimeAxis::folds() const {
  std::vector<int64_t> found;
  for (size_t i = 0; i + 1 < spans_.size(); ++i) {
    if (spans_[i].folded) found.push_back((spans_[i].position + spans_[i + 1].position) / 2);
  }
  return found;
}

}  // namespace mailscope::viz
