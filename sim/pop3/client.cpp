#include "sim/pop3/client.h"

#include <fmt/format.h>

#include "sim/base/check.h"
#include "sim/base/digest.h"

namespace mailscope {

using pop3::State;

Pop3Client::Pop3Client(std::shared_ptr<const Pop3ClientConfig> config,
                       std::vector<std::string> delete_ids)
    : config_(std::move(config)),
      delete_ids_(std::move(delete_ids)),
      lines_(config_->login == Pop3Login::kAuth ? pop3::kMaxAuthLine : 512) {}

void Pop3Client::set_state(Context& context, State state) {
  if (state == state_) return;
  CHECK(pop3::may_change(state_, state));
  record_state(context, static_cast<uint8_t>(state_), static_cast<uint8_t>(state),
               pop3::state_name(state));
  state_ = state;
}

const char* Pop3Client::step_name(Step step) {
  constexpr const char* kNames[] = {"greeting", "CAPA", "STLS", "UTF8", "USER",
                                    "PASS",     "APOP", "AUTH", "STAT", "UIDL",
                                    "LIST",     "TOP",  "RETR", "DELE", "QUIT"};
  return kNames[static_cast<int>(step)];
}

void Pop3Client::open(Context& context, Outbox& out) {
  out.wake_at = context.now + config_->patience;  // RFC 1939 §4: the server speaks first
}

bool Pop3Client::ready() const {
  if (finished() || awaiting_tls_) return false;
  return reading_ == Reading::kText ? !lines_.pending().empty() : lines_.has_line();
}

void Pop3Client::say(Outbox& out, std::string_view line, Step step, uint8_t flags, uint32_t item) {
  out.line(line, flags);
  sent_.push_back({step, item});
}

void Pop3Client::answered() {
  sent_.pop_front();
  reading_ = Reading::kStatus;
}

void Pop3Client::turn(Context& context, Outbox& out) {
  out.wake_at = context.now + config_->patience;
  if (reading_ == Reading::kText) {
    lines_.drop_bytes(reader_.feed(lines_.pending()));
    if (reader_.done()) take_message(context, out);
    return;
  }
  const Line line = lines_.take_line();
  if (reading_ == Reading::kListing) return take_listing(context, out, line.text);
  take_response(context, out, line.text);
}

void Pop3Client::take_response(Context& context, Outbox& out, std::string_view line) {
  if (sent_.empty()) {
    record_violation(context, "RFC 1939 §3: a response to nothing");
    return;
  }
  const Sent sent = sent_.front();
  if (sent.step == Step::kAuth && exchange_) {
    const std::optional<std::string_view> challenge = pop3::parse_challenge(line);
    if (challenge) return take_challenge(out, *challenge);
  }
  const std::optional<pop3::Response> response = pop3::parse_response(line);
  record_reply(context, step_name(sent.step), response && response->ok);
  if (!response) {
    record_violation(context, "RFC 1939 §3: a response begins with +OK or -ERR");
    return end(context, out, SessionOutcome::Kind::kRefused, line);
  }
  if (response->ok) return take_yes(context, out, sent.step, *response);
  answered();
  take_no(context, out, sent, *response, line);
}

void Pop3Client::take_yes(Context& context, Outbox& out, Step step,
                          const pop3::Response& response) {
  switch (step) {
    case Step::kCapa:
      capabilities_.clear();
      [[fallthrough]];
    case Step::kUidl:
    case Step::kList:
      reading_ = Reading::kListing;
      return;
    case Step::kTop:
    case Step::kRetr:
      reader_ = DotReader();
      reading_ = Reading::kText;
      return;
    default:
      break;
  }
  answered();
  switch (step) {
    case Step::kGreeting:
      set_state(context, State::kAuthorization);
      timestamp_ = pop3::parse_timestamp(response.text);
      return ask_or_log_in(context, out);
    case Step::kStls:
      out.start_tls = true;
      awaiting_tls_ = true;
      return;
    case Step::kUtf8:
      return log_in(context, out);
    case Step::kUser:
      return say(out, "PASS " + config_->password, Step::kPass, LineFlags::kSecret);
    case Step::kPass:
    case Step::kApop:
    case Step::kAuth:
      return logged_in(context, out);
    case Step::kStat:
      take_count(response.text);
      return go_on(context, out);
    case Step::kQuit:  // the server has updated the maildrop and says goodbye
      if (state_ == State::kTransaction) set_state(context, State::kUpdate);
      return end(
          context, out,
          outcome_.text.empty() ? SessionOutcome::Kind::kDone : SessionOutcome::Kind::kRefused,
          std::string(outcome_.text));
    default:
      return go_on(context, out);
  }
}

void Pop3Client::take_no(Context& context, Outbox& out, Sent sent, const pop3::Response& response,
                         std::string_view line) {
  switch (sent.step) {
    case Step::kCapa:
      return after_capabilities(context, out);  // a server from before RFC 2449: it offers nothing
    case Step::kStls:
      if (config_->tls == Pop3Tls::kRequired) return give_up(out, line, true);
      return log_in(context, out);
    case Step::kUtf8:
      return log_in(context, out);
    case Step::kUidl:  // optional (RFC 1939 §7): without it every message looks new
    case Step::kList:
    case Step::kDele:
      return go_on(context, out);
    case Step::kTop:  // optional, too: then the whole message
      work_.push_front({Step::kRetr, sent.item});
      return go_on(context, out);
    case Step::kRetr: {
      // What the server does not give now is not asked for again and again.
      const Item& item = items_[sent.item];
      const LocalPlace place = (*context.local)->find_unique_id(item.unique_id);
      if (place.entry != nullptr && place.entry->wanted) {
        context.local->edit().set_wanted(std::string(place.folder), place.entry->key, false);
      }
      return go_on(context, out);
    }
    case Step::kQuit:
    case Step::kGreeting:
      return end(context, out, SessionOutcome::Kind::kRefused, response.text);
    default: {
      bool ask_again = true;
      for (const pop3::ResponseCodeRow& row : pop3::kResponseCodes) {
        if (response.code == row.code) ask_again = row.try_later;
      }
      return give_up(out, line, ask_again);
    }
  }
}

void Pop3Client::take_listing(Context& context, Outbox& out, std::string_view line) {
  const Step step = sent_.front().step;
  if (line == ".") {
    answered();
    if (step == Step::kCapa) return after_capabilities(context, out);
    return go_on(context, out);
  }
  if (step == Step::kCapa) {
    std::optional<pop3::Capability> capability = pop3::parse_capability(line);
    // No server has so many; one that goes on for ever is not remembered.
    if (capability && capabilities_.size() < 100) capabilities_.push_back(std::move(*capability));
    return;
  }
  const std::optional<pop3::Listing> listing = pop3::parse_listing(line);
  if (!listing || listing->number == 0 || listing->number > items_.size()) return;
  Item& item = items_[listing->number - 1];
  if (step == Step::kUidl) {
    item.unique_id = listing->value;
  } else {
    item.size = parse_number(listing->value).value_or(0);
  }
}

void Pop3Client::give_up(Outbox& out, std::string_view why, bool ask_again) {
  outcome_.text = std::string(why);
  outcome_.ask_again = ask_again;
  say_quit(out);
}

void Pop3Client::end(Context& context, Outbox& out, SessionOutcome::Kind kind,
                     std::string_view text) {
  set_state(context, State::kClosed);
  sent_.clear();
  work_.clear();
  outcome_.kind = kind;
  outcome_.text = std::string(text);
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
  digest.add(static_cast<int>(reading_));
  digest.add(lines_.pending());
  digest.add(static_cast<uint64_t>(reader_.size()));
  for (const auto* commands : {&sent_, &work_}) {
    for (const Sent& sent : *commands) {
      digest.add(static_cast<int>(sent.step));
      digest.add(sent.item);
    }
  }
  digest.add(awaiting_tls_);
  digest.add(utf8_asked_);
  digest.add(timestamp_);
  for (const pop3::Capability& capability : capabilities_) {
    digest.add(capability.name);
    for (const std::string& argument : capability.arguments) digest.add(argument);
  }
  if (exchange_) exchange_->add_to(digest);
  for (const Step step : listings_) digest.add(static_cast<int>(step));
  digest.add(planned_);
  for (const Item& item : items_) {
    digest.add(item.unique_id);
    digest.add(item.size);
    digest.add(item.remove);
  }
  digest.add(static_cast<int>(outcome_.kind));
  digest.add(outcome_.text);
  digest.add(outcome_.ask_again);
  return digest.value();
}

}  // namespace mailscope
