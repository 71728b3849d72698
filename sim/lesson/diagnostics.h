// An author's mistakes: where, what, and what was expected, shown with the line and a caret under
// it, as Ninja and compilers do. Not for peers (they are answered in protocol) and not for
// programmers (CHECK).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mailscope {

/// 1-based; the column counts characters (code points). Line 0: the file as a whole.
struct SourcePosition {
  uint32_t line = 0;
  uint32_t column = 0;

  friend bool operator==(SourcePosition a, SourcePosition b) {
    return a.line == b.line && a.column == b.column;
  }
  friend bool operator<(SourcePosition a, SourcePosition b) {
    return a.line != b.line ? a.line < b.line : a.column < b.column;
  }
};

struct Diagnostic {
  SourcePosition at;
  std::string message;   // "unknown host "laptp""
  std::string expected;  // "the name of a [[host]]"; empty: nothing more to say
};

/// Collects the mistakes in one text.
class Diagnostics {
 public:
  static constexpr size_t kMaxShown = 20;

  /// `name` is how the file is called in messages.
  Diagnostics(std::string name, std::string source);

  void error(SourcePosition at, std::string message, std::string expected = {});
  [[nodiscard]] bool empty() const { return mistakes_.empty(); }
  [[nodiscard]] size_t count() const { return mistakes_.size(); }
  [[nodiscard]] const std::string& name() const { return name_; }
  /// All of them in the order of their places, four lines each:
  ///   lessons/x/lesson.toml:12:8: error: unknown host "laptp"
  ///   host = "laptp"
  ///          ^
  ///   expected the name of a [[host]]; did you mean "laptop"?
  [[nodiscard]] std::string text() const;

 private:
  [[nodiscard]] std::string excerpt(SourcePosition at) const;

  std::string name_;
  std::string source_;
  std::vector<Diagnostic> mistakes_;
};

/// The candidate that `name` was probably meant to be, by edit distance; empty when none is near.
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);
/// "; did you mean "laptop"?" or nothing.
std::string suggestion(std::string_view name, const std::vector<std::string>& candidates);
/// "a, b or c".
std::string one_of(const std::vector<std::string>& names);

}  // namespace mailscope
