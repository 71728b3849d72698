// How the SMTP client hands over one message after another: envelope, message, and what the replies
// mean for each recipient. RFC 5321 §3.3, RFC 2920 §3.1, RFC 3030 §2.
#include <fmt/format.h>

#include <algorithm>

#include "sim/base/check.h"
#include "sim/smtp/client.h"
#include "sim/wire/dot_stuffing.h"

namespace mailscope {

using smtp::Extension;
using smtp::State;
using Kind = DeliveryResult::Kind;

void SmtpClient::next_transaction(Outbox& out) {
  ++transaction_;
  begin_transaction(out);
}

void SmtpClient::begin_transaction(Outbox& out) {
  for (; transaction_ < mail_.size(); ++transaction_) {
    const MailTransaction& mail = mail_[transaction_];
    text_ = smtp::text_to_send(mail, *config_);
    needs_ = smtp::needs_of(mail, *text_);
    refuse_unsafe_recipients();
    const std::string refusal = smtp::why_not(mail, *text_, needs_, *config_, offer_);
    if (refusal.empty()) break;
    settle(554, refusal);
  }
  if (transaction_ >= mail_.size()) {
    text_.reset();
    return say(out, "QUIT", Waiting::kQuit);
  }
  const MailTransaction& mail = mail_[transaction_];
  pipelined_ = config_->pipelining && offer_.has(Extension::kPipelining);
  mail_refused_ = false;
  taken_ = 0;
  chunk_at_ = 0;
  say(out, smtp::mail_line(mail, *text_, needs_, *config_, offer_), Waiting::kMail);
  if (!pipelined_) return;
  // RFC 2920 §3.1: MAIL and RCPTs go together, and DATA may be the last of them.
  for (size_t r = 0; r < mail.forward_paths.size(); ++r) {
    if (is_pending(r)) say_recipient(out, r);
  }
  const bool bdat = smtp::uses_bdat(needs_, *config_, offer_);
  if (!bdat) say(out, "DATA", Waiting::kData);
}

void SmtpClient::refuse_unsafe_recipients() {
  for (DeliveryResult& result : results_) {
    if (result.transaction != transaction_ || result.kind != Kind::kPending) continue;
    const std::string& address = mail_[transaction_].forward_paths[result.recipient];
    if (smtp::is_safe_path(address)) continue;
    result.kind = Kind::kRejected;
    result.reply = "553 5.1.3 not sent: the forward-path is no address";
  }
}

void SmtpClient::say_recipient(Outbox& out, size_t recipient) {
  say(out, smtp::rcpt_line(mail_[transaction_], recipient, *config_, offer_), Waiting::kRcpt, 0,
      recipient);
}

bool SmtpClient::is_pending(size_t recipient) const {
  return std::any_of(results_.begin(), results_.end(), [&](const DeliveryResult& result) {
    return result.transaction == transaction_ && result.recipient == recipient &&
           result.kind == Kind::kPending;
  });
}

void SmtpClient::after_mail(Context& context, Outbox& out, int code, const std::string& text) {
  if (code < 400) {
    set_state(context, State::kMail);
    if (!pipelined_ || expected_.empty()) next_recipient(context, out, 0);
    return;
  }
  settle(code, text);
  mail_refused_ = true;
  // What was sent along is answered, too; only then the next message.
  if (!expected_.empty()) return;
  next_transaction(out);
}

void SmtpClient::next_recipient(Context& context, Outbox& out, size_t from) {
  const size_t count = mail_[transaction_].forward_paths.size();
  while (!pipelined_ && from < count && !is_pending(from)) ++from;
  if (!pipelined_ && from < count) return say_recipient(out, from);
  if (!expected_.empty()) return;  // more replies to what was sent together
  if (mail_refused_) return next_transaction(out);
  if (taken_ == 0) return say(out, "RSET", Waiting::kRset);
  if (smtp::uses_bdat(needs_, *config_, offer_)) return say_chunk(context, out);
  say(out, "DATA", Waiting::kData);
}

void SmtpClient::after_rcpt(Context& context, Outbox& out, size_t recipient, int code,
                            const std::string& text) {
  if (code < 400 && !mail_refused_) {
    ++taken_;
    if (state_ == State::kMail) set_state(context, State::kRcpt);
  } else {
    for (DeliveryResult& result : results_) {
      const bool this_one = result.transaction == transaction_ && result.recipient == recipient;
      if (!this_one || result.kind != Kind::kPending) continue;
      result.kind = code < 500 ? Kind::kTryLater : Kind::kRejected;
      result.reply = text;
    }
  }
  next_recipient(context, out, recipient + 1);
}

void SmtpClient::after_data(Context& context, Outbox& out, int code, const std::string& text) {
  if (code == 354) {
    if (taken_ == 0) {
      // RFC 2920 §3.1: DATA was taken although nobody was; a lone dot, and nobody gets anything.
      return say(out, ".", Waiting::kDot);
    }
    set_state(context, State::kData);
    out.block(dot_stuffed(*text_));
    expected_.push_back({Waiting::kDot, 0});
    return;
  }
  settle(code, text);
  if (mail_refused_) return next_transaction(out);
  say(out, "RSET", Waiting::kRset);
}

void SmtpClient::after_message(Context& context, Outbox& out, int code, const std::string& text) {
  settle(code, text);
  if (state_ != State::kReady) set_state(context, State::kReady);
  next_transaction(out);
}

void SmtpClient::say_chunk(Context& context, Outbox& out) {
  const size_t size =
      std::min(std::max<size_t>(config_->chunk_octets, 1), text_->size() - chunk_at_);
  const bool last = chunk_at_ + size == text_->size();
  set_state(context, State::kBdat);
  say(out, fmt::format("BDAT {}{}", size, last ? " LAST" : ""), Waiting::kBdat);
  out.block(text_->substr(chunk_at_, size));
  chunk_at_ += size;
}

void SmtpClient::after_chunk(Context& context, Outbox& out, int code, const std::string& text) {
  const bool last = chunk_at_ == text_->size();
  if (code < 400 && !last) return say_chunk(context, out);
  settle(code, text);
  // RFC 3030 §2: after a refused chunk only RSET makes things clear again.
  if (code >= 400) return say(out, "RSET", Waiting::kRset);
  set_state(context, State::kReady);
  next_transaction(out);
}

void SmtpClient::settle(int code, const std::string& reply) {
  for (DeliveryResult& result : results_) {
    if (result.transaction != transaction_ || result.kind != Kind::kPending) continue;
    result.kind = code < 300 ? Kind::kAccepted : code < 500 ? Kind::kTryLater : Kind::kRejected;
    result.reply = reply;
  }
}

}  // namespace mailscope
