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
  say(out, "UID SEARCH HEADER Message-ID " + imap::encode_astring(order.message_id), Doing::kFind,
      order.id);
  return true;
}

void ImapClient::take_find(Context& context, const Command& command) {
  ImapOrder* order = order_of(command);
  if (order == nullptr) return;
  order->begun = order->tried = false;
  // The draft that is to go may have the same Message-ID as the one that takes its place.
  const Uid old = order->in == order->folder ? uid_now(context, *order) : Uid{};
  for (const imap::SequenceSet::Range& range : found_) {
    if (range.first == old.value && range.last == old.value) continue;
    order->stored = true;
    const LocalFolder* folder = (*context.local)->find_folder(order->folder);
    const Uid uid{range.last == old.value ? range.first : range.last};
    if (folder != nullptr) place(context, *order, folder->uid_validity, uid);
    return;
  }
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
  // Not yet selected ever, or made anew since: then the folder itself tells.
  if (folder->uid_validity != 0 && folder->uid_validity != uid_validity) return;
  LocalStore& local = context.local->edit();
  if (folder->uid_validity == 0) local.set_uid_validity(order.folder, uid_validity, context.trace);
  if (local.find_uid(order.folder, uid) != nullptr) {
    return local.remove(order.folder, order.placed_key, context.trace);
  }
  local.set_uid(order.folder, order.placed_key, uid);
  local.set_told_flags(order.folder, order.placed_key, flags);
}

}  // namespace mailscope
