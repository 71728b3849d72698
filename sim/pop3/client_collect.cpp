// The client in the TRANSACTION state: what is new, what is fetched, what is deleted. RFC 1939 §5,
// §7 (TOP, UIDL) and §8 (leaving mail on the server).
#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/pop3/client.h"

namespace mailscope {

namespace {

/// Commands sent before their answers have come, where the server allows it. RFC 2449 §6.6: not so
/// many that both sides may wait for the other to read.
constexpr size_t kWindow = 8;
constexpr uint64_t kMaxItems = 1u << 20;

}  // namespace

void Pop3Client::take_count(std::string_view text) {
  const std::optional<pop3::Listing> drop = pop3::parse_listing(text);
  const uint64_t count = drop ? std::min(drop->number, kMaxItems) : 0;
  items_.resize(count);
  for (size_t i = 0; i < items_.size(); ++i) items_[i].number = static_cast<uint32_t>(i + 1);
  if (items_.empty()) listings_.clear();
}

void Pop3Client::go_on(Context& context, Outbox& out) {
  const size_t window = config_->pipeline && offered("PIPELINING") ? kWindow : 1;
  while (sent_.size() < window && !listings_.empty()) {
    const Step step = listings_.front();
    listings_.pop_front();
    say(out, step_name(step), step);
  }
  if (!planned_) {
    if (!sent_.empty()) return;
    plan(context);
  }
  while (sent_.size() < window && !work_.empty()) {
    const Sent next = work_.front();
    work_.pop_front();
    const char* lines = next.step == Step::kTop ? " 0" : "";
    say(out, fmt::format("{} {}{}", step_name(next.step), items_[next.item].number, lines),
        next.step, 0, next.item);
  }
  if (sent_.empty()) say_quit(out);
}

void Pop3Client::plan(Context& context) {
  planned_ = true;
  const LocalStore& local = **context.local;
  for (uint32_t i = 0; i < items_.size(); ++i) plan_item(local, context.now, i);
  // What the person wants to read and the server has no more cannot be fetched any more.
  for (const LocalPlace& place : local.wanted()) {
    const bool listed = std::any_of(items_.begin(), items_.end(), [&](const Item& item) {
      return item.unique_id == place.entry->unique_id;
    });
    if (!listed) {
      const std::string folder(place.folder);
      context.local->edit().set_wanted(folder, place.entry->key, false);
    }
  }
}

void Pop3Client::plan_item(const LocalStore& local, Instant now, uint32_t index) {
  Item& item = items_[index];
  const bool known = !item.unique_id.empty() && local.has_seen(item.unique_id);
  // Only a program that fetches headers holds mail by halves.
  LocalPlace place;
  if (known && config_->headers_first) place = local.find_unique_id(item.unique_id);
  const bool header_only = place.entry != nullptr && place.entry->message == nullptr;
  const std::optional<Instant> since = local.seen_at(item.unique_id);
  const bool expired = config_->keep_for.ns > 0 && since && now >= *since + config_->keep_for;
  const bool unwanted =
      std::find(delete_ids_.begin(), delete_ids_.end(), item.unique_id) != delete_ids_.end();
  // A program that downloads and deletes also removes what an earlier, broken session fetched.
  item.remove = unwanted || ((!config_->leave_on_server || expired) && !header_only);
  if (!known && config_->headers_first && !item.unique_id.empty()) {
    item.remove = unwanted;  // the header alone is not the message
    work_.push_back({Step::kTop, index});
  } else if (!known || (header_only && place.entry->wanted)) {
    item.remove = item.remove || !config_->leave_on_server;
    work_.push_back({Step::kRetr, index});
  } else if (item.remove) {
    work_.push_back({Step::kDele, index});
  }
}

void Pop3Client::take_message(Context& context, Outbox& out) {
  const Sent sent = sent_.front();
  answered();
  // What is too large to be held is not held, so it is not deleted there, either.
  if (!reader_.too_large()) {
    Item& item = items_[sent.item];
    MessagePtr message = make_message(reader_.take_text());
    if (sent.step == Step::kTop) {
      keep_header(context, item, message);
    } else {
      keep_message(context, item, std::move(message));
    }
    if (item.remove) work_.push_front({Step::kDele, sent.item});
  }
  go_on(context, out);
}

void Pop3Client::keep_header(Context& context, const Item& item, const MessagePtr& header) {
  LocalEntry entry;
  entry.unique_id = item.unique_id;
  entry.size = item.size;
  entry.subject = header->subject();
  entry.from = header->from();
  LocalStore& local = context.local->edit();
  local.add(config_->folder, std::move(entry), context.trace);
  local.remember(item.unique_id);
}

void Pop3Client::keep_message(Context& context, Item& item, MessagePtr message) {
  LocalStore& local = context.local->edit();
  LocalPlace place;
  if (config_->headers_first) place = local.find_unique_id(item.unique_id);
  if (place.entry != nullptr && place.entry->message == nullptr) {
    const std::string folder(place.folder);
    const uint32_t key = place.entry->key;
    local.set_wanted(folder, key, false);
    local.set_message(folder, key, std::move(message), context.trace);
  } else {
    LocalEntry entry;
    entry.unique_id = item.unique_id;
    entry.size = message->size();
    entry.subject = message->subject();
    entry.from = message->from();
    entry.message = std::move(message);
    local.add(config_->folder, std::move(entry), context.trace);
  }
  if (item.unique_id.empty()) return;
  // Only a program that counts the days notes when it was.
  if (config_->keep_for.ns > 0) {
    local.remember(item.unique_id, context.now);
  } else {
    local.remember(item.unique_id);
  }
}

}  // namespace mailscope
