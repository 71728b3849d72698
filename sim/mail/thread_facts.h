// What threading reads in a message: its own id, those it refers to, and its base subject. RFC 5256
// §3 (THREAD), RFC 8474 §5.2 (THREADID).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailscope {

struct ThreadFacts {
  std::string id;                       // normalised; empty when there is no valid one
  std::vector<std::string> references;  // the oldest first
  std::string subject;                  // the base subject by casemap
  bool is_reply_or_forward = false;
};

/// From a message or its header.
ThreadFacts thread_facts(std::string_view text);

/// The ids in the References field, or, when it holds none, the first one in In-Reply-To.
std::vector<std::string> message_references(std::string_view text);

}  // namespace mailscope
