#include "sim/mail/maildrop.h"

#include <fmt/format.h>

#include "sim/base/check.h"

namespace mailscope {
namespace {

void record_mark(StoreChange change, MailboxId mailbox, Uid uid, TraceWriter& trace) {
  Event event;
  event.kind = EventKind::kStoreChange;
  event.code = static_cast<uint8_t>(change);
  event.a = mailbox.value;
  event.b = uid.value;
  trace.record(event);
}

/// RFC 1939 §11: the size in the form in which it is sent, where every line ends with CRLF.
uint64_t octets_sent(const Message& message) {
  const std::string_view text = message.text();
  const bool ends = text.empty() || (text.size() >= 2 && text.substr(text.size() - 2) == "\r\n");
  return text.size() + (ends ? 0 : 2);
}

}  // namespace

Maildrop::Maildrop(const Mailbox& mailbox) : mailbox_(mailbox.id) {
  entries_.reserve(mailbox.entries.size());
  for (size_t i = 0; i < mailbox.entries.size(); ++i) {
    const MailboxEntry& entry = mailbox.entries[i];
    entries_.push_back({entry.uid, octets_sent(*entry.message), false});
  }
}

const MaildropEntry* Maildrop::live(uint64_t number) const {
  if (number == 0 || number > entries_.size()) return nullptr;
  const MaildropEntry& entry = entries_[number - 1];
  return entry.marked ? nullptr : &entry;
}

uint64_t Maildrop::live_count() const {
  uint64_t count = 0;
  for (const MaildropEntry& entry : entries_) count += entry.marked ? 0 : 1;
  return count;
}

uint64_t Maildrop::live_size() const {
  uint64_t octets = 0;
  for (const MaildropEntry& entry : entries_) octets += entry.marked ? 0 : entry.size;
  return octets;
}

void Maildrop::mark(uint64_t number, TraceWriter& trace) {
  CHECK(live(number) != nullptr);
  MaildropEntry& entry = entries_[number - 1];
  entry.marked = true;
  record_mark(StoreChange::kMarked, mailbox_, entry.uid, trace);
}

void Maildrop::unmark_all(TraceWriter& trace) {
  for (MaildropEntry& entry : entries_) {
    if (!entry.marked) continue;
    entry.marked = false;
    record_mark(StoreChange::kUnmarked, mailbox_, entry.uid, trace);
  }
}

uint64_t Maildrop::commit(MailStore& store, uint64_t able, TraceWriter& trace) {
  std::vector<Uid> gone;
  uint64_t left = 0;
  for (const MaildropEntry& entry : entries_) {
    if (!entry.marked || !store.mailbox(mailbox_).find(entry.uid)) continue;
    if (gone.size() < able) {
      gone.push_back(entry.uid);
    } else {
      ++left;
      record_mark(StoreChange::kUnmarked, mailbox_, entry.uid, trace);
    }
  }
  store.expunge(mailbox_, gone, trace);
  return left;
}

std::string unique_id(const Mailbox& mailbox, Uid uid) {
  return fmt::format("{}.{}", mailbox.uid_validity, uid.value);
}

}  // namespace mailscope
