#include "sim/smtp/server.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/base/check.h"
#include "sim/base/digest.h"
#include "sim/wire/date.h"

namespace mailscope {

using smtp::Command;
using smtp::CommandLine;
using smtp::State;

void SmtpServer::set_state(Context& context, State state) {
  if (state == state_) return;
  CHECK(smtp::may_change(state_, state));
  record_state(context, static_cast<uint8_t>(state_), static_cast<uint8_t>(state),
               smtp::state_name(state));
  state_ = state;
}

void SmtpServer::open(Context& context, Outbox& out) {
  out.line(fmt::format("220 {} ESMTP Mailscope", context.host_name));
  set_state(context, State::kGreeted);
  out.wake_at = context.now + config_->patience;
}

bool SmtpServer::ready() const {
  if (finished()) return false;
  return state_ == State::kData ? !lines_.pending().empty() : lines_.has_line();
}

void SmtpServer::turn(Context& context, Outbox& out) {
  out.wake_at = context.now + config_->patience;
  if (state_ == State::kData) {
    lines_.drop_bytes(reader_.feed(lines_.pending()));
    if (reader_.done()) end_of_data(context, out);
    return;
  }
  const Line line = lines_.take_line();
  if (line.too_long) {
    return bad(context, out, "500 Line too long",
               "RFC 5321 §4.5.3.1.4: a command line over 512 octets");
  }
  if (line.bare_lf) {
    return bad(context, out, "500 Lines end with CRLF",
               "RFC 5321 §2.3.8: a line ended by a bare LF");
  }
  const std::optional<CommandLine> command = smtp::parse_command(line.text);
  if (!command) {
    return bad(context, out, "500 Syntax error", "RFC 5321 §2.4: commands are printable ASCII");
  }
  dispatch(context, out, *command);
}

void SmtpServer::dispatch(Context& context, Outbox& out, const CommandLine& command) {
  const smtp::CommandRow* row = nullptr;
  for (const smtp::CommandRow& candidate : smtp::kCommands) {
    if (command.verb == candidate.name) row = &candidate;
  }
  if (row == nullptr) {
    return bad(context, out, "500 Command unrecognized", "RFC 5321 §4.2.4: an unknown command");
  }
  record_command(context, row->name, static_cast<uint32_t>(row - smtp::kCommands));
  if ((row->needs_argument && command.argument.empty()) ||
      (!row->takes_argument && !command.argument.empty())) {
    return bad(context, out, fmt::format("501 Syntax: {} {}", row->name, row->arguments),
               "RFC 5321 §4.3.2: wrong arguments");
  }
  if ((row->states & smtp::in(state_)) == 0) {
    const char* hint = state_ == State::kGreeted ? "say EHLO first"
                       : row->command == Command::kRcpt ? "say MAIL first"
                       : row->command == Command::kData ? "say RCPT first"
                                                        : "a transaction is open; RSET ends it";
    if (state_ == State::kMail && row->command == Command::kData) {
      // RFC 5321 §3.3: DATA without a valid recipient is 503 (or 554).
      hint = "no valid recipients";
    }
    return bad(context, out, fmt::format("503 Bad sequence of commands: {}", hint),
               "RFC 5321 §4.1.4: a command out of order");
  }
  switch (row->command) {
    case Command::kEhlo: return cmd_hello(context, out, command, true);
    case Command::kHelo: return cmd_hello(context, out, command, false);
    case Command::kMail: return cmd_mail(context, out, command);
    case Command::kRcpt: return cmd_rcpt(context, out, command);
    case Command::kData:
      set_state(context, State::kData);
      return out.line("354 Start mail input; end with <CRLF>.<CRLF>");
    case Command::kRset:
      reset_transaction(context);
      return out.line("250 OK");
    case Command::kNoop: return out.line("250 OK");
    case Command::kVrfy: return cmd_vrfy(context, out, command);
    case Command::kExpn: return out.line("502 EXPN is not offered here");
    case Command::kHelp:
      return out.line("214 EHLO HELO MAIL RCPT DATA RSET NOOP VRFY HELP QUIT; see RFC 5321");
    case Command::kQuit:
      out.line(fmt::format("221 {} closing", context.host_name));
      out.close = true;
      out.cancel_wake = true;
      return set_state(context, State::kClosed);
  }
}

void SmtpServer::bad(Context& context, Outbox& out, std::string_view reply,
                     std::string_view violation) {
  record_violation(context, violation);
  if (++bad_commands_ >= config_->max_bad_commands) {
    out.line(fmt::format("421 {} too many errors, closing", context.host_name));
    out.close = true;
    out.cancel_wake = true;
    return set_state(context, State::kClosed);
  }
  out.line(reply);
}

void SmtpServer::reset_transaction(Context& context) {
  reverse_path_.clear();
  local_.clear();
  remote_.clear();
  if (state_ != State::kGreeted) set_state(context, State::kReady);
}

void SmtpServer::cmd_hello(Context& context, Outbox& out, const CommandLine& command,
                           bool extended) {
  const std::string_view name = std::string_view(command.argument)
                                    .substr(0, command.argument.find(' '));
  if (!smtp::is_domain(name) && !smtp::is_address_literal(name)) {
    return bad(context, out, fmt::format("501 Syntax: {} Domain", command.verb),
               "RFC 5321 §4.1.1.1: EHLO takes a domain or an address literal");
  }
  client_name_ = std::string(name);
  extended_ = extended;
  // RFC 5321 §4.1.4: EHLO in a session is as good as RSET.
  if (state_ == State::kGreeted) set_state(context, State::kReady);
  reset_transaction(context);
  if (!extended) return out.line(fmt::format("250 {} greets {}", context.host_name, client_name_));
  out.line(fmt::format("250-{} greets {}", context.host_name, client_name_));
  out.line("250-8BITMIME");
  out.line("250-HELP");
  out.line(fmt::format("250 SIZE {}", config_->max_message));
}

void SmtpServer::cmd_mail(Context& context, Outbox& out, const CommandLine& command) {
  const smtp::PathResult parsed = smtp::parse_path_argument(command.argument, "FROM");
  if (!parsed.path) {
    return bad(context, out, "501 Syntax: expected " + parsed.expected,
               "RFC 5321 §4.1.1.2: MAIL FROM:<reverse-path>");
  }
  for (const auto& [keyword, value] : parsed.path->parameters) {
    if (extended_ && keyword == "BODY" &&
        (equals_ignoring_case(value, "7BIT") || equals_ignoring_case(value, "8BITMIME"))) {
      continue;
    }
    if (extended_ && keyword == "SIZE") {
      const std::optional<uint64_t> size = parse_number(value);
      if (!size)
        return bad(context, out, "501 Syntax: SIZE=number", "RFC 1870 §4: SIZE takes a number");
      if (*size > config_->max_message) return out.line("552 Message size exceeds the limit");
      continue;
    }
    return bad(context, out, fmt::format("555 {} not recognized", keyword),
               "RFC 5321 §4.1.1.11: a parameter that no offered extension defines");
  }
  reverse_path_ = parsed.path->address();
  set_state(context, State::kMail);
  out.line("250 OK");
}

bool SmtpServer::is_local_domain(std::string_view domain) const {
  return std::any_of(config_->local_domains.begin(), config_->local_domains.end(),
                     [&](const std::string& local) { return equals_ignoring_case(local, domain); });
}

void SmtpServer::cmd_rcpt(Context& context, Outbox& out, const CommandLine& command) {
  const smtp::PathResult parsed = smtp::parse_path_argument(command.argument, "TO");
  if (!parsed.path) {
    return bad(context, out, "501 Syntax: expected " + parsed.expected,
               "RFC 5321 §4.1.1.3: RCPT TO:<forward-path>");
  }
  if (!parsed.path->parameters.empty()) {
    return bad(context, out, fmt::format("555 {} not recognized", parsed.path->parameters[0].first),
               "RFC 5321 §4.1.1.11: a parameter that no offered extension defines");
  }
  if (recipient_count() >= smtp::kMaxRecipients) return out.line("452 Too many recipients");
  const std::string address = parsed.path->address();
  if (parsed.path->domain.empty() || is_local_domain(parsed.path->domain)) {
    const MailStore& store = **context.store;
    const Account* account = store.find_account(parsed.path->local_part);
    // RFC 5321 §4.5.1: mail to postmaster is always taken.
    if (account == nullptr && equals_ignoring_case(parsed.path->local_part, "postmaster") &&
        !store.accounts().empty()) {
      account = &store.accounts().front();
    }
    if (account == nullptr) return out.line(fmt::format("550 No such user here: <{}>", address));
    local_.push_back({account->id, address});
  } else {
    const bool trusted =
        std::any_of(config_->relay_for.begin(), config_->relay_for.end(),
                    [&](const std::string& name) { return name == context.peer_name; });
    if (!trusted) return out.line(fmt::format("550 Relaying denied: <{}> is not local", address));
    remote_.push_back(address);
  }
  if (state_ == State::kMail) set_state(context, State::kRcpt);
  out.line("250 OK");
}

void SmtpServer::cmd_vrfy(Context& context, Outbox& out, const CommandLine& command) {
  const std::string_view local =
      std::string_view(command.argument).substr(0, command.argument.find('@'));
  const Account* account = (*context.store)->find_account(trimmed(local));
  if (account == nullptr) {
    return out.line("252 Cannot VRFY user, but will accept message and attempt delivery");
  }
  const std::string domain = config_->local_domains.empty() ? std::string(context.host_name)
                                                            : config_->local_domains.front();
  out.line(fmt::format("250 <{}@{}>", account->name, domain));
}

void SmtpServer::end_of_data(Context& context, Outbox& out) {
  const bool too_large = reader_.too_large();
  const bool bare = reader_.has_bare_newline();
  const std::string text = reader_.take_text();
  if (too_large) {
    out.line("552 Message size exceeds the limit");
  } else if (bare) {
    // RFC 5321 §2.3.8 forbids CR and LF apart; taking such a message is how smuggling begins.
    record_violation(context, "RFC 5321 §2.3.8: CR or LF alone in the message");
    out.line("554 Message has CR or LF alone");
  } else {
    deliver(context, out, text);
    out.line("250 OK: message accepted");
  }
  reset_transaction(context);
}

void SmtpServer::deliver(Context& context, Outbox& out, const std::string& text) {
  ++transactions_;
  // RFC 5321 §4.4: each server that takes a message adds a Received line at the top.
  const std::string received = fmt::format(
      "Received: from {} ({})\r\n\tby {} with {} id {}-{};\r\n\t{}\r\n", client_name_,
      context.peer_name, context.host_name, extended_ ? "ESMTP" : "SMTP", context.self.value,
      transactions_, encode_rfc5322_date({context.unix_now, 0}));
  if (!remote_.empty()) {
    out.relay.push_back({reverse_path_, remote_, make_message(received + text)});
  }
  if (local_.empty()) return;
  // RFC 5321 §4.4: the final delivery puts the reverse-path at the very top.
  const MessagePtr message =
      make_message(fmt::format("Return-Path: <{}>\r\n", reverse_path_) + received + text);
  MailStore& store = context.store->edit();
  for (const LocalRecipient& recipient : local_) {
    store.append(store.inbox(recipient.account).id, message, {}, context.unix_now, context.trace);
  }
}

void SmtpServer::timer(Context& context, Outbox& out) {
  if (finished()) return;
  out.line(fmt::format("421 {} timed out waiting for you, closing", context.host_name));
  out.close = true;
  set_state(context, State::kClosed);
}

void SmtpServer::closed(Context& context, Outbox& out, CloseReason) {
  out.close = true;
  out.cancel_wake = true;
  if (!finished()) set_state(context, State::kClosed);
}

uint64_t SmtpServer::digest() const {
  Digest digest;
  digest.add(static_cast<int>(state_));
  digest.add(lines_.pending());
  digest.add(static_cast<uint64_t>(reader_.size()));
  digest.add(client_name_);
  digest.add(reverse_path_);
  for (const LocalRecipient& recipient : local_) digest.add(recipient.address);
  for (const std::string& address : remote_) digest.add(address);
  digest.add(transactions_);
  digest.add(bad_commands_);
  return digest.value();
}

}  // namespace mailscope
