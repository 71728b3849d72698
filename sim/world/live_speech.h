// LiveSpeech: what an outside program says on a live connection, told apart into the lines and
// blocks of message data that a trace is made of. It listens as a person at the wire would: the
// server's answers say when message data follows (RFC 5321 §3.3, 354; RFC 3501 §7.5, "+"), a
// command says it in advance (RFC 3030 §2, BDAT; RFC 7888, {n+}). The engine reads the bytes by
// itself; nothing here decides what they mean to it. Memory is bounded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/protocol.h"
#include "sim/wire/dot_stuffing.h"

namespace mailscope {

class LiveSpeech {
 public:
  /// A line without its end, or the first line of a block.
  struct Unit {
    std::string text;
    uint64_t octets = 0;  // on the wire
    uint8_t flags = 0;    // LineFlags
  };

  explicit LiveSpeech(Protocol protocol) : protocol_(protocol) {}

  /// The server has said this line.
  void hear(std::string_view line);
  /// The program has said this, in any pieces: the units that are now complete.
  std::vector<Unit> take(std::string_view bytes);
  /// No more will come: what was begun and not ended.
  std::optional<Unit> rest();

  [[nodiscard]] uint64_t digest() const;

 private:
  enum class Mode : uint8_t { kLine, kDotted, kCounted };

  Unit finish();
  /// What a line announces about itself and about what follows it.
  uint8_t read_line(std::string_view line);
  uint8_t read_auth(std::string_view mechanism, bool initial_response);
  uint8_t read_imap_line(std::string_view line);
  void count(uint64_t octets);

  Protocol protocol_;
  Mode mode_ = Mode::kLine;
  std::string text_;         // the beginning of the unit under way
  uint64_t octets_ = 0;      // of the unit under way
  DotReader reader_{0};      // kDotted: where it ends
  uint64_t left_ = 0;        // kCounted: octets still to come
  uint64_t offered_ = 0;     // an IMAP literal that waits for "+"
  bool secret_ = false;      // answers to challenges carry a password
  bool challenged_ = false;  // the next line is such an answer
};

}  // namespace mailscope
