#include "sim/lesson/table_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/lesson/units.h"

namespace mailscope {
namespace {

const TomlValue kEmptyTable;
const std::vector<std::string> kLanguages = {"en", "zh"};

}  // namespace

const std::vector<std::string>& lesson_languages() { return kLanguages; }

TableReader::TableReader(const TomlValue& value, std::string what, Diagnostics& diagnostics)
    : table_(&value), what_(std::move(what)), diagnostics_(diagnostics) {
  if (value.kind == TomlValue::Kind::kTable) return;
  error(value.at, fmt::format("{} is {}", what_, toml_kind_name(value.kind)), "a table");
  table_ = &kEmptyTable;
}

SourcePosition TableReader::at(std::string_view key) const {
  const TomlEntry* entry = table_->find(key);
  return entry != nullptr ? entry->value.at : table_->at;
}

void TableReader::knows(const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  }
}

const TomlValue* TableReader::value(std::string_view key) {
  knows({std::string(key)});
  const TomlEntry* entry = table_->find(key);
  return entry != nullptr ? &entry->value : nullptr;
}

const TomlValue* TableReader::find(std::string_view key, TomlValue::Kind kind, Need need,
                                   const std::string& expected) {
  const TomlValue* found = value(key);
  if (found == nullptr) {
    // A table that was no table at all has been reported already.
    if (need == Need::kRequired && table_ != &kEmptyTable) {
      error(at(), fmt::format("{} has no \"{}\"", what_, key),
            fmt::format("{} = {}", key, expected));
    }
    return nullptr;
  }
  if (found->kind == kind) return found;
  error(found->at, fmt::format("\"{}\" is {}", key, toml_kind_name(found->kind)), expected);
  return nullptr;
}

Word TableReader::word(std::string_view key, Need need, std::string_view otherwise) {
  const TomlValue* found = find(key, TomlValue::Kind::kText, need, "a text in quotes");
  if (found == nullptr) return {std::string(otherwise), at(key)};
  if (need == Need::kRequired && trimmed(found->text).empty()) {
    error(found->at, fmt::format("\"{}\" is empty", key), "a text in quotes");
  }
  // It may go on the wire: a line end in it would be a line of its own there.
  const bool one_line = std::none_of(found->text.begin(), found->text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  if (!one_line) {
    error(found->at, fmt::format("\"{}\" has a line end or another control character", key),
          "one line of text");
    return {std::string(otherwise), found->at};
  }
  return {found->text, found->at};
}

Word TableReader::block(std::string_view key) {
  const TomlValue* found = find(key, TomlValue::Kind::kText, Need::kOptional, "a text in quotes");
  return found != nullptr ? Word{found->text, found->at} : Word{{}, at(key)};
}

int64_t TableReader::number(std::string_view key, int64_t min, int64_t max, int64_t otherwise) {
  const std::string expected = fmt::format("a whole number from {} to {}", min, max);
  const TomlValue* found = find(key, TomlValue::Kind::kNumber, Need::kOptional, expected);
  if (found == nullptr) return otherwise;
  if (found->number >= min && found->number <= max) return found->number;
  error(found->at, fmt::format("\"{}\" is {}", key, found->number), expected);
  return otherwise;
}

bool TableReader::flag(std::string_view key, bool otherwise) {
  const TomlValue* found = find(key, TomlValue::Kind::kFlag, Need::kOptional, "true or false");
  return found != nullptr ? found->flag : otherwise;
}

template <class T, class Parse>
T TableReader::quantity(std::string_view key, T otherwise, Parse parse, const char* form) {
  const TomlValue* found = find(key, TomlValue::Kind::kText, Need::kOptional, form);
  if (found == nullptr) return otherwise;
  const auto parsed = parse(found->text);
  if (parsed) return *parsed;
  error(found->at, fmt::format("\"{}\" is \"{}\"", key, found->text.substr(0, 40)), form);
  return otherwise;
}

Duration TableReader::duration(std::string_view key, Duration otherwise) {
  return quantity(key, otherwise, parse_duration, kDurationForm);
}

uint64_t TableReader::rate(std::string_view key, uint64_t otherwise) {
  return quantity(key, otherwise, parse_rate, kRateForm);
}

uint32_t TableReader::share(std::string_view key, uint32_t otherwise) {
  return quantity(key, otherwise, parse_share, kShareForm);
}

size_t TableReader::choice(std::string_view key, const std::vector<std::string>& names, Need need,
                           size_t otherwise) {
  const TomlValue* found = find(key, TomlValue::Kind::kText, need, one_of(names));
  if (found == nullptr) return otherwise;
  const auto at = std::find(names.begin(), names.end(), found->text);
  if (at != names.end()) return static_cast<size_t>(at - names.begin());
  error(found->at, fmt::format("unknown {} \"{}\"", key, found->text.substr(0, 60)),
        one_of(names) + suggestion(found->text, names));
  return otherwise;
}

std::vector<Word> TableReader::words(std::string_view key, size_t max) {
  const TomlValue* found = find(key, TomlValue::Kind::kArray, Need::kOptional,
                                "an array of texts, such as [\"a\", \"b\"]");
  std::vector<Word> words;
  if (found == nullptr) return words;
  if (found->items.size() > max) {
    error(found->at, fmt::format("\"{}\" has {} items", key, found->items.size()),
          fmt::format("at most {}", max));
    return words;
  }
  for (const TomlValue& item : found->items) {
    if (item.kind == TomlValue::Kind::kText) {
      words.push_back({item.text, item.at});
    } else {
      error(item.at, fmt::format("\"{}\" holds {}", key, toml_kind_name(item.kind)),
            "a text in quotes");
    }
  }
  return words;
}

Translated TableReader::translated(std::string_view key, Need need) {
  const TomlValue* found =
      find(key, TomlValue::Kind::kTable, need, "{ en = \"...\", zh = \"...\" }");
  Translated texts;
  if (found == nullptr) return texts;
  TableReader reader(*found, fmt::format("\"{}\"", key), diagnostics_);
  for (const std::string& language : kLanguages) {
    texts[language] = reader.text(language, Need::kRequired);
  }
  reader.finish();
  return texts;
}

std::vector<const TomlValue*> TableReader::tables(std::string_view key, size_t max) {
  std::vector<const TomlValue*> found;
  const TomlValue* array = find(key, TomlValue::Kind::kArray, Need::kOptional,
                                fmt::format("tables, each begun by [[{}]]", key));
  if (array == nullptr) return found;
  if (array->items.size() > max) {
    error(array->items[max].at, fmt::format("too many [[{}]]: {}", key, array->items.size()),
          fmt::format("at most {}", max));
    return found;
  }
  for (const TomlValue& item : array->items) found.push_back(&item);
  return found;
}

void TableReader::finish() {
  for (const TomlEntry& entry : table_->entries) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    error(entry.at, fmt::format("unknown key \"{}\" in {}", entry.key.substr(0, 60), what_),
          one_of(known_) + suggestion(entry.key, known_));
  }
}

}  // namespace mailscope
