// The account of what happened: an append-only list of events with their texts, and where in it
// each dispatch of the scheduler began. A plain value; nothing here knows what an event means.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/trace/event.h"

namespace mailscope {

class Trace {
 public:
  /// Appends; the event's text is copied to the pool. Ids count from 1 in order of appending.
  EventId append(Event event, std::string_view text);

  [[nodiscard]] uint32_t size() const {
    return forgotten_ + static_cast<uint32_t>(events_.size());
  }
  /// The event with this id; the id must be known: valid and at most size(), and not forgotten.
  [[nodiscard]] const Event& at(EventId id) const;
  /// Events from `first` (1-based) to the end, for loops: `for (uint32_t i = 1; i <= size(); ++i)`.
  [[nodiscard]] const Event& operator[](uint32_t id) const { return at(EventId{id}); }
  [[nodiscard]] std::string_view text(const Event& event) const {
    return std::string_view(pool_).substr(event.text_begin, event.text_size);
  }

  /// Marks the start of the next dispatch at this time. Dispatches count from 0.
  void begin_dispatch(Instant at);
  [[nodiscard]] uint32_t dispatches() const { return static_cast<uint32_t>(dispatches_.size()); }
  [[nodiscard]] Instant dispatch_time(uint32_t n) const { return dispatches_[n].at; }
  /// Number of events recorded before dispatch n begins; for n == dispatches() all of them.
  [[nodiscard]] uint32_t events_before(uint32_t n) const;
  /// The dispatch in which this event was recorded.
  [[nodiscard]] uint32_t dispatch_of(EventId id) const;
  /// How many dispatches begin at or before `at`.
  [[nodiscard]] uint32_t dispatches_until(Instant at) const;
  /// How many events happened at or before `at`.
  [[nodiscard]] uint32_t events_until(Instant at) const;

  /// Goes on where this one is, without what happened so far: for runs too long to be kept. Ids go
  /// on; those before are unknown to it.
  [[nodiscard]] Trace continued() const;
  /// The same for this one, whose memory is used again.
  void forget();
  [[nodiscard]] bool has(EventId id) const {
    return id.value > forgotten_ && id.value <= size();
  }

  /// From now on no event is kept: they are counted, and the connections they are about are noted.
  /// For servers that nobody watches. The digest of their world does not speak of events any more.
  void keep_nothing() {
    forget();
    keeps_events_ = false;
  }
  [[nodiscard]] bool keeps_events() const { return keeps_events_; }
  /// One more event that is not kept.
  void count(ConnId conn) {
    ++forgotten_;
    if (conn.valid() && (moved_.empty() || moved_.back() != conn)) moved_.push_back(conn);
  }
  /// The connections of the events counted since the last call; some are there more than once.
  std::vector<ConnId> take_moved() { return std::exchange(moved_, {}); }

  /// Drops every dispatch from n on, and its events: used when a branch of history is begun.
  void truncate(uint32_t n);

  /// Bytes of memory held, for the bounds the tests check.
  [[nodiscard]] size_t memory() const;

  std::vector<std::string> host_names;  // by HostId::index(), for every textual form

  [[nodiscard]] std::string_view host_name(HostId id) const {
    return id.valid() && id.index() < host_names.size() ? std::string_view(host_names[id.index()])
                                                        : std::string_view("-");
  }

 private:
  struct DispatchMark {
    Instant at;
    uint32_t events_before;
  };

  uint32_t forgotten_ = 0;  // events that are not in events_ any more, or never were
  bool keeps_events_ = true;
  std::vector<ConnId> moved_;
  std::vector<Event> events_;
  std::vector<DispatchMark> dispatches_;
  std::string pool_;
};

}  // namespace mailscope
