// The IMAP client's orders that put a message somewhere: COPY, MOVE, APPEND, REPLACE. Done twice
// they leave two copies, and when the answer is lost nobody knows whether they were done; so the
// folder is searched for the Message-ID before one of them is said again. RFC 4315 (UIDPLUS), RFC
// 6851 (MOVE), RFC 8508 (REPLACE).

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/imap/client.h"
#include "sim/imap/client_names.h"
#include "sim/wire/imap_response_data.h"

namespace mailscope {

using Kind = ImapOrder::Kind;

namespace {

/// RFC 7888 §5: with LITERAL- no more than this is said without waiting.
constexpr size_t kLiteralMinus = 4096;
/// A search for one message that finds more is not looked at any further.
constexpr size_t kMaxFound = 1000;

}  // namespace

bool ImapClient::say_store_somewhere(Outbox& out, ImapOrder& order, Uid uid) {
  if (must_look(order)) return say_find(out, order);
  if (order.create) {
    order.create = false;
    say(out, "CREATE " + imap::wire_name(order.folder), Doing::kCreate, order.id);
    return true;
  }
  if (order.stored) {
    if (order.kind == Kind::kCopy || order.kind == Kind::kAppend || uid.value == 0) return false;
    return say_delete(out, order, uid);
  }
  if (order.kind == Kind::kAppend || order.kind == Kind::kReplace) {
    const std::string what =
        fmt::format("{} ({})", imap::wire_name(order.folder), flags_text(order.flags, {}));
    if (order.kind == Kind::kReplace && uid.value != 0 && entry_.offers("REPLACE")) {
      return say_append(out, order, fmt::format("UID REPLACE {} {}", uid.value, what),
                        Doing::kReplace);
    }
    return say_append(out, order, "APPEND " + what, Doing::kAppend);
  }
  order.tried = true;
  const bool move = uses_move(order);
  say(out,
      fmt::format("UID {} {} {}", move ? "MOVE" : "COPY", uid.value,
                  imap::wire_name(order.folder)),
      move ? Doing::kMove : Doing::kCopy, order.id);
  return true;
}

bool ImapClient::say_append(Outbox& out, ImapOrder& order, const std::string& command,
                            Doing doing) {
  const size_t size = order.message->size();
  const bool at_once = entry_.offers("LITERAL+") ||
                       (entry_.offers("LITERAL-") && size <= kLiteralMinus);
  order.tried = true;
  literal_ = order.message;
  say(out, fmt::format("{} {{{}{}}}", command, size, at_once ? "+" : ""), doing, order.id,
      LineFlags::kContinued);
  if (at_once) say_literal(out);
  return true;
}

void ImapClient::say_literal(Outbox& out) {
  out.block(shared_text(literal_));
  out.line("");
  literal_ = nullptr;
}

bool ImapClient::say_find(Outbox& out, ImapOrder& order) {
  found_.clear();
  std::string keys = "HEADER Message-ID " + imap::encode_astring(order.message_id);
  // A draft often keeps its Message-ID when it is written on: it is told by its size (RFC 3501
  // §6.4.4), too.
  if (order.appends() && order.message->size() > 0) {
    const size_t size = order.message->size();
    keys += fmt::format(" LARGER {} SMALLER {}", size - 1, size + 1);
  }
  say(out, "UID SEARCH " + keys, Doing::kFind, order.id);
  return true;
}

void ImapClient::take_find(Context& context, const Command& command) {
  ImapOrder* order = order_of(command);
  if (order == nullptr) return;
  order->begun = order->tried = false;
  const Uid uid = found_for(context, *order);
  if (uid.value == 0) return;
  order->stored = true;
  const LocalFolder* folder = (*context.local)->find_folder(order->folder);
  if (folder != nullptr) place(context, *order, folder->uid_validity, uid);
}

Uid ImapClient::found_for(Context& context, const ImapOrder& order) const {
  // Others of the same Message-ID: those whose UIDs are known here (RFC 4315 §3 tells them, and the
  // folder itself), the draft that is to go among them; and those that were put there before, and
  // their UIDs not told.
  std::vector<uint32_t> others;
  size_t untold = 0;
  const LocalFolder* folder = (*context.local)->find_folder(order.folder);
  const std::vector<LocalEntry> none;
  for (const LocalEntry& entry : folder != nullptr ? folder->entries : none) {
    if (entry.key == order.placed_key) continue;
    if (entry.uid.value != 0) {
      others.push_back(entry.uid.value);
      continue;
    }
    const bool same = entry.message_id == order.message_id &&
                      (!order.appends() || entry.size == order.message->size());
    const auto waits = [&](const ImapOrder& each) {
      return each.placed_key == entry.key && each.folder == order.folder && !each.stored;
    };
    const bool is_there = std::none_of(orders_.begin(), orders_.end(), waits) &&
                          std::none_of(put_off_.begin(), put_off_.end(), waits);
    if (is_there && same) ++untold;
  }
  std::sort(others.begin(), others.end());
  // What was put there last has the highest UID.
  size_t candidates = 0;
  uint32_t last = 0;
  for (const imap::SequenceSet::Range& range : found_) {
    for (uint64_t uid = range.first; uid <= range.last && candidates < kMaxFound; ++uid) {
      const auto number = static_cast<uint32_t>(uid);
      if (std::binary_search(others.begin(), others.end(), number)) continue;
      ++candidates;
      last = number;
    }
  }
  return candidates > untold ? Uid{last} : Uid{};
}

void ImapClient::take_stored(Context& context, Outbox& out, const Command& command) {
  ImapOrder* order = order_of(command);
  if (order == nullptr) return;
  order->stored = true;
  const bool done = command.doing == Doing::kMove || command.doing == Doing::kReplace ||
                    order->kind == Kind::kCopy || order->kind == Kind::kAppend;
  if (done) return finish_order(context, command.order, true);
  // COPY and APPEND with something to be taken away after it. That may lie in another folder.
  const Uid uid = uid_now(context, *order);
  if (uid.value == 0) return finish_order(context, command.order, true);
  if (source_of(*order) != folder_) {
    order->begun = false;
    return;
  }
  say_delete(out, *order, uid);
}

void ImapClient::take_new_uid(Context& context, const std::string& code) {
  // One message at a time is put anywhere.
  const std::optional<imap::CopyUid> copied = imap::code_copyuid(code, 1);
  const std::optional<imap::AppendUid> appended = imap::code_appenduid(code, 1);
  for (ImapOrder& order : orders_) {
    if (!order.tried || order.stored) continue;
    if (appended && appended->uids.size() == 1 && order.appends()) {
      return place(context, order, appended->uid_validity, Uid{appended->uids[0]});
    }
    if (copied && copied->to.size() == 1 && !order.appends() &&
        uid_now(context, order).value == copied->from[0]) {
      return place(context, order, copied->uid_validity, Uid{copied->to[0]});
    }
  }
}

void ImapClient::place(Context& context, const ImapOrder& order, uint32_t uid_validity, Uid uid) {
  const LocalEntry* placed = (*context.local)->find(order.folder, order.placed_key);
  if (placed == nullptr || placed->uid.value != 0) return;
  const FlagBits flags = placed->flags;
  const LocalFolder* folder = (*context.local)->find_folder(order.folder);
  const bool anew = folder->uid_validity != uid_validity;
  // Made anew since: then the folder itself tells, if a copy of it is kept.
  if (anew && folder->uid_validity != 0 && config_->keeps(order.folder)) return;
  LocalStore& local = context.local->edit();
  if (anew) local.set_uid_validity(order.folder, uid_validity, context.trace);
  if (local.find_uid(order.folder, uid) != nullptr) {
    return local.remove(order.folder, order.placed_key, context.trace);
  }
  local.set_uid(order.folder, order.placed_key, uid);
  local.set_told_flags(order.folder, order.placed_key, flags);
}

}  // namespace mailscope
