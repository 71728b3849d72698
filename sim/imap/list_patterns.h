// ListPatterns: the patterns of one LIST, and which mailbox names they match. "*" stands for any
// characters, "%" for any but the hierarchy separator (RFC 3501 §6.3.8). All patterns together are
// one automaton whose states are bits, so that a name costs its length times the patterns' length
// over 64, whatever the patterns are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mailscope {

/// Octets of all patterns of a LIST; those beyond are not accepted.
inline constexpr size_t kMaxListPattern = 1000;

class ListPatterns {
 public:
  /// Patterns and names in the same form. RFC 9051 §6.3.9: a pattern that is not accepted matches
  /// nothing; that is one for which there is no more room.
  explicit ListPatterns(const std::vector<std::string>& patterns);

  struct Match {
    bool name = false;   // a pattern matches the name
    bool level = false;  // and it ends in "%": levels of hierarchy are listed too
  };
  /// INBOX matches in any case.
  [[nodiscard]] Match match(std::string_view name) const;

 private:
  struct Element {
    enum class Kind : uint8_t { kOctet, kAny, kAnyOfLevel, kEnd, kEndOfLevels };
    Kind kind;
    char octet;
  };
  using Word = uint64_t;

  void add(std::string_view pattern, std::vector<Element>& elements) const;

  size_t words_ = 0;
  std::vector<Word> on_octet_;  // 256 x words_: the states that go on at this octet
  std::vector<Word> begin_;     // where patterns begin
  std::vector<Word> any_;       // "*", which stays where it is
  std::vector<Word> level_;     // "%", which does but at the separator
  std::vector<Word> end_;
  std::vector<Word> end_of_levels_;
};

}  // namespace mailscope
