#include "sim/smtp/client.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/base/check.h"
#include "sim/base/digest.h"
#include "sim/wire/base64.h"
#include "sim/wire/smtp_grammar.h"

namespace mailscope {

using smtp::Extension;
using smtp::State;
using Tls = SmtpClientConfig::Tls;

namespace {

constexpr const char* kCommandNames[] = {"greeting", "EHLO", "HELO", "MAIL",     "RCPT", "DATA",
                                         ".",        "RSET", "QUIT", "STARTTLS", "AUTH", "BDAT"};

/// RFC 5321 §4.5.3.2: how long each reply may take.
Duration patience_for(int waiting) {
  constexpr int64_t kMinutes[] = {5, 5, 5, 5, 5, 2, 10, 5, 5, 5, 5, 10};
  return seconds(60 * kMinutes[waiting]);
}

constexpr size_t kMaxReply = 65536;

}  // namespace

SmtpClient::SmtpClient(std::vector<MailTransaction> mail)
    : SmtpClient(std::make_shared<const SmtpClientConfig>(), std::move(mail)) {}

SmtpClient::SmtpClient(std::shared_ptr<const SmtpClientConfig> config,
                       std::vector<MailTransaction> mail)
    : config_(std::move(config)), mail_(std::move(mail)), lines_(smtp::kMaxAuthLine) {
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

void SmtpClient::receive(std::string_view bytes) {
  if (state_ == State::kTls) {
    // RFC 3207 §6: what was not protected must not be taken for what is. secured() records it.
    injected_ = injected_ || !bytes.empty();
    return;
  }
  lines_.append(bytes);
}

bool SmtpClient::ready() const { return !finished() && state_ != State::kTls && lines_.has_line(); }

void SmtpClient::say(Outbox& out, const std::string& line, Waiting waiting, uint8_t flags,
                     size_t recipient) {
  out.line(line, flags);
  expected_.push_back({waiting, recipient});
}

void SmtpClient::turn(Context& context, Outbox& out) {
  const Line line = lines_.take_line();
  const std::optional<smtp::ReplyLine> reply = smtp::parse_reply_line(line.text);
  if (!reply) {
    record_violation(context, "RFC 5321 §4.2: a reply begins with three digits");
    return end(context, out, SessionOutcome::Kind::kRefused, line.text);
  }
  if (expected_.empty() && reply->code != 421) return broken(context, out, line.text);
  // RFC 5321 §4.2.1: every line of a reply has the same code.
  if (reply_code_ != 0 && reply_code_ != reply->code) return broken(context, out, line.text);
  const bool first = reply_code_ == 0;
  reply_code_ = reply->code;
  const Expected expected = expected_.empty() ? Expected{Waiting::kQuit, 0} : expected_.front();
  if (expected.what == Waiting::kEhlo && !first && reply->code < 300) offer_.take(reply->text);
  if (!first) reply_text_ += '\n';
  reply_text_ += reply->text;
  if (reply_text_.size() > kMaxReply) reply_text_.resize(kMaxReply);
  if (!reply->last) return;  // the reply goes on
  const std::string text = fmt::format("{} {}", reply->code, reply_text_);
  reply_text_.clear();
  reply_code_ = 0;
  if (!expected_.empty()) expected_.erase(expected_.begin());
  record_reply(context, kCommandNames[static_cast<int>(expected.what)], reply->code < 400);
  take_reply(context, out, expected, reply->code, text);
  if (!finished() && !expected_.empty()) {
    out.wake_at = context.now + patience_for(static_cast<int>(expected_.front().what));
  }
}

void SmtpClient::take_reply(Context& context, Outbox& out, const Expected& expected, int code,
                            const std::string& text) {
  // RFC 5321 §3.8: a server may say this at any time, and then closes.
  if (code == 421) return end(context, out, SessionOutcome::Kind::kRefused, text);
  const bool goes_on = code >= 300 && code < 400;
  const bool asks_for_data = expected.what == Waiting::kData;
  if (goes_on != (code == 354 && asks_for_data) &&
      !(code == 334 && expected.what == Waiting::kAuth)) {
    return broken(context, out, text);
  }
  if (asks_for_data && code < 300) return broken(context, out, text);
  switch (expected.what) {
    case Waiting::kGreeting:
    case Waiting::kEhlo:
    case Waiting::kHelo:
      return after_greeting_or_hello(context, out, expected.what, code, text);
    case Waiting::kStartTls:
      return after_starttls(context, out, code, text);
    case Waiting::kAuth:
      return after_auth(context, out, code, text);
    case Waiting::kMail:
      return after_mail(context, out, code, text);
    case Waiting::kRcpt:
      return after_rcpt(context, out, expected.recipient, code, text);
    case Waiting::kData:
      return after_data(context, out, code, text);
    case Waiting::kDot:
      return after_message(context, out, code, text);
    case Waiting::kBdat:
      return after_chunk(context, out, code, text);
    case Waiting::kRset:
      set_state(context, State::kReady);
      return next_transaction(out);
    case Waiting::kQuit:
      if (!refusal_.empty()) return end(context, out, SessionOutcome::Kind::kRefused, refusal_);
      return end(context, out, SessionOutcome::Kind::kDone, text);
  }
}

void SmtpClient::after_greeting_or_hello(Context& context, Outbox& out, Waiting what, int code,
                                         const std::string& text) {
  const bool good = code < 400;
  if (what == Waiting::kEhlo && !good) {
    // RFC 5321 §3.2: a server that does not know EHLO is asked with HELO.
    return say(out, fmt::format("HELO {}", context.host_name), Waiting::kHelo);
  }
  if (!good) return refuse(out, text);
  if (what == Waiting::kGreeting) {
    set_state(context, State::kGreeted);
    return say(out, fmt::format("EHLO {}", context.host_name), Waiting::kEhlo);
  }
  set_state(context, State::kReady);
  if (config_->tls != Tls::kNever && !context.secured) {
    if (offer_.has(Extension::kStartTls)) return say(out, "STARTTLS", Waiting::kStartTls);
    if (config_->tls == Tls::kRequired) {
      return refuse(out, "the server does not offer STARTTLS, and TLS is required");
    }
  }
  begin_work(context, out);
}

void SmtpClient::begin_work(Context& context, Outbox& out) {
  if (config_->user.empty()) return begin_transaction(out);
  begin_auth(context, out);
}

void SmtpClient::after_starttls(Context& context, Outbox& out, int code, const std::string& text) {
  if (code != 220) {
    // RFC 3207 §4: what a client does now is its own decision.
    if (config_->tls == Tls::kRequired) return refuse(out, text);
    return begin_work(context, out);
  }
  set_state(context, State::kTls);
  out.start_tls = true;
  out.wake_at = context.now + patience_for(static_cast<int>(Waiting::kStartTls));
  injected_ = !lines_.pending().empty();
  lines_.clear();
}

void SmtpClient::secured(Context& context, Outbox& out) {
  if (state_ != State::kTls) return;  // implicit TLS: the session has not begun
  if (injected_) {
    record_violation(context, "RFC 3207 §6: replies sent before the TLS handshake; discarded");
  }
  // RFC 3207 §4.2: what was learnt in clear is forgotten.
  injected_ = false;
  offer_ = smtp::Offer();
  set_state(context, State::kGreeted);
  say(out, fmt::format("EHLO {}", context.host_name), Waiting::kEhlo);
  out.wake_at = context.now + patience_for(static_cast<int>(Waiting::kEhlo));
}

void SmtpClient::begin_auth(Context& context, Outbox& out) {
  const bool allow_clear = config_->clear_password || context.secured;
  const std::optional<sasl::Mechanism> best =
      sasl::best_mechanism(offer_.mechanisms & ~tried_, allow_clear);
  if (!best) {
    return refuse(out, allow_clear || offer_.mechanisms == 0
                           ? "the server offers no mechanism to log in with"
                           : "the server offers only mechanisms that show the password");
  }
  exchange_ = sasl::ClientExchange(*best, config_->user, config_->password, context.entropy);
  const sasl::MechanismRow& row = sasl::row(*best);
  std::string line = fmt::format("AUTH {}", row.name);
  const std::optional<std::string> initial = exchange_.initial_response();
  if (initial) {
    // RFC 4954 §4: "=" is an empty one; one that makes the line too long waits for the challenge.
    const std::string response = initial->empty() ? "=" : encode_base64(*initial);
    if (line.size() + 1 + response.size() <= smtp::kMaxCommandLine - 2) line += " " + response;
  }
  set_state(context, State::kAuth);
  say(out, line, Waiting::kAuth, row.in_clear ? LineFlags::kSecret : uint8_t{0});
}

void SmtpClient::after_auth(Context& context, Outbox& out, int code, const std::string& text) {
  const sasl::MechanismRow& row = sasl::row(exchange_.mechanism());
  if (code == 334) {
    const std::optional<std::string> challenge =
        parse_base64(trimmed(std::string_view(text).substr(4)));
    const std::optional<std::string> response =
        challenge ? exchange_.respond(*challenge) : std::nullopt;
    // RFC 4954 §4: "*" cancels; a server whose challenge is wrong is not trusted any further.
    if (!response) refusal_ = "the server's challenge is not what the mechanism asks for";
    return say(out, response ? encode_base64(*response) : "*", Waiting::kAuth,
               row.in_clear ? LineFlags::kSecret : uint8_t{0});
  }
  set_state(context, State::kReady);
  if (!refusal_.empty()) return refuse(out, refusal_);
  if (code < 300) {
    if (exchange_.server_proved()) return begin_transaction(out);
    return refuse(out, "the server did not show that it knows the password");
  }
  // RFC 4954 §6: not this mechanism; another may do. 535 is about the password, which stays wrong.
  if (code == 504 || code == 534 || code == 538) {
    tried_ |= sasl::bit(exchange_.mechanism());
    return begin_auth(context, out);
  }
  refuse(out, text);
}

void SmtpClient::refuse(Outbox& out, const std::string& why) {
  refusal_ = why;
  say(out, "QUIT", Waiting::kQuit);
}

void SmtpClient::broken(Context& context, Outbox& out, const std::string& text) {
  record_violation(context, "RFC 5321 §4.2: a reply that does not fit what was said");
  end(context, out, SessionOutcome::Kind::kRefused, text);
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
  if (!refusal_.empty()) return end(context, out, SessionOutcome::Kind::kRefused, refusal_);
  end(context, out, SessionOutcome::Kind::kLost, "no reply from the server");
}

void SmtpClient::closed(Context& context, Outbox& out, CloseReason reason) {
  out.close = true;
  out.cancel_wake = true;
  if (finished()) return;
  if (!refusal_.empty()) return end(context, out, SessionOutcome::Kind::kRefused, refusal_);
  end(context, out, SessionOutcome::Kind::kLost, close_reason_text(reason));
}

uint64_t SmtpClient::digest() const {
  Digest digest;
  digest.add(static_cast<int>(state_));
  for (const Expected& expected : expected_) {
    digest.add(static_cast<int>(expected.what));
    digest.add(static_cast<uint64_t>(expected.recipient));
  }
  digest.add(lines_.pending());
  digest.add(static_cast<uint64_t>(transaction_));
  digest.add(reply_text_);
  digest.add(reply_code_);
  digest.add(injected_);
  digest.add(tried_);
  digest.add(refusal_);
  digest.add(pipelined_);
  digest.add(mail_refused_);
  digest.add(static_cast<uint64_t>(taken_));
  digest.add(static_cast<uint64_t>(chunk_at_));
  offer_.add_to(digest);
  exchange_.add_to(digest);
  for (const DeliveryResult& result : results_) digest.add(static_cast<int>(result.kind));
  return digest.value();
}

}  // namespace mailscope
