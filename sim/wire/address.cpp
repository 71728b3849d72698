#include "sim/wire/address.h"

#include <algorithm>
#include <utility>

#include "sim/base/ascii.h"
#include "sim/wire/lexical.h"

namespace mailscope {
namespace {

/// Ends an atom (RFC 5322 §3.2.3). The dot does not: "Q." in a name and "a.b" in a local part are
/// one piece here, which also covers obs-phrase.
bool ends_atom(char c) {
  return std::string_view(" \t\r\n()<>[]:;@,\"\\").find(c) != std::string_view::npos;
}

/// An atom, a quoted string without its quotes, a domain literal, or "@".
struct Word {
  std::string text;
  bool at = false;
  bool glued = false;  // nothing stands between it and the word before
};

class AddressParser {
 public:
  AddressParser(std::string_view text, size_t limit) : text_(text), limit_(limit) {}

  std::vector<Address> parse() {
    while (list_.size() < limit_) {
      skip();
      if (at_ == text_.size()) break;
      parse_piece();
    }
    finish_mailbox();
    if (in_group_) list_.push_back(Address{Address::Kind::kGroupEnd, {}, {}, {}, {}});
    return std::move(list_);
  }

 private:
  /// Skips white space and comments and remembers both.
  void skip() {
    const size_t before = at_;
    at_ = skip_cfws(text_, at_, &comment_);
    if (at_ != before) space_ = true;
  }

  void parse_piece() {
    const char c = text_[at_];
    if (c == ',') {
      ++at_;
      finish_mailbox();
    } else if (c == ';') {
      ++at_;
      finish_mailbox();
      if (in_group_) list_.push_back(Address{Address::Kind::kGroupEnd, {}, {}, {}, {}});
      in_group_ = false;
    } else if (c == ':') {
      ++at_;
      parse_colon();
    } else if (c == '<') {
      ++at_;
      parse_angle_address();
    } else if (c == '@') {
      ++at_;
      words_.push_back({"@", true, true});
      space_ = false;
    } else if (c == '"') {
      add(read_quoted_string(text_, at_));
    } else if (c == '[') {
      const size_t begin = at_;
      add(std::string(read_domain_literal(begin)));
    } else if (ends_atom(c)) {
      ++at_;  // a special that has no business here
    } else {
      add(std::string(read_atom()));
    }
  }

  /// What stood before it is the name of a group. A group inside a group is against the grammar:
  /// its members are members of the outer one.
  void parse_colon() {
    if (has_at()) return;
    std::string name = phrase();
    if (name.empty()) return;
    reset();
    if (in_group_) return;
    list_.push_back(Address{Address::Kind::kGroupStart, std::move(name), {}, {}, {}});
    in_group_ = true;
  }

  void add(std::string text) {
    words_.push_back({std::move(text), false, !space_});
    space_ = false;
  }

  [[nodiscard]] bool has_at() const {
    return std::any_of(words_.begin(), words_.end(), [](const Word& word) { return word.at; });
  }

  /// The words as a display name.
  [[nodiscard]] std::string phrase() const {
    std::string out;
    for (const Word& word : words_) {
      if (!word.glued && !out.empty()) out += ' ';
      out += word.text;
    }
    return out;
  }

