#include "sim/wire/imap_response_data.h"

#include "sim/base/ascii.h"
#include "sim/wire/imap_sequence_set.h"

namespace mailscope::imap {
namespace {

using Kind = Value::Kind;

bool is_list(const Value& value) { return value.kind == Kind::kList; }

/// The texts of a list's items.
std::vector<std::string> texts_of(const Value& list) {
  std::vector<std::string> texts;
  for (const Value& item : list.items) texts.push_back(item.text);
  return texts;
}

/// An atom or a string; NIL means none.
std::string text_of(const Value& value) {
  return value.kind == Kind::kNil ? std::string() : value.text;
}

std::optional<uint32_t> number32(const Value& value) {
  const std::optional<uint64_t> number = value.number();
  if (!number || *number > UINT32_MAX) return std::nullopt;
  return static_cast<uint32_t>(*number);
}

/// "(" position SP set *(SP position SP set) ")" of ADDTO and REMOVEFROM.
bool take_changes(const Value& list, bool added, EsearchData& data) {
  if (!is_list(list) || list.items.size() % 2 != 0) return false;
  for (size_t i = 0; i < list.items.size(); i += 2) {
    const std::optional<uint32_t> position = number32(list.items[i]);
    if (!position) return false;
    data.changes.push_back({added, *position, list.items[i + 1].text});
  }
  return true;
}

/// One of the pairs of ESEARCH; those that are not known are passed over (RFC 4466 §2.6.2).
bool take_pair(const std::string& name, const Value& value, EsearchData& data) {
  if (name == "MIN") return (data.min = number32(value)).has_value();
  if (name == "MAX") return (data.max = number32(value)).has_value();
  if (name == "COUNT") return (data.count = number32(value)).has_value();
  if (name == "MODSEQ") return (data.modseq = value.number()).has_value();
  if (name == "ALL") data.all = value.text;
  if (name == "ADDTO" || name == "REMOVEFROM") return take_changes(value, name == "ADDTO", data);
  if (name == "PARTIAL") {
    if (!is_list(value) || value.items.size() != 2) return false;
    data.window = value.items[0].text;
    data.partial = text_of(value.items[1]);
  }
  return true;
}

std::optional<std::vector<Namespace>> namespaces_of(const Value& value) {
  std::vector<Namespace> found;
  if (value.kind == Kind::kNil) return found;
  if (!is_list(value)) return std::nullopt;
  for (const Value& one : value.items) {
    if (!is_list(one) || one.items.size() < 2) return std::nullopt;
    found.push_back({one.items[0].text, text_of(one.items[1])});
  }
  return found;
}

/// The values of a code's arguments when there are `count` of them.
std::optional<std::vector<Value>> arguments_of(std::string_view code, std::string_view name,
                                               size_t count) {
  const std::optional<std::string_view> arguments = code_arguments(code, name);
  if (!arguments) return std::nullopt;
  std::optional<std::vector<Value>> values = parse_values(*arguments);
  if (!values || values->size() != count) return std::nullopt;
  return values;
}

}  // namespace

std::optional<ListData> list_data(const Response& response) {
  const std::vector<Value>& values = response.values;
  const bool named = response.name == "LIST" || response.name == "LSUB";
  if (!named || values.size() < 3 || !is_list(values[0])) return std::nullopt;
  ListData data;
  data.attributes = texts_of(values[0]);
  data.delimiter = text_of(values[1]);
  data.mailbox = values[2].text;  // here NIL is a name like any other
  if (values.size() > 3) {
    const Value* old_name = values[3].after("OLDNAME");
    if (old_name != nullptr && old_name->items.size() == 1) data.old_name = old_name->items[0].text;
    if (const Value* child_info = values[3].after("CHILDINFO")) {
      data.child_info = texts_of(*child_info);
    }
  }
  return data;
}

std::optional<EsearchData> esearch_data(const Response& response) {
  if (response.name != "ESEARCH") return std::nullopt;
  const std::vector<Value>& values = response.values;
  EsearchData data;
  size_t i = 0;
  if (i < values.size() && is_list(values[i])) {
    if (const Value* tag = values[i++].after("TAG")) data.tag = tag->text;
  }
  if (i < values.size() && equals_ignoring_case(values[i].text, "UID")) {
    data.uid = true;
    ++i;
  }
  if ((values.size() - i) % 2 != 0) return std::nullopt;
  for (; i < values.size(); i += 2) {
    if (!take_pair(ascii_upper(values[i].text), values[i + 1], data)) return std::nullopt;
  }
  return data;
}

std::optional<VanishedData> vanished_data(const Response& response) {
  const std::vector<Value>& values = response.values;
  if (response.name != "VANISHED" || values.empty()) return std::nullopt;
  VanishedData data;
  const Value& first = values.front();
  data.earlier = is_list(first) && first.items.size() == 1 &&
                 equals_ignoring_case(first.items[0].text, "EARLIER");
  if (values.size() != (data.earlier ? 2u : 1u) || values.back().kind != Kind::kAtom) {
    return std::nullopt;
  }
  data.uids = values.back().text;
  return data;
}

std::optional<NamespaceData> namespace_data(const Response& response) {
  if (response.name != "NAMESPACE" || response.values.size() != 3) return std::nullopt;
  const auto personal = namespaces_of(response.values[0]);
  const auto other_users = namespaces_of(response.values[1]);
  const auto shared = namespaces_of(response.values[2]);
  if (!personal || !other_users || !shared) return std::nullopt;
  return NamespaceData{*personal, *other_users, *shared};
}

std::optional<QuotaData> quota_data(const Response& response) {
  const std::vector<Value>& values = response.values;
  const bool formed = response.name == "QUOTA" && values.size() == 2 && is_list(values[1]) &&
                      values[1].items.size() % 3 == 0;
  if (!formed) return std::nullopt;
  QuotaData data;
  data.root = values[0].text;
  for (size_t i = 0; i < values[1].items.size(); i += 3) {
    const std::optional<uint64_t> usage = values[1].items[i + 1].number();
    const std::optional<uint64_t> limit = values[1].items[i + 2].number();
    if (!usage || !limit) return std::nullopt;
    data.resources.push_back({ascii_upper(values[1].items[i].text), *usage, *limit});
  }
  return data;
}

std::optional<CopyUid> code_copyuid(std::string_view code, size_t limit) {
  const auto values = arguments_of(code, "COPYUID", 3);
  if (!values) return std::nullopt;
  const std::optional<uint32_t> uid_validity = number32((*values)[0]);
  if (!uid_validity) return std::nullopt;
  CopyUid copied{*uid_validity, numbers_in((*values)[1].text, limit),
                 numbers_in((*values)[2].text, limit)};
  if (copied.from.empty() || copied.from.size() != copied.to.size()) return std::nullopt;
  return copied;
}

std::optional<AppendUid> code_appenduid(std::string_view code, size_t limit) {
  const auto values = arguments_of(code, "APPENDUID", 2);
  if (!values) return std::nullopt;
  const std::optional<uint32_t> uid_validity = number32((*values)[0]);
  if (!uid_validity) return std::nullopt;
  AppendUid appended{*uid_validity, numbers_in((*values)[1].text, limit)};
  if (appended.uids.empty()) return std::nullopt;
  return appended;
}

std::optional<std::string> code_modified(std::string_view code) {
  const auto values = arguments_of(code, "MODIFIED", 1);
  if (!values) return std::nullopt;
  return (*values)[0].text;
}

std::optional<std::vector<std::string>> code_permanent_flags(std::string_view code) {
  const auto values = arguments_of(code, "PERMANENTFLAGS", 1);
  if (!values || !is_list((*values)[0])) return std::nullopt;
  return texts_of((*values)[0]);
}

}  // namespace mailscope::imap
