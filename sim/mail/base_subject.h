// The base subject: what a subject is about once "Re:", "Fwd:", "[list]" and "(fwd)" are taken off.
// IMAP sorts and threads by it, and server and client must come to the same one: RFC 5256 §2.1.
#pragma once

#include <string>
#include <string_view>

namespace mailscope {

struct BaseSubject {
  std::string text;  // UTF-8, on one line; compared by casemap
  /// Something that says reply or forward was taken off: "Re:" and its like, "(fwd)", "[fwd: ...]"
  /// (RFC 5256 §3, REFERENCES step 5.B.iv).
  bool is_reply_or_forward = false;
};

/// From the value of a Subject field as it stands in a header. Linear on any bytes.
BaseSubject base_subject(std::string_view field_value);

}  // namespace mailscope
