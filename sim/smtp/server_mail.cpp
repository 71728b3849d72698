// The SMTP server's envelope: MAIL and RCPT with the parameters of every extension. RFC 5321
// §4.1.1.2, §4.1.1.3; RFC 1870 §6 (SIZE), RFC 6152 §2 and RFC 3030 §3 (BODY), RFC 3461 §4 (DSN),
// RFC 4954 §5 (AUTH), RFC 6531 §3.4 (SMTPUTF8), RFC 6409 §6.1 (submission).
#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/smtp/server.h"

namespace mailscope {

using smtp::Command;
using smtp::CommandLine;
using smtp::Extension;
using smtp::Found;
using smtp::ParameterRow;
using smtp::State;

namespace {

const ParameterRow* find_parameter(std::string_view keyword, Command command) {
  for (const ParameterRow& row : smtp::kParameters) {
    if (row.command == command && keyword == row.keyword) return &row;
  }
  return nullptr;
}

constexpr const char* kParameterForm = "RFC 5321 §4.1.1.11: the value of a parameter";

/// 501 that shows how the parameter is written.
std::string form_of(std::string_view keyword, Command command) {
  return fmt::format("Syntax: {}", find_parameter(keyword, command)->form);
}

}  // namespace

/// 555 for what no offered extension defines, 501 for a parameter given twice.
SmtpServer::Reply SmtpServer::wrong_parameter(const Parameters& parameters, Command command) const {
  for (size_t i = 0; i < parameters.size(); ++i) {
    const std::string& keyword = parameters[i].first;
    const ParameterRow* row = find_parameter(keyword, command);
    if (row == nullptr || !extended_ || !config_->has(row->extension)) {
      return {555, "5.4", fmt::format("{} not recognized", keyword),
              "RFC 5321 §4.1.1.11: a parameter that no offered extension defines"};
    }
    for (size_t j = 0; j < i; ++j) {
      if (parameters[j].first == keyword) {
        return {501, "5.4", fmt::format("{} given twice", keyword),
                "RFC 5321 §4.1.1.11: a parameter given twice"};
      }
    }
  }
  return {};
}

SmtpServer::Reply SmtpServer::take_size(const Context& context, Envelope& envelope,
                                        const std::string& value) const {
  // RFC 1870 §5: at most 20 digits; what does not fit into 64 bits is too large in any case.
  const bool digits =
      !value.empty() && value.size() <= 20 &&
      std::all_of(value.begin(), value.end(), [](char c) { return ascii_digit(c); });
  if (!digits) return {501, "5.4", "Syntax: SIZE=number", "RFC 1870 §4: SIZE takes a number"};
  const uint64_t size = parse_number(value).value_or(UINT64_MAX);
  if (size > config_->max_message) return {552, "3.4", "Message size exceeds the limit"};
  envelope.declared_size = size;
  return no_room(**context.store, size);
}

SmtpServer::Reply SmtpServer::no_room(const MailStore& store, uint64_t octets) const {
  if (config_->room == 0) return {};
  uint64_t held = 0;
  for (const Account& account : store.accounts()) held += smtp::octets_of(store, account.id);
  if (held < config_->room && octets <= config_->room - held) return {};
  // RFC 1870 §6.1 (4): the system is full, which may pass.
  return {452, "3.1", "Insufficient system storage"};
}

SmtpServer::Reply SmtpServer::take_mail_parameter(const Context& context, Envelope& envelope,
                                                  const std::string& keyword,
                                                  const std::string& value) const {
  const Reply wrong = {501, "5.4", form_of(keyword, Command::kMail), kParameterForm};
  if (keyword == "SIZE") return take_size(context, envelope, value);
  if (keyword == "BODY") {
    envelope.binary = equals_ignoring_case(value, "BINARYMIME");
    if (equals_ignoring_case(value, "7BIT") || equals_ignoring_case(value, "8BITMIME")) return {};
    if (envelope.binary && config_->has(Extension::kBinaryMime)) return {};
    // As before there were extensions to tell apart: a value that nobody here defines.
    return {555, "5.4", "BODY not recognized", kParameterForm};
  }
  if (keyword == "SMTPUTF8") {
    envelope.needs_utf8 = true;
    return value.empty() ? Reply() : wrong;
  }
  if (keyword == "RET") {
    const std::optional<bool> headers_only = smtp::parse_ret(value);
    if (!headers_only) return wrong;
    envelope.headers_only = *headers_only;
    envelope.uses_dsn = true;
    return {};
  }
  if (keyword == "ENVID") {
    const std::optional<std::string> id = smtp::parse_envid(value);
    if (!id) return wrong;
    envelope.envelope_id = *id;
    envelope.parameter_octets += value.size();
    envelope.uses_dsn = true;
    return {};
  }
  // AUTH. RFC 4954 §5: who says it is not trusted to vouch for others here, so it is as good as
  // AUTH=<>, which a server may always take it for.
  return smtp::parse_auth_mailbox(value) ? Reply() : wrong;
}

void SmtpServer::cmd_mail(Context& context, Outbox& out, const CommandLine& command) {
  const smtp::PathResult parsed = smtp::parse_path_argument(command.argument, "FROM", utf8());
  if (!parsed.path) {
    return answer(
        context, out,
        {501, "1.7", parsed.too_long ? "Path too long" : "Syntax: expected " + parsed.expected,
         "RFC 5321 §4.1.1.2: MAIL FROM:<reverse-path>"});
  }
  Reply refusal = wrong_parameter(parsed.path->parameters, Command::kMail);
  Envelope envelope;
  envelope.reverse_path = parsed.path->address();
  for (const auto& [keyword, value] : parsed.path->parameters) {
    if (refusal.code == 0) refusal = take_mail_parameter(context, envelope, keyword, value);
  }
  if (refusal.code == 0) refusal = wrong_sender(context, envelope);
  if (refusal.code != 0) return answer(context, out, refusal);
  envelope_ = std::move(envelope);
  set_state(context, State::kMail);
  say(out, 250, "1.0", "OK");
}

SmtpServer::Reply SmtpServer::wrong_sender(const Context& context, const Envelope& envelope) const {
  const std::string& path = envelope.reverse_path;
  if (smtp::is_eight_bit(path) && !envelope.needs_utf8) {
    return {553, "6.7", "This address needs SMTPUTF8",
            "RFC 6531 §3.4: an address beyond ASCII without SMTPUTF8"};
  }
  if (!config_->own_sender_only || user_.empty() || path.empty()) return {};
  // RFC 6409 §6.1: the sender must be the account's own address.
  const size_t at = path.rfind('@');
  if (at != std::string::npos && smtp::is_local_domain(*config_, path.substr(at + 1))) {
    const Found found = smtp::look_up(*config_, **context.store, path.substr(0, at));
    const Account* account = (*context.store)->find_account(user_);
    const std::vector<AccountId>& owners = found.to.accounts;
    const bool own = account != nullptr && found.kind != Found::Kind::kUnknown &&
                     std::find(owners.begin(), owners.end(), account->id) != owners.end();
    if (own) return {};
  }
  return {550, "7.1", fmt::format("{} may not send as <{}>", user_, path)};
}

SmtpServer::Reply SmtpServer::take_rcpt_parameters(const smtp::PathArgument& path,
                                                   RecipientDsn& dsn) const {
  Reply refusal = wrong_parameter(path.parameters, Command::kRcpt);
  if (refusal.code != 0) return refusal;
  size_t octets = envelope_.parameter_octets;
  for (const auto& [keyword, value] : path.parameters) {
    const Reply wrong = {501, "5.4", form_of(keyword, Command::kRcpt), kParameterForm};
    octets += value.size();
    if (keyword == "NOTIFY") {
      const std::optional<smtp::Notify> notify = smtp::parse_notify(value);
      if (!notify) return wrong;
      if (notify->never) dsn.notify |= RecipientDsn::kNever;
      if (notify->success) dsn.notify |= RecipientDsn::kSuccess;
      if (notify->failure) dsn.notify |= RecipientDsn::kFailure;
      if (notify->delay) dsn.notify |= RecipientDsn::kDelay;
    } else {
      const std::optional<std::string> original = smtp::parse_orcpt(value);
      if (!original) return wrong;
      dsn.original_recipient = *original;
    }
  }
  // RFC 5321 §4.1.1.11: 455 where parameters cannot be honoured just now.
  if (!path.parameters.empty() && octets > config_->max_parameter_octets) {
    return {455, "5.4", "No room for more parameters in this transaction"};
  }
  return {};
}

bool SmtpServer::trusted(const Context& context) const {
  if (!user_.empty()) return true;
  return !config_->submission &&
         std::any_of(config_->relay_for.begin(), config_->relay_for.end(),
                     [&](const std::string& name) { return name == context.peer_name; });
}

SmtpServer::Reply SmtpServer::full(const MailStore& store, const smtp::Destination& to,
                                   uint64_t octets) const {
  if (config_->quota == 0) return {};
  for (const AccountId id : to.accounts) {
    const uint64_t held = smtp::octets_of(store, id);
    if (held < config_->quota && octets <= config_->quota - held) continue;
    const std::string text = fmt::format("The mailbox of {} is full", store.account(id).name);
    return config_->quota_temporary ? Reply{452, "2.2", text} : Reply{552, "2.2", text};
  }
  return {};
}

SmtpServer::Reply SmtpServer::accept_local(Context& context, const std::string& address,
                                           const smtp::Destination& to) {
  if (config_->greylist.ns > 0 && !trusted(context)) {
    const Instant first = context.store->edit().first_seen(
        context.peer_name, envelope_.reverse_path, address, context.now);
    if (context.now - first < config_->greylist) {
      return {451, "7.1", "Greylisted; please try again later"};
    }
  }
  const MailStore& store = **context.store;
  // Simplified: who is reached through a list or an alias counts as if named here, so one full
  // mailbox refuses them all; a real server takes the message and sends a notice for that one.
  Reply refusal = full(store, to, envelope_.declared_size);
  for (const std::string& list : to.lists) {
    if (refusal.code != 0) break;
    refusal = full(store, smtp::members_of(*config_, store, list), envelope_.declared_size);
  }
  return refusal;
}

SmtpServer::Reply SmtpServer::find_recipient(Context& context, const smtp::PathArgument& path,
                                             smtp::Destination& to) {
  const std::string address = path.address();
  if (!path.domain.empty() && !smtp::is_local_domain(*config_, path.domain)) {
    if (!trusted(context)) {
      return {550, "7.1", fmt::format("Relaying denied: <{}> is not local", address)};
    }
    to.outside = {address};
    return {250, "1.5", "OK"};
  }
  Found found = smtp::look_up(*config_, **context.store, path.local_part);
  to = std::move(found.to);
  switch (found.kind) {
    case Found::Kind::kUnknown:
      return {550, "1.1", fmt::format("No such user here: <{}>", address)};
    case Found::Kind::kMoved:
      return {551, "1.6", fmt::format("User not local; please try <{}>", found.address)};
    case Found::Kind::kUnavailable:
      return {450, "2.1", fmt::format("Mailbox of {} is not available now", found.name)};
    case Found::Kind::kList:
      // A notice to a list would go round all its members (RFC 5321 §3.9.2, §6.1).
      if (envelope_.reverse_path.empty()) {
        return {550, "7.1", "Mailing lists take no notices"};
      }
      break;
    case Found::Kind::kMailbox:
    case Found::Kind::kAlias:
    case Found::Kind::kForward:
      break;
  }
  // RFC 5321 §4.5.1: every effort is made to take mail for postmaster.
  if (!equals_ignoring_case(path.local_part, "postmaster")) {
    const Reply refusal = accept_local(context, address, to);
    if (refusal.code != 0) return refusal;
  }
  if (found.kind == Found::Kind::kForward) {
    return {251, "1.5", fmt::format("User not local; will forward to <{}>", found.address)};
  }
  return {250, "1.5", "OK"};
}

void SmtpServer::cmd_rcpt(Context& context, Outbox& out, const CommandLine& command) {
  const smtp::PathResult parsed = smtp::parse_path_argument(command.argument, "TO", utf8());
  if (!parsed.path) {
    return answer(
        context, out,
        {501, "1.3", parsed.too_long ? "Path too long" : "Syntax: expected " + parsed.expected,
         "RFC 5321 §4.1.1.3: RCPT TO:<forward-path>"});
  }
  Recipient recipient;
  recipient.address = parsed.path->address();
  const Reply refusal = take_rcpt_parameters(*parsed.path, recipient.dsn);
  if (refusal.code != 0) return answer(context, out, refusal);
  if (smtp::is_eight_bit(recipient.address) && !envelope_.needs_utf8) {
    return answer(context, out,
                  {553, "6.7", "This address needs SMTPUTF8",
                   "RFC 6531 §3.4: an address beyond ASCII without SMTPUTF8"});
  }
  if (recipient_count() >= config_->max_recipients) {
    return say(out, 452, "5.3", "Too many recipients");
  }
  const Reply reply = find_recipient(context, *parsed.path, recipient.to);
  if (reply.code >= 400) return answer(context, out, reply);
  for (const auto& [keyword, value] : parsed.path->parameters) {
    envelope_.parameter_octets += value.size();
    envelope_.uses_dsn = true;
  }
  envelope_.recipients.push_back(std::move(recipient));
  if (state_ == State::kMail) set_state(context, State::kRcpt);
  answer(context, out, reply);
}

}  // namespace mailscope
