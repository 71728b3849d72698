#include "sim/imap/client.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/base/check.h"
#include "sim/base/digest.h"

namespace mailscope {

using imap::Response;
using imap::State;
using imap::Status;

const char* ImapClient::command_name(Doing doing) {
  constexpr const char* kNames[] = {
      "greeting",   "",           "ENABLE",    "LIST",       "STATUS",
      "SELECT",     "UID FETCH",  "UID FETCH",  "UID FETCH", "UID SEARCH", "UID FETCH",
      "UID FETCH",  "UID STORE",  "UID STORE",  "UID SEARCH", "EXPUNGE",   "UID COPY",
      "UID MOVE",   "CREATE",     "UID SEARCH", "APPEND",    "UID REPLACE", "NOTIFY",
      "NOOP",       "IDLE",       "IDLE",       "IDLE",      "LOGOUT",     ""};
  static_assert(sizeof(kNames) / sizeof(kNames[0]) == static_cast<size_t>(Doing::kNothing) + 1);
  return kNames[static_cast<int>(doing)];
}

void ImapClient::set_state(Context& context, State state) {
  if (state == state_) return;
  CHECK(imap::may_change(state_, state));
  record_state(context, static_cast<uint8_t>(state_), static_cast<uint8_t>(state),
               imap::state_name(state));
  state_ = state;
}

void ImapClient::open(Context& context, Outbox& out) {
  out.wake_at = context.now + config_->patience;
}

void ImapClient::give(ImapOrder order) {
  order.id = next_order_++;
  order.begun = order.create = order.created = order.unsearchable = false;
  orders_.push_back(std::move(order));
}

bool ImapClient::ready() const {
  if (finished()) return false;
  return fragments_.has_unit() || ((idling() || resting_) && (!orders_.empty() || look_));
}

bool ImapClient::awaits(Doing doing) const {
  return std::any_of(sent_.begin(), sent_.end(),
                     [doing](const Command& command) { return command.doing == doing; });
}

void ImapClient::say(Outbox& out, const std::string& command, Doing doing, uint32_t order,
                     uint8_t flags) {
  Command said;
  said.tag = ++tag_;
  said.doing = doing;
  said.order = order;
  if (doing == Doing::kSelect) said.folder = folder_;
  sent_.push_back(std::move(said));
  out.line(fmt::format("a{} {}", tag_, command), flags);
}

void ImapClient::turn(Context& context, Outbox& out) {
  if (fragments_.has_unit()) {
    const bool alone = entry_.may_switch();
    const imap::Unit unit = alone ? fragments_.take_unit_alone() : fragments_.take_unit();
    const std::optional<Response> response =
        unit.problem == imap::UnitProblem::kNone ? imap::parse_response(unit.text) : std::nullopt;
    if (response) {
      take(context, out, *response);
    } else {
      record_violation(context, "RFC 3501 §7: not a response");
    }
    if (out.start_compression) {
      out.unread = fragments_.take_rest();
    } else if (alone) {
      fragments_.look_further();
    }
  } else if (idling() && (!orders_.empty() || look_)) {
    out.line("DONE");  // RFC 2177 §3: the one thing a client may say in IDLE
    sent_.front().doing = Doing::kIdleDone;
  } else if (resting_) {
    resting_ = false;
    go_on(context, out);
  }
  if (finished()) return;
  // RFC 2177 §3: the 29 minutes count from the IDLE command, whatever is heard meanwhile.
  out.wake_at = idling() ? std::max(context.now, idle_since_ + config_->idle_renewal)
                         : context.now + (resting_ ? config_->noop_every : config_->patience);
}

void ImapClient::take(Context& context, Outbox& out, const Response& response) {
  // RFC 3501 §7.1: these words have to be shown to the person, whatever they came with.
  if (equals_ignoring_case(response.code, "ALERT")) note(context, Note::kPlain, response.text);
  if (response.tag == "+") {
    if (doing() == Doing::kIdleWait) sent_.front().doing = Doing::kIdle;
    if (doing() == Doing::kEntry) {
      const ImapClientEntry::Command answer = entry_.challenged(response.text);
      out.line(answer.text, answer.flags);
    }
    if (literal_ != nullptr && sent_.size() == 1) say_literal(out);
    return;
  }
  if (response.tag == "*") {
    if (doing() == Doing::kGreeting && response.status == Status::kOk) {
      set_state(context, State::kNotAuthenticated);
      if (starts_with_ignoring_case(response.code, "CAPABILITY ")) {
        entry_.take_capabilities(response.code);
      }
      record_reply(context, "greeting", true);
      sent_.pop_front();
      return go_in(context, out, entry_.greeted(context, *config_));
    }
    if (response.status == Status::kBye && !leaving_) {
      return end(context, out, SessionOutcome::Kind::kRefused, response.text);
    }
    return take_untagged(context, response);
  }
  const auto answered =
      std::find_if(sent_.begin(), sent_.end(), [&](const Command& command) {
        return command.tag != 0 && response.tag == fmt::format("a{}", command.tag);
      });
  if (answered == sent_.end() || response.status == Status::kNone) {
    return record_violation(context, "RFC 3501 §2.2.2: a tag of no command under way");
  }
  const Command command = *answered;
  sent_.erase(answered);
  if (command.doing == Doing::kAppend || command.doing == Doing::kReplace) literal_ = nullptr;
  const bool good = response.status == Status::kOk;
  const bool entering = command.doing == Doing::kEntry;
  record_reply(context, entering ? entry_.command_name() : command_name(command.doing), good);
  if (entering) {
    if (leaving_) return;
    return go_in(context, out, entry_.answered(context, out, *config_, response));
  }
  if (starts_with_ignoring_case(response.code, "CAPABILITY ")) {
    entry_.take_capabilities(response.code);
  }
  if (command.doing == Doing::kLogout) {
    return end(context, out, SessionOutcome::Kind::kDone, {});
  }
  if (good && state_ == State::kNotAuthenticated) {
    record_violation(context, "RFC 3501 §3.1: a command of a later state is done before login");
    return end(context, out, SessionOutcome::Kind::kRefused, "the server answers before login");
  }
  if (good) {
    take_code(context, response.code);
    take_tagged(context, out, command);
  } else {
    take_failure(context, out, command, response);
  }
  move_mark(context);
  go_on(context, out);
}

void ImapClient::go_in(Context& context, Outbox& out,
                       std::optional<ImapClientEntry::Command> command) {
  if (entry_.logged_in()) set_state(context, State::kAuthenticated);
  if (!entry_.refusal().empty()) {
    outcome_.text = entry_.refusal();
    outcome_.ask_again = entry_.ask_again();
    return leave(out);
  }
  if (command) say(out, command->text, Doing::kEntry, 0, command->flags);
  go_on(context, out);
}

void ImapClient::secured(Context& context, Outbox& out) {
  if (!entry_.awaits_tls()) return;  // implicit TLS: the greeting is still to come
  out.wake_at = context.now + config_->patience;
  if (fragments_.pending() > 0) {
    record_violation(context, "RFC 3501 §6.2.1: something said between STARTTLS and the handshake");
    fragments_ = imap::Fragments(imap::Sender::kServer, kLimits);
  }
  go_in(context, out, entry_.secured());
}

void ImapClient::take_tagged(Context& context, Outbox& out, const Command& command) {
  switch (command.doing) {
    case Doing::kList: return plan_visits(context);
    case Doing::kSelect: return selected_now(context, command);
    case Doing::kFetchFlags:
      if (all_flags_ && !renumbered_) drop_untold(context);
      return;
    case Doing::kFetchMissing: missing_.clear(); return;
    case Doing::kSearchAll: return drop_unfound(context);
    case Doing::kFetchBody:
    case Doing::kExpunge: return finish_order(context, command.order, true);
    case Doing::kStore:
      if (!command.flags_told) take_flags_as_stored(context, command);
      return finish_order(context, command.order, true);
    case Doing::kMarkDeleted: return take_marked_deleted(context, out, command);
    case Doing::kSearchDeleted: return take_deleted_search(context, out, command);
    case Doing::kFind: return take_find(context, command);
    case Doing::kCreate:
      if (ImapOrder* order = order_of(command)) order->begun = false;
      return;
    case Doing::kCopy:
    case Doing::kMove:
    case Doing::kAppend:
    case Doing::kReplace:
      return take_stored(context, out, command);
    default: return;
  }
}

void ImapClient::take_failure(Context& context, Outbox& out, const Command& command,
                              const Response& response) {
  if (leaving_) return;
  switch (command.doing) {
    case Doing::kSelect:
      if (command.folder != folder_) return;
      folder_.clear();
      if (command.folder == config_->folder) {
        outcome_.text = response.text;
        return leave(out);
      }
      for (size_t i = orders_.size(); i-- > 0;) {
        // What is not there cannot have been put there.
        if (orders_[i].folder == command.folder && !orders_[i].stored) orders_[i].tried = false;
        if (orders_[i].has_source() && source_of(orders_[i]) == command.folder) {
          drop_order(context, i, Note::kFolderGone);
        }
      }
      return;
    case Doing::kList:
      // With options that were offered to a stranger, and are no more.
      if (plain_list_) set_up_ = SetUp::kDone;
      plain_list_ = true;
      return;
    case Doing::kFetchFlags:
      // What has changed cannot be had; then the flags of all.
      if (!all_flags_) stage_ = Stage::kFlags;
      all_flags_ = true;
      return;
    case Doing::kFetchMissing: missing_.clear(); return;
    case Doing::kSearchAll: unsure_ = false; return;
    case Doing::kNotify: notify_refused_ = true; return;
    case Doing::kFetchBody:
    case Doing::kStore:
    case Doing::kMarkDeleted:
    case Doing::kSearchDeleted:
    case Doing::kExpunge:
    case Doing::kCreate:
    case Doing::kCopy:
    case Doing::kMove:
    case Doing::kFind:
    case Doing::kAppend:
    case Doing::kReplace: return refuse_order(context, command, response);
    case Doing::kIdleWait:
    case Doing::kIdle:
    case Doing::kIdleDone:
      // A server that offers IDLE and refuses it would be asked for ever.
      return leave(out);
    default: return;
  }
}

void ImapClient::leave(Outbox& out) {
  if (leaving_) return;
  leaving_ = true;
  say(out, "LOGOUT", Doing::kLogout);
}

void ImapClient::record_view(Context& context, ViewChange change, uint32_t number, Uid uid,
                             std::string_view text) const {
  Event event;
  event.kind = EventKind::kViewChange;
  event.code = static_cast<uint8_t>(change);
  event.a = number;
  event.b = uid.value;
  event.x = idling() || resting_ ? 0 : 1;
  context.trace.record(event, text);
}

void ImapClient::end(Context& context, Outbox& out, SessionOutcome::Kind kind,
                     std::string_view text) {
  set_state(context, State::kLogout);
  if (!outcome_.text.empty()) kind = SessionOutcome::Kind::kRefused;
  outcome_.kind = kind;
  if (outcome_.text.empty()) outcome_.text = std::string(text);
  sent_.clear();
  resting_ = false;
  out.close = true;
  out.cancel_wake = true;
}

void ImapClient::timer(Context& context, Outbox& out) {
  if (finished()) return;
  out.wake_at = context.now + config_->patience;
  if (idling()) {
    out.line("DONE");
    sent_.front().doing = Doing::kIdleDone;
  } else if (resting_) {
    resting_ = false;
    if (!config_->folders.empty()) set_up_ = SetUp::kList;
    say(out, "NOOP", Doing::kNoop);
  } else {
    end(context, out, SessionOutcome::Kind::kLost, "no response from the server");
  }
}

void ImapClient::closed(Context& context, Outbox& out, CloseReason reason) {
  out.close = true;
  out.cancel_wake = true;
  if (finished()) return;
  end(context, out, SessionOutcome::Kind::kLost, close_reason_text(reason));
}

uint64_t ImapClient::digest() const {
  Digest digest;
  digest.add(static_cast<int>(state_));
  for (const Command& command : sent_) {
    digest.add(command.tag);
    digest.add(static_cast<int>(command.doing));
    digest.add(command.order);
    digest.add(command.flags_told);
    digest.add(command.folder);
  }
  digest.add(tag_);
  digest.add(fragments_.digest());
  entry_.add_to(digest);
  for (const bool flag :
       {leaving_, resting_, look_, asked_, qresync_enabled_, notifying_, notify_refused_,
        plain_list_, left_out_told_, kept_, awaiting_closed_, by_qresync_, all_flags_, unsure_,
        searched_, renumbered_, mark_told_, mark_lost_}) {
    digest.add(flag);
  }
  digest.add(idle_since_.ns);
  digest.add(static_cast<int>(set_up_));
  for (const Listed& listed : listed_) {
    digest.add(listed.name);
    digest.add(listed.messages.value_or(UINT32_MAX));
    digest.add(listed.modseq.value_or(UINT64_MAX));
  }
  digest.add(status_asked_);
  for (const std::string& visit : visits_) digest.add(visit);
  digest.add(folder_);
  for (const Uid uid : uids_) digest.add(uid.value);
  for (const uint32_t number : {exists_, synced_exists_, uid_next_, next_order_}) {
    digest.add(number);
  }
  digest.add(modseq_);
  digest.add(fetched_modseq_);
  digest.add(static_cast<int>(stage_));
  digest.add(repairs_);
  for (const uint32_t uid : missing_) digest.add(uid);
  for (const imap::SequenceSet::Range& range : found_) {
    digest.add(range.first);
    digest.add(range.last);
  }
  for (const uint32_t key : asked_bodies_) digest.add(key);
  for (const ImapOrder& order : orders_) digest.add(order.digest());
  for (const ImapOrder& order : put_off_) digest.add(order.digest());
  digest.add(literal_ != nullptr ? literal_->digest() : 0);
  digest.add(static_cast<int>(outcome_.kind));
  digest.add(outcome_.text);
  return digest.value();
}

}  // namespace mailscope
