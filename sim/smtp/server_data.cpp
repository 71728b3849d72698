// How the message itself comes to the SMTP server: DATA (RFC 5321 §4.1.1.4) and BDAT (RFC 3030 §2),
// and what is asked of it before it is taken.
#include "sim/base/ascii.h"
#include "sim/smtp/server.h"
#include "sim/wire/header.h"

namespace mailscope {

using smtp::Chunk;
using smtp::Command;
using smtp::CommandLine;
using smtp::Extension;
using smtp::members_of;
using smtp::State;

namespace {

/// A line of the text, its CRLF counted, has more than `max` octets.
bool has_longer_line(std::string_view text, size_t max) {
  for (size_t at = 0; at < text.size();) {
    const size_t end = line_end_after(text, at);
    if (end - at > max) return true;
    at = end;
  }
  return false;
}

size_t received_lines(std::string_view text) {
  size_t count = 0;
  size_t at = 0;
  while (const std::optional<HeaderField> field = next_field(text, at)) {
    if (equals_ignoring_case(field->name.of(text), "Received")) ++count;
  }
  return count;
}

constexpr const char* kTooLarge = "Message size exceeds the limit";

}  // namespace

void SmtpServer::cmd_data(Context& context, Outbox& out) {
  if (envelope_.binary) {
    // RFC 3030 §3: octets that are no lines cannot come by DATA.
    return answer(context, out,
                  {503, "5.1", "Bad sequence of commands: BODY=BINARYMIME needs BDAT",
                   "RFC 3030 §3: DATA after BODY=BINARYMIME"});
  }
  set_state(context, State::kData);
  lines_.set_raw(true);
  say(out, 354, nullptr, "Start mail input; end with <CRLF>.<CRLF>");
}

void SmtpServer::take_data(Context& context, Outbox& out) {
  lines_.drop_bytes(reader_.feed(lines_.pending()));
  if (!reader_.done()) return;
  lines_.set_raw(false);
  Arrived arrived{{}, reader_.too_large(), reader_.has_bare_newline()};
  arrived.text = reader_.take_text();
  end_of_message(context, out, arrived);
}

SmtpServer::Reply SmtpServer::wrong_chunk(const smtp::CommandRow& row, const Chunk& chunk) const {
  if (config_->submission && user_.empty()) {
    return {530, "7.0", "Authentication required",
            "RFC 6409 §4.3: a submission server asks for authentication"};
  }
  if ((row.states & smtp::in(state_)) == 0) return out_of_order(row);
  if (chunk.size > config_->max_message || chunks_.size() > config_->max_message - chunk.size) {
    return {552, "3.4", kTooLarge};
  }
  return {};
}

void SmtpServer::cmd_bdat(Context& context, Outbox& out, const CommandLine& command) {
  const smtp::CommandRow& row = smtp::kCommands[static_cast<size_t>(Command::kBdat)];
  const std::optional<Chunk> chunk = smtp::parse_chunk(command.argument);
  if (!chunk) {
    return answer(context, out,
                  {501, "5.4", "Syntax: BDAT chunk-size [LAST]",
                   "RFC 3030 §2: BDAT takes the number of octets"});
  }
  // The octets come whatever the answer is; those of a refused chunk are read and dropped.
  chunk_ = {true, chunk->size, chunk->size, chunk->last, wrong_chunk(row, *chunk)};
  if (chunk_.refusal.code == 0) set_state(context, State::kBdat);
  if (chunk_.left == 0) return end_chunk(context, out);
  lines_.set_raw(true);
}

void SmtpServer::take_chunk(Context& context, Outbox& out) {
  const std::string_view pending = lines_.pending();
  const size_t taken = static_cast<size_t>(std::min<uint64_t>(chunk_.left, pending.size()));
  if (chunk_.refusal.code == 0) chunks_.append(pending.substr(0, taken));
  lines_.drop_bytes(taken);
  chunk_.left -= taken;
  if (chunk_.left > 0) return;
  lines_.set_raw(false);
  end_chunk(context, out);
}

void SmtpServer::end_chunk(Context& context, Outbox& out) {
  const ComingChunk chunk = std::move(chunk_);
  chunk_ = ComingChunk();
  if (chunk.refusal.code != 0) {
    // RFC 3030 §2: after a refused chunk the transaction cannot go on.
    if (state_ == State::kRcpt || state_ == State::kBdat) reset_transaction(context);
    return answer(context, out, chunk.refusal);
  }
  if (!chunk.last) {
    return say(out, 250, "0.0", std::to_string(chunk.size) + " octets received");
  }
  Arrived arrived;
  arrived.text = std::move(chunks_);
  arrived.bare_newline = !envelope_.binary && has_bare_newline(arrived.text);
  end_of_message(context, out, arrived);
}

SmtpServer::Reply SmtpServer::refusal_of(const Context& context, const Arrived& arrived) const {
  const std::string& text = arrived.text;
  if (arrived.too_large) return {552, "3.4", kTooLarge};
  if (arrived.bare_newline) {
    // RFC 5321 §2.3.8 forbids CR and LF apart; taking such a message is how smuggling begins.
    return {554, "6.0", "Message has CR or LF alone",
            "RFC 5321 §2.3.8: CR or LF alone in the message"};
  }
  if (config_->max_text_line != 0 && !envelope_.binary &&
      has_longer_line(text, config_->max_text_line)) {
    return {500, "5.2", "Line too long", "RFC 5321 §4.5.3.1.6: a text line over the limit"};
  }
  if (received_lines(text) >= smtp::kMaxReceived) {
    return {554, "4.6", "Too many hops: this message goes round in a loop"};
  }
  const MailStore& store = **context.store;
  Reply refusal = no_room(store, text.size());
  for (const Recipient& recipient : envelope_.recipients) {
    if (refusal.code != 0) return refusal;
    if (equals_ignoring_case(recipient.address.substr(0, recipient.address.find('@')),
                             "postmaster")) {
      continue;
    }
    refusal = full(store, recipient.to, text.size());
    for (const std::string& list : recipient.to.lists) {
      if (refusal.code != 0) return refusal;
      refusal = full(store, members_of(*config_, store, list), text.size());
      const std::optional<std::string> id = field_value(text, "List-Id");
      if (refusal.code == 0 && id && id->find(list_address(list, ".")) != std::string::npos) {
        return {554, "4.6", "This message has been through the list before"};
      }
    }
  }
  return refusal;
}

void SmtpServer::end_of_message(Context& context, Outbox& out, const Arrived& arrived) {
  const Reply refusal = refusal_of(context, arrived);
  if (refusal.code == 0) {
    deliver(context, out, arrived.text);
    say(out, 250, "0.0", "OK: message accepted");
  }
  reset_transaction(context);
  if (refusal.code != 0) answer(context, out, refusal);
}

}  // namespace mailscope
