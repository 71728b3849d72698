// The SMTP client engine: one session that hands over mail, for a mail program or a relaying
// server. RFC 5321 §3.3, §4.2.1 (what a reply's first digit asks of a client), §4.5.3.2
// (time-outs); RFC 2920 (pipelining), RFC 3030 (BDAT), RFC 3207 (STARTTLS), RFC 4954 (AUTH). A
// message counts as handed over only when the reply to the final dot, or to BDAT LAST, is 2yz.
//
// client.cpp is the session up to the first MAIL, and its ends; client_transaction.cpp hands over
// the mail.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/agent/context.h"
#include "sim/agent/outbox.h"
#include "sim/agent/session_outcome.h"
#include "sim/sasl/exchange.h"
#include "sim/smtp/client_config.h"
#include "sim/smtp/offer.h"
#include "sim/smtp/outgoing.h"
#include "sim/smtp/protocol.h"
#include "sim/wire/line_buffer.h"

namespace mailscope {

/// What became of one recipient of one transaction.
struct DeliveryResult {
  enum class Kind : uint8_t { kPending, kAccepted, kTryLater, kRejected };
  size_t transaction = 0;
  size_t recipient = 0;  // index into its forward_paths
  Kind kind = Kind::kPending;
  std::string reply;  // the server's words, or the client's own in the form of a reply
};

class SmtpClient {
 public:
  explicit SmtpClient(std::vector<MailTransaction> mail);
  SmtpClient(std::shared_ptr<const SmtpClientConfig> config, std::vector<MailTransaction> mail);

  void open(Context& context, Outbox& out);
  void receive(std::string_view bytes);
  [[nodiscard]] bool ready() const;
  void turn(Context& context, Outbox& out);
  void timer(Context& context, Outbox& out);
  void closed(Context& context, Outbox& out, CloseReason reason);
  void secured(Context& context, Outbox& out);
  [[nodiscard]] bool finished() const { return outcome_.kind != SessionOutcome::Kind::kRunning; }
  [[nodiscard]] uint64_t digest() const;

  [[nodiscard]] smtp::State state() const { return state_; }
  [[nodiscard]] const SessionOutcome& outcome() const { return outcome_; }
  [[nodiscard]] const std::vector<MailTransaction>& mail() const { return mail_; }
  /// One row for every recipient of every transaction; kPending rows were not answered.
  [[nodiscard]] const std::vector<DeliveryResult>& results() const { return results_; }
  /// What the server said to the last EHLO.
  [[nodiscard]] const smtp::Offer& offer() const { return offer_; }

 private:
  enum class Waiting : uint8_t {
    kGreeting,
    kEhlo,
    kHelo,
    kMail,
    kRcpt,
    kData,
    kDot,
    kRset,
    kQuit,
    kStartTls,
    kAuth,
    kBdat
  };
  struct Expected {
    Waiting what = Waiting::kGreeting;
    size_t recipient = 0;  // of kRcpt
  };

  // client.cpp
  void set_state(Context& context, smtp::State state);
  void say(Outbox& out, const std::string& line, Waiting waiting, uint8_t flags = 0,
           size_t recipient = 0);
  void take_reply(Context& context, Outbox& out, const Expected& expected, int code,
                  const std::string& text);
  void after_greeting_or_hello(Context& context, Outbox& out, Waiting what, int code,
                               const std::string& text);
  void begin_work(Context& context, Outbox& out);
  void after_starttls(Context& context, Outbox& out, int code, const std::string& text);
  void begin_auth(Context& context, Outbox& out);
  void after_auth(Context& context, Outbox& out, int code, const std::string& text);
  void refuse(Outbox& out, const std::string& why);
  void broken(Context& context, Outbox& out, const std::string& text);
  void end(Context& context, Outbox& out, SessionOutcome::Kind kind, std::string_view text);

  // client_transaction.cpp
  void begin_transaction(Outbox& out);
  void next_transaction(Outbox& out);
  /// Marks recipients that cannot be written in a command as refused.
  void refuse_unsafe_recipients();
  void say_recipient(Outbox& out, size_t recipient);
  [[nodiscard]] bool is_pending(size_t recipient) const;
  void after_mail(Context& context, Outbox& out, int code, const std::string& text);
  void after_rcpt(Context& context, Outbox& out, size_t recipient, int code,
                  const std::string& text);
  void next_recipient(Context& context, Outbox& out, size_t from);
  void after_data(Context& context, Outbox& out, int code, const std::string& text);
  void after_message(Context& context, Outbox& out, int code, const std::string& text);
  void say_chunk(Context& context, Outbox& out);
  void after_chunk(Context& context, Outbox& out, int code, const std::string& text);
  /// Settles every recipient of the current transaction that waits.
  void settle(int code, const std::string& reply);

  std::shared_ptr<const SmtpClientConfig> config_;
  std::vector<MailTransaction> mail_;
  std::vector<DeliveryResult> results_;
  LineBuffer lines_;
  smtp::State state_ = smtp::State::kConnecting;
  std::vector<Expected> expected_ = {{Waiting::kGreeting, 0}};  // replies, in order
  std::string reply_text_;                                      // of the reply being collected
  int reply_code_ = 0;  // of its first line; 0: none has begun
  smtp::Offer offer_;
  bool injected_ = false;  // bytes came behind the 220 to STARTTLS
  uint32_t tried_ = 0;     // bits of the mechanisms that did not work
  sasl::ClientExchange exchange_;
  std::string refusal_;  // why the session ends with QUIT before its work is done
  // The current transaction.
  size_t transaction_ = 0;
  std::shared_ptr<const std::string> text_;
  smtp::Needs needs_;
  bool pipelined_ = false;  // its envelope was sent in one go
  bool mail_refused_ = false;
  size_t taken_ = 0;     // recipients accepted
  size_t chunk_at_ = 0;  // octets of the text that have been sent by BDAT
  SessionOutcome outcome_;
};

}  // namespace mailscope
