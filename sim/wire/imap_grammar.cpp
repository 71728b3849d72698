#include "sim/wire/imap_grammar.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/base/check.h"
#include "sim/wire/charset.h"

namespace mailscope::imap {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool is_8bit(char c) { return static_cast<unsigned char>(c) >= 0x80; }

}  // namespace

bool is_atom_char(char c) {
  if (is_control(c) || is_8bit(c)) return false;
  switch (c) {
    case '(': case ')': case '{': case ' ': case '%': case '*': case '"': case '\\': case ']':
      return false;
    default:
      return true;
  }
}

bool is_astring_char(char c) { return is_atom_char(c) || c == ']'; }
bool is_list_char(char c) { return is_astring_char(c) || c == '%' || c == '*'; }
bool is_tag_char(char c) { return is_astring_char(c) && c != '+'; }

void Reader::fail_at(size_t position, std::string_view expected, const char* section) {
  if (failed()) return;
  error_ = GrammarError{position, std::string(expected), section};
}

bool Reader::follows(std::string_view words) const {
  return !failed() && starts_with_ignoring_case(text_.substr(at_), words);
}

bool Reader::take(char c) {
  if (failed() || at_end() || text_[at_] != c) return false;
  ++at_;
  if (c != ' ') add_token(TokenKind::kPunctuation, at_ - 1);
  return true;
}

bool Reader::take_word(std::string_view word, TokenKind kind) {
  if (!follows(word)) return false;
  const size_t end = at_ + word.size();
  if (end < text_.size() && is_atom_char(text_[end])) return false;
  at_ = end;
  add_token(kind, end - word.size());
  return true;
}

void Reader::expect(char c) {
  if (!take(c)) fail(std::string("\"") + c + "\"");
}

void Reader::space() {
  if (!take(' ')) fail("a space");
}

void Reader::end() {
  if (!failed() && !at_end()) fail("the end of the line");
}

std::string_view Reader::word_of(bool (*allowed)(char), std::string_view expected,
                                 TokenKind kind) {
  if (failed()) return {};
  const size_t begin = at_;
  while (at_ < text_.size() && allowed(text_[at_])) ++at_;
  if (at_ == begin) {
    fail(expected);
    return {};
  }
  add_token(kind, begin);
  return text_.substr(begin, at_ - begin);
}

std::string_view Reader::atom(std::string_view expected, TokenKind kind) {
  return word_of(is_atom_char, expected, kind);
}

std::string Reader::quoted(TokenKind kind) {
  if (peek() != '"') {
    fail("a quoted string");
    return {};
  }
  const size_t begin = at_++;
  std::string value;
  while (at_ < text_.size() && text_[at_] != '"') {
    const char c = text_[at_];
    if (is_8bit(c)) {
      // UTF-8 may stand here once the client has asked for it (RFC 9755 §3).
      const size_t length = utf8_length_at(text_, at_);
      if (length == 0) {
        fail("7-bit text in a quoted string (others need a literal)", "RFC 3501 §4.3");
        return {};
      }
      use(Extension::kUtf8Accept);
      value += text_.substr(at_, length);
      at_ += length;
      continue;
    }
    if (c == '\r' || c == '\n' || c == '\0') {
      fail("a closing double quote");
      return {};
    }
    if (c == '\\') {
      ++at_;
      if (at_ == text_.size() || (text_[at_] != '"' && text_[at_] != '\\')) {
        fail("\\\" or \\\\ in a quoted string");
        return {};
      }
    }
    value += text_[at_++];
  }
  if (at_ >= text_.size()) {
    fail("a closing double quote");
    return {};
  }
  ++at_;
  add_token(kind, begin);
  return value;
}

std::string Reader::literal(TokenKind kind) {
  if (peek() != '{') {
    fail("a literal");
    return {};
  }
  return literal_content(at_, kind, false);
}

std::string Reader::literal8() {
  if (!follows("~{")) {
    fail("a literal8 such as ~{310}", "RFC 3516 §7");
    return {};
  }
  return literal_content(at_ + 1, TokenKind::kLiteral, true);
}

/// The literal whose "{" is at `announcement`.
std::string Reader::literal_content(size_t announcement, TokenKind kind, bool with_nul) {
  const size_t begin = at_;
  size_t digits_end = announcement + 1;
  while (digits_end < text_.size() && ascii_digit(text_[digits_end])) ++digits_end;
  const std::optional<uint64_t> size =
      parse_number(text_.substr(announcement + 1, digits_end - announcement - 1), UINT32_MAX);
  size_t after = digits_end;
  const bool plus = after < text_.size() && text_[after] == '+';
  if (plus) ++after;
  if (!size || text_.substr(after, 3) != "}\r\n" || text_.size() - after - 3 < *size) {
    fail("a literal of the announced size at the end of a line", "RFC 3501 §4.3");
    return {};
  }
  const std::string_view content = text_.substr(after + 3, static_cast<size_t>(*size));
  if (!with_nul && content.find('\0') != std::string_view::npos) {
    fail("a literal without NUL (CHAR8)");
    return {};
  }
  if (plus) use(Extension::kLiteralPlus);
  at_ = after + 3 + content.size();
  add_token(kind, begin);
  return std::string(content);
}

