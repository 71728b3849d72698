#include "sim/imap/client.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/base/check.h"
#include "sim/base/digest.h"
#include "sim/wire/encoded_word.h"
#include "sim/wire/imap_grammar.h"
#include "sim/wire/imap_utf7.h"

namespace mailscope {

using imap::Response;
using imap::State;
using imap::Status;
using imap::Value;

namespace {

constexpr const char* kCommandNames[] = {
    "greeting",  "",        "SELECT",   "UID FETCH", "UID FETCH", "UID FETCH", "UID STORE",
    "UID STORE", "EXPUNGE", "UID COPY", "CREATE",    "IDLE",      "IDLE",      "IDLE",
    "LOGOUT",    ""};

/// ENVELOPE fields by position (RFC 3501 §7.4.2).
constexpr size_t kEnvelopeSubject = 1;
constexpr size_t kEnvelopeFrom = 2;

FlagBits bits_of(const Value& list) {
  FlagBits bits = 0;
  for (const Value& item : list.items) bits |= system_flag(item.text);
  return bits;
}

std::string first_author(const Value& envelope) {
  if (envelope.items.size() <= kEnvelopeFrom) return {};
  const Value& from = envelope.items[kEnvelopeFrom];
  if (from.items.empty() || from.items[0].items.size() < 4) return {};
  const std::vector<Value>& address = from.items[0].items;
  if (!address[0].text.empty()) return decode_encoded_words(address[0].text);
  return address[2].text + "@" + address[3].text;
}

/// A mailbox name as it goes on the wire (RFC 3501 §5.1.3).
std::string wire_name(std::string_view folder) {
  return imap::encode_astring(imap::encode_mailbox_utf7(folder).value_or(std::string(folder)));
}

uint32_t highest_uid(const LocalStore& local, std::string_view folder) {
  const LocalFolder* found = local.find_folder(folder);
  uint32_t highest = 0;
  if (found == nullptr) return 0;
  for (const LocalEntry& entry : found->entries) highest = std::max(highest, entry.uid.value);
  return highest;
}

}  // namespace

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

bool ImapClient::ready() const {
  if (finished()) return false;
  return fragments_.has_unit() || (doing_ == Doing::kIdle && !orders_.empty());
}

void ImapClient::say(Outbox& out, const std::string& command, Doing doing, uint8_t flags) {
  out.line(fmt::format("a{} {}", ++tag_, command), flags);
  doing_ = doing;
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
  } else if (doing_ == Doing::kIdle && !orders_.empty()) {
    out.line("DONE");  // RFC 2177 §3: the one thing a client may say in IDLE
    doing_ = Doing::kIdleDone;
  }
  if (finished()) return;
  out.wake_at = context.now + (doing_ == Doing::kIdle ? config_->idle_renewal : config_->patience);
}

void ImapClient::take(Context& context, Outbox& out, const Response& response) {
  if (response.tag == "+") {
    if (doing_ == Doing::kIdleWait) doing_ = Doing::kIdle;
    if (doing_ == Doing::kEntry) {
      const ImapClientEntry::Command answer = entry_.challenged(response.text);
      out.line(answer.text, answer.flags);
    }
    return;
  }
  if (response.tag == "*") {
    if (doing_ == Doing::kGreeting && response.status == Status::kOk) {
      set_state(context, State::kNotAuthenticated);
      if (starts_with_ignoring_case(response.code, "CAPABILITY ")) {
        entry_.take_capabilities(response.code);
      }
      record_reply(context, "greeting", true);
      return go_in(context, out, entry_.greeted(context, *config_));
    }
    if (response.status == Status::kBye && doing_ != Doing::kLogout) {
      return end(context, out, SessionOutcome::Kind::kRefused, response.text);
    }
    take_untagged(context, response);
    // News of mail heard in IDLE ends the IDLE, so that the mail can be fetched.
    const bool asked = !orders_.empty() && orders_.front().kind == ImapOrder::Kind::kSync;
    if (doing_ == Doing::kIdle && exists_ > synced_exists_ && !asked) {
      orders_.insert(orders_.begin(), ImapOrder{});
    }
    return;
  }
  if (response.tag != fmt::format("a{}", tag_)) {
    return record_violation(context, "RFC 3501 §2.2.2: a tag of no command under way");
  }
  const bool entering = doing_ == Doing::kEntry;
  record_reply(context,
               entering ? entry_.command_name() : kCommandNames[static_cast<int>(doing_)],
               response.status == Status::kOk);
  if (entering) {
    return go_in(context, out, entry_.answered(context, out, *config_, response));
  }
  if (starts_with_ignoring_case(response.code, "CAPABILITY ")) {
    entry_.take_capabilities(response.code);
  }
  if (response.status != Status::kOk) return take_failure(context, out, response);
  take_tagged(context, out);
}

