#include "sim/smtp/server.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/base/check.h"
#include "sim/base/digest.h"

namespace mailscope {

using smtp::Command;
using smtp::CommandLine;
using smtp::CommandRow;
using smtp::Extension;
using smtp::State;

namespace {

/// What the longest line that this server may hear has before its CRLF.
size_t longest_line(const SmtpServerConfig& config) {
  size_t mail = 0;
  size_t rcpt = 0;
  for (const smtp::ExtensionRow& row : smtp::kExtensions) {
    if (!config.has(row.extension)) continue;
    mail += row.mail_octets;
    rcpt += row.rcpt_octets;
  }
  const size_t longest = smtp::kMaxCommandLine + std::max(mail, rcpt);
  return (config.has(Extension::kAuth) ? std::max(longest, smtp::kMaxAuthLine) : longest) - 2;
}

const CommandRow* find_row(std::string_view verb) {
  for (const CommandRow& row : smtp::kCommands) {
    if (verb == row.name) return &row;
  }
  return nullptr;
}

}  // namespace

SmtpServer::SmtpServer(std::shared_ptr<const SmtpServerConfig> config)
    : config_(std::move(config)), lines_(longest_line(*config_)), reader_(config_->max_message) {}

void SmtpServer::set_state(Context& context, State state) {
  if (state == state_) return;
  CHECK(smtp::may_change(state_, state));
  record_state(context, static_cast<uint8_t>(state_), static_cast<uint8_t>(state),
               smtp::state_name(state));
  state_ = state;
}

bool SmtpServer::utf8() const { return extended_ && config_->has(Extension::kSmtpUtf8); }

void SmtpServer::say(Outbox& out, int code, const char* detail, std::string_view text) const {
  std::string prefix;
  if (detail != nullptr && config_->has(Extension::kEnhancedStatusCodes)) {
    prefix = fmt::format("{}.{} ", code / 100, detail);
  }
  for (size_t at = 0;;) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const bool last = end == text.size();
    // RFC 5321 §4.2.1: a hyphen says that the reply goes on.
    out.line(fmt::format("{}{}{}{}", code, last ? ' ' : '-', prefix, text.substr(at, end - at)));
    if (last) return;
    at = end + 1;
  }
}

void SmtpServer::answer(Context& context, Outbox& out, const Reply& reply) {
  if (reply.violation != nullptr) {
    record_violation(context, reply.violation);
    if (++bad_commands_ >= config_->max_bad_commands) {
      say(out, 421, "7.0", fmt::format("{} too many errors, closing", context.host_name));
      return close(context, out);
    }
  }
  say(out, reply.code, reply.detail, reply.text);
}

void SmtpServer::close(Context& context, Outbox& out) {
  out.close = true;
  out.cancel_wake = true;
  set_state(context, State::kClosed);
}

void SmtpServer::open(Context& context, Outbox& out) {
  set_state(context, State::kGreeted);
  out.wake_at = context.now + config_->patience;
  // RFC 5321 §3.1: 554 instead of 220, and then nothing but QUIT is answered well.
  if (config_->no_service) {
    return say(out, 554, nullptr, fmt::format("{} No SMTP service here", context.host_name));
  }
  say(out, 220, nullptr, fmt::format("{} ESMTP Mailscope", context.host_name));
}

void SmtpServer::receive(std::string_view bytes) {
  if (state_ == State::kTls) {
    // RFC 3207 §6: what was not protected must not be taken for what is. secured() records it.
    injected_ = injected_ || !bytes.empty();
    return;
  }
  lines_.append(bytes);
}

bool SmtpServer::ready() const {
  if (finished() || state_ == State::kTls) return false;
  if (chunk_.active || state_ == State::kData) return !lines_.pending().empty();
  return lines_.has_line();
}

