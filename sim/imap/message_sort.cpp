#include "sim/imap/message_sort.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/imap/message_facts.h"
#include "sim/mail/base_subject.h"
#include "sim/wire/address.h"
#include "sim/wire/casemap.h"
#include "sim/wire/encoded_word.h"
#include "sim/wire/header.h"

namespace mailscope {
namespace {

using Key = imap::SortCriterion::Key;

/// The first address of the fields of that name, as ENVELOPE lists them.
std::optional<Address> first_address(std::string_view text, std::string_view name) {
  size_t position = 0;
  while (const auto field = next_field(text, name, position)) {
    const std::vector<Address> addresses = parse_addresses(field->value.of(text), 1);
    if (!addresses.empty()) return addresses.front();
  }
  return std::nullopt;
}

/// RFC 5256 §3: addr-mailbox as ENVELOPE has it; the empty string where there is no address.
std::string mailbox_text(const std::optional<Address>& address) {
  return address ? std::string(envelope_mailbox(*address)) : std::string();
}

/// RFC 5957 §3: the name, else mailbox@host, else the mailbox.
std::string display_text(const std::optional<Address>& address) {
  if (address && address->kind == Address::Kind::kMailbox) {
    std::string name = decode_encoded_words(address->name);
    if (!name.empty()) return name;
    if (!address->mailbox.empty() && !address->host.empty()) {
      return address->mailbox + '@' + address->host;
    }
  }
  return mailbox_text(address);
}

std::string text_key(Key key, std::string_view text) {
  switch (key) {
    case Key::kCc:
      return mailbox_text(first_address(text, "Cc"));
    case Key::kFrom:
      return mailbox_text(first_address(text, "From"));
    case Key::kTo:
      return mailbox_text(first_address(text, "To"));
    case Key::kDisplayFrom:
      return display_text(first_address(text, "From"));
    case Key::kDisplayTo:
      return display_text(first_address(text, "To"));
    default: {
      const auto field = find_field(text, "Subject");
      return field ? base_subject(field->value.of(text)).text : std::string();
    }
  }
}

/// So that a negative number comes before a positive one.
uint64_t ordered(int64_t number) { return static_cast<uint64_t>(number) ^ (uint64_t{1} << 63); }

/// Octets that all of them begin with.
size_t common_octets(const std::vector<std::string>& texts) {
  size_t common = texts.empty() ? 0 : texts.front().size();
  for (const std::string& text : texts) {
    size_t same = 0;
    while (same < std::min(common, text.size()) && text[same] == texts.front()[same]) ++same;
    common = same;
  }
  return common;
}

/// Eight octets of the text from `begin` on as a number that orders as they do.
uint64_t head_of(std::string_view text, size_t begin) {
  uint64_t head = 0;
  for (size_t i = 0; i < 8; ++i) {
    const bool there = begin + i < text.size();
    head = head << 8 | (there ? static_cast<unsigned char>(text[begin + i]) : 0u);
  }
  return head;
}

/// The messages' places in the order in which they are to be told.
using Order = std::vector<size_t>;

/// A number that stands for a message while it is sorted.
struct Keyed {
  uint64_t key;
  size_t index;
};

/// Sorts by before(a, b), or by before(b, a) when in reverse; equals stay in the order they have.
template <class Before>
void sort_keyed(std::vector<Keyed>& keyed, bool reverse, Order& order, Before before) {
  std::stable_sort(keyed.begin(), keyed.end(), [&](const Keyed& a, const Keyed& b) {
    return reverse ? before(b, a) : before(a, b);
  });
  for (size_t i = 0; i < order.size(); ++i) order[i] = keyed[i].index;
}

void sort_by_text(const std::vector<NumberedMessage>& messages, imap::SortCriterion criterion,
                  Order& order) {
  std::vector<std::string> texts;
  texts.reserve(messages.size());
  for (const NumberedMessage& message : messages) {
    texts.push_back(casemap(text_key(criterion.key, message.entry->message->text())));
  }
  // Numbers are compared in place of texts, wherever these differ in the first octets that not all
  // of them share.
  const size_t common = common_octets(texts);
  std::vector<Keyed> keyed;
  keyed.reserve(order.size());
  for (const size_t i : order) keyed.push_back({head_of(texts[i], common), i});
  sort_keyed(keyed, criterion.reverse, order, [&texts](const Keyed& a, const Keyed& b) {
    return a.key != b.key ? a.key < b.key : texts[a.index] < texts[b.index];
  });
}

uint64_t number_key(Key key, const MailboxEntry& entry) {
  switch (key) {
    case Key::kArrival:
      return ordered(entry.internal_date);
    case Key::kDate:
      return ordered(sent_date(entry));
    default:
      return entry.message->size();
  }
}

void sort_by_number(const std::vector<NumberedMessage>& messages, imap::SortCriterion criterion,
                    Order& order) {
  std::vector<Keyed> keyed;
  keyed.reserve(order.size());
  for (const size_t i : order) {
    keyed.push_back({number_key(criterion.key, *messages[i].entry), i});
  }
  sort_keyed(keyed, criterion.reverse, order,
             [](const Keyed& a, const Keyed& b) { return a.key < b.key; });
}

bool is_number(Key key) { return key == Key::kArrival || key == Key::kDate || key == Key::kSize; }

}  // namespace

void sort_messages(std::vector<NumberedMessage>& messages,
                   const std::vector<imap::SortCriterion>& criteria) {
  // RFC 5256 §3: what all criteria leave equal is in mailbox order, reverse or not.
  Order order(messages.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto by_seq = [&](size_t a, size_t b) { return messages[a].seq < messages[b].seq; };
  if (!std::is_sorted(order.begin(), order.end(), by_seq)) {
    std::sort(order.begin(), order.end(), by_seq);
  }
  // From the last criterion to the first: each leaves those that are equal to it as they are.
  for (auto criterion = criteria.rbegin(); criterion != criteria.rend(); ++criterion) {
    if (is_number(criterion->key)) {
      sort_by_number(messages, *criterion, order);
    } else {
      sort_by_text(messages, *criterion, order);
    }
  }
  std::vector<NumberedMessage> sorted;
  sorted.reserve(messages.size());
  for (const size_t i : order) sorted.push_back(messages[i]);
  messages = std::move(sorted);
}

}  // namespace mailscope
