// A TOML text as a plain tree in which every key and value knows its place, so that whatever is
// wrong with it can be shown to the author. The only place that knows the TOML library.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/lesson/diagnostics.h"

namespace mailscope {

struct TomlEntry;

struct TomlValue {
  enum class Kind : uint8_t { kText, kNumber, kFlag, kArray, kTable, kOther };
  Kind kind = Kind::kTable;
  SourcePosition at;
  std::string text;
  int64_t number = 0;
  bool flag = false;
  std::vector<TomlValue> items;     // kArray
  std::vector<TomlEntry> entries;   // kTable, in the order of the text

  /// Null when there is no such key.
  [[nodiscard]] const TomlEntry* find(std::string_view key) const;
};

struct TomlEntry {
  std::string key;
  SourcePosition at;  // of the key
  TomlValue value;
};

/// "a text", "a table": for messages.
const char* toml_kind_name(TomlValue::Kind kind);

/// The text's table; a mistake in its syntax goes to `diagnostics`, and the table is empty then.
TomlValue parse_toml(std::string_view text, Diagnostics& diagnostics);

}  // namespace mailscope
