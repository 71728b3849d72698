// The words of IMAP's grammar (RFC 3501 §9): atoms, strings, numbers, flags, and how they are
// written. A Reader walks over one unit (a command or response with its literals, see
// imap_fragments.h), keeps the span of every token it passes, and remembers the first thing that
// was not as it should be: after that every read gives an empty value, so that callers need to look
// only once, at the end. Commands are in imap_command.h, fetch items and search keys in headers of
// their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/wire/byte_span.h"
#include "sim/wire/imap_extension.h"

namespace mailscope::imap {

/// What a token is to a reader of the wire.
enum class TokenKind : uint8_t {
  kTag, kName, kAtom, kNumber, kQuoted, kLiteral, kNil, kSequenceSet, kFlag, kMailbox, kSecret,
  kDate, kItem, kPunctuation
};

struct Token {
  TokenKind kind = TokenKind::kAtom;
  ByteSpan span;  // in the unit's text; of a literal: with its announcement
};

/// The first thing that was wrong.
struct GrammarError {
  size_t position = 0;     // in the unit's text
  std::string expected;    // "a mailbox name", for "expected a mailbox name"
  const char* section = "RFC 3501 §9";
};

/// How deep lists and search keys may nest.
inline constexpr int kMaxDepth = 32;
/// How many items one list may have: flags, patterns, search keys, messages of an APPEND.
inline constexpr size_t kMaxListItems = 10000;

// Character classes of RFC 3501 §9.
bool is_atom_char(char c);
bool is_astring_char(char c);
bool is_list_char(char c);
bool is_tag_char(char c);

class Reader {
 public:
  explicit Reader(std::string_view text, size_t position = 0) : text_(text), at_(position) {}

  [[nodiscard]] bool failed() const { return error_.has_value(); }
  [[nodiscard]] const std::optional<GrammarError>& error() const { return error_; }
  /// Remembers the error, if it is the first.
  void fail(std::string_view expected, const char* section = "RFC 3501 §9") {
    fail_at(at_, expected, section);
  }
  void fail_at(size_t position, std::string_view expected, const char* section = "RFC 3501 §9");
  [[nodiscard]] size_t position() const { return at_; }
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  /// The next character, or NUL at the end and after an error.
  [[nodiscard]] char peek() const { return failed() || at_end() ? '\0' : text_[at_]; }
  [[nodiscard]] std::string_view text() const { return text_; }

  /// True when `words` is next, in any case.
  [[nodiscard]] bool follows(std::string_view words) const;

  /// Passes over `c` if it is next.
  bool take(char c);
  /// Passes over `word` if it is next, in any case, and no atom character follows it.
  bool take_word(std::string_view word, TokenKind kind = TokenKind::kName);
  void expect(char c);
  void space();
  void end();

  /// 1*ATOM-CHAR, in its own case; ascii_upper() it where case does not matter.
  std::string_view atom(std::string_view expected, TokenKind kind = TokenKind::kAtom);
  /// Characters of that class, at least one.
  std::string_view word_of(bool (*allowed)(char), std::string_view expected, TokenKind kind);
  std::string quoted(TokenKind kind = TokenKind::kQuoted);
  std::string literal(TokenKind kind = TokenKind::kLiteral);
  /// "~{3}\r\nabc", in which NUL may stand (RFC 3516 §4.4, §7). What it needs the server to offer
  /// depends on where it stands.
  std::string literal8();
  std::string string(std::string_view expected, TokenKind kind = TokenKind::kQuoted);
  std::string astring(std::string_view expected, TokenKind kind = TokenKind::kAtom);
  /// nullopt for NIL.
  std::optional<std::string> nstring();
  uint32_t number(std::string_view expected = "a number");
  /// RFC 7162 §7, mod-sequence-valzer; RFC 9051 §9, number64: up to 63 bits.
  uint64_t number64(std::string_view expected = "a number");
  /// A number that only IMAP4rev2 lets go beyond 32 bits.
  uint64_t number_by_revision(std::string_view expected = "a number");
  uint32_t nz_number(std::string_view expected = "a number from 1 on");
  /// A system flag or keyword; \Recent only where a server says it.
  std::string flag(bool recent_allowed = false);
  /// "(" [flag *(SP flag)] ")".
  std::vector<std::string> flag_list(bool recent_allowed = false);

  /// item *(SP item), each read by `read_item`.
  template <typename ReadItem>
  void items(ReadItem read_item, size_t most = kMaxListItems) {
    size_t count = 0;
    do {
      if (++count > most) return fail("fewer items in the list");
      read_item();
    } while (take(' '));
  }
  /// "(" item *(SP item) ")"
  template <typename ReadItem>
  void list(ReadItem read_item, size_t most = kMaxListItems) {
    expect('(');
    items(read_item, most);
    expect(')');
  }
  /// The same, but "()" is a list too.
  template <typename ReadItem>
  void list_or_empty(ReadItem read_item, size_t most = kMaxListItems) {
    if (follows("()")) {
      expect('(');
      return expect(')');
    }
    list(read_item, most);
  }

  [[nodiscard]] const std::vector<Token>& tokens() const { return tokens_; }
  void add_token(TokenKind kind, size_t begin) { tokens_.push_back({kind, {begin, at_}}); }

  /// Goes on where `inner`, a reader of the same text, ended: all it passed is one token here.
  void advance_past(const Reader& inner, TokenKind kind);

  /// Notes that what was read may be said only where this is offered.
  void use(Extension extension) { uses_ |= bit(extension); }
  void use(ExtensionSet extensions) { uses_ |= extensions; }
  [[nodiscard]] ExtensionSet uses() const { return uses_; }
  /// The same, where any one of these is enough.
  void use_any(ExtensionSet extensions);
  [[nodiscard]] const std::vector<ExtensionSet>& uses_any() const { return uses_any_; }

  // For grammars with recursion: false, and an error, when it goes too deep.
  bool enter();
  void leave() { --depth_; }

 private:
  std::string literal_content(size_t announcement, TokenKind kind, bool with_nul);
  uint64_t digits(std::string_view expected, uint64_t most);

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  std::optional<GrammarError> error_;
  std::vector<Token> tokens_;
  ExtensionSet uses_ = 0;
  std::vector<ExtensionSet> uses_any_;  // each once
};

/// True when a quoted string can hold it: no CR, LF or NUL, nothing 8-bit, not too long to look at.
bool can_be_quoted(std::string_view value);
/// In double quotes; only for what can_be_quoted().
std::string encode_quoted(std::string_view value);
/// A quoted string, or a literal where that is needed ("{3}\r\nabc"; "{3+}" with `plus`).
std::string encode_string(std::string_view value, bool plus = false);
/// An atom where possible.
std::string encode_astring(std::string_view value, bool plus = false);
std::string encode_nstring(const std::optional<std::string>& value);

}  // namespace mailscope::imap
