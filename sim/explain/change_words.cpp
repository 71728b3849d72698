#include "sim/explain/change_words.h"

#include <fmt/format.h>

#include "sim/mail/flags.h"
#include "sim/trace/trace_text.h"

namespace mailscope {
namespace {

/// What it is about has its name in the event itself: no message, no mailbox.
bool names_itself(StoreChange change) {
  return change == StoreChange::kAnnotated || change == StoreChange::kRights ||
         change == StoreChange::kServerAnnotated || change == StoreChange::kSubscribed ||
         change == StoreChange::kUnsubscribed;
}

bool is_of_mailbox(StoreChange change) {
  return change == StoreChange::kMailboxCreated || change == StoreChange::kMailboxDeleted ||
         change == StoreChange::kMailboxRenamed;
}

/// The text of the last such change of the mailbox, or of its message `uid`, before `end`.
template <typename Is>
std::string last_text(const Trace& trace, const Event& of, EventId end, Is is) {
  for (EventId id{end.value - 1}; trace.has(id); --id.value) {
    const Event& event = trace.at(id);
    if (event.kind != EventKind::kStoreChange || event.host != of.host || event.a != of.a) continue;
    if (is(static_cast<StoreChange>(event.code), event)) return std::string(trace.text(event));
  }
  return {};
}

/// What the mailbox was called just before `end`.
std::string mailbox_name(const Trace& trace, const Event& of, EventId end) {
  return last_text(trace, of, end, [](StoreChange change, const Event&) {
    return change == StoreChange::kMailboxCreated || change == StoreChange::kMailboxRenamed;
  });
}

std::string subject(const Trace& trace, const Event& of, EventId end) {
  return last_text(trace, of, end, [&](StoreChange change, const Event& event) {
    return change == StoreChange::kAdded && event.b == of.b;
  });
}

}  // namespace

std::string flags_words(const Catalog& catalog, int64_t bits) {
  const std::string text = flags_text(static_cast<FlagBits>(bits) & Flag::kSystem, {});
  return text.empty() ? catalog.text("changes.flags.none") : text;
}

std::string store_change_words(const Catalog& catalog, const Trace& trace, EventId id) {
  const Event& event = trace.at(id);
  const auto change = static_cast<StoreChange>(event.code);
  const EventId after{id.value + 1};
  const std::string mailbox = mailbox_name(trace, event, after);
  const std::string first = change == StoreChange::kMailboxRenamed ? mailbox_name(trace, event, id)
                            : is_of_mailbox(change)                ? mailbox
                            : names_itself(change)                 ? std::string(trace.text(event))
                                                                   : subject(trace, event, after);
  return catalog.text(
      fmt::format("changes.store.{}", store_change_name(change)),
      {first, mailbox, flags_words(catalog, event.x), flags_words(catalog, event.y)});
}

}  // namespace mailscope
