#include "sim/smtp/client.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/base/check.h"
#include "sim/base/digest.h"
#include "sim/wire/dot_stuffing.h"
#include "sim/wire/smtp_grammar.h"

namespace mailscope {

using smtp::State;

namespace {

constexpr const char* kCommandNames[] = {"greeting", "EHLO", "HELO", "MAIL", "RCPT",
                                         "DATA",     ".",    "RSET", "QUIT"};

/// RFC 5321 §4.5.3.2: how long each reply may take.
Duration patience_for(int waiting) {
  constexpr int64_t kMinutes[] = {5, 5, 5, 5, 5, 2, 10, 5, 5};
  return seconds(60 * kMinutes[waiting]);
}

}  // namespace

SmtpClient::SmtpClient(std::vector<MailTransaction> mail) : mail_(std::move(mail)), lines_(2000) {
  for (size_t t = 0; t < mail_.size(); ++t) {
    for (size_t r = 0; r < mail_[t].forward_paths.size(); ++r) {
      results_.push_back({t, r, DeliveryResult::Kind::kPending, {}});
    }
  }
}

void SmtpClient::set_state(Context& context, State state) {
  if (state == state_) return;
  CHECK(smtp::may_change(state_, state));
  record_state(context, static_cast<uint8_t>(state_), static_cast<uint8_t>(state),
               smtp::state_name(state));
  state_ = state;
}

void SmtpClient::open(Context& context, Outbox& out) {
  out.wake_at = context.now + patience_for(static_cast<int>(Waiting::kGreeting));
}

void SmtpClient::say(Outbox& out, const std::string& line, Waiting waiting) {
  out.line(line);
  waiting_ = waiting;
}

void SmtpClient::turn(Context& context, Outbox& out) {
  const Line line = lines_.take_line();
  const std::optional<smtp::ReplyLine> reply = smtp::parse_reply_line(line.text);
  if (!reply) {
    record_violation(context, "RFC 5321 §4.2: a reply begins with three digits");
    return end(context, out, SessionOutcome::Kind::kRefused, line.text);
  }
  if (waiting_ == Waiting::kEhlo && equals_ignoring_case(reply->text, "8BITMIME")) {
    eight_bit_mime_ = true;
  }
  if (!reply_text_.empty()) reply_text_ += '\n';
  reply_text_ += reply->text;
  if (reply_text_.size() > 65536) reply_text_.resize(65536);
  if (!reply->last) return;  // RFC 5321 §4.2.1: the reply goes on
  const std::string text = fmt::format("{} {}", reply->code, reply_text_);
  reply_text_.clear();
  record_reply(context, kCommandNames[static_cast<int>(waiting_)], reply->code < 400);
  take_reply(context, out, reply->code, text);
  if (!finished()) {
    out.wake_at = context.now + patience_for(static_cast<int>(waiting_));
  }
}

void SmtpClient::take_reply(Context& context, Outbox& out, int code, const std::string& text) {
  const bool good = code < 400;
  if (code == 421) return end(context, out, SessionOutcome::Kind::kRefused, text);
  switch (waiting_) {
    case Waiting::kGreeting:
      if (!good) return say(out, "QUIT", Waiting::kQuit);
      set_state(context, State::kGreeted);
      return say(out, fmt::format("EHLO {}", context.host_name), Waiting::kEhlo);
    case Waiting::kEhlo:
      // RFC 5321 §3.2: a server that does not know EHLO is asked with HELO.
      if (!good) return say(out, fmt::format("HELO {}", context.host_name), Waiting::kHelo);
      set_state(context, State::kReady);
      return begin_transaction(out);
    case Waiting::kHelo:
      if (!good) return say(out, "QUIT", Waiting::kQuit);
      set_state(context, State::kReady);
      return begin_transaction(out);
    case Waiting::kMail:
      if (!good) {
        settle(DeliveryResult::Kind::kPending,
               code < 500 ? DeliveryResult::Kind::kTryLater : DeliveryResult::Kind::kRejected,
               text);
        ++transaction_;
        return begin_transaction(out);
      }
      set_state(context, State::kMail);
      recipient_ = 0;
      return next_recipient(out);
    case Waiting::kRcpt: return after_rcpt(context, out, code, text);
    case Waiting::kData:
      if (code == 354) {
        set_state(context, State::kData);
        out.block(dot_stuffed(mail_[transaction_].message->text()));
        waiting_ = Waiting::kDot;
        return;
      }
      [[fallthrough]];
    case Waiting::kDot: {
      const auto kind = code == 250   ? DeliveryResult::Kind::kAccepted
                        : code < 500  ? DeliveryResult::Kind::kTryLater
                                      : DeliveryResult::Kind::kRejected;
      settle(DeliveryResult::Kind::kPending, kind, text);
      if (waiting_ == Waiting::kData) {
        return say(out, "RSET", Waiting::kRset);
      }
      set_state(context, State::kReady);
      ++transaction_;
      return begin_transaction(out);
    }
    case Waiting::kRset:
      set_state(context, State::kReady);
      ++transaction_;
      return begin_transaction(out);
    case Waiting::kQuit:
      return end(context, out, SessionOutcome::Kind::kDone, text);
  }
}

void SmtpClient::after_rcpt(Context& context, Outbox& out, int code, const std::string& text) {
  if (code < 400) {
    recipient_taken_[recipient_] = true;
    if (state_ == State::kMail) set_state(context, State::kRcpt);
  } else {
    for (DeliveryResult& result : results_) {
      if (result.transaction != transaction_ || result.recipient != recipient_) continue;
      result.kind = code < 500 ? DeliveryResult::Kind::kTryLater : DeliveryResult::Kind::kRejected;
      result.reply = text;
    }
  }
  ++recipient_;
  next_recipient(out);
}

void SmtpClient::begin_transaction(Outbox& out) {
  if (transaction_ >= mail_.size()) return say(out, "QUIT", Waiting::kQuit);
  const MailTransaction& mail = mail_[transaction_];
  recipient_taken_.assign(mail.forward_paths.size(), false);
  const std::string_view text = mail.message->text();
  const bool eight_bit =
      std::any_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) < 0; });
  say(out,
      fmt::format("MAIL FROM:<{}>{}", mail.reverse_path,
                  eight_bit && eight_bit_mime_ ? " BODY=8BITMIME" : ""),
      Waiting::kMail);
}

