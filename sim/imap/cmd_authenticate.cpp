// AUTHENTICATE: RFC 3501 §6.2.2, RFC 4422 (SASL), RFC 4959 (the initial response); the mechanisms
// are in sim/sasl.
#include <fmt/format.h>

#include "sim/base/check.h"
#include "sim/imap/server.h"
#include "sim/wire/base64.h"

namespace mailscope {

using imap::Extension;

namespace {

constexpr Extension kAuthExtensions[] = {Extension::kAuthPlain, Extension::kAuthLogin,
                                         Extension::kAuthCramMd5, Extension::kAuthScramSha256};

}  // namespace

void ImapServer::cmd_authenticate(Turn& turn, const imap::AuthenticateArguments& arguments) {
  const sasl::MechanismRow* row = sasl::find_mechanism(arguments.mechanism);
  if (row == nullptr || !offers(kAuthExtensions[static_cast<size_t>(row->mechanism)])) {
    return no(turn, "[CANNOT] this mechanism is not offered");
  }
  if (row->in_clear && config_->plain_needs_tls && !turn.context.secured) {
    record_violation(turn.context, "RFC 3501 §11.1: a password in clear where TLS is asked for");
    return no(turn, "[PRIVACYREQUIRED] only under TLS");
  }
  sasl_ = sasl::ServerExchange(row->mechanism, turn.context.entropy, turn.context.host_name,
                               turn.context.unix_now);
  if (arguments.initial_response) {
    // RFC 4959 §3. LOGIN has no RFC, and clients send the user name along.
    if (!row->client_first && row->mechanism != sasl::Mechanism::kLogin) {
      return bad(turn, "this mechanism has no initial response",
                 "RFC 4959 §3: an initial response to a server-first mechanism");
    }
    // "=" is an initial response of no octets.
    const std::string& initial = *arguments.initial_response;
    return sasl_step(turn, initial == "=" ? std::string_view() : initial);
  }
  awaiting_ = Awaiting::kSaslResponse;
  waiting_tag_ = turn.tag;
  turn.out.line("+ " + encode_base64(sasl_.first_challenge()));
}

void ImapServer::sasl_response(Turn& turn, std::string_view line) {
  end_wait(turn);
  if (line == "*") {
    // RFC 3501 §6.2.2: the client gives up, which is answered with BAD but breaks no rule.
    return turn.out.line(turn.tag + " BAD AUTHENTICATE cancelled");
  }
  sasl_step(turn, line);
}

void ImapServer::sasl_step(Turn& turn, std::string_view base64) {
  const std::optional<std::string> response = parse_base64(base64);
  if (!response) {
    return bad(turn, "this is not base64", "RFC 3501 §6.2.2: a response that is not base64");
  }
  const MailStore& store = **turn.context.store;
  const sasl::ServerExchange::Step step =
      sasl_.respond(*response, [&store](std::string_view name) -> std::optional<sasl::KnownUser> {
        const Account* account = store.find_account(name);
        if (account == nullptr) return std::nullopt;
        return sasl::KnownUser{account->name, account->password};
      });
  switch (step.kind) {
    case sasl::ServerExchange::Step::Kind::kChallenge:
      awaiting_ = Awaiting::kSaslResponse;
      waiting_tag_ = turn.tag;
      return turn.out.line("+ " + encode_base64(step.text));
    case sasl::ServerExchange::Step::Kind::kDone: {
      const Account* account = store.find_account(step.user);
      CHECK(account != nullptr);
      return logged_in(turn, *account);
    }
    case sasl::ServerExchange::Step::Kind::kFailed:
      return no(turn, "[AUTHENTICATIONFAILED] invalid user name or password");
    case sasl::ServerExchange::Step::Kind::kForbidden:
      return no(turn, "[AUTHORIZATIONFAILED] nobody may act for another user here");
    case sasl::ServerExchange::Step::Kind::kMalformed: {
      const sasl::MechanismRow& row = sasl::row(sasl_.mechanism());
      return bad(turn, fmt::format("{}: {}", row.name, step.text),
                 "RFC 3501 §6.2.2: a response that the mechanism does not know");
    }
  }
}

}  // namespace mailscope
