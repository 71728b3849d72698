#include "sim/lesson/toml_value.h"

#include <algorithm>

#include "sim/base/toml.h"

namespace mailscope {
namespace {

SourcePosition position_of(const toml::source_region& region) {
  return {static_cast<uint32_t>(region.begin.line), static_cast<uint32_t>(region.begin.column)};
}

TomlValue value_of(const toml::node& node) {
  TomlValue value;
  value.at = position_of(node.source());
  if (const toml::table* table = node.as_table()) {
    value.kind = TomlValue::Kind::kTable;
    for (const auto& [key, child] : *table) {
      TomlEntry entry{std::string(key.str()), position_of(key.source()), value_of(child)};
      // A table that only its children's headers imply has no place of its own.
      if (entry.value.at.line == 0) entry.value.at = entry.at;
      value.entries.push_back(std::move(entry));
    }
    std::stable_sort(value.entries.begin(), value.entries.end(),
                     [](const TomlEntry& a, const TomlEntry& b) { return a.at < b.at; });
  } else if (const toml::array* array = node.as_array()) {
    value.kind = TomlValue::Kind::kArray;
    for (const toml::node& item : *array) value.items.push_back(value_of(item));
  } else if (const auto* text = node.as_string()) {
    value.kind = TomlValue::Kind::kText;
    value.text = text->get();
  } else if (const auto* number = node.as_integer()) {
    value.kind = TomlValue::Kind::kNumber;
    value.number = number->get();
  } else if (const auto* flag = node.as_boolean()) {
    value.kind = TomlValue::Kind::kFlag;
    value.flag = flag->get();
  } else {
    value.kind = TomlValue::Kind::kOther;
  }
  return value;
}

}  // namespace

const TomlEntry* TomlValue::find(std::string_view key) const {
  for (const TomlEntry& entry : entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

const char* toml_kind_name(TomlValue::Kind kind) {
  constexpr const char* kNames[] = {"a text",   "a whole number", "true or false",
                                    "an array", "a table",        "a value of another kind"};
  return kNames[static_cast<int>(kind)];
}

TomlValue parse_toml(std::string_view text, Diagnostics& diagnostics) {
  const toml::parse_result parsed = toml::parse(text, diagnostics.name());
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    diagnostics.error(position_of(error.source()), std::string(error.description()),
                      "TOML: key = value, with texts in quotes (https://toml.io)");
    return {};
  }
  return value_of(parsed.table());
}

}  // namespace mailscope
