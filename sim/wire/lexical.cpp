#include "sim/wire/lexical.h"

namespace mailscope {
namespace {

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Position after the comment that opens at `position`. Counts depth instead of recursing, because
/// strangers choose how deep comments nest.
size_t skip_comment(std::string_view text, size_t position, std::string* content) {
  if (content != nullptr) content->clear();
  size_t depth = 0;
  for (; position < text.size(); ++position) {
    char c = text[position];
    const bool escaped = c == '\\' && position + 1 < text.size();
    if (escaped) {
      c = text[++position];
    } else if (c == '(') {
      if (++depth == 1) continue;
    } else if (c == ')' && --depth == 0) {
      return position + 1;
    }
    if (content != nullptr && c != '\r' && c != '\n') *content += c;
  }
  return position;
}

}  // namespace

size_t skip_cfws(std::string_view text, size_t position, std::string* last_comment) {
  while (position < text.size()) {
    if (is_white(text[position])) {
      ++position;
    } else if (text[position] == '(') {
      position = skip_comment(text, position, last_comment);
    } else {
      break;
    }
  }
  return position;
}

std::string read_quoted_string(std::string_view text, size_t& position) {
  std::string content;
  for (++position; position < text.size(); ++position) {
    char c = text[position];
    if (c == '"') {
      ++position;
      break;
    }
    if (c == '\\' && position + 1 < text.size()) c = text[++position];
    if (c != '\r' && c != '\n') content += c;
  }
  return content;
}

}  // namespace mailscope
