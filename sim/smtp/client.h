// The SMTP client engine: one session that hands over mail, for a mail program or a relaying
// server. RFC 5321 §3.3, §4.2.1 (what a reply's first digit asks of a client), §4.5.3.2
// (time-outs). One command at a time. A message counts as handed over only when the reply to the
// final dot is 2yz.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/agent/context.h"
#include "sim/agent/outbox.h"
#include "sim/agent/session_outcome.h"
#include "sim/smtp/protocol.h"
#include "sim/wire/line_buffer.h"

namespace mailscope {

/// What became of one recipient of one transaction.
struct DeliveryResult {
  enum class Kind : uint8_t { kPending, kAccepted, kTryLater, kRejected };
  size_t transaction = 0;
  size_t recipient = 0;   // index into its forward_paths
  Kind kind = Kind::kPending;
  std::string reply;      // the server's words
};

class SmtpClient {
 public:
  explicit SmtpClient(std::vector<MailTransaction> mail);

  void open(Context& context, Outbox& out);
  void receive(std::string_view bytes) { lines_.append(bytes); }
  [[nodiscard]] bool ready() const { return !finished() && lines_.has_line(); }
  void turn(Context& context, Outbox& out);
  void timer(Context& context, Outbox& out);
  void closed(Context& context, Outbox& out, CloseReason reason);
  [[nodiscard]] bool finished() const { return outcome_.kind != SessionOutcome::Kind::kRunning; }
  [[nodiscard]] uint64_t digest() const;

  [[nodiscard]] smtp::State state() const { return state_; }
  [[nodiscard]] const SessionOutcome& outcome() const { return outcome_; }
  [[nodiscard]] const std::vector<MailTransaction>& mail() const { return mail_; }
  /// One row for every recipient of every transaction; kPending rows were not answered.
  [[nodiscard]] const std::vector<DeliveryResult>& results() const { return results_; }

 private:
  enum class Waiting : uint8_t { kGreeting, kEhlo, kHelo, kMail, kRcpt, kData, kDot, kRset, kQuit };

  void set_state(Context& context, smtp::State state);
  void say(Outbox& out, const std::string& line, Waiting waiting);
  void take_reply(Context& context, Outbox& out, int code, const std::string& text);
  void after_rcpt(Context& context, Outbox& out, int code, const std::string& text);
  void begin_transaction(Outbox& out);
  void next_recipient(Outbox& out);
  /// Settles every recipient of the current transaction that `from` describes.
  void settle(DeliveryResult::Kind from, DeliveryResult::Kind to, const std::string& reply);
  void end(Context& context, Outbox& out, SessionOutcome::Kind kind, std::string_view text);

  std::vector<MailTransaction> mail_;
  std::vector<DeliveryResult> results_;
  std::vector<bool> recipient_taken_;   // of the current transaction
  LineBuffer lines_;
  smtp::State state_ = smtp::State::kConnecting;
  Waiting waiting_ = Waiting::kGreeting;
  size_t transaction_ = 0;
  size_t recipient_ = 0;
  std::string reply_text_;              // of the reply being collected
  bool eight_bit_mime_ = false;
  SessionOutcome outcome_;
};

}  // namespace mailscope