  std::string_view read_atom() {
    const size_t begin = at_;
    while (at_ < text_.size() && !ends_atom(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  std::string_view read_domain_literal(size_t begin) {
    while (at_ < text_.size() && text_[at_] != ']' && text_[at_] != ',') ++at_;
    if (at_ < text_.size() && text_[at_] == ']') ++at_;
    return text_.substr(begin, at_ - begin);
  }

  /// After "<": [route ":"] local "@" domain ">", however much of it is there.
  void parse_angle_address() {
    Address address;
    address.name = phrase();
    std::string* target = &address.mailbox;
    bool ended = false;
    while (!ended) {
      at_ = skip_cfws(text_, at_);
      if (at_ == text_.size()) break;
      const char c = text_[at_];
      const bool in_route = !address.route.empty() && target == &address.route;
      if (c == '>' || (c == ',' && !in_route) || c == ';') {
        if (c == '>') ++at_;
        ended = true;
      } else if (c == '@' && target == &address.mailbox && address.mailbox.empty() &&
                 address.route.empty()) {
        ++at_;
        target = &address.route;
        address.route = "@";
      } else if (c == ':' && in_route) {
        ++at_;
        target = &address.mailbox;
      } else if (c == '@' && target == &address.mailbox) {
        ++at_;
        target = &address.host;
      } else if (c == '"') {
        *target += read_quoted_string(text_, at_);
      } else if (c == '[') {
        const size_t begin = at_;
        *target += read_domain_literal(begin);
      } else if (ends_atom(c)) {
        if (in_route && (c == ',' || c == '@')) *target += c;
        ++at_;
      } else {
        *target += read_atom();
      }
    }
    // "<@host>" is a host whose mailbox is missing, not a route to nowhere.
    if (target == &address.route) {
      address.host = address.route.substr(1);
      address.route.clear();
    }
    list_.push_back(std::move(address));
    reset();
    skip_to_separator();
  }

  /// What follows ">" up to the next comma or semicolon says nothing; a comment there may name the
  /// mailbox.
  void skip_to_separator() {
    for (skip(); at_ < text_.size() && text_[at_] != ',' && text_[at_] != ';'; skip()) {
      if (text_[at_] == '"') {
        read_quoted_string(text_, at_);
      } else if (text_[at_] == '<') {
        break;  // "<a@b> <c@d>": a comma was forgotten
      } else {
        ++at_;
      }
    }
    if (list_.back().name.empty()) list_.back().name = std::string(trimmed(comment_));
    reset();
  }

  /// True when the word at `i` goes on what the one before it began: blanks may stand around dots
  /// and "@" (RFC 5322 §4.4), elsewhere they part words.
  [[nodiscard]] bool continues(size_t i) const {
    const Word& before = words_[i - 1];
    const Word& word = words_[i];
    if (word.glued || before.at) return true;
    return (!before.text.empty() && before.text.back() == '.') ||
           (!word.text.empty() && word.text.front() == '.');
  }

  /// One run of words that belong together; the last "@" divides it.
  Address address_of(size_t begin, size_t end) const {
    Address address;
    size_t divide = end;
    for (size_t i = begin; i < end; ++i) {
      if (words_[i].at) divide = i;
    }
    for (size_t i = begin; i < end; ++i) {
      if (i != divide) (i < divide ? address.mailbox : address.host) += words_[i].text;
    }
    return address;
  }

  /// At a separator: what was read without angle brackets is local "@" domain, perhaps behind a
  /// name ("Ann ann@example.com") or another whose comma was forgotten; or it is a name alone.
  void finish_mailbox() {
    const size_t before = list_.size();
    std::string name;
    size_t runs = 0;
    for (size_t begin = 0; begin < words_.size();) {
      size_t end = begin + 1;
      while (end < words_.size() && continues(end)) ++end;
      Address address = address_of(begin, end);
      const bool divided = std::any_of(words_.begin() + static_cast<std::ptrdiff_t>(begin),
                                       words_.begin() + static_cast<std::ptrdiff_t>(end),
                                       [](const Word& word) { return word.at; });
      if (divided) {
        address.name = std::move(name);
        name.clear();
        list_.push_back(std::move(address));
      } else {
        if (!name.empty()) name += ' ';
        name += address.mailbox;
      }
      ++runs;
      begin = end;
    }
    if (runs > 0 && list_.size() == before) {
      Address address;
      (runs == 1 ? address.mailbox : address.name) = std::move(name);
      list_.push_back(std::move(address));
    }
    if (list_.size() == before + 1 && list_.back().name.empty()) {
      list_.back().name = std::string(trimmed(comment_));
    }
    reset();
  }

  void reset() {
    words_.clear();
    comment_.clear();
    space_ = false;
  }

  std::string_view text_;
  size_t limit_;
  size_t at_ = 0;
  std::vector<Address> list_;
  bool in_group_ = false;

  // Of the mailbox being read:
  std::vector<Word> words_;
  std::string comment_;  // the last comment: names the mailbox in the old style "a@b (A B)"
  bool space_ = false;   // blanks or comments stand before what comes next
};

/// A local part that may stand without quotes (dot-atom, RFC 5322 §3.2.3).
bool is_dot_atom(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (ends_atom(text[i]) || static_cast<unsigned char>(text[i]) < 32) return false;
    if (text[i] == '.' && text[i + 1] == '.') return false;
  }
  return true;
}

}  // namespace

std::vector<Address> parse_addresses(std::string_view value, size_t limit) {
  return AddressParser(value, limit).parse();
}

std::string address_spec(const Address& address) {
  if (address.kind != Address::Kind::kMailbox) return {};
  std::string out;
  if (is_dot_atom(address.mailbox) || address.mailbox.empty()) {
    out = address.mailbox;
  } else {
    out = "\"";
    for (const char c : address.mailbox) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  if (!address.host.empty()) out += '@' + address.host;
  return out;
}

}  // namespace mailscope
