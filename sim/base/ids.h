// Strong ids: how things inside a World name each other. Nothing in a World points at anything, so
// a copy of a World is a fork of the whole simulation. Ids are 1-based counters; 0 means "none".
#pragma once

#include <cstdint>

namespace mailscope {

template <class Tag>
struct Id {
  uint32_t value = 0;

  [[nodiscard]] bool valid() const { return value != 0; }
  /// Position in a vector whose first element has id 1. Only for a valid id.
  [[nodiscard]] uint32_t index() const { return value - 1; }
  static Id from_index(uint64_t index) { return Id{static_cast<uint32_t>(index + 1)}; }

  friend bool operator==(Id a, Id b) { return a.value == b.value; }
  friend bool operator!=(Id a, Id b) { return a.value != b.value; }
  friend bool operator<(Id a, Id b) { return a.value < b.value; }
};

using HostId = Id<struct HostTag>;        // a machine on the simulated network
using LinkId = Id<struct LinkTag>;        // a cable between two hosts
using ConnId = Id<struct ConnTag>;        // a TCP connection
using AgentId = Id<struct AgentTag>;      // one end of a protocol session
using DeviceId = Id<struct DeviceTag>;    // a mail program on a host
using EventId = Id<struct EventTag>;      // one record of the trace
using AccountId = Id<struct AccountTag>;  // a user of a mail store
using MailboxId = Id<struct MailboxTag>;  // a mailbox of a mail store

}  // namespace mailscope
