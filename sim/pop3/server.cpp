#include "sim/pop3/server.h"

#include <fmt/format.h>

#include "sim/base/ascii.h"
#include "sim/base/check.h"
#include "sim/base/digest.h"
#include "sim/wire/dot_stuffing.h"

namespace mailscope {

using pop3::Command;
using pop3::CommandLine;
using pop3::State;

void Pop3Server::set_state(Context& context, State state) {
  if (state == state_) return;
  CHECK(pop3::may_change(state_, state));
  record_state(context, static_cast<uint8_t>(state_), static_cast<uint8_t>(state),
               pop3::state_name(state));
  state_ = state;
}

void Pop3Server::open(Context& context, Outbox& out) {
  out.line(fmt::format("+OK {} POP3 server ready", context.host_name));
  set_state(context, State::kAuthorization);
  out.wake_at = context.now + config_->autologout;
}

void Pop3Server::turn(Context& context, Outbox& out) {
  const Line line = lines_.take_line();
  out.wake_at = context.now + config_->autologout;
  if (line.too_long) {
    return bad(context, out, "-ERR line too long", "RFC 2449 §4: a command line over 255 octets");
  }
  if (line.bare_lf) {
    return bad(context, out, "-ERR lines end with CRLF", "RFC 1939 §3: a line ended by a bare LF");
  }
  const std::optional<CommandLine> command = pop3::parse_command(line.text);
  if (!command) {
    return bad(context, out, "-ERR no command here",
               "RFC 1939 §3: keywords and arguments are printable ASCII");
  }
  dispatch(context, out, *command);
}

void Pop3Server::dispatch(Context& context, Outbox& out, const CommandLine& command) {
  const pop3::CommandRow* row = nullptr;
  for (const pop3::CommandRow& candidate : pop3::kCommands) {
    if (command.keyword == candidate.name) row = &candidate;
  }
  if (row == nullptr) {
    return bad(context, out, "-ERR unknown command", "RFC 1939 §3: an unrecognised command");
  }
  record_command(context, row->name, static_cast<uint32_t>(row - pop3::kCommands));
  if ((row->states & pop3::in(state_)) == 0) {
    return bad(context, out,
               fmt::format("-ERR {} is not for the {} state", row->name, pop3::state_name(state_)),
               "RFC 1939 §3: a command in the wrong state");
  }
  const bool rest_is_one = row->command == Command::kPass || row->command == Command::kUser;
  const size_t count = rest_is_one ? (command.rest.empty() ? 0 : 1) : command.arguments.size();
  if (count < row->min_arguments || count > row->max_arguments) {
    return bad(context, out, fmt::format("-ERR {} {}", row->name, row->arguments),
               "RFC 1939 §3: wrong number of arguments");
  }
  bad_in_a_row_ = 0;
  switch (row->command) {
    case Command::kUser: return cmd_user(out, command);
    case Command::kPass: return cmd_pass(context, out, command);
    case Command::kStat: return cmd_stat(out);
    case Command::kList: return cmd_list(out, command);
    case Command::kUidl: return cmd_uidl(context, out, command);
    case Command::kRetr: return cmd_retr(context, out, command);
    case Command::kTop: return cmd_top(context, out, command);
    case Command::kDele: return cmd_dele(context, out, command);
    case Command::kNoop: return out.line("+OK");
    case Command::kRset: return cmd_rset(context, out);
    case Command::kQuit: return cmd_quit(context, out);
    case Command::kCapa: return cmd_capa(out);
  }
}

void Pop3Server::bad(Context& context, Outbox& out, std::string_view text,
                     std::string_view violation) {
  record_violation(context, violation);
  out.line(text);
  if (++bad_in_a_row_ >= config_->max_bad_commands) {
    out.line("-ERR too many errors, closing");
    out.close = true;
    end_session(context);
  }
}

void Pop3Server::cmd_user(Outbox& out, const CommandLine& command) {
  user_ = command.rest;
  // RFC 1939 §7 lets a server say +OK whether or not the mailbox exists: strangers learn nothing.
  out.line("+OK now the password");
}

void Pop3Server::cmd_pass(Context& context, Outbox& out, const CommandLine& command) {
  if (user_.empty()) return out.line("-ERR say USER first");
  const MailStore& store = **context.store;
  const Account* account = store.find_account(user_);
  user_.clear();  // RFC 1939 §7: after a failed PASS the client begins again with USER
  if (account == nullptr || account->password != command.rest) {
    return out.line("-ERR [AUTH] invalid user name or password");
  }
  const AccountId id = account->id;
  if (account->maildrop_lock.valid()) {
    return out.line("-ERR [IN-USE] maildrop already locked");
  }
  CHECK(context.store->edit().lock_maildrop(id, context.self, context.trace));
  account_ = id;
  maildrop_ = Maildrop((*context.store)->inbox(id));
  set_state(context, State::kTransaction);
  out.line(fmt::format("+OK maildrop locked and ready, {} messages ({} octets)",
                       maildrop_.live_count(), maildrop_.live_size()));
}

void Pop3Server::cmd_stat(Outbox& out) {
  out.line(fmt::format("+OK {} {}", maildrop_.live_count(), maildrop_.live_size()));
}

const MaildropEntry* Pop3Server::message_named(Outbox& out, const std::string& argument,
                                               uint64_t& number) {
  const std::optional<uint64_t> parsed = parse_number(argument, UINT32_MAX);
  number = parsed.value_or(0);
  const MaildropEntry* entry = maildrop_.live(number);
  if (entry != nullptr) return entry;
  const bool marked = number >= 1 && number <= maildrop_.entries().size();
  out.line(marked ? fmt::format("-ERR message {} already deleted", number)
                  : std::string("-ERR no such message"));
  return nullptr;
}

MessagePtr Pop3Server::message_of(const Context& context, const MaildropEntry& entry) const {
  const Mailbox& mailbox = (*context.store)->mailbox(maildrop_.mailbox());
  const std::optional<size_t> index = mailbox.find(entry.uid);
  return index ? mailbox.entries[*index].message : nullptr;
}

void Pop3Server::cmd_list(Outbox& out, const CommandLine& command) {
  uint64_t number = 0;
  if (!command.arguments.empty()) {
    const MaildropEntry* entry = message_named(out, command.arguments[0], number);
    if (entry != nullptr) out.line(fmt::format("+OK {} {}", number, entry->size));
    return;
  }
  out.line(fmt::format("+OK {} messages ({} octets)", maildrop_.live_count(),
                       maildrop_.live_size()));
  for (const MaildropEntry& entry : maildrop_.entries()) {
    ++number;
    if (!entry.marked) out.line(fmt::format("{} {}", number, entry.size));
  }
  out.line(".");
}

void Pop3Server::cmd_uidl(Context& context, Outbox& out, const CommandLine& command) {
  const Mailbox& mailbox = (*context.store)->mailbox(maildrop_.mailbox());
  uint64_t number = 0;
  if (!command.arguments.empty()) {
    const MaildropEntry* entry = message_named(out, command.arguments[0], number);
    if (entry != nullptr)
      out.line(fmt::format("+OK {} {}", number, unique_id(mailbox, entry->uid)));
    return;
  }
  out.line("+OK unique-ids follow");
  for (const MaildropEntry& entry : maildrop_.entries()) {
    ++number;
    if (!entry.marked) out.line(fmt::format("{} {}", number, unique_id(mailbox, entry.uid)));
  }
  out.line(".");
}

void Pop3Server::cmd_retr(Context& context, Outbox& out, const CommandLine& command) {
  uint64_t number = 0;
  const MaildropEntry* entry = message_named(out, command.arguments[0], number);
  if (entry == nullptr) return;
  const MessagePtr message = message_of(context, *entry);
  // An IMAP session beside this one may have expunged it: the lock keeps out POP3 sessions only.
  if (message == nullptr) return out.line("-ERR [SYS/TEMP] message is gone");
  out.line(fmt::format("+OK {} octets", message->size()));
  out.block(dot_stuffed(message->text()));
}

void Pop3Server::cmd_top(Context& context, Outbox& out, const CommandLine& command) {
  uint64_t number = 0;
  const MaildropEntry* entry = message_named(out, command.arguments[0], number);
  if (entry == nullptr) return;
  const std::optional<uint64_t> lines = parse_number(command.arguments[1], UINT32_MAX);
  if (!lines) return out.line("-ERR TOP msg n");
  const MessagePtr message = message_of(context, *entry);
  if (message == nullptr) return out.line("-ERR [SYS/TEMP] message is gone");
  const std::string_view text = message->text();
  size_t end = std::min(message->header_size(), text.size());
  for (uint64_t i = 0; i < *lines && end < text.size(); ++i) {
    const size_t crlf = text.find("\r\n", end);
    end = crlf == std::string_view::npos ? text.size() : crlf + 2;
  }
  out.line("+OK top of message follows");
  out.block(dot_stuffed(text.substr(0, end)));
}

void Pop3Server::cmd_dele(Context& context, Outbox& out, const CommandLine& command) {
  uint64_t number = 0;
  if (message_named(out, command.arguments[0], number) == nullptr) return;
  maildrop_.mark(number, context.trace);
  out.line(fmt::format("+OK message {} deleted", number));
}

void Pop3Server::cmd_rset(Context& context, Outbox& out) {
  maildrop_.unmark_all(context.trace);
  out.line(fmt::format("+OK maildrop has {} messages ({} octets)", maildrop_.live_count(),
                       maildrop_.live_size()));
}

void Pop3Server::cmd_quit(Context& context, Outbox& out) {
  out.close = true;
  out.cancel_wake = true;
  if (state_ == State::kTransaction) {
    set_state(context, State::kUpdate);
    const uint64_t removed = maildrop_.entries().size() - maildrop_.live_count();
    maildrop_.commit(context.store->edit(), context.trace);
    context.store->edit().unlock_maildrop(account_, context.self, context.trace);
    out.line(fmt::format("+OK {} POP3 server signing off ({} messages removed, {} left)",
                         context.host_name, removed, maildrop_.live_count()));
    maildrop_ = Maildrop();
  } else {
    out.line(fmt::format("+OK {} POP3 server signing off", context.host_name));
  }
  set_state(context, State::kClosed);
}

void Pop3Server::cmd_capa(Outbox& out) {
  out.line("+OK capability list follows");
  for (const char* capability : {"TOP", "UIDL", "USER", "RESP-CODES", "AUTH-RESP-CODE"}) {
    out.line(capability);
  }
  out.line("IMPLEMENTATION Mailscope");
  out.line(".");
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
  digest.add(user_);
  digest.add(account_);
  for (const MaildropEntry& entry : maildrop_.entries()) {
    digest.add(entry.uid.value);
    digest.add(entry.marked);
  }
  digest.add(bad_in_a_row_);
  return digest.value();
}

}  // namespace mailscope
