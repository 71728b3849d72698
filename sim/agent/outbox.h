// Outbox: what an engine wants done after a turn. The engine fills it; its caller (the simulated
// world, or the loopback driver) carries it out and records the lines.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/time.h"
#include "sim/mail/envelope.h"
#include "sim/trace/event.h"

namespace mailscope {

/// Bytes to be sent that a learner sees as one thing: a line, or a block of message data. The lines
/// of one turn, and little blocks between them, stand one after another in a text that they share.
struct OutUnit {
  std::shared_ptr<const std::string> text;
  size_t begin = 0;  // in `text`
  size_t size = 0;
  uint8_t flags = 0;  // LineFlags

  [[nodiscard]] std::string_view bytes() const { return {text->data() + begin, size}; }
};

class Outbox {
 public:
  /// One line; CRLF is added. `flags` are LineFlags.
  void line(std::string_view text, uint8_t flags = 0) {
    std::string& to = shared();
    const size_t begin = to.size();
    to.append(text).append("\r\n");
    units.push_back({shared_, begin, text.size() + 2, flags});
  }
  /// Message data, as it stands.
  void block(std::shared_ptr<const std::string> bytes) {
    const size_t size = bytes->size();
    if (size > 0) units.push_back({std::move(bytes), 0, size, LineFlags::kBlock});
  }
  /// A part of a text that somebody else holds, without a copy.
  void block(std::shared_ptr<const std::string> text, size_t begin, size_t size) {
    if (size > 0) units.push_back({std::move(text), begin, size, LineFlags::kBlock});
  }
  void block(std::string bytes) { block(std::make_shared<const std::string>(std::move(bytes))); }
  /// The same, copied to where the lines are: for little data.
  void copied_block(std::string_view bytes) {
    if (bytes.empty()) return;
    std::string& to = shared();
    const size_t begin = to.size();
    to.append(bytes);
    units.push_back({shared_, begin, bytes.size(), LineFlags::kBlock});
  }

  std::vector<OutUnit> units;        // in order
  bool close = false;                // after everything has been sent (TCP FIN)
  /// After everything has been sent, TLS begins: the server asks for it with the line that agrees,
  /// the client when it has heard that line. secured() follows when the handshake is over.
  bool start_tls = false;
  /// Both directions are compressed from now on (RFC 4978). The server asks for it with the line
  /// that agrees, which is the last in plain text; the client when it has heard that line, and what
  /// it says in that turn is compressed. What the client had been given past that line and has not
  /// looked at is compressed, too: it gives it back in `unread` and will receive its text.
  bool start_compression = false;
  std::string unread;
  std::optional<Instant> wake_at;    // call timer() then; replaces an earlier request
  bool cancel_wake = false;
  std::vector<MailTransaction> relay;  // mail taken responsibility for that is not for this server
  /// Mail just put into mailboxes here whose sender asked to hear of it (RFC 3461 §4.1 SUCCESS);
  /// its forward-paths are those of the recipients for whom that was asked.
  std::vector<MailTransaction> delivered;

 private:
  /// A text that has grown so long is shared by no further unit: what of it has been sent can be
  /// let go.
  static constexpr size_t kSharedOctets = 65536;

  std::string& shared() {
    if (!shared_ || shared_->size() >= kSharedOctets) shared_ = std::make_shared<std::string>();
    return *shared_;
  }

  std::shared_ptr<std::string> shared_;  // of the last lines
};

}  // namespace mailscope
