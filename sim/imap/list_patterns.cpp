#include "sim/imap/list_patterns.h"

#include <array>

#include "sim/base/ascii.h"
#include "sim/mail/mail_store.h"

namespace mailscope {
namespace {

constexpr size_t kBits = 64;
// A state for each octet, and one for the end of each pattern.
constexpr size_t kMaxWords = (2 * kMaxListPattern + kBits) / kBits;

void set(std::vector<uint64_t>& bits, size_t at) {
  bits[at / kBits] |= uint64_t{1} << (at % kBits);
}

}  // namespace

void ListPatterns::add(std::string_view pattern, std::vector<Element>& elements) const {
  using Kind = Element::Kind;
  for (const char c : pattern) {
    if (c != '*' && c != '%') {
      elements.push_back({Kind::kOctet, c});
      continue;
    }
    const Kind kind = c == '*' ? Kind::kAny : Kind::kAnyOfLevel;
    Element* last = elements.empty() ? nullptr : &elements.back();
    // Wildcards side by side are one: the wider.
    if (last != nullptr && (last->kind == Kind::kAny || last->kind == Kind::kAnyOfLevel)) {
      if (kind == Kind::kAny) last->kind = kind;
    } else {
      elements.push_back({kind, '\0'});
    }
  }
  const bool levels = !pattern.empty() && pattern.back() == '%';
  elements.push_back({levels ? Kind::kEndOfLevels : Kind::kEnd, '\0'});
}

ListPatterns::ListPatterns(const std::vector<std::string>& patterns) {
  std::vector<Element> elements;
  std::vector<size_t> begins;
  size_t room = kMaxListPattern;
  for (const std::string& pattern : patterns) {
    if (pattern.empty() || pattern.size() > room) continue;
    room -= pattern.size();
    begins.push_back(elements.size());
    add(pattern, elements);
  }
  words_ = (elements.size() + kBits - 1) / kBits;
  on_octet_.assign(256 * words_, 0);
  for (std::vector<Word>* bits : {&begin_, &any_, &level_, &end_, &end_of_levels_}) {
    bits->assign(words_, 0);
  }
  for (const size_t begin : begins) set(begin_, begin);
  for (size_t i = 0; i < elements.size(); ++i) {
    switch (elements[i].kind) {
      case Element::Kind::kOctet: {
        const size_t row = static_cast<unsigned char>(elements[i].octet) * words_;
        on_octet_[row + i / kBits] |= Word{1} << (i % kBits);
        break;
      }
      case Element::Kind::kAny:
        set(any_, i);
        break;
      case Element::Kind::kAnyOfLevel:
        set(level_, i);
        break;
      case Element::Kind::kEndOfLevels:
        set(end_of_levels_, i);
        [[fallthrough]];
      case Element::Kind::kEnd:
        set(end_, i);
        break;
    }
  }
}

ListPatterns::Match ListPatterns::match(std::string_view name) const {
  if (words_ == 0) return {};  // no pattern that could match
  const bool inbox = name == "INBOX";
  std::array<Word, kMaxWords> at{};
  // A wildcard may stand for nothing: what stands before it stands behind it too.
  const auto pass_wildcards = [&] {
    Word carry = 0;
    for (size_t w = 0; w < words_; ++w) {
      const Word before_wildcard = at[w] & (any_[w] | level_[w]);
      at[w] |= before_wildcard << 1 | carry;
      carry = before_wildcard >> (kBits - 1);
    }
  };
  for (size_t w = 0; w < words_; ++w) at[w] = begin_[w];
  pass_wildcards();
  for (const char c : name) {
    const Word* taken = &on_octet_[static_cast<unsigned char>(c) * words_];
    const char lower = inbox ? ascii_lower(c) : c;
    const Word* taken_too = &on_octet_[static_cast<unsigned char>(lower) * words_];
    Word carry = 0;
    Word alive = 0;
    for (size_t w = 0; w < words_; ++w) {
      const Word gone_on = at[w] & (taken[w] | taken_too[w]);
      const Word stays = at[w] & (c == MailStore::kSeparator ? any_[w] : any_[w] | level_[w]);
      at[w] = gone_on << 1 | carry | stays;
      carry = gone_on >> (kBits - 1);
      alive |= at[w];
    }
    if (alive == 0) return {};
    pass_wildcards();
  }
  Match match;
  for (size_t w = 0; w < words_; ++w) {
    match.name = match.name || (at[w] & end_[w]) != 0;
    match.level = match.level || (at[w] & end_of_levels_[w]) != 0;
  }
  return match;
}

}  // namespace mailscope