void SmtpServer::turn(Context& context, Outbox& out) {
  out.wake_at = context.now + config_->patience;
  if (chunk_.active) return take_chunk(context, out);
  if (state_ == State::kData) return take_data(context, out);
  const Line line = lines_.take_line();
  if (state_ == State::kAuth) return auth_line(context, out, line);
  const std::string verb = ascii_upper(line.text.substr(0, line.text.find(' ')));
  if (line.too_long || line.text.size() > max_line(verb)) {
    const bool auth = verb == "AUTH" && config_->has(Extension::kAuth);
    return answer(context, out,
                  {500, auth ? "5.6" : "5.2", "Line too long",
                   "RFC 5321 §4.5.3.1.4: a command line over 512 octets"});
  }
  if (line.bare_lf) {
    return answer(
        context, out,
        {500, "5.2", "Lines end with CRLF", "RFC 5321 §2.3.8: a line ended by a bare LF"});
  }
  const std::optional<CommandLine> command = smtp::parse_command(line.text, utf8());
  if (!command) {
    return answer(context, out,
                  {500, "5.2", "Syntax error", "RFC 5321 §2.4: commands are printable ASCII"});
  }
  dispatch(context, out, *command);
}

size_t SmtpServer::max_line(std::string_view verb) const {
  size_t octets = smtp::kMaxCommandLine;
  if (verb == "AUTH" && config_->has(Extension::kAuth)) octets = smtp::kMaxAuthLine;
  for (const smtp::ExtensionRow& row : smtp::kExtensions) {
    if (!extended_ || !config_->has(row.extension)) continue;
    if (verb == "MAIL") octets += row.mail_octets;
    if (verb == "RCPT") octets += row.rcpt_octets;
  }
  return octets - 2;
}

/// RFC 2920 §3.1: who waits for no replies needs a server that allows it, and some commands must be
/// the last of those sent together. Recorded once a session; the commands are served all the same.
void SmtpServer::note_early(Context& context, const CommandRow& row) {
  if (early_noted_ || lines_.pending().empty() || row.command == Command::kBdat) return;
  if (!extended_ || !config_->has(Extension::kPipelining)) {
    early_noted_ = true;
    return record_violation(context,
                            "RFC 5321 §4.5.3.2: a command sent before the reply to the last one");
  }
  if (row.behind == smtp::Behind::kMore) return;
  early_noted_ = true;
  record_violation(context, "RFC 2920 §3.1: more was sent behind a command that must be the last");
}

bool SmtpServer::knows(const CommandRow& row) const {
  for (const smtp::ExtensionRow& each : smtp::kExtensions) {
    if (row.extension == smtp::bit(each.extension)) return config_->has(each.extension);
  }
  return true;
}

void SmtpServer::dispatch(Context& context, Outbox& out, const CommandLine& command) {
  const CommandRow* row = find_row(command.verb);
  if (row == nullptr || !knows(*row)) {
    return answer(context, out,
                  {500, "5.1", "Command unrecognized", "RFC 5321 §4.2.4: an unknown command"});
  }
  record_command(context, row->name, static_cast<uint32_t>(row - smtp::kCommands));
  note_early(context, *row);
  // BDAT brings octets along even when it is refused, so it looks after itself.
  if (row->command == Command::kBdat) return cmd_bdat(context, out, command);
  if (config_->submission && user_.empty() && !row->before_login) {
    // RFC 4954 §6, RFC 6409 §4.3.
    return answer(context, out,
                  {530, "7.0", "Authentication required",
                   "RFC 6409 §4.3: a submission server asks for authentication"});
  }
  if ((row->needs_argument && command.argument.empty()) ||
      (!row->takes_argument && !command.argument.empty())) {
    return answer(context, out,
                  {501, "5.4", fmt::format("Syntax: {} {}", row->name, row->arguments),
                   "RFC 5321 §4.3.2: wrong arguments"});
  }
  const bool refused = config_->no_service && row->command != Command::kQuit;
  if (refused || (row->states & smtp::in(state_)) == 0) {
    return answer(context, out, out_of_order(*row));
  }
  run(context, out, *row, command);
}

