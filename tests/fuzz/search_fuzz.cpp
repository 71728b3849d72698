// Any bytes as a mailbox that is searched, sorted and threaded: the first line is what is looked
// for, the rest is messages with a line "%" between them. Stops where a message is lost or told
// twice, where a sort is no order, or where a preview is not what RFC 8970 lets it be.
#include <algorithm>
#include <string>
#include <vector>

#include "sim/base/check.h"
#include "sim/imap/binary_section.h"
#include "sim/imap/message_facts.h"
#include "sim/imap/message_sort.h"
#include "sim/imap/message_thread.h"
#include "sim/imap/object_id.h"
#include "sim/imap/preview.h"
#include "sim/imap/search_text.h"
#include "sim/wire/charset.h"

namespace {

using namespace mailscope;
using Key = imap::SortCriterion::Key;

size_t code_points(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::vector<MailboxEntry> mailbox_from(std::string_view text) {
  constexpr std::string_view kSeparator = "%\n";
  std::vector<MailboxEntry> entries;
  while (!text.empty() && entries.size() < 200) {
    const size_t end = text.find(kSeparator);
    MailboxEntry entry;
    entry.uid = Uid{static_cast<uint32_t>(entries.size() + 1)};
    entry.message = make_message(crlf_normalised(text.substr(0, end)));
    entries.push_back(std::move(entry));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + kSeparator.size());
  }
  return entries;
}

/// Every message once, in matched parentheses.
void check_threads(const ThreadForest& forest, const std::vector<NumberedMessage>& messages) {
  const std::string threads = encode_threads(forest, messages, false);
  std::vector<bool> seen(messages.size() + 1, false);
  size_t depth = 0;
  size_t told = 0;
  for (size_t i = 0; i < threads.size(); ++i) {
    if (threads[i] == '(') ++depth;
    if (threads[i] == ')') CHECK(depth-- > 0);
    if (threads[i] < '0' || threads[i] > '9') continue;
    size_t number = 0;
    for (; threads[i] >= '0' && threads[i] <= '9'; ++i) {
      number = number * 10 + static_cast<size_t>(threads[i] - '0');
    }
    --i;
    CHECK(number >= 1 && number <= messages.size() && !seen[number]);
    seen[number] = true;
    ++told;
  }
  CHECK(depth == 0 && told == messages.size());
}

void check_message(const Message& message, const CasemapNeedle& needle) {
  const std::string preview = preview_text(message);
  CHECK(valid_utf8(preview) && code_points(preview) <= kPreviewCharacters);
  CHECK(preview.find_first_of("\r\n") == std::string::npos);
  for (const char* name : {"Subject", "From", "X"}) {
    if (!field_contains(message.text(), name, needle)) continue;
    // What one field has, the message has.
    CHECK(field_contains(message.text(), name, CasemapNeedle("")));
  }
  if (body_contains(message, needle)) CHECK(text_contains(message, needle));
  binary_section(message, {1});
  binary_section(message, {1, 1});
  CHECK(!email_object_id(message).empty());
  thread_object_id(message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const size_t line = std::min(bytes.find('\n'), bytes.size());
  const CasemapNeedle needle(utf8_from_unlabelled(bytes.substr(0, line)));
  const std::vector<MailboxEntry> entries =
      mailbox_from(bytes.substr(std::min(line + 1, bytes.size())));
  std::vector<NumberedMessage> messages;
  for (const MailboxEntry& entry : entries) {
    check_message(*entry.message, needle);
    messages.push_back({SeqNum{entry.uid.value}, &entry});
  }
  check_threads(thread_by_references(messages), messages);
  check_threads(thread_by_subject(messages), messages);
  for (int key = 0; key <= static_cast<int>(Key::kTo); ++key) {
    std::vector<NumberedMessage> sorted = messages;
    sort_messages(sorted, {{static_cast<Key>(key), false}});
    std::vector<NumberedMessage> again = sorted;
    std::reverse(again.begin(), again.end());
    sort_messages(again, {{static_cast<Key>(key), false}});
    CHECK(again.size() == messages.size());
    for (size_t i = 0; i < again.size(); ++i) CHECK(again[i].seq == sorted[i].seq);
  }
  return 0;
}
