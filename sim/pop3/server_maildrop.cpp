// The TRANSACTION and UPDATE states: looking at the maildrop, fetching, marking, removing. RFC 1939
// §5 and §6, its optional TOP and UIDL (§7), and what RFC 6856 asks of messages with UTF-8 headers.
#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/pop3/server.h"
#include "sim/wire/dot_stuffing.h"

namespace mailscope {

using pop3::CommandLine;
using pop3::Extension;
using pop3::State;

namespace {

/// RFC 6532: some header, of the message or of a part of it, is not ASCII.
bool has_utf8_header(const MimePart& part, std::string_view text) {
  const std::string_view header =
      text.substr(part.header.begin, part.header.end - part.header.begin);
  if (std::any_of(header.begin(), header.end(), [](char c) { return (c & 0x80) != 0; })) {
    return true;
  }
  return std::any_of(part.parts.begin(), part.parts.end(),
                     [text](const MimePart& inner) { return has_utf8_header(inner, text); });
}

}  // namespace

void Pop3Server::cmd_stat(Outbox& out) {
  out.line(fmt::format("+OK {} {}", maildrop_.live_count(), maildrop_.live_size()));
}

const MaildropEntry* Pop3Server::message_named(Outbox& out, const std::string& argument,
                                               uint64_t& number) {
  const std::optional<uint64_t> parsed = parse_number(argument, UINT32_MAX);
  number = parsed.value_or(0);
  const MaildropEntry* entry = maildrop_.live(number);
  if (entry != nullptr) return entry;
  if (number >= 1 && number <= maildrop_.entries().size()) {
    say_error(out, Phrase::kAlreadyDeleted, number);
  } else {
    say_error(out, Phrase::kNoSuchMessage);
  }
  return nullptr;
}

MessagePtr Pop3Server::message_of(const Context& context, const MaildropEntry& entry) const {
  const Mailbox& mailbox = (*context.store)->mailbox(maildrop_.mailbox());
  const std::optional<size_t> index = mailbox.find(entry.uid);
  return index ? mailbox.entries[*index].message : nullptr;
}

bool Pop3Server::must_not_send(const Message& message) const {
  // RFC 6856 §2.1: outside of UTF-8 mode nothing but ASCII headers may be sent; §4 lets a server
  // refuse such a message rather than change it.
  return has(Extension::kUtf8) && !utf8_ && has_utf8_header(message.mime(), message.text());
}

MessagePtr Pop3Server::message_to_send(const Context& context, Outbox& out,
                                       const MaildropEntry& entry) {
  MessagePtr message = message_of(context, entry);
  if (message == nullptr) {
    // An IMAP session beside this one may have expunged it: the lock keeps out POP3 sessions only.
    say_error(out, ResponseCode::kSysTemp, Phrase::kGone);
  } else if (must_not_send(*message)) {
    say_error(out, ResponseCode::kUtf8, Phrase::kNeedsUtf8);
    return nullptr;
  }
  return message;
}

void Pop3Server::cmd_list(const Context& context, Outbox& out, const CommandLine& command) {
  uint64_t number = 0;
  if (!command.arguments.empty()) {
    const MaildropEntry* entry = message_named(out, command.arguments[0], number);
    if (entry == nullptr) return;
    const MessagePtr message = message_of(context, *entry);
    if (message != nullptr && must_not_send(*message)) {
      return say_error(out, ResponseCode::kUtf8, Phrase::kNeedsUtf8);
    }
    return out.line(fmt::format("+OK {} {}", number, entry->size));
  }
  say_ok(out, Phrase::kMessages, maildrop_.live_count(), maildrop_.live_size());
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
  say_ok(out, Phrase::kUniqueIds);
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
  const MessagePtr message = message_to_send(context, out, *entry);
  if (message == nullptr) return;
  say_ok(out, Phrase::kOctets, entry->size);
  out.block(dot_stuffed(message->text()));
}

void Pop3Server::cmd_top(Context& context, Outbox& out, const CommandLine& command) {
  uint64_t number = 0;
  const MaildropEntry* entry = message_named(out, command.arguments[0], number);
  if (entry == nullptr) return;
  const std::optional<uint64_t> lines = parse_number(command.arguments[1], UINT32_MAX);
  if (!lines) return out.line("-ERR TOP msg n");
  const MessagePtr message = message_to_send(context, out, *entry);
  if (message == nullptr) return;
  const std::string_view text = message->text();
  size_t end = std::min(message->header_size(), text.size());
  for (uint64_t i = 0; i < *lines && end < text.size(); ++i) {
    const size_t crlf = text.find("\r\n", end);
    end = crlf == std::string_view::npos ? text.size() : crlf + 2;
  }
  say_ok(out, Phrase::kTopFollows);
  out.block(dot_stuffed(text.substr(0, end)));
}

void Pop3Server::cmd_dele(Context& context, Outbox& out, const CommandLine& command) {
  uint64_t number = 0;
  if (message_named(out, command.arguments[0], number) == nullptr) return;
  maildrop_.mark(number, context.trace);
  say_ok(out, Phrase::kDeleted, number);
}

void Pop3Server::cmd_rset(Context& context, Outbox& out) {
  maildrop_.unmark_all(context.trace);
  say_ok(out, Phrase::kMaildropHas, maildrop_.live_count(), maildrop_.live_size());
}

void Pop3Server::cmd_quit(Context& context, Outbox& out) {
  out.close = true;
  out.cancel_wake = true;
  if (state_ == State::kTransaction) {
    update(context, out);
  } else {
    say_ok(out, Phrase::kSigningOff, context.host_name);
  }
  set_state(context, State::kClosed);
}

void Pop3Server::update(Context& context, Outbox& out) {
  set_state(context, State::kUpdate);
  const uint64_t marked = maildrop_.entries().size() - maildrop_.live_count();
  const uint64_t able = config_->update_fails_after.value_or(UINT32_MAX);
  const uint64_t left = maildrop_.commit(context.store->edit(), able, context.trace);
  context.store->edit().unlock_maildrop(account_, context.self, context.trace);
  if (left > 0) {
    // RFC 1939 §6: some or none may have been removed; the lock is given back all the same.
    say_error(out, Phrase::kSomeNotRemoved);
  } else {
    say_ok(out, Phrase::kRemovedAndLeft, context.host_name, marked, maildrop_.live_count());
  }
  maildrop_ = Maildrop();
}

}  // namespace mailscope
