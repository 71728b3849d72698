#include "sim/imap/message_sort.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "sim/mail/base_subject.h"
#include "sim/wire/address.h"
#include "sim/wire/casemap.h"
#include "sim/wire/encoded_word.h"
#include "sim/wire/header.h"

namespace mailscope {
namespace {

using Key = imap::SortCriterion::Key;

/// The first address of the fields of that name, as ENVELOPE lists them; all empty when there is
/// none.
Address first_address(std::string_view text, std::string_view name) {
  size_t position = 0;
  while (const auto field = next_field(text, name, position)) {
    const std::vector<Address> addresses = parse_addresses(field->value.of(text), 1);
    if (!addresses.empty()) return addresses.front();
  }
  return {};
}

/// addr-mailbox; of a group that is its name (RFC 3501 §7.4.2).
const std::string& address_mailbox(const Address& address) {
  return address.kind == Address::Kind::kGroupStart ? address.name : address.mailbox;
}

/// RFC 5957 §3: the name, else mailbox@host, else the mailbox.
std::string display_text(const Address& address) {
  if (address.kind == Address::Kind::kMailbox) {
    std::string name = decode_encoded_words(address.name);
    if (!name.empty()) return name;
    if (!address.mailbox.empty() && !address.host.empty()) {
      return address.mailbox + '@' + address.host;
    }
  }
  return address_mailbox(address);
}

std::string text_key(Key key, std::string_view text) {
  switch (key) {
    case Key::kCc:
      return address_mailbox(first_address(text, "Cc"));
    case Key::kFrom:
      return address_mailbox(first_address(text, "From"));
    case Key::kTo:
      return address_mailbox(first_address(text, "To"));
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

/// For each message its place among the texts: equal texts have equal ranks.
std::vector<uint64_t> text_ranks(const std::vector<NumberedMessage>& messages, Key key) {
  std::vector<std::string> texts;
  texts.reserve(messages.size());
  for (const NumberedMessage& message : messages) {
    texts.push_back(casemap(text_key(key, message.entry->message->text())));
  }
  // Numbers are compared in place of texts, wherever these differ in the first octets that not all
  // of them share.
  struct Headed {
    uint64_t head;
    size_t index;
  };
  const size_t common = common_octets(texts);
  std::vector<Headed> order;
  order.reserve(texts.size());
  for (size_t i = 0; i < texts.size(); ++i) order.push_back({head_of(texts[i], common), i});
  std::sort(order.begin(), order.end(), [&texts](const Headed& a, const Headed& b) {
    return a.head != b.head ? a.head < b.head : texts[a.index] < texts[b.index];
  });
  std::vector<uint64_t> ranks(messages.size());
  uint64_t rank = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    if (i > 0 && texts[order[i].index] != texts[order[i - 1].index]) ++rank;
    ranks[order[i].index] = rank;
  }
  return ranks;
}

/// For each message a number that orders it by one criterion.
std::vector<uint64_t> ranks_by(const std::vector<NumberedMessage>& messages,
                               imap::SortCriterion criterion) {
  std::vector<uint64_t> ranks;
  const auto by_number = [&](auto number_of) {
    ranks.reserve(messages.size());
    for (const NumberedMessage& message : messages) ranks.push_back(number_of(*message.entry));
  };
  switch (criterion.key) {
    case Key::kArrival:
      by_number([](const MailboxEntry& entry) { return ordered(entry.internal_date); });
      break;
    case Key::kDate:
      by_number([](const MailboxEntry& entry) { return ordered(sent_date(entry)); });
      break;
    case Key::kSize:
      by_number([](const MailboxEntry& entry) { return uint64_t{entry.message->size()}; });
      break;
    default:
      ranks = text_ranks(messages, criterion.key);
      break;
  }
  if (criterion.reverse) {
    for (uint64_t& rank : ranks) rank = ~rank;
  }
  return ranks;
}

}  // namespace

void sort_messages(std::vector<NumberedMessage>& messages,
                   const std::vector<imap::SortCriterion>& criteria) {
  std::vector<std::vector<uint64_t>> ranks;
  for (const imap::SortCriterion& criterion : criteria) {
    ranks.push_back(ranks_by(messages, criterion));
  }
  struct Ranked {
    uint64_t first;  // by the first criterion
    size_t index;
  };
  std::vector<Ranked> order;
  order.reserve(messages.size());
  for (size_t i = 0; i < messages.size(); ++i) {
    order.push_back({ranks.empty() ? 0 : ranks.front()[i], i});
  }
  std::sort(order.begin(), order.end(), [&](const Ranked& a, const Ranked& b) {
    if (a.first != b.first) return a.first < b.first;
    for (const std::vector<uint64_t>& rank : ranks) {
      if (rank[a.index] != rank[b.index]) return rank[a.index] < rank[b.index];
    }
    return messages[a.index].seq < messages[b.index].seq;
  });
  std::vector<NumberedMessage> sorted;
  sorted.reserve(messages.size());
  for (const Ranked& each : order) sorted.push_back(messages[each.index]);
  messages = std::move(sorted);
}

}  // namespace mailscope
