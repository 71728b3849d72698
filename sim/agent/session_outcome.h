// How a client's session ended, for the mail program or relay that began it.
#pragma once

#include <cstdint>
#include <string>

namespace mailscope {

/// How a client's session stands, for the mail program that began it.
struct SessionOutcome {
  enum class Kind : uint8_t { kRunning, kDone, kRefused, kLost };
  Kind kind = Kind::kRunning;
  std::string text;  // the server's words when refused
  /// False: the same would be refused again, and a person has to see to it (RFC 3206 §4 AUTH).
  bool ask_again = true;
};

}  // namespace mailscope
