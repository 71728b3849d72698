// The IMAP client's part that carries out what the person wants, in the order in which it was
// wanted, also when that was long ago and without a connection: RFC 4549 §3 and §4.2. Nothing is
// done to a message that is not surely the one that was meant, and whatever is given up is noted.

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/base/check.h"
#include "sim/base/digest.h"
#include "sim/imap/client.h"
#include "sim/imap/client_names.h"

namespace mailscope {

using imap::Response;
using Kind = ImapOrder::Kind;

uint64_t ImapOrder::digest() const {
  Digest digest;
  digest.add(static_cast<int>(kind));
  digest.add(key);
  digest.add(uid.value);
  digest.add(flags);
  digest.add(folder);
  digest.add(in);
  digest.add(uid_validity);
  digest.add(message_id);
  digest.add(message != nullptr ? message->digest() : 0);
  digest.add(placed_key);
  for (const bool flag : {tried, stored, begun, create, created, unsearchable}) digest.add(flag);
  digest.add(id);
  return digest.value();
}

// ---- what is shown meanwhile

FlagBits ImapClient::with_orders(std::string_view folder, uint32_t key, FlagBits told) const {
  const auto apply = [&](const ImapOrder& order) {
    if (order.key != key || !order.has_source() || source_of(order) != folder) return;
    if (order.kind == Kind::kAddFlags) told |= order.flags;
    if (order.kind == Kind::kRemoveFlags) told &= ~order.flags;
    const bool goes = order.kind == Kind::kDelete || order.kind == Kind::kMove ||
                      order.kind == Kind::kReplace;
    if (goes) told |= Flag::kDeleted;
  };
  for (const ImapOrder& order : orders_) apply(order);
  for (const ImapOrder& order : put_off_) apply(order);
  return told;
}

void ImapClient::show_flags(Context& context, std::string_view folder, uint32_t key) {
  const LocalEntry* entry = (*context.local)->find(folder, key);
  if (entry == nullptr || entry->uid.value == 0) return;
  const FlagBits shown = with_orders(folder, key, entry->told_flags);
  if (shown != entry->flags) context.local->edit().set_flags(folder, key, shown, context.trace);
}

void ImapClient::note(Context& context, Note what, std::string_view text) const {
  Event event;
  event.kind = EventKind::kNote;
  event.code = static_cast<uint8_t>(what);
  context.trace.record(event, text);
}

// ---- which order, where

ImapOrder* ImapClient::order_of(const Command& command) {
  for (ImapOrder& order : orders_) {
    if (command.order != 0 && order.id == command.order) return &order;
  }
  return nullptr;
}

Uid ImapClient::uid_now(Context& context, const ImapOrder& order) const {
  const LocalEntry* entry = (*context.local)->find(source_of(order), order.key);
  return entry != nullptr ? entry->uid : Uid{};
}

bool ImapClient::uses_move(const ImapOrder& order) const {
  return order.kind == Kind::kMove && config_->use_move && entry_.offers("MOVE");
}

bool ImapClient::must_look(const ImapOrder& order) const {
  // MOVE is all or nothing (RFC 6851 §3.3): what is still there was not moved.
  return order.stores() && order.tried && !order.stored && !order.unsearchable &&
         !order.message_id.empty() && !uses_move(order);
}

std::string ImapClient::folder_for(Context& context, const ImapOrder& order) const {
  if (must_look(order)) return order.folder;
  if (order.kind == Kind::kAppend) return {};
  const bool there = (*context.local)->find(source_of(order), order.key) != nullptr;
  if (order.kind == Kind::kReplace && !there) return {};
  return order.has_source() ? source_of(order) : std::string();
}

bool ImapClient::may_pipeline(const ImapOrder& order) const {
  switch (order.kind) {
    case Kind::kFetchBody:
    case Kind::kAddFlags:
    case Kind::kRemoveFlags: return true;
    case Kind::kDelete: return entry_.offers("UIDPLUS");
    case Kind::kMove: return uses_move(order) && !order.create;
    default: return false;
  }
}

ImapClient::Said ImapClient::say_order(Context& context, Outbox& out) {
  const auto begun = [](const ImapOrder& order) { return order.begun; };
  while (true) {
    const auto next = std::find_if_not(orders_.begin(), orders_.end(), begun);
    if (next == orders_.end()) return Said::kNothing;
    const auto index = static_cast<size_t>(next - orders_.begin());
    if (!sent_.empty() && !may_pipeline(*next)) return Said::kWait;
    if (next->kind == Kind::kSync) {
      orders_.erase(next);
      if (!config_->folders.empty()) set_up_ = SetUp::kList;
      // The UIDNEXT of SELECT is of long ago: only asking tells what has come since.
      if (kept_ && stage_ == Stage::kSynced) uid_next_ = 0;
      if (kept_) stage_ = Stage::kNew;
      // LIST lets the server tell what has come to this one, too.
      asked_ = kept_ && config_->folders.empty();
      return Said::kAgain;
    }
    if (next->kind == Kind::kLogout) {
      orders_.erase(next);
      leave(out);
      return Said::kSomething;
    }
    std::string where = folder_for(context, *next);
    const LocalEntry* entry = (*context.local)->find(source_of(*next), next->key);
    // Put there by an order before; its folder will tell the UID.
    const bool unresolved = next->has_source() && !must_look(*next) && entry != nullptr &&
                            entry->uid.value == 0;
    if (unresolved && std::find(visits_.begin(), visits_.end(), where) == visits_.end()) {
      if (next->kind != Kind::kReplace) {
        give_up_gone(context, index);
        continue;
      }
      where.clear();
    }
    if (!where.empty() && (where != folder_ || unresolved)) {
      if (!sent_.empty()) return Said::kWait;
      if (where != folder_ && !visits_.empty()) where = visits_.front();
      say_select(context, out, where);
      return Said::kSomething;
    }
    next->begun = true;
    const uint32_t id = next->id;
    if (carry_out(context, out, *next)) return Said::kSomething;
    const bool gone = next->has_source() && entry == nullptr && next->kind != Kind::kReplace;
    if (gone && !next->stored) {
      give_up_gone(context, index);
    } else {
      finish_order(context, id, true);  // there was nothing to do
    }
  }
}

void ImapClient::give_up_gone(Context& context, size_t index) {
  const ImapOrder& order = orders_[index];
  // That is what was wanted of a deletion, and the trace of a MOVE that was done.
  const bool wanted = order.kind == Kind::kDelete || order.kind == Kind::kFetchBody ||
                      (order.kind == Kind::kMove && order.tried) || order.stored;
  if (wanted) {
    finish_order(context, order.id, true);
  } else {
    drop_order(context, index, Note::kGoneMeanwhile);
  }
}

bool ImapClient::carry_out(Context& context, Outbox& out, ImapOrder& order) {
  const Uid uid = order.has_source() ? uid_now(context, order) : Uid{};
  if (order.has_source() && uid.value == 0 && order.kind != Kind::kReplace) return false;
  switch (order.kind) {
    case Kind::kFetchBody: {
      const LocalEntry* entry = (*context.local)->find(source_of(order), order.key);
      if (entry->message != nullptr) return false;
      say(out, fmt::format("UID FETCH {} (BODY.PEEK[])", uid.value), Doing::kFetchBody, order.id);
      return true;
    }
    case Kind::kAddFlags:
    case Kind::kRemoveFlags: {
      const LocalFolder* folder = (*context.local)->find_folder(folder_);
      say(out,
          fmt::format("UID STORE {} {}FLAGS ({})", uid.value,
                      order.kind == Kind::kAddFlags ? '+' : '-',
                      flags_text(order.flags, folder->keywords)),
          Doing::kStore, order.id);
      return true;
    }
    case Kind::kDelete: return say_delete(out, order, uid);
    case Kind::kMove:
    case Kind::kCopy:
    case Kind::kAppend:
    case Kind::kReplace: return say_store_somewhere(out, order, uid);
    case Kind::kSync:
    case Kind::kLogout: break;
  }
  return false;
}

// ---- taking a message away

bool ImapClient::say_delete(Outbox& out, const ImapOrder& order, Uid uid) {
  say(out, fmt::format("UID STORE {} +FLAGS (\\Deleted)", uid.value), Doing::kMarkDeleted,
      order.id);
  // UID EXPUNGE (RFC 4315 §2.1) after a STORE needs no waiting: the server keeps the order.
  if (config_->pipeline && entry_.offers("UIDPLUS")) {
    say(out, fmt::format("UID EXPUNGE {}", uid.value), Doing::kExpunge, order.id);
  }
  return true;
}

void ImapClient::take_marked_deleted(Context& context, Outbox& out, const Command& command) {
  const ImapOrder* order = order_of(command);
  const bool expunge_said =
      std::any_of(sent_.begin(), sent_.end(), [&](const Command& each) {
        return each.order == command.order && each.doing == Doing::kExpunge;
      });
  if (order == nullptr || expunge_said) return;
  if (entry_.offers("UIDPLUS")) {
    const Uid uid = uid_now(context, *order);
    if (uid.value == 0) return finish_order(context, command.order, true);
    return say(out, fmt::format("UID EXPUNGE {}", uid.value), Doing::kExpunge, command.order);
  }
  // Plain EXPUNGE takes everything that is marked, by whomever (RFC 3501 §6.4.3).
  found_.clear();
  say(out, "UID SEARCH DELETED", Doing::kSearchDeleted, command.order);
}

void ImapClient::take_deleted_search(Context& context, Outbox& out, const Command& command) {
  const ImapOrder* order = order_of(command);
  if (order == nullptr) return;
  const Uid uid = uid_now(context, *order);
  const bool own_alone = std::all_of(
      found_.begin(), found_.end(), [&](const imap::SequenceSet::Range& range) {
        return range.first == uid.value && range.last == uid.value;
      });
  if (own_alone) return say(out, "EXPUNGE", Doing::kExpunge, command.order);
  // RFC 4549 §4.2.4 would unmark the others for a moment; who looks then sees what nobody meant.
  // It stays marked, and goes when somebody expunges the rest.
  note(context, Note::kStillMarked, order->subject);
  finish_order(context, command.order, true);
}

// ---- the end of an order

void ImapClient::finish_order(Context& context, uint32_t id, bool done) {
  for (size_t i = 0; i < orders_.size(); ++i) {
    if (orders_[i].id != id || id == 0) continue;
    const ImapOrder order = std::move(orders_[i]);
    orders_.erase(orders_.begin() + static_cast<std::ptrdiff_t>(i));
    if (order.has_source()) show_flags(context, source_of(order), order.key);
    const LocalEntry* placed = (*context.local)->find(order.folder, order.placed_key);
    if (placed == nullptr || placed->uid.value != 0) return;
    if (!done) {
      context.local->edit().remove(order.folder, order.placed_key, context.trace);
    } else if (config_->keeps(order.folder)) {
      revisit(order.folder);  // its UID was not told; the folder tells
    }
    return;
  }
}

void ImapClient::take_flags_as_stored(Context& context, const Command& command) {
  const ImapOrder* order = order_of(command);
  if (order == nullptr) return;
  const LocalEntry* entry = (*context.local)->find(source_of(*order), order->key);
  if (entry == nullptr) return;
  const FlagBits told = order->kind == Kind::kAddFlags ? entry->told_flags | order->flags
                                                       : entry->told_flags & ~order->flags;
  context.local->edit().set_told_flags(source_of(*order), order->key, told);
}

namespace {

/// RFC 5530 §3: a part of the server is down, or somebody is in the way; it may succeed later.
bool may_pass(std::string_view code) {
  return equals_ignoring_case(code, "UNAVAILABLE") || equals_ignoring_case(code, "INUSE");
}

/// RFC 5530 §3, RFC 8508 §3.2: the message to be replaced is not there; or the server does not say
/// why it refuses.
bool may_be_gone(std::string_view code) {
  return code.empty() || equals_ignoring_case(code, "NONEXISTENT") ||
         equals_ignoring_case(code, "EXPUNGEISSUED");
}

}  // namespace

void ImapClient::lose_source(Context& context, ImapOrder& order, bool is_gone) {
  const std::string source = source_of(order);
  const LocalEntry* old = (*context.local)->find(source, order.key);
  // A folder that is kept tells itself what has gone.
  if (is_gone && old != nullptr && old->uid.value != 0 && !config_->keeps(source)) {
    context.local->edit().remove(source, order.key, context.trace);
  }
  order.kind = Kind::kAppend;
  order.key = 0;
  order.begun = order.tried = false;
}

void ImapClient::refuse_order(Context& context, const Command& command, const Response& response) {
  ImapOrder* order = order_of(command);
  if (order == nullptr) return;
  const bool stores = command.doing == Doing::kCopy || command.doing == Doing::kMove ||
                      command.doing == Doing::kAppend || command.doing == Doing::kReplace;
  if (stores || command.doing == Doing::kFind) order->tried = false;
  // RFC 3501 §6.3.11, §6.4.7: the mailbox is not there yet, and creating it would help.
  const bool create = stores && equals_ignoring_case(response.code, "TRYCREATE");
  if (create && !order->created) {
    order->create = order->created = true;
    order->begun = false;
    return;
  }
  if (command.doing == Doing::kFind) {
    // It cannot be found out; twice is better than not at all.
    order->unsearchable = true;
    order->begun = false;
    return;
  }
  if (command.doing == Doing::kReplace && may_be_gone(response.code)) {
    return lose_source(context, *order, !response.code.empty());
  }
  note(context, Note::kActionRefused, order->subject + ": " + response.text);
  if ((order->appends() && !order->stored) || may_pass(response.code)) {
    // What is nowhere else is kept, and tried again in the next session; so is what another time
    // may do.
    put_off_.push_back(*order);
    orders_.erase(orders_.begin() + (order - orders_.data()));
    return;
  }
  finish_order(context, command.order, order->stored);
}

void ImapClient::drop_order(Context& context, size_t index, Note why) {
  if (orders_[index].kind == Kind::kReplace && !orders_[index].stored) {
    return lose_source(context, orders_[index], true);
  }
  note(context, why, orders_[index].subject);
  finish_order(context, orders_[index].id, false);
}

void ImapClient::settle_orders(Context& context) {
  const LocalFolder* folder = (*context.local)->find_folder(folder_);
  if (folder == nullptr) return;
  const uint32_t validity = folder->uid_validity;
  for (size_t i = orders_.size(); i-- > 0;) {
    ImapOrder& order = orders_[i];
    if (!order.has_source() || source_of(order) != folder_ || order.kind == Kind::kReplace)
      continue;
    if ((*context.local)->find(folder_, order.key) != nullptr) continue;
    // RFC 4549 §4.1: actions on UIDs of before must not hit other messages under the same numbers.
    if (order.uid_validity != 0 && order.uid_validity != validity) {
      const LocalEntry* same = nullptr;
      size_t count = 0;
      for (const LocalEntry& entry : folder->entries) {
        if (order.message_id.empty() || entry.message_id != order.message_id) continue;
        same = &entry;
        ++count;
      }
      if (count == 1) {
        order.key = same->key;
        order.uid = same->uid;
        order.uid_validity = validity;
        show_flags(context, folder_, order.key);
      } else {
        drop_order(context, i, Note::kOtherUids);
      }
      continue;
    }
    give_up_gone(context, i);
  }
  context.local->edit().drop_former(folder_);
  drop_unclaimed(context);
}

void ImapClient::drop_unclaimed(Context& context) {
  const LocalFolder* folder = (*context.local)->find_folder(folder_);
  const auto claims = [this](const LocalEntry& entry) {
    return [this, key = entry.key](const ImapOrder& order) {
      return order.placed_key == key && order.folder == folder_;
    };
  };
  std::vector<uint32_t> unclaimed;
  for (const LocalEntry& entry : folder->entries) {
    const bool claimed =
        entry.uid.value != 0 ||
        std::any_of(orders_.begin(), orders_.end(), claims(entry)) ||
        std::any_of(put_off_.begin(), put_off_.end(), claims(entry));
    if (!claimed) unclaimed.push_back(entry.key);
  }
  for (const uint32_t key : unclaimed) context.local->edit().remove(folder_, key, context.trace);
}

}  // namespace mailscope
