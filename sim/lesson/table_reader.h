// TableReader: one table of a lesson file, read key by key. Every mistake goes to the diagnostics
// with its place; keys that nobody asked for are mistakes, too, and the nearest known key is named.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/base/time.h"
#include "sim/lesson/diagnostics.h"
#include "sim/lesson/lesson.h"
#include "sim/lesson/toml_value.h"

namespace mailscope {

/// A text and where it stands.
struct Word {
  std::string text;
  SourcePosition at;
};

enum class Need : uint8_t { kOptional, kRequired };

class TableReader {
 public:
  /// `what` names the table in messages: "[[host]]". Reads nothing when `value` is no table.
  TableReader(const TomlValue& value, std::string what, Diagnostics& diagnostics);

  // Each asks for one key, and gives `otherwise` when it is absent or wrong.
  /// One line of text: without control characters.
  Word word(std::string_view key, Need need = Need::kOptional, std::string_view otherwise = {});
  std::string text(std::string_view key, Need need = Need::kOptional,
                   std::string_view otherwise = {}) {
    return word(key, need, otherwise).text;
  }
  /// A text that may have several lines.
  Word block(std::string_view key);
  int64_t number(std::string_view key, int64_t min, int64_t max, int64_t otherwise);
  bool flag(std::string_view key, bool otherwise);
  Duration duration(std::string_view key, Duration otherwise);
  uint64_t rate(std::string_view key, uint64_t otherwise);
  uint32_t share(std::string_view key, uint32_t otherwise);
  /// Index of the word among `names`; `otherwise` when absent.
  size_t choice(std::string_view key, const std::vector<std::string>& names, Need need,
                size_t otherwise);
  std::vector<Word> words(std::string_view key, size_t max = 1000);
  Translated translated(std::string_view key, Need need);
  /// The tables of an array of tables, such as all [[host]]; at most `max`.
  std::vector<const TomlValue*> tables(std::string_view key, size_t max);
  /// Any value; null when absent.
  const TomlValue* value(std::string_view key);

  /// Keys that are right here although they may not be asked for.
  void knows(const std::vector<std::string>& keys);
  [[nodiscard]] bool has(std::string_view key) const { return table_->find(key) != nullptr; }
  /// Of the key's value, or of the table when the key is absent.
  [[nodiscard]] SourcePosition at(std::string_view key) const;
  [[nodiscard]] SourcePosition at() const { return table_->at; }
  [[nodiscard]] const std::string& what() const { return what_; }
  [[nodiscard]] Diagnostics& diagnostics() { return diagnostics_; }
  void error(SourcePosition at, std::string message, std::string expected = {}) {
    diagnostics_.error(at, std::move(message), std::move(expected));
  }

  /// Reports keys that were not asked for. Call it last.
  void finish();

 private:
  /// The value of the kind; null when absent (reported when required) or of another kind
  /// (reported).
  const TomlValue* find(std::string_view key, TomlValue::Kind kind, Need need,
                        const std::string& expected);
  template <class T, class Parse>
  T quantity(std::string_view key, T otherwise, Parse parse, const char* form);

  const TomlValue* table_;
  std::string what_;
  Diagnostics& diagnostics_;
  std::vector<std::string> known_;
};

/// The languages that every text of a lesson must have.
const std::vector<std::string>& lesson_languages();

}  // namespace mailscope
