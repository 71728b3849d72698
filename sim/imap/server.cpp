#include "sim/imap/server.h"

#include <fmt/format.h>

#include "sim/base/check.h"
#include "sim/base/digest.h"

namespace mailscope {

using imap::CommandLine;
using imap::State;
using imap::Unit;
using imap::UnitProblem;

ImapServer::ImapServer(std::shared_ptr<const ImapServerConfig> config)
    : config_(std::move(config)),
      offered_(config_->offered()),
      fragments_(imap::Sender::kClient, {config_->max_line, config_->max_literal}) {}

void ImapServer::set_state(Context& context, State state) {
  if (state == state_) return;
  CHECK(imap::may_change(state_, state));
  record_state(context, static_cast<uint8_t>(state_), static_cast<uint8_t>(state),
               imap::state_name(state));
  state_ = state;
}

void ImapServer::open(Context& context, Outbox& out) {
  out.line(fmt::format("* OK [CAPABILITY {}] {} Mailscope {} server ready", capabilities(context),
                       context.host_name, protocol_name()));
  set_state(context, State::kNotAuthenticated);
  out.wake_at = context.now + config_->autologout;
}

bool ImapServer::ready() const {
  if (state_ == State::kConnecting || state_ == State::kLogout || tls_due_) return false;
  return fragments_.has_unit() || fragments_.wants_literal() || (notified_ && wants_news());
}

bool ImapServer::wants_news() const {
  // RFC 5465 §3: the client listens all the time.
  if (notify_.set && awaiting_ == Awaiting::kCommand) return true;
  return awaiting_ == Awaiting::kDone && (notify_.set || state_ == State::kSelected);
}

void ImapServer::turn(Context& context, Outbox& out) {
  Turn turn{context, out, {}, nullptr, {}, {}};
  if (fragments_.has_unit() || fragments_.wants_literal()) {
    out.wake_at = context.now + config_->autologout;
  }
  // What the client says comes before news: its command will tell the news in any case.
  if (fragments_.has_unit()) {
    handle_unit(turn, fragments_.take_unit());
  } else if (fragments_.wants_literal()) {
    handle_literal_request(turn);
  } else if (notified_) {
    notified_ = false;
    push(turn);
  }
}

void ImapServer::handle_unit(Turn& turn, const Unit& unit) {
  if (unit.problem != UnitProblem::kNone) return handle_broken_unit(turn, unit);
  switch (awaiting_) {
    case Awaiting::kCommand: return handle_command(turn, unit.text);
    case Awaiting::kSaslResponse: return sasl_response(turn, unit.text);
    case Awaiting::kDone: return idle_line(turn, unit.text);
  }
}

void ImapServer::handle_literal_request(Turn& turn) {
  // A command that cannot be carried out is refused here, and its literal need not be sent.
  if (awaiting_ != Awaiting::kCommand) {
    fragments_.refuse_literal();
    end_wait(turn);
    return bad(turn, "no literal can stand here", "RFC 3501 §7.5: a literal as a continuation");
  }
  const CommandLine head = imap::parse_command_head(fragments_.text_so_far());
  if (!admit(turn, head)) return fragments_.refuse_literal();
  fragments_.continue_literal();
  turn.out.line("+ Ready for the literal");
}

void ImapServer::handle_broken_unit(Turn& turn, const Unit& unit) {
  if (awaiting_ == Awaiting::kCommand) {
    turn.tag = imap::parse_command_head(unit.text).tag;
  } else {
    end_wait(turn);
  }
  switch (unit.problem) {
    case UnitProblem::kNone: return;
    case UnitProblem::kLineTooLong:
      return bad(turn, fmt::format("a command has at most {} octets", config_->max_line),
                 "RFC 2683 §3.2.1.5: command line too long");
    case UnitProblem::kBareLf:
      return bad(turn, "lines end with CRLF", "RFC 3501 §2.2: a line ended by a bare LF");
    case UnitProblem::kLiteralTooBig:
      // Not against any rule: the client could not know.
      return no(turn, fmt::format("[TOOBIG] literals of at most {} octets", config_->max_literal));
    case UnitProblem::kLiteralInsane:
      return bad(turn, "no literal can be so large",
                 "RFC 3501 §9: the size of a literal is over 4294967295");
    case UnitProblem::kLiteralInsanePlus:
      // RFC 7888 §4 leaves BYE or reading through it; this one would never end.
      record_violation(turn.context, "RFC 3501 §9: the size of a literal is over 4294967295");
      return bye(turn, "no literal can be so large");
  }
}

void ImapServer::end_wait(Turn& turn) {
  turn.tag = waiting_tag_;
  turn.row = imap::find_command(awaiting_ == Awaiting::kDone ? "IDLE" : "AUTHENTICATE");
  waiting_tag_.clear();
  awaiting_ = Awaiting::kCommand;
  notified_ = false;
}

bool ImapServer::admit(Turn& turn, const CommandLine& command) {
  turn.tag = command.tag;
  if (command.name.empty()) {
    bad(turn, "a command is a tag, a space, and a name", "RFC 3501 §2.2.1: no tag or no command");
    return false;
  }
  const imap::CommandRow* row = imap::find_command(command.name);
  if (row == nullptr || (row->offered_by != 0 && (row->offered_by & offered_) == 0)) {
    bad(turn, "unknown command", "RFC 3501 §9: an unknown command");
    return false;
  }
  turn.row = row;
  if ((row->states & imap::in(state_)) == 0) {
    bad(turn, fmt::format("{} is not for the {} state", row->name, imap::state_name(state_)),
        "RFC 3501 §3: a command in the wrong state");
    return false;
  }
  return true;
}

void ImapServer::handle_command(Turn& turn, std::string_view text) {
  CommandLine command = imap::parse_command(text);
  if (!admit(turn, command)) return;
  record_command(turn.context, turn.row->name,
                 static_cast<uint32_t>(turn.row - imap::kCommands));
  if (command.error) {
    return bad(turn,
               fmt::format("{}: expected {} after {} octets", command.name,
                           command.error->expected, command.error->position),
               fmt::format("{}: expected {}", command.error->section, command.error->expected));
  }
  if (!may_use(turn, command, text)) return;
  tell_other_mailboxes(turn);
  dispatch(turn, command);
  pass_over_own_changes(turn);
}

void ImapServer::ok(Turn& turn, std::string_view text) {
  bad_in_a_row_ = 0;
  tell_allowed_news(turn);
  turn.out.line(fmt::format("{} OK {}", turn.tag, with_mark(turn, text)));
}

std::string ImapServer::with_mark(Turn& turn, std::string_view text) {
  // One response has one code (RFC 3501 §9, resp-text).
  if (text.substr(0, 1) == "[") {
    if (text.substr(0, 15) == "[HIGHESTMODSEQ ") mark_is_low_ = false;
    tell_mark(turn);
    return std::string(text);
  }
  const std::optional<uint64_t> mark = mark_to_tell(turn);
  return mark ? fmt::format("[HIGHESTMODSEQ {}] {}", *mark, text) : std::string(text);
}

void ImapServer::no(Turn& turn, std::string_view text) {
  bad_in_a_row_ = 0;
  tell_allowed_news(turn);
  tell_mark(turn);  // RFC 7162 §6: an OK has to bring it
  turn.out.line(fmt::format("{} NO {}", turn.tag.empty() ? "*" : turn.tag, text));
}

void ImapServer::bad(Turn& turn, std::string_view text, std::string_view violation) {
  record_violation(turn.context, violation);
  // One response has one code (RFC 3501 §9, resp-text).
  const bool remark = config_->remarks_client_bugs && text.substr(0, 1) != "[";
  turn.out.line(fmt::format("{} BAD {}{}", turn.tag.empty() ? "*" : turn.tag,
                            remark ? "[CLIENTBUG] " : "", text));
  if (++bad_in_a_row_ >= config_->max_bad_commands) bye(turn, "too many errors");
}

void ImapServer::bye(Turn& turn, std::string_view text) {
  turn.out.line(fmt::format("* BYE {}", text));
  turn.out.close = true;
  turn.out.cancel_wake = true;
  turn.out.wake_at.reset();
  end_session(turn.context);
}

void ImapServer::end_session(Context& context) {
  if (state_ == State::kLogout) return;
  if (state_ == State::kSelected) {
    record_view(context, ViewChange::kClosed, {}, {}, true, {});
    view_ = MailboxView();
  }
  awaiting_ = Awaiting::kCommand;
  notified_ = false;
  set_state(context, State::kLogout);
}

void ImapServer::timer(Context& context, Outbox& out) {
  if (finished()) return;
  Turn turn{context, out, {}, nullptr, {}, {}};
  bye(turn, "Autologout; idle for too long");
}

void ImapServer::shut_down(Context& context, Outbox& out) {
  if (finished()) return;
  Turn turn{context, out, {}, nullptr, {}, {}};
  bye(turn, "the server is being stopped");  // RFC 3501 §7.1.5
}

void ImapServer::secured(Context& context, Outbox&) {
  // RFC 3501 §6.2.1: what came before the handshake, unprotected, must not be taken for what is
  // protected; and the client must ask for the capabilities again.
  if (fragments_.pending() > 0) {
    record_violation(context, "RFC 3501 §6.2.1: something said between STARTTLS and the handshake");
  }
  fragments_ = imap::Fragments(imap::Sender::kClient, {config_->max_line, config_->max_literal});
  tls_due_ = false;
}

void ImapServer::closed(Context& context, Outbox& out, CloseReason) {
  out.close = true;
  out.cancel_wake = true;
  // RFC 3501 §3.4: as after LOGOUT, nothing is expunged.
  end_session(context);
}

uint64_t ImapServer::digest() const {
  Digest digest;
  digest.add(static_cast<int>(state_));
  digest.add(static_cast<int>(awaiting_));
  digest.add(fragments_.digest());
  digest.add(waiting_tag_);
  digest.add(account_);
  digest.add(view_.digest());
  digest.add(static_cast<uint64_t>(keywords_told_));
  if (offers(imap::Extension::kAcl)) digest.add(settable_told_);
  digest.add(gone_told_);
  if (mark_is_low_) digest.add(mark_is_low_);
  if (!selected_has_modseqs_) digest.add(selected_has_modseqs_);
  digest.add(notified_);
  digest.add(bad_in_a_row_);
  digest.add(enabled_);
  sasl_.add_to(digest);
  digest.add(tls_due_);
  digest.add(compressed_);
  for (const Uid uid : saved_result_) digest.add(uid.value);
  for (const SearchContext& context : contexts_) context.add_to(digest);
  notify_.add_to(digest);
  return digest.value();
}

}  // namespace mailscope