SmtpServer::Reply SmtpServer::out_of_order(const CommandRow& row) const {
  const char* hint = "a transaction is open; RSET ends it";
  if (config_->no_service) {
    hint = "nobody is served here";
  } else if (state_ == State::kGreeted) {
    hint = "say EHLO first";
  } else if (state_ == State::kBdat) {
    hint = "the message comes by BDAT; RSET ends it";
  } else if (row.command == Command::kRcpt) {
    hint = "say MAIL first";
  } else if (row.command == Command::kData || row.command == Command::kBdat) {
    // RFC 5321 §3.3: DATA without a valid recipient is 503 (or 554).
    hint = state_ == State::kMail ? "no valid recipients" : "say RCPT first";
  }
  return {503, "5.1", fmt::format("Bad sequence of commands: {}", hint),
          "RFC 5321 §4.1.4: a command out of order"};
}

void SmtpServer::run(Context& context, Outbox& out, const CommandRow& row,
                     const CommandLine& command) {
  switch (row.command) {
    case Command::kEhlo:
      return cmd_hello(context, out, command, true);
    case Command::kHelo:
      return cmd_hello(context, out, command, false);
    case Command::kMail:
      return cmd_mail(context, out, command);
    case Command::kRcpt:
      return cmd_rcpt(context, out, command);
    case Command::kData:
      return cmd_data(context, out);
    case Command::kRset:
      reset_transaction(context);
      return say(out, 250, "0.0", "OK");
    case Command::kNoop:
      return say(out, 250, "0.0", "OK");
    case Command::kVrfy:
      return cmd_vrfy(context, out, command);
    case Command::kExpn:
      return cmd_expn(context, out, command);
    case Command::kHelp:
      return cmd_help(context, out, command);
    case Command::kQuit:
      say(out, 221, "0.0", fmt::format("{} closing", context.host_name));
      return close(context, out);
    case Command::kBdat:
      return cmd_bdat(context, out, command);
    case Command::kAuth:
      return cmd_auth(context, out, command);
    case Command::kStartTls:
      return cmd_starttls(context, out);
  }
}

void SmtpServer::reset_transaction(Context& context) {
  envelope_ = Envelope();
  chunks_.clear();
  if (state_ != State::kGreeted) set_state(context, State::kReady);
}

void SmtpServer::timer(Context& context, Outbox& out) {
  if (finished()) return;
  if (state_ != State::kTls) {
    say(out, 421, "4.2", fmt::format("{} timed out waiting for you, closing", context.host_name));
  }
  close(context, out);
}

void SmtpServer::shut_down(Context& context, Outbox& out) {
  if (finished()) return;
  if (state_ != State::kTls) {
    say(out, 421, "3.2", fmt::format("{} going down, closing", context.host_name));
  }
  close(context, out);
}

void SmtpServer::closed(Context& context, Outbox& out, CloseReason) {
  if (finished()) {
    out.close = true;
    out.cancel_wake = true;
    return;
  }
  close(context, out);
}

uint64_t SmtpServer::digest() const {
  Digest digest;
  digest.add(static_cast<int>(state_));
  digest.add(lines_.pending());
  digest.add(static_cast<uint64_t>(reader_.size()));
  digest.add(client_name_);
  digest.add(extended_);
  digest.add(early_noted_);
  digest.add(injected_);
  digest.add(user_);
  exchange_.add_to(digest);
  digest.add(envelope_.reverse_path);
  digest.add(envelope_.envelope_id);
  digest.add(static_cast<uint32_t>(envelope_.headers_only) |
             static_cast<uint32_t>(envelope_.needs_utf8) << 1 |
             static_cast<uint32_t>(envelope_.binary) << 2 |
             static_cast<uint32_t>(envelope_.uses_dsn) << 3);
  digest.add(envelope_.declared_size);
  digest.add(static_cast<uint64_t>(envelope_.parameter_octets));
  for (const Recipient& recipient : envelope_.recipients) {
    digest.add(recipient.address);
    digest.add(static_cast<uint32_t>(recipient.dsn.notify));
    digest.add(recipient.dsn.original_recipient);
  }
  digest.add(chunk_.active);
  digest.add(chunk_.left);
  digest.add(chunk_.last);
  digest.add(chunk_.refusal.code);
  digest.add(chunks_);
  digest.add(transactions_);
  digest.add(bad_commands_);
  return digest.value();
}

}  // namespace mailscope
