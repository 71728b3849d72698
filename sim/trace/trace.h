// The account of what happened: an append-only list of events with their texts, and where in it
// each dispatch of the scheduler began. A plain value; nothing here knows what an event means.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
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
  /// The event with this id; the id must be known: valid and, but for continued(), at most size().
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
  [[nodiscard]] bool has(EventId id) const {
    return id.value > forgotten_ && id.value <= size();
  }

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

  uint32_t forgotten_ = 0;  // events that continued() left behind
  std::vector<Event> events_;
  std::vector<DispatchMark> dispatches_;
  std::string pool_;
};

}  // namespace mailscope
