// The SMTP server's AUTH (RFC 4954) and STARTTLS (RFC 3207).
#include <fmt/format.h>

#include "sim/base/ascii.h"
#include "sim/smtp/server.h"
#include "sim/wire/base64.h"

namespace mailscope {

using sasl::Mechanism;
using smtp::CommandLine;
using smtp::State;
using Step = sasl::ServerExchange::Step;

namespace {

/// The more, the less a mechanism gives away.
int strength(Mechanism mechanism) {
  if (sasl::row(mechanism).in_clear) return 0;
  return mechanism == Mechanism::kCramMd5 ? 1 : 2;
}

bool weaker_than_all(Mechanism mechanism, uint32_t offered) {
  for (const sasl::MechanismRow& row : sasl::kMechanisms) {
    const bool there = (offered & sasl::bit(row.mechanism)) != 0;
    if (there && strength(row.mechanism) <= strength(mechanism)) return false;
  }
  return offered != 0;
}

}  // namespace

uint32_t SmtpServer::mechanisms(const Context& context) const {
  uint32_t bits = config_->auth_mechanisms & sasl::kAllMechanisms;
  for (const sasl::MechanismRow& row : sasl::kMechanisms) {
    const bool withheld = config_->clear_auth_needs_tls && row.in_clear && !context.secured;
    if (withheld) bits &= ~sasl::bit(row.mechanism);
  }
  return bits;
}

void SmtpServer::cmd_auth(Context& context, Outbox& out, const CommandLine& command) {
  const char* const order = "RFC 4954 §4: AUTH once a session, after EHLO";
  if (!extended_) {
    return answer(context, out, {503, "5.1", "Bad sequence of commands: say EHLO first", order});
  }
  if (!user_.empty()) {
    return answer(context, out,
                  {503, "5.1", "Bad sequence of commands: already authenticated", order});
  }
  const smtp::AuthArgument auth = smtp::parse_auth(command.argument);
  const sasl::MechanismRow* row = sasl::find_mechanism(auth.mechanism);
  const uint32_t set_up = config_->auth_mechanisms;
  if (row == nullptr || (set_up & sasl::bit(row->mechanism)) == 0) {
    // RFC 4954 §6: 534 tells a client that knows better ones to use them.
    if (row != nullptr && weaker_than_all(row->mechanism, set_up)) {
      return answer(context, out, {534, "7.9", "Authentication mechanism is too weak"});
    }
    return answer(context, out,
                  {504, "5.4", "Authentication mechanism not offered",
                   "RFC 4954 §4: a mechanism that was not announced"});
  }
  if ((mechanisms(context) & sasl::bit(row->mechanism)) == 0) {
    return answer(context, out,
                  {538, "7.11", "Encryption required for this authentication mechanism",
                   "RFC 4954 §6: a password in clear where the server asks for TLS"});
  }
  // RFC 4954 §4: no initial response where the server speaks first. LOGIN has no RFC, and clients
  // send the user name along.
  const bool allowed = row->client_first || row->mechanism == Mechanism::kLogin;
  if (auth.malformed || (auth.has_response && !allowed)) {
    return answer(context, out,
                  {501, "5.2",
                   auth.malformed ? "The initial response is no base64"
                                  : "This mechanism has no initial response",
                   "RFC 4954 §4: AUTH mechanism [initial-response in base64]"});
  }
  exchange_ =
      sasl::ServerExchange(row->mechanism, context.entropy, context.host_name, context.unix_now);
  set_state(context, State::kAuth);
  if (auth.has_response) return auth_step(context, out, respond(context, auth.response));
  auth_step(context, out, {Step::Kind::kChallenge, exchange_.first_challenge(), {}});
}

Step SmtpServer::respond(Context& context, std::string_view response) {
  const MailStore& store = **context.store;
  return exchange_.respond(response, [&](std::string_view name) -> std::optional<sasl::KnownUser> {
    const Account* account = smtp::account_of_login(*config_, store, name);
    if (account == nullptr) return std::nullopt;
    return sasl::KnownUser{account->name, account->password};
  });
}

void SmtpServer::auth_line(Context& context, Outbox& out, const Line& line) {
  if (line.too_long) {
    return end_auth(
        context, out,
        {500, "5.6", "Line too long", "RFC 4954 §4: a line of the exchange over 12288 octets"});
  }
  if (line.bare_lf) {
    return end_auth(
        context, out,
        {500, "5.2", "Lines end with CRLF", "RFC 5321 §2.3.8: a line ended by a bare LF"});
  }
  if (line.text == "*") return end_auth(context, out, {501, "7.0", "Authentication cancelled"});
  const std::optional<std::string> response = parse_base64(line.text);
  if (!response) {
    return end_auth(
        context, out,
        {501, "5.2", "The response is no base64", "RFC 4954 §4: responses are in base64"});
  }
  auth_step(context, out, respond(context, *response));
}

void SmtpServer::auth_step(Context& context, Outbox& out, const Step& step) {
  switch (step.kind) {
    case Step::Kind::kChallenge:
      return say(out, 334, nullptr, encode_base64(step.text));
    case Step::Kind::kDone:
      user_ = smtp::account_of_login(*config_, **context.store, step.user)->name;
      return end_auth(context, out, {235, "7.0", "Authentication succeeded"});
    case Step::Kind::kFailed:
      return end_auth(context, out,
                      {535, "7.8", "Authentication credentials invalid",
                       "RFC 4954 §6: a wrong user name or password"});
    case Step::Kind::kForbidden:
      // RFC 4954 §6: 535 is for credentials that are invalid or insufficient.
      return end_auth(
          context, out,
          {535, "7.8", "Authentication credentials insufficient: no user may act as another",
           "RFC 4954 §6: an authorization identity that is another user's"});
    case Step::Kind::kMalformed:
      return end_auth(
          context, out,
          {501, "5.2", step.text, "RFC 4954 §4: a response that the mechanism does not know"});
  }
}

void SmtpServer::end_auth(Context& context, Outbox& out, const Reply& reply) {
  exchange_ = sasl::ServerExchange();
  set_state(context, State::kReady);
  answer(context, out, reply);
}

void SmtpServer::cmd_starttls(Context& context, Outbox& out) {
  if (context.secured) {
    return answer(context, out,
                  {503, "5.1", "Bad sequence of commands: TLS is already active",
                   "RFC 3207 §4.2: STARTTLS under TLS"});
  }
  if (config_->tls_unavailable) {
    return say(out, 454, "7.0", "TLS not available due to temporary reason");
  }
  say(out, 220, "0.0", "Ready to start TLS");
  set_state(context, State::kTls);
  out.start_tls = true;
  injected_ = !lines_.pending().empty();
  lines_.clear();
}

void SmtpServer::secured(Context& context, Outbox& out) {
  if (state_ != State::kTls) return;  // implicit TLS: the session has not begun
  if (injected_) {
    record_violation(context, "RFC 3207 §6: commands sent before the TLS handshake; discarded");
  }
  // RFC 3207 §4.2: all that was learnt in clear is forgotten.
  injected_ = false;
  early_noted_ = false;
  client_name_.clear();
  extended_ = false;
  user_.clear();
  envelope_ = Envelope();
  set_state(context, State::kGreeted);
  out.wake_at = context.now + config_->patience;
}

}  // namespace mailscope
