// Simulated time: whole nanoseconds since the start of the scenario. No wall clock, no floating
// point.
#pragma once

#include <cstdint>

namespace mailscope {

/// A span of simulated time in nanoseconds.
struct Duration {
  int64_t ns = 0;

  friend bool operator==(Duration a, Duration b) { return a.ns == b.ns; }
  friend bool operator!=(Duration a, Duration b) { return a.ns != b.ns; }
  friend bool operator<(Duration a, Duration b) { return a.ns < b.ns; }
  friend bool operator>(Duration a, Duration b) { return a.ns > b.ns; }
  friend bool operator<=(Duration a, Duration b) { return a.ns <= b.ns; }
  friend bool operator>=(Duration a, Duration b) { return a.ns >= b.ns; }
  friend Duration operator+(Duration a, Duration b) { return {a.ns + b.ns}; }
  friend Duration operator-(Duration a, Duration b) { return {a.ns - b.ns}; }
  friend Duration operator*(Duration a, int64_t n) { return {a.ns * n}; }
  friend Duration operator/(Duration a, int64_t n) { return {a.ns / n}; }
};

/// A point in simulated time: nanoseconds since the scenario's start.
struct Instant {
  int64_t ns = 0;

  friend bool operator==(Instant a, Instant b) { return a.ns == b.ns; }
  friend bool operator!=(Instant a, Instant b) { return a.ns != b.ns; }
  friend bool operator<(Instant a, Instant b) { return a.ns < b.ns; }
  friend bool operator>(Instant a, Instant b) { return a.ns > b.ns; }
  friend bool operator<=(Instant a, Instant b) { return a.ns <= b.ns; }
  friend bool operator>=(Instant a, Instant b) { return a.ns >= b.ns; }
  friend Instant operator+(Instant a, Duration b) { return {a.ns + b.ns}; }
  friend Instant operator-(Instant a, Duration b) { return {a.ns - b.ns}; }
  friend Duration operator-(Instant a, Instant b) { return {a.ns - b.ns}; }
};

constexpr Duration nanoseconds(int64_t n) { return {n}; }
constexpr Duration microseconds(int64_t n) { return {n * 1000}; }
constexpr Duration milliseconds(int64_t n) { return {n * 1000000}; }
constexpr Duration seconds(int64_t n) { return {n * 1000000000}; }
constexpr Instant kNever{INT64_MAX};

}  // namespace mailscope
