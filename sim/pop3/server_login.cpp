// The AUTHORIZATION state: who the client is. RFC 1939 §4 and §7 (USER, PASS, APOP), RFC 5034
// (AUTH), RFC 2449 §8.1 and RFC 3206 (why a login fails).
#include <fmt/format.h>

#include "sim/base/ascii.h"
#include "sim/base/check.h"
#include "sim/pop3/server.h"
#include "sim/sasl/hash.h"
#include "sim/wire/base64.h"

namespace mailscope {

using pop3::CommandLine;
using pop3::Extension;
using pop3::State;
using sasl::Mechanism;

bool Pop3Server::refuse_in_clear(const Context& context, Outbox& out) const {
  if (!config_->clear_login_needs_tls || context.secured) return false;
  // RFC 2595 §2.2 and §4: passwords in the clear may be refused until there is TLS.
  out.line("-ERR " + pop3::said(Phrase::kTlsFirst, language_));
  return true;
}

void Pop3Server::wrong_login(Outbox& out) {
  say_error(out, ResponseCode::kAuth, Phrase::kWrongLogin);
}

void Pop3Server::cmd_user(Context& context, Outbox& out, const CommandLine& command) {
  if (refuse_in_clear(context, out)) return;
  user_ = command.rest;
  // RFC 1939 §7 lets a server say +OK whether or not the mailbox exists: strangers learn nothing.
  say_ok(out, Phrase::kNowPassword);
}

void Pop3Server::cmd_pass(Context& context, Outbox& out, const CommandLine& command) {
  if (refuse_in_clear(context, out)) return;
  if (user_.empty()) return say_error(out, Phrase::kUserFirst);
  const MailStore& store = **context.store;
  const Account* account = store.find_account(user_);
  user_.clear();  // RFC 1939 §7: after a failed PASS the client begins again with USER
  if (account == nullptr || account->password != command.rest) return wrong_login(out);
  log_in(context, out, account->name);
}

void Pop3Server::cmd_apop(Context& context, Outbox& out, const CommandLine& command) {
  const Account* account = (*context.store)->find_account(command.arguments[0]);
  // RFC 1939 §7: 16 octets in lower-case hex, of the timestamp with its angle brackets followed by
  // the secret.
  const std::string digest =
      sasl::md5_hex(timestamp_ + (account != nullptr ? account->password : std::string()));
  if (account == nullptr || !sasl::equal_secret(digest, command.arguments[1])) {
    return wrong_login(out);
  }
  log_in(context, out, account->name);
}

bool Pop3Server::offers(const Context& context, Mechanism mechanism) const {
  if ((config_->mechanisms & sasl::bit(mechanism)) == 0) return false;
  const bool clear_allowed = !config_->clear_login_needs_tls || context.secured;
  return clear_allowed || !sasl::row(mechanism).in_clear;
}

void Pop3Server::cmd_auth(Context& context, Outbox& out, const CommandLine& command) {
  const sasl::MechanismRow* row = sasl::find_mechanism(command.arguments[0]);
  if (row == nullptr || (config_->mechanisms & sasl::bit(row->mechanism)) == 0) {
    return say_error(out, Phrase::kUnknownMechanism);
  }
  if (row->in_clear && refuse_in_clear(context, out)) return;
  exchange_.emplace(row->mechanism, context.entropy, context.host_name, context.unix_now);
  if (command.arguments.size() == 2) {
    if (!row->client_first) {
      // RFC 5034 §4: where the server speaks first, an initial response is an error.
      exchange_.reset();
      record_violation(context, "RFC 5034 §4: an initial response to a server-first mechanism");
      return say_error(out, Phrase::kMalformedResponse, row->name);
    }
    // RFC 5034 §4: "=" is an initial response of no octets.
    const std::string& initial = command.arguments[1];
    return take_auth_response(context, out, initial == "=" ? std::string_view() : initial);
  }
  out.line("+ " + encode_base64(exchange_->first_challenge()));
}

void Pop3Server::take_auth_line(Context& context, Outbox& out, const Line& line) {
  if (line.too_long || line.bare_lf) {
    exchange_.reset();
    if (line.too_long) {
      return bad(context, out, "RFC 5034 §4: a response longer than any mechanism needs",
                 Phrase::kLineTooLong);
    }
    return bad(context, out, "RFC 1939 §3: a line ended by a bare LF", Phrase::kBareLf);
  }
  if (line.text == "*") {
    exchange_.reset();
    return say_error(out, Phrase::kCancelled);  // RFC 5034 §4
  }
  take_auth_response(context, out, line.text);
}

void Pop3Server::take_auth_response(Context& context, Outbox& out, std::string_view base64) {
  const std::optional<std::string> response = parse_base64(base64);
  if (!response) {
    exchange_.reset();
    return bad(context, out, "RFC 5034 §4: a response that is not base64", Phrase::kNotBase64);
  }
  const MailStore& store = **context.store;
  const sasl::ServerExchange::Step step = exchange_->respond(
      *response, [&store](std::string_view name) -> std::optional<sasl::KnownUser> {
        const Account* account = store.find_account(name);
        if (account == nullptr) return std::nullopt;
        return sasl::KnownUser{account->name, account->password};
      });
  using Kind = sasl::ServerExchange::Step::Kind;
  if (step.kind == Kind::kChallenge) return out.line("+ " + encode_base64(step.text));
  const sasl::MechanismRow& row = sasl::row(exchange_->mechanism());
  exchange_.reset();
  switch (step.kind) {
    case Kind::kDone:
      return log_in(context, out, step.user);
    case Kind::kMalformed:
      return bad(context, out, fmt::format("{}: {}", row.section, step.text),
                 Phrase::kMalformedResponse, row.name);
    default:
      // RFC 3206 §4: [AUTH] is for what is wrong with the credentials, the authorization identity
      // among them.
      return wrong_login(out);
  }
}

Pop3UserPolicy Pop3Server::policy_of(std::string_view user) const {
  for (const Pop3UserPolicy& policy : config_->policies) {
    if (equals_ignoring_case(policy.user, user)) return policy;
  }
  return {std::string(user), config_->login_delay, config_->expire_days};
}

void Pop3Server::log_in(Context& context, Outbox& out, std::string_view user) {
  const Account* account = (*context.store)->find_account(user);
  CHECK(account != nullptr);
  if (config_->trouble == MaildropTrouble::kPassing) {
    return say_error(out, ResponseCode::kSysTemp, Phrase::kPassingTrouble);
  }
  if (config_->trouble == MaildropTrouble::kLasting) {
    return say_error(out, ResponseCode::kSysPerm, Phrase::kLastingTrouble);
  }
  if (account->maildrop_lock.valid()) {
    return say_error(out, ResponseCode::kInUse, Phrase::kLocked);
  }
  const AccountId id = account->id;
  if (has(Extension::kLoginDelay)) {
    const Duration delay = policy_of(account->name).login_delay;
    if (account->last_login && context.now < *account->last_login + delay) {
      return say_error(out, ResponseCode::kLoginDelay, Phrase::kTooSoon, delay.ns / seconds(1).ns);
    }
    context.store->edit().note_login(id, context.now);
  }
  CHECK(context.store->edit().lock_maildrop(id, context.self, context.trace));
  account_ = id;
  maildrop_ = Maildrop((*context.store)->inbox(id));
  set_state(context, State::kTransaction);
  say_ok(out, Phrase::kOpened, maildrop_.live_count(), maildrop_.live_size());
}

}  // namespace mailscope
