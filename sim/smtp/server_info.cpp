// The SMTP server's commands that change no mail: EHLO and HELO (RFC 5321 §4.1.1.1), VRFY and EXPN
// (§3.5), HELP (§4.1.1.8).
#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/smtp/server.h"

namespace mailscope {

using smtp::CommandLine;
using smtp::CommandRow;
using smtp::Extension;
using smtp::Found;
using smtp::State;

namespace {

constexpr const char* kCannotVerify =
    "Cannot VRFY user, but will accept message and attempt delivery";

/// The RFC a section belongs to: "RFC 3030" of "RFC 3030 §2".
std::string_view rfc_of(std::string_view section) { return section.substr(0, section.find(" §")); }

/// What VRFY and EXPN ask for: without < and >, and without the parameter SMTPUTF8 (RFC 6531
/// §3.7.4.2), which is only looked for where the extension is offered.
std::string name_asked_for(std::string_view argument, bool utf8) {
  constexpr std::string_view kParameter = " SMTPUTF8";
  if (utf8 && argument.size() > kParameter.size() &&
      equals_ignoring_case(argument.substr(argument.size() - kParameter.size()), kParameter)) {
    argument.remove_suffix(kParameter.size());
  }
  argument = trimmed(argument);
  if (argument.size() > 2 && argument.front() == '<' && argument.back() == '>') {
    argument = argument.substr(1, argument.size() - 2);
  }
  return std::string(argument);
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

}  // namespace

void SmtpServer::cmd_hello(Context& context, Outbox& out, const CommandLine& command,
                           bool extended) {
  const std::string_view name = trimmed(command.argument);
  if (!smtp::is_domain(name) && !smtp::is_address_literal(name)) {
    return answer(context, out,
                  {501, nullptr, fmt::format("Syntax: {} Domain", command.verb),
                   "RFC 5321 §4.1.1.1: EHLO takes a domain or an address literal"});
  }
  client_name_ = std::string(name);
  extended_ = extended;
  // RFC 5321 §4.1.4: EHLO in a session is as good as RSET.
  if (state_ == State::kGreeted) set_state(context, State::kReady);
  reset_transaction(context);
  std::string text = fmt::format("{} greets {}", context.host_name, client_name_);
  if (extended) text += "\n" + joined(offered(context));
  say(out, 250, nullptr, text);
}

std::vector<std::string> SmtpServer::offered(const Context& context) const {
  std::vector<std::string> lines = {"HELP"};
  // RFC 5321 §3.5.2: a server that answers EXPN announces it.
  if (config_->expand) lines.push_back("EXPN");
  for (const smtp::ExtensionRow& row : smtp::kExtensions) {
    if (!config_->has(row.extension)) continue;
    std::string line = row.keyword;
    if (row.extension == Extension::kSize) line += fmt::format(" {}", config_->max_message);
    // RFC 3207 §4.2: not again under TLS.
    if (row.extension == Extension::kStartTls && context.secured) continue;
    if (row.extension == Extension::kAuth) {
      const uint32_t usable = mechanisms(context);
      if (usable == 0) continue;
      for (const sasl::MechanismRow& mechanism : sasl::kMechanisms) {
        if ((usable & sasl::bit(mechanism.mechanism)) != 0) {
          line += fmt::format(" {}", mechanism.name);
        }
      }
    }
    lines.push_back(std::move(line));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

void SmtpServer::cmd_vrfy(Context& context, Outbox& out, const CommandLine& command) {
  const std::string who = name_asked_for(command.argument, utf8());
  if (config_->verify == SmtpServerConfig::Verify::kHonest) {
    return answer(context, out, verified(context, who));
  }
  const std::string_view local = std::string_view(who).substr(0, who.find('@'));
  const Account* account = (*context.store)->find_account(trimmed(local));
  if (account == nullptr || config_->verify == SmtpServerConfig::Verify::kNothing) {
    return say(out, 252, "0.0", kCannotVerify);
  }
  say(out, 250, "1.5", fmt::format("<{}@{}>", account->name, home_domain(context)));
}

SmtpServer::Reply SmtpServer::verified(Context& context, const std::string& who) const {
  const std::string domain = home_domain(context);
  const size_t at = who.rfind('@');
  if (at != std::string::npos && !smtp::is_local_domain(*config_, who.substr(at + 1))) {
    // RFC 5321 §3.5.3: 252 where the server would pass the mail on without knowing more.
    if (trusted(context)) return {252, "0.0", kCannotVerify};
    return {550, "7.1", fmt::format("<{}> is not local", who)};
  }
  const std::string name = who.substr(0, at);
  const Found found = smtp::look_up(*config_, **context.store, name);
  switch (found.kind) {
    case Found::Kind::kMailbox:
    case Found::Kind::kUnavailable:
    case Found::Kind::kAlias:
      return {250, "1.5", fmt::format("<{}@{}>", found.name, domain)};
    case Found::Kind::kForward:
      return {251, "1.5", fmt::format("User not local; will forward to <{}>", found.address)};
    case Found::Kind::kMoved:
      return {551, "1.6", fmt::format("User not local; please try <{}>", found.address)};
    // RFC 5321 §3.5.1: VRFY is for users, EXPN for lists.
    case Found::Kind::kList:
      return {550, "1.0", "That is a mailing list, not a user"};
    case Found::Kind::kUnknown:
      break;
  }
  const std::vector<std::string> near = smtp::names_beginning_with(*config_, **context.store, name);
  if (near.empty()) return {550, "1.1", fmt::format("No such user here: {}", name)};
  if (near.size() == 1) return {250, "1.5", fmt::format("<{}@{}>", near.front(), domain)};
  std::string text = "Ambiguous; possibilities are";
  for (const std::string& each : near) text += fmt::format("\n<{}@{}>", each, domain);
  return {553, "1.4", text};
}

void SmtpServer::cmd_expn(Context& context, Outbox& out, const CommandLine& command) {
  if (!config_->expand) return say(out, 502, "5.1", "EXPN is not offered here");
  const std::string who = name_asked_for(command.argument, utf8());
  const Found found = smtp::look_up(*config_, **context.store, who.substr(0, who.rfind('@')));
  smtp::Destination members = found.to;
  for (const std::string& list : found.to.lists) {
    members = smtp::members_of(*config_, **context.store, list);
  }
  std::vector<std::string> lines;
  for (const AccountId account : members.accounts) {
    lines.push_back(
        fmt::format("<{}@{}>", (*context.store)->account(account).name, home_domain(context)));
  }
  for (const std::string& address : members.outside) lines.push_back(fmt::format("<{}>", address));
  if (lines.empty()) return say(out, 550, "1.1", fmt::format("No such list here: {}", who));
  say(out, 250, "1.5", joined(lines));
}

void SmtpServer::cmd_help(Context& context, Outbox& out, const CommandLine& command) {
  const std::string topic = ascii_upper(command.argument);
  if (topic == "STATUS") {
    return say(out, 211, "0.0",
               fmt::format("{}: {} message(s) taken in this session, state {}", context.host_name,
                           transactions_, smtp::state_name(state_)));
  }
  std::string names;
  for (const CommandRow& row : smtp::kCommands) {
    const bool served = knows(row) && (row.command != smtp::Command::kExpn || config_->expand);
    if (!served) continue;
    names += fmt::format("{} ", row.name);
    if (topic != row.name) continue;
    return say(out, 214, "0.0",
               fmt::format("{}{}{}\nsee {}", row.name, row.arguments[0] == '\0' ? "" : " ",
                           row.arguments, rfc_of(row.section)));
  }
  if (!topic.empty()) {
    return say(out, 504, "5.4", fmt::format("No help on {}", command.argument));
  }
  names.pop_back();
  say(out, 214, "0.0", names + "; see RFC 5321");
}

}  // namespace mailscope
