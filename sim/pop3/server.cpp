#include "sim/pop3/server.h"

#include <fmt/format.h>

#include "sim/base/check.h"
#include "sim/base/digest.h"

namespace mailscope {

using pop3::Command;
using pop3::CommandLine;
using pop3::Extension;
using pop3::State;

namespace {

constexpr size_t kMaxCommandText = pop3::kMaxCommandLine - 2;

}  // namespace

Pop3Server::Pop3Server(std::shared_ptr<const Pop3ServerConfig> config)
    : config_(std::move(config)),
      lines_(has(Extension::kSasl) ? pop3::kMaxAuthLine : kMaxCommandText) {}

void Pop3Server::set_state(Context& context, State state) {
  if (state == state_) return;
  CHECK(pop3::may_change(state_, state));
  record_state(context, static_cast<uint8_t>(state_), static_cast<uint8_t>(state),
               pop3::state_name(state));
  state_ = state;
}

bool Pop3Server::has(Extension extension) const {
  return extension == Extension::kNone || (config_->extensions & pop3::bit(extension)) != 0;
}

bool Pop3Server::knows(const pop3::CommandRow& row) const {
  return has(row.extension) && (row.command != Command::kCapa || config_->capa);
}

std::string Pop3Server::code_text(ResponseCode code) const {
  for (const pop3::ResponseCodeRow& row : pop3::kResponseCodes) {
    if (row.id != code) continue;
    const bool said = has(Extension::kRespCodes) && has(row.extension);
    return said ? fmt::format("[{}] ", row.code) : std::string();
  }
  return {};
}

void Pop3Server::open(Context& context, Outbox& out) {
  std::string greeting = "+OK " + pop3::said(Phrase::kReady, language_, context.host_name);
  if (has(Extension::kApop)) {
    // RFC 1939 §7: a msg-id of RFC 822 that no other greeting has.
    Digest stamp;
    stamp.add(context.entropy);
    stamp.add(context.self);
    timestamp_ = fmt::format("<{:x}.{}@{}>", stamp.value(), context.unix_now, context.host_name);
    greeting += " " + timestamp_;
  }
  out.line(greeting);
  set_state(context, State::kAuthorization);
  out.wake_at = context.now + config_->autologout;
}

void Pop3Server::turn(Context& context, Outbox& out) {
  const Line line = lines_.take_line();
  out.wake_at = context.now + config_->autologout;
  if (exchange_) return take_auth_line(context, out, line);
  if (line.too_long || line.text.size() > kMaxCommandText) {
    return bad(context, out, "RFC 2449 §4: a command line over 255 octets", Phrase::kLineTooLong);
  }
  if (line.bare_lf) {
    return bad(context, out, "RFC 1939 §3: a line ended by a bare LF", Phrase::kBareLf);
  }
  const std::optional<CommandLine> command =
      pop3::parse_command(line.text, utf8_ ? pop3::Charset::kUtf8 : pop3::Charset::kAscii);
  if (!command) {
    return bad(context, out, "RFC 1939 §3: keywords and arguments are printable ASCII",
               Phrase::kNoCommand);
  }
  dispatch(context, out, *command);
}

void Pop3Server::dispatch(Context& context, Outbox& out, const CommandLine& command) {
  const pop3::CommandRow* row = nullptr;
  for (const pop3::CommandRow& candidate : pop3::kCommands) {
    if (command.keyword == candidate.name && knows(candidate)) row = &candidate;
  }
  if (row == nullptr) {
    return bad(context, out, "RFC 1939 §3: an unrecognised command", Phrase::kUnknownCommand);
  }
  record_command(context, row->name, static_cast<uint32_t>(row - pop3::kCommands));
  if ((row->states & pop3::in(state_)) == 0) {
    return bad(context, out, "RFC 1939 §3: a command in the wrong state", Phrase::kWrongState,
               row->name, pop3::state_name(state_));
  }
  const bool rest_is_one = row->command == Command::kPass || row->command == Command::kUser;
  const size_t count = rest_is_one ? (command.rest.empty() ? 0 : 1) : command.arguments.size();
  if (count < row->min_arguments || count > row->max_arguments) {
    return bad_text(context, out, "RFC 1939 §3: wrong number of arguments",
                    fmt::format("{} {}", row->name, row->arguments));
  }
  bad_in_a_row_ = 0;
  carry_out(context, out, row->command, command);
}

void Pop3Server::carry_out(Context& context, Outbox& out, Command which,
                           const CommandLine& command) {
  switch (which) {
    case Command::kUser:
      return cmd_user(context, out, command);
    case Command::kPass:
      return cmd_pass(context, out, command);
    case Command::kStat:
      return cmd_stat(out);
    case Command::kList:
      return cmd_list(context, out, command);
    case Command::kUidl:
      return cmd_uidl(context, out, command);
    case Command::kRetr:
      return cmd_retr(context, out, command);
    case Command::kTop:
      return cmd_top(context, out, command);
    case Command::kDele:
      return cmd_dele(context, out, command);
    case Command::kNoop:
      return out.line("+OK");
    case Command::kRset:
      return cmd_rset(context, out);
    case Command::kQuit:
      return cmd_quit(context, out);
    case Command::kCapa:
      return cmd_capa(context, out);
    case Command::kApop:
      return cmd_apop(context, out, command);
    case Command::kAuth:
      return cmd_auth(context, out, command);
    case Command::kStls:
      return cmd_stls(context, out);
    case Command::kUtf8:
      return cmd_utf8(out);
    case Command::kLang:
      return cmd_lang(out, command);
  }
}

void Pop3Server::bad_text(Context& context, Outbox& out, std::string_view violation,
                          std::string_view text) {
  record_violation(context, violation);
  out.line(fmt::format("-ERR {}", text));
  if (++bad_in_a_row_ >= config_->max_bad_commands) {
    say_error(out, Phrase::kTooManyErrors);
    out.close = true;
    end_session(context);
  }
}

void Pop3Server::end_session(Context& context) {
  if (state_ == State::kClosed) return;
  if (state_ == State::kTransaction) {
    // RFC 1939 §6: without QUIT the UPDATE state is not entered and nothing is removed.
    maildrop_.unmark_all(context.trace);
    context.store->edit().unlock_maildrop(account_, context.self, context.trace);
    maildrop_ = Maildrop();
  }
  set_state(context, State::kClosed);
}

void Pop3Server::timer(Context& context, Outbox& out) {
  if (finished()) return;
  // RFC 1939 §3: close without any response and without removing messages.
  out.close = true;
  end_session(context);
}

void Pop3Server::closed(Context& context, Outbox& out, CloseReason) {
  out.close = true;
  out.cancel_wake = true;
  end_session(context);
}

uint64_t Pop3Server::digest() const {
  Digest digest;
  digest.add(static_cast<int>(state_));
  digest.add(lines_.pending());
  digest.add(timestamp_);
  digest.add(user_);
  if (exchange_) exchange_->add_to(digest);
  digest.add(awaiting_tls_);
  digest.add(utf8_);
  digest.add(static_cast<uint64_t>(language_));
  digest.add(account_);
  for (const MaildropEntry& entry : maildrop_.entries()) {
    digest.add(entry.uid.value);
    digest.add(entry.marked);
  }
  digest.add(bad_in_a_row_);
  return digest.value();
}

}  // namespace mailscope
