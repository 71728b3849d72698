// THREAD: which message answers which (RFC 5256 §3), by subject alone (ORDEREDSUBJECT) or by the
// ids in the headers (REFERENCES). Nothing recurses: strangers choose how deep a thread is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/imap/numbered_message.h"

namespace mailscope {

/// Threads as the trees they are, in the order in which they are told.
struct ThreadForest {
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Node {
    uint32_t message = kNone;  // index into the list that was threaded; kNone: a message that is
                               // not there, whose answers are (only at the beginning of a thread)
    uint32_t first_child = kNone;
    uint32_t next_sibling = kNone;
  };
  std::vector<Node> nodes;
  uint32_t first_thread = kNone;  // the others are its siblings
};

/// `messages` in ascending order of sequence numbers.
ThreadForest thread_by_subject(const std::vector<NumberedMessage>& messages);
ThreadForest thread_by_references(const std::vector<NumberedMessage>& messages);

/// "(2)(3 6 (4 23)(44 7 96))", without a space before it; empty when there are no threads. The
/// numbers are sequence numbers, or UIDs.
std::string encode_threads(const ThreadForest& forest, const std::vector<NumberedMessage>& messages,
                           bool uids);

}  // namespace mailscope