std::string Reader::string(std::string_view expected, TokenKind kind) {
  if (peek() == '"') return quoted(kind);
  if (peek() == '{') return literal(kind == TokenKind::kQuoted ? TokenKind::kLiteral : kind);
  fail(expected);
  return {};
}

std::string Reader::astring(std::string_view expected, TokenKind kind) {
  if (peek() == '"' || peek() == '{') {
    return string(expected, kind == TokenKind::kAtom ? TokenKind::kQuoted : kind);
  }
  return std::string(word_of(is_astring_char, expected, kind));
}

std::optional<std::string> Reader::nstring() {
  if (take_word("NIL", TokenKind::kNil)) return std::nullopt;
  return string("a string or NIL");
}

uint64_t Reader::digits(std::string_view expected, uint64_t most) {
  if (failed()) return 0;
  size_t end = at_;
  while (end < text_.size() && ascii_digit(text_[end])) ++end;
  if (end == at_) {
    fail(expected);
    return 0;
  }
  const std::optional<uint64_t> value = parse_number(text_.substr(at_, end - at_), most);
  if (!value) {
    fail("a number up to " + std::to_string(most));
    return 0;
  }
  const size_t begin = at_;
  at_ = end;
  add_token(TokenKind::kNumber, begin);
  return *value;
}

uint32_t Reader::number(std::string_view expected) {
  return static_cast<uint32_t>(digits(expected, UINT32_MAX));
}

uint64_t Reader::number64(std::string_view expected) { return digits(expected, INT64_MAX); }

uint64_t Reader::number_by_revision(std::string_view expected) {
  const uint64_t value = number64(expected);
  if (value > UINT32_MAX) use(Extension::kRev2);
  return value;
}

uint32_t Reader::nz_number(std::string_view expected) {
  const size_t begin = at_;
  const uint32_t value = number(expected);
  if (!failed() && (value == 0 || text_[begin] == '0')) fail_at(begin, expected);
  return value;
}

std::string Reader::flag(bool recent_allowed) {
  const size_t begin = at_;
  if (peek() != '\\') return std::string(atom("a flag", TokenKind::kFlag));
  ++at_;
  while (at_ < text_.size() && is_atom_char(text_[at_])) ++at_;
  const std::string_view name = text_.substr(begin, at_ - begin);
  // RFC 3501 §9: flag-extension can be any atom, but \Recent is none of `flag`; flag-perm has "\*".
  const bool any = recent_allowed && name.size() == 1 && peek() == '*';
  if (any) ++at_;
  const bool recent = equals_ignoring_case(name, "\\Recent");
  const bool known = any || (name.size() > 1 && (recent_allowed || !recent));
  if (!known) {
    fail_at(begin, "\\Seen, \\Answered, \\Flagged, \\Deleted, \\Draft or a keyword",
            "RFC 3501 §2.3.2");
    return {};
  }
  add_token(TokenKind::kFlag, begin);
  return std::string(text_.substr(begin, at_ - begin));
}

std::vector<std::string> Reader::flag_list(bool recent_allowed) {
  std::vector<std::string> flags;
  list_or_empty([&] { flags.push_back(flag(recent_allowed)); });
  return flags;
}

void Reader::advance_past(const Reader& inner, TokenKind kind) {
  if (failed()) return;
  if (inner.failed()) {
    error_ = inner.error();
    return;
  }
  const size_t begin = at_;
  at_ = inner.at_;
  uses_ |= inner.uses_;
  for (const ExtensionSet any : inner.uses_any_) use_any(any);
  add_token(kind, begin);
}

void Reader::use_any(ExtensionSet extensions) {
  if ((extensions & (extensions - 1)) == 0) return use(extensions);
  const bool known = std::find(uses_any_.begin(), uses_any_.end(), extensions) != uses_any_.end();
  if (!known) uses_any_.push_back(extensions);
}

bool Reader::enter() {
  if (failed()) return false;
  if (depth_ >= kMaxDepth) {
    fail("less nesting");
    return false;
  }
  ++depth_;
  return true;
}

bool can_be_quoted(std::string_view value) {
  // Longer ones are legal, but nobody can read them.
  if (value.size() > 1000) return false;
  return std::none_of(value.begin(), value.end(), [](char c) {
    return c == '\r' || c == '\n' || c == '\0' || is_8bit(c);
  });
}

std::string encode_quoted(std::string_view value) {
  CHECK(can_be_quoted(value));
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string encode_string(std::string_view value, bool plus) {
  if (can_be_quoted(value)) return encode_quoted(value);
  return '{' + std::to_string(value.size()) + (plus ? "+}\r\n" : "}\r\n") + std::string(value);
}

std::string encode_astring(std::string_view value, bool plus) {
  const bool atom = !value.empty() && std::all_of(value.begin(), value.end(), is_astring_char) &&
                    !equals_ignoring_case(value, "NIL");
  return atom ? std::string(value) : encode_string(value, plus);
}

std::string encode_nstring(const std::optional<std::string>& value) {
  return value ? encode_string(*value) : "NIL";
}

}  // namespace mailscope::imap
