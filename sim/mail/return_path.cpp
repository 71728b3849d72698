#include "sim/mail/return_path.h"

#include "sim/base/ascii.h"
#include "sim/wire/header.h"

namespace mailscope {

std::string with_return_path(std::string_view reverse_path, std::string_view text) {
  std::string result = "Return-Path: <";
  result.append(reverse_path).append(">\r\n");
  size_t position = 0;
  while (const std::optional<HeaderField> field = next_field(text, position)) {
    if (!equals_ignoring_case(field->name.of(text), "Return-Path")) {
      result.append(field->whole.of(text));
    }
  }
  return result.append(text.substr(position));
}

}  // namespace mailscope
