#include "sim/pop3/client.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/check.h"
#include "sim/base/digest.h"
#include "sim/wire/pop3_grammar.h"

namespace mailscope {

using pop3::State;

void Pop3Client::set_state(Context& context, State state) {
  if (state == state_) return;
  CHECK(pop3::may_change(state_, state));
  record_state(context, static_cast<uint8_t>(state_), static_cast<uint8_t>(state),
               pop3::state_name(state));
  state_ = state;
}

void Pop3Client::open(Context& context, Outbox& out) {
  out.wake_at = context.now + config_->patience;  // RFC 1939 §4: the server speaks first
}

bool Pop3Client::ready() const {
  if (finished()) return false;
  return waiting_ == Waiting::kRetrText ? !lines_.pending().empty() : lines_.has_line();
}

void Pop3Client::say(Outbox& out, std::string_view line, Waiting waiting, uint8_t flags) {
  out.line(line, flags);
  waiting_ = waiting;
}

void Pop3Client::turn(Context& context, Outbox& out) {
  out.wake_at = context.now + config_->patience;
  if (waiting_ == Waiting::kRetrText) {
    lines_.drop_bytes(reader_.feed(lines_.pending()));
    if (reader_.done()) take_message(context, out);
    return;
  }
  const Line line = lines_.take_line();
  if (waiting_ == Waiting::kUidlList) return take_listing(context, out, line.text);
  take_response(context, out, line.text);
}

void Pop3Client::take_response(Context& context, Outbox& out, std::string_view line) {
  constexpr const char* kNames[] = {"greeting", "USER", "PASS", "STAT", "UIDL", "UIDL",
                                    "RETR",     "RETR", "DELE", "QUIT", ""};
  const std::optional<pop3::Response> response = pop3::parse_response(line);
  record_reply(context, kNames[static_cast<int>(waiting_)], response && response->ok);
  if (!response) {
    record_violation(context, "RFC 1939 §3: a response begins with +OK or -ERR");
    return end(context, out, SessionOutcome::Kind::kRefused, line);
  }
  if (waiting_ == Waiting::kGreeting && response->ok) set_state(context, State::kAuthorization);
  if (!response->ok) {
    switch (waiting_) {
      case Waiting::kUidl:
        // UIDL is optional (RFC 1939 §7). Without it every message looks new.
        plan(**context.local);
        return next(out);
      case Waiting::kRetr:
      case Waiting::kDele:
        ++at_;
        return next(out);
      case Waiting::kQuit:
      case Waiting::kGreeting:
        return end(context, out, SessionOutcome::Kind::kRefused, response->text);
      default:
        outcome_.text = std::string(line);
        return say_quit(out);
    }
  }
  switch (waiting_) {
    case Waiting::kGreeting:
      return say(out, "USER " + config_->user, Waiting::kUser);
    case Waiting::kUser:
      return say(out, "PASS " + config_->password, Waiting::kPass, LineFlags::kSecret);
    case Waiting::kPass:
      set_state(context, State::kTransaction);
      return say(out, "STAT", Waiting::kStat);
    case Waiting::kStat: {
      const std::optional<pop3::Listing> drop = pop3::parse_listing(response->text);
      if (!drop || drop->number == 0) return say_quit(out);
      for (uint64_t n = 1; n <= std::min<uint64_t>(drop->number, 1u << 20); ++n) {
        items_.push_back({static_cast<uint32_t>(n), {}, false, false});
      }
      return say(out, "UIDL", Waiting::kUidl);
    }
    case Waiting::kUidl:
      waiting_ = Waiting::kUidlList;
      return;
    case Waiting::kRetr:
      reader_ = DotReader();
      waiting_ = Waiting::kRetrText;
      return;
    case Waiting::kDele:
      ++at_;
      return next(out);
    default:  // QUIT: the server has updated the maildrop and says goodbye
      if (state_ == State::kTransaction) set_state(context, State::kUpdate);
      return end(
          context, out,
          outcome_.text.empty() ? SessionOutcome::Kind::kDone : SessionOutcome::Kind::kRefused,
          outcome_.text);
  }
}

void Pop3Client::take_listing(Context& context, Outbox& out, std::string_view line) {
  if (line == ".") {
    plan(**context.local);
    return next(out);
  }
  const std::optional<pop3::Listing> listing = pop3::parse_listing(line);
  if (!listing || listing->number == 0 || listing->number > items_.size()) return;
  items_[listing->number - 1].unique_id = listing->value;
}

void Pop3Client::plan(const LocalStore& local) {
  for (Item& item : items_) {
    const bool known = !item.unique_id.empty() && local.has_seen(item.unique_id);
    item.download = !known;
    // A program that downloads and deletes also removes what an earlier, broken session fetched.
    item.remove = !config_->leave_on_server || std::find(delete_ids_.begin(), delete_ids_.end(),
                                                         item.unique_id) != delete_ids_.end();
  }
  at_ = 0;
}

void Pop3Client::next(Outbox& out) {
  while (at_ < items_.size()) {
    const Item& item = items_[at_];
    if (item.download) return say(out, fmt::format("RETR {}", item.number), Waiting::kRetr);
    if (item.remove) return say(out, fmt::format("DELE {}", item.number), Waiting::kDele);
    ++at_;
  }
  say_quit(out);
}

void Pop3Client::say_quit(Outbox& out) { say(out, "QUIT", Waiting::kQuit); }

void Pop3Client::take_message(Context& context, Outbox& out) {
  Item& item = items_[at_];
  const MessagePtr message = make_message(reader_.take_text());
  LocalEntry entry;
  entry.unique_id = item.unique_id;
  entry.size = message->size();
  entry.subject = message->subject();
  entry.from = message->from();
  entry.message = message;
  LocalStore& local = context.local->edit();
  local.add(config_->folder, std::move(entry), context.trace);
  if (!item.unique_id.empty()) local.remember(item.unique_id);
  item.download = false;
  next(out);
}

void Pop3Client::end(Context& context, Outbox& out, SessionOutcome::Kind kind,
                     std::string_view text) {
  set_state(context, State::kClosed);
  waiting_ = Waiting::kNothing;
  outcome_ = {kind, std::string(text)};
  out.close = true;
  out.cancel_wake = true;
}

void Pop3Client::timer(Context& context, Outbox& out) {
  if (finished()) return;
  end(context, out, SessionOutcome::Kind::kLost, "no answer from the server");
}

void Pop3Client::closed(Context& context, Outbox& out, CloseReason reason) {
  out.close = true;
  out.cancel_wake = true;
  if (finished()) return;
  end(context, out, SessionOutcome::Kind::kLost, close_reason_text(reason));
}

uint64_t Pop3Client::digest() const {
  Digest digest;
  digest.add(static_cast<int>(state_));
  digest.add(static_cast<int>(waiting_));
  digest.add(lines_.pending());
  digest.add(static_cast<uint64_t>(reader_.size()));
  for (const Item& item : items_) {
    digest.add(item.unique_id);
    digest.add(item.download);
  }
  digest.add(static_cast<uint64_t>(at_));
  digest.add(static_cast<int>(outcome_.kind));
  return digest.value();
}

}  // namespace mailscope