void SmtpClient::next_recipient(Outbox& out) {
  const MailTransaction& mail = mail_[transaction_];
  if (recipient_ < mail.forward_paths.size()) {
    return say(out, fmt::format("RCPT TO:<{}>", mail.forward_paths[recipient_]), Waiting::kRcpt);
  }
  const bool any = std::find(recipient_taken_.begin(), recipient_taken_.end(), true) !=
                   recipient_taken_.end();
  if (any) return say(out, "DATA", Waiting::kData);
  say(out, "RSET", Waiting::kRset);
}

void SmtpClient::settle(DeliveryResult::Kind from, DeliveryResult::Kind to,
                        const std::string& reply) {
  for (DeliveryResult& result : results_) {
    if (result.transaction != transaction_ || result.kind != from) continue;
    result.kind = to;
    result.reply = reply;
  }
}

void SmtpClient::end(Context& context, Outbox& out, SessionOutcome::Kind kind,
                     std::string_view text) {
  set_state(context, State::kClosed);
  outcome_ = {kind, std::string(text)};
  out.close = true;
  out.cancel_wake = true;
}

void SmtpClient::timer(Context& context, Outbox& out) {
  if (finished()) return;
  end(context, out, SessionOutcome::Kind::kLost, "no reply from the server");
}

void SmtpClient::closed(Context& context, Outbox& out, CloseReason reason) {
  out.close = true;
  out.cancel_wake = true;
  if (finished()) return;
  end(context, out, SessionOutcome::Kind::kLost, close_reason_text(reason));
}

uint64_t SmtpClient::digest() const {
  Digest digest;
  digest.add(static_cast<int>(state_));
  digest.add(static_cast<int>(waiting_));
  digest.add(lines_.pending());
  digest.add(static_cast<uint64_t>(transaction_));
  digest.add(static_cast<uint64_t>(recipient_));
  digest.add(reply_text_);
  for (const DeliveryResult& result : results_) digest.add(static_cast<int>(result.kind));
  return digest.value();
}

}  // namespace mailscope
