#include "sim/wire/address.h"

#include "sim/base/ascii.h"
#include "sim/wire/lexical.h"

namespace mailscope {
namespace {

/// Ends an atom (RFC 5322 §3.2.3). The dot does not: "Q." in a name and "a.b" in a local part are
/// one piece here, which also covers obs-phrase.
bool ends_atom(char c) {
  return std::string_view(" \t\r\n()<>[]:;@,\"\\").find(c) != std::string_view::npos;
}

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
    } else if (c == ':' && !in_group_ && !seen_at_ && !pending_.empty()) {
      ++at_;
      list_.push_back(Address{Address::Kind::kGroupStart, pending_, {}, {}, {}});
      in_group_ = true;
      reset();
    } else if (c == '<') {
      ++at_;
      parse_angle_address();
    } else if (c == '@') {
      ++at_;
      if (seen_at_) local_ += '@';  // only the last "@" divides
      local_ += compact_;
      seen_at_ = true;
      add("@", true);
      compact_.clear();
    } else if (c == '"') {
      add(read_quoted_string(text_, at_), false);
    } else if (c == '[') {
      const size_t begin = at_;
      add(read_domain_literal(begin), false);
    } else if (ends_atom(c)) {
      ++at_;  // a special that has no business here
    } else {
      add(read_atom(), false);
    }
  }

  /// Adds a word to what is read of this mailbox: spaced as a name would be, and without the
  /// spaces, as local parts and domains are.
  void add(std::string_view word, bool glued) {
    if (space_ && !glued && !pending_.empty()) pending_ += ' ';
    space_ = false;
    pending_ += word;
    compact_ += word;
    seen_word_ = true;
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
    address.name = pending_;
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

  /// At a separator: what was read without angle brackets is local "@" domain, or a bare name.
  void finish_mailbox() {
    if (seen_word_) {
      Address address;
      address.mailbox = seen_at_ ? local_ : compact_;
      if (seen_at_) address.host = compact_;
      address.name = std::string(trimmed(comment_));
      list_.push_back(std::move(address));
    }
    reset();
  }

  void reset() {
    pending_.clear();
    compact_.clear();
    local_.clear();
    comment_.clear();
    seen_at_ = false;
    seen_word_ = false;
    space_ = false;
  }

  std::string_view text_;
  size_t limit_;
  size_t at_ = 0;
  std::vector<Address> list_;
  bool in_group_ = false;

  // Of the mailbox being read:
  std::string pending_;  // its words with spaces: a name, if "<" or ":" follows
  std::string compact_;  // the words since the last "@", without spaces
  std::string local_;    // the words before the last "@"
  std::string comment_;  // the last comment: names the mailbox in the old style "a@b (A B)"
  bool seen_at_ = false;
  bool seen_word_ = false;
  bool space_ = false;
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
