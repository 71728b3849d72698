#include "sim/wire/message_id.h"

#include "sim/wire/lexical.h"

namespace mailscope {
namespace {

/// The id whose "<" stands before `position`, which moves behind it; empty when it is none. It then
/// stops before the next "<", where another may begin.
std::string read_message_id(std::string_view text, size_t& position) {
  std::string id;
  size_t left = std::string::npos;  // how long the part before "@" is
  while (position < text.size()) {
    position = skip_cfws(text, position);
    if (position == text.size() || text[position] == '<') return {};
    const char c = text[position];
    if (c == '>') {
      ++position;
      const bool whole = left != std::string::npos && left > 0 && id.size() > left + 1;
      return whole ? id : std::string();
    }
    if (c == '"' && left == std::string::npos) {
      id += read_quoted_string(text, position);
      continue;
    }
    if (c == '@' && left == std::string::npos) left = id.size();
    id += c;
    ++position;
  }
  return {};
}

}  // namespace

std::vector<std::string> parse_message_ids(std::string_view value, size_t limit) {
  std::vector<std::string> ids;
  size_t position = value.find('<');
  while (position != std::string_view::npos && ids.size() < limit) {
    ++position;
    std::string id = read_message_id(value, position);
    if (!id.empty()) ids.push_back(std::move(id));
    position = value.find('<', position);
  }
  return ids;
}

}  // namespace mailscope