void ImapClient::go_in(Context& context, Outbox& out,
                       std::optional<ImapClientEntry::Command> command) {
  if (entry_.logged_in()) set_state(context, State::kAuthenticated);
  if (command) return say(out, command->text, Doing::kEntry, command->flags);
  if (!entry_.refusal().empty()) {
    outcome_.text = entry_.refusal();
    outcome_.ask_again = entry_.ask_again();
    return say(out, "LOGOUT", Doing::kLogout);
  }
  if (entry_.entered()) say(out, "SELECT " + wire_name(config_->folder), Doing::kSelect);
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

void ImapClient::take_untagged(Context& context, const Response& response) {
  if (response.name == "CAPABILITY") {
    std::string all = "CAPABILITY";
    for (const Value& value : response.values) all += " " + value.text;
    entry_.take_capabilities(all);
  } else if (response.name == "EXISTS" && response.number) {
    exists_ = *response.number;
    // A lie of a billion messages must not cost memory: the numbering grows as it is told.
    if (exists_ < uids_.size()) uids_.resize(exists_);
    record_view(context, ViewChange::kExists, exists_, {}, fmt::format("{} EXISTS", exists_));
  } else if (response.name == "EXPUNGE" && response.number) {
    take_expunge(context, *response.number);
  } else if (response.name == "FETCH" && response.number && !response.values.empty()) {
    take_fetch(context, response);
  } else if (response.status == Status::kOk) {
    if (const auto validity = imap::code_number(response.code, "UIDVALIDITY")) {
      context.local->edit().set_uid_validity(config_->folder, *validity, context.trace);
    }
  }
}

void ImapClient::take_expunge(Context& context, uint32_t number) {
  if (number == 0 || number > exists_) {
    return record_violation(context, "RFC 3501 §7.4.1: EXPUNGE of a number that does not exist");
  }
  --exists_;
  synced_exists_ = std::min(synced_exists_, exists_);
  if (number > uids_.size()) return;
  const Uid uid = uids_[number - 1];
  uids_.erase(uids_.begin() + (number - 1));
  record_view(context, ViewChange::kExpunge, number, uid, fmt::format("{} EXPUNGE", number));
  const LocalEntry* entry = (*context.local)->find_uid(config_->folder, uid);
  if (entry != nullptr) {
    context.local->edit().remove(config_->folder, entry->key, context.trace);
  }
}

void ImapClient::take_fetch(Context& context, const Response& response) {
  const Value& data = response.values[0];
  const uint32_t number = *response.number;
  const Value* uid_value = data.after("UID");
  Uid uid;
  if (uid_value != nullptr) {
    uid.value = static_cast<uint32_t>(parse_number(uid_value->text, UINT32_MAX).value_or(0));
    if (number >= 1 && number <= exists_) {
      if (uids_.size() < number) uids_.resize(number);
      uids_[number - 1] = uid;
    }
  } else if (number >= 1 && number <= uids_.size()) {
    uid = uids_[number - 1];
  }
  if (uid.value == 0) return;
  const LocalEntry* known = (*context.local)->find_uid(config_->folder, uid);
  const Value* flags = data.after("FLAGS");
  const Value* envelope = data.after("ENVELOPE");
  if (known == nullptr) {
    if (envelope == nullptr) return;
    LocalEntry entry;
    entry.uid = uid;
    entry.flags = flags != nullptr ? bits_of(*flags) : 0;
    const Value* size = data.after("RFC822.SIZE");
    if (size != nullptr) entry.size = parse_number(size->text).value_or(0);
    if (envelope->items.size() > kEnvelopeSubject) {
      entry.subject = decode_encoded_words(envelope->items[kEnvelopeSubject].text);
    }
    entry.from = first_author(*envelope);
    context.local->edit().add(config_->folder, std::move(entry), context.trace);
    return;
  }
  const uint32_t key = known->key;
  if (flags != nullptr) {
    record_view(context, ViewChange::kFlags, number, uid, "FLAGS");
    context.local->edit().set_flags(config_->folder, key, bits_of(*flags), context.trace);
  }
  const Value* body = data.after("BODY[]");
  if (body != nullptr && known->message == nullptr && body->kind == Value::Kind::kString) {
    context.local->edit().set_message(config_->folder, key, make_message(body->text),
                                      context.trace);
  }
}

void ImapClient::take_tagged(Context& context, Outbox& out) {
  switch (doing_) {
    case Doing::kSelect:
      set_state(context, State::kSelected);
      record_view(context, ViewChange::kSelected, exists_, {}, config_->folder);
      return begin_sync(context, out);
    case Doing::kFetchNew:
      first_sync_ = false;
      return next(context, out);
    case Doing::kFetchFlags:
      drop_vanished(context);
      first_sync_ = false;
      return begin_sync(context, out);
    case Doing::kFetchBody:
    case Doing::kStore:
      finish_order();
      return next(context, out);
    case Doing::kMarkDeleted: {
      // UID EXPUNGE (RFC 4315 §2.1) removes this message alone; plain EXPUNGE all that are marked.
      const Uid uid = orders_.front().uid;
      if (entry_.offers("UIDPLUS")) {
        return say(out, fmt::format("UID EXPUNGE {}", uid.value), Doing::kExpunge);
      }
      return say(out, "EXPUNGE", Doing::kExpunge);
    }
    case Doing::kExpunge:
      finish_order();
      return next(context, out);
    case Doing::kCreate:
      return begin_order(context, out);
    case Doing::kCopy:
      return say(out,
                 fmt::format("UID STORE {} +FLAGS (\\Deleted)", orders_.front().uid.value),
                 Doing::kMarkDeleted);
    case Doing::kIdleWait:
    case Doing::kIdle:
    case Doing::kIdleDone:
      return next(context, out);
    case Doing::kLogout:
      return end(context, out, SessionOutcome::Kind::kDone, {});
    default:
      return;
  }
}

void ImapClient::take_failure(Context& context, Outbox& out, const Response& response) {
  switch (doing_) {
    case Doing::kCopy:
      // RFC 3501 §6.4.7: the mailbox is not there yet, and creating it would help.
      if (equals_ignoring_case(response.code, "TRYCREATE")) {
        return say(out, "CREATE " + wire_name(orders_.front().folder), Doing::kCreate);
      }
      [[fallthrough]];
    case Doing::kFetchBody:
    case Doing::kStore:
    case Doing::kMarkDeleted:
    case Doing::kExpunge:
    case Doing::kCreate:
      finish_order();
      return next(context, out);
    case Doing::kSelect:
      outcome_.text = response.text;
      return say(out, "LOGOUT", Doing::kLogout);
    case Doing::kLogout:
      return end(context, out, SessionOutcome::Kind::kDone, {});
    default:
      return next(context, out);
  }
}

void ImapClient::begin_sync(Context& context, Outbox& out) {
  const uint32_t last = highest_uid(**context.local, config_->folder);
  synced_exists_ = exists_;
  if (first_sync_ && last != 0 && doing_ == Doing::kSelect) {
    // What became of the messages already known: their flags, and which are gone.
    uids_.clear();
    return say(out, fmt::format("UID FETCH 1:{} (FLAGS)", last), Doing::kFetchFlags);
  }
  if (exists_ == 0) return next(context, out);
  say(out, fmt::format("UID FETCH {}:* (FLAGS RFC822.SIZE ENVELOPE)", last + 1), Doing::kFetchNew);
}

void ImapClient::drop_vanished(Context& context) {
  const LocalFolder* folder = (*context.local)->find_folder(config_->folder);
  if (folder == nullptr) return;
  std::vector<uint32_t> gone;
  for (const LocalEntry& entry : folder->entries) {
    if (std::find(uids_.begin(), uids_.end(), entry.uid) == uids_.end()) gone.push_back(entry.key);
  }
  for (const uint32_t key : gone) {
    context.local->edit().remove(config_->folder, key, context.trace);
  }
}

void ImapClient::next(Context& context, Outbox& out) {
  if (!orders_.empty()) return begin_order(context, out);
  if (!config_->headers_first) {
    const LocalFolder* folder = (*context.local)->find_folder(config_->folder);
    for (const LocalEntry& entry :
         folder != nullptr ? folder->entries : std::vector<LocalEntry>{}) {
      if (entry.message != nullptr) continue;
      ImapOrder order;
      order.kind = ImapOrder::Kind::kFetchBody;
      order.key = entry.key;
      order.uid = entry.uid;
      orders_.push_back(order);
    }
    if (!orders_.empty()) return begin_order(context, out);
  }
  if (config_->use_idle && entry_.offers("IDLE")) return say(out, "IDLE", Doing::kIdleWait);
  say(out, "LOGOUT", Doing::kLogout);
}

void ImapClient::begin_order(Context& context, Outbox& out) {
  const ImapOrder order = orders_.front();
  switch (order.kind) {
    case ImapOrder::Kind::kSync:
      finish_order();
      return begin_sync(context, out);
    case ImapOrder::Kind::kFetchBody: {
      const LocalEntry* entry = (*context.local)->find(config_->folder, order.key);
      if (entry == nullptr || entry->message != nullptr) {
        finish_order();
        return next(context, out);
      }
      return say(out, fmt::format("UID FETCH {} (BODY.PEEK[])", order.uid.value),
                 Doing::kFetchBody);
    }
    case ImapOrder::Kind::kAddFlags:
    case ImapOrder::Kind::kRemoveFlags:
      return say(out,
                 fmt::format("UID STORE {} {}FLAGS ({})", order.uid.value,
                             order.kind == ImapOrder::Kind::kAddFlags ? '+' : '-',
                             flags_text(order.flags, {})),
                 Doing::kStore);
    case ImapOrder::Kind::kDelete:
      return say(out, fmt::format("UID STORE {} +FLAGS (\\Deleted)", order.uid.value),
                 Doing::kMarkDeleted);
    case ImapOrder::Kind::kMove:
      return say(out,
                 fmt::format("UID COPY {} {}", order.uid.value, wire_name(order.folder)),
                 Doing::kCopy);
    case ImapOrder::Kind::kLogout:
      finish_order();
      return say(out, "LOGOUT", Doing::kLogout);
  }
}

void ImapClient::record_view(Context& context, ViewChange change, uint32_t number, Uid uid,
                             std::string_view text) const {
  Event event;
  event.kind = EventKind::kViewChange;
  event.code = static_cast<uint8_t>(change);
  event.a = number;
  event.b = uid.value;
  event.x = doing_ == Doing::kIdle ? 0 : 1;
  context.trace.record(event, text);
}

void ImapClient::end(Context& context, Outbox& out, SessionOutcome::Kind kind,
                     std::string_view text) {
  set_state(context, State::kLogout);
  if (!outcome_.text.empty()) kind = SessionOutcome::Kind::kRefused;
  outcome_.kind = kind;
  if (outcome_.text.empty()) outcome_.text = std::string(text);
  doing_ = Doing::kNothing;
  out.close = true;
  out.cancel_wake = true;
}

void ImapClient::timer(Context& context, Outbox& out) {
  if (finished()) return;
  if (doing_ == Doing::kIdle) {
    out.line("DONE");
    doing_ = Doing::kIdleDone;
    out.wake_at = context.now + config_->patience;
    return;
  }
  end(context, out, SessionOutcome::Kind::kLost, "no response from the server");
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
  digest.add(static_cast<int>(doing_));
  digest.add(tag_);
  digest.add(fragments_.digest());
  entry_.add_to(digest);
  for (const Uid uid : uids_) digest.add(uid.value);
  digest.add(exists_);
  for (const ImapOrder& order : orders_) {
    digest.add(static_cast<int>(order.kind));
    digest.add(order.uid.value);
  }
  digest.add(static_cast<int>(outcome_.kind));
  return digest.value();
}

}  // namespace mailscope
