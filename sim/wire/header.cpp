#include "sim/wire/header.h"

#include "sim/base/ascii.h"

namespace mailscope {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// True when an empty line stands at `position`.
bool blank_line_at(std::string_view text, size_t position) {
  if (text[position] == '\n') return true;
  return text[position] == '\r' && position + 1 < text.size() && text[position + 1] == '\n';
}

/// A field name is printable ASCII without the colon (RFC 5322 §2.2).
bool valid_name(std::string_view name) {
  for (const char c : name) {
    if (c <= ' ' || c > '~' || c == ':') return false;
  }
  return !name.empty();
}

/// True when the line at `begin` is the first one of a field of that name.
bool begins_field(std::string_view text, size_t begin, std::string_view name) {
  if (ascii_lower(text[begin]) != ascii_lower(name.front())) return false;
  if (!equals_ignoring_case(text.substr(begin, name.size()), name)) return false;
  size_t at = begin + name.size();
  while (at < text.size() && is_blank(text[at])) ++at;
  return at < text.size() && text[at] == ':';
}

}  // namespace

size_t line_end_after(std::string_view text, size_t begin) {
  const size_t lf = text.find('\n', begin);
  return lf == std::string_view::npos ? text.size() : lf + 1;
}

std::string_view without_line_end(std::string_view line) {
  if (!line.empty() && line.back() == '\n') {
    line.remove_suffix(1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  }
  return line;
}

std::optional<HeaderField> next_field(std::string_view text, size_t& position) {
  const size_t begin = position;
  if (begin >= text.size() || blank_line_at(text, begin)) return std::nullopt;
  const size_t first_end = line_end_after(text, begin);
  size_t end = first_end;
  while (end < text.size() && is_blank(text[end])) end = line_end_after(text, end);
  position = end;

  HeaderField field;
  field.whole = {begin, end};
  const size_t value_end = begin + without_line_end(text.substr(begin, end - begin)).size();
  const std::string_view first_line = text.substr(begin, first_end - begin);
  const size_t colon = first_line.find(':');
  size_t name_length = colon == std::string_view::npos ? 0 : colon;
  while (name_length > 0 && is_blank(first_line[name_length - 1])) --name_length;
  if (valid_name(first_line.substr(0, name_length))) {
    field.name = {begin, begin + name_length};
    field.value = {begin + colon + 1, value_end};
  } else {
    field.name = {begin, begin};
    field.value = {begin, value_end};
  }
  return field;
}

std::optional<HeaderField> next_field(std::string_view text, std::string_view name,
                                      size_t& position) {
  if (!valid_name(name)) return std::nullopt;
  for (; position < text.size() && !blank_line_at(text, position);
       position = line_end_after(text, position)) {
    if (begins_field(text, position, name)) return next_field(text, position);
  }
  return std::nullopt;
}

size_t header_end(std::string_view text, size_t begin) {
  size_t position = begin < text.size() ? begin : text.size();
  while (position < text.size() && !blank_line_at(text, position)) {
    position = line_end_after(text, position);
  }
  return position < text.size() ? line_end_after(text, position) : position;
}

Header parse_header(std::string_view text, size_t begin) {
  Header header;
  size_t position = begin < text.size() ? begin : text.size();
  header.span.begin = position;
  while (const auto field = next_field(text, position)) {
    if (header.fields.size() < kMaxHeaderFields) header.fields.push_back(*field);
  }
  if (position < text.size()) {
    header.complete = true;
    position = line_end_after(text, position);
  }
  header.span.end = position;
  return header;
}

std::optional<HeaderField> find_field(std::string_view text, std::string_view name, size_t begin) {
  size_t position = begin;
  return next_field(text, name, position);
}

std::optional<std::string> field_value(std::string_view text, std::string_view name, size_t begin) {
  const auto field = find_field(text, name, begin);
  if (!field) return std::nullopt;
  return std::string(trimmed(unfolded(field->value.of(text))));
}

std::string unfolded(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (size_t i = 0; i < value.size(); ++i) {
    const bool crlf = value[i] == '\r' && i + 1 < value.size() && value[i + 1] == '\n';
    if (!crlf && value[i] != '\n') out += value[i];
  }
  return out;
}

}  // namespace mailscope
