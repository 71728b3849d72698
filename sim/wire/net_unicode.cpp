#include "sim/wire/net_unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "sim/wire/charset.h"

namespace mailscope {
namespace {

unsigned char octet(char c) { return static_cast<unsigned char>(c); }

/// C1 is C2 80 to C2 9F in UTF-8; U+2028 and U+2029 are E2 80 A8 and E2 80 A9.
bool has_forbidden(std::string_view utf8) {
  for (size_t i = 0; i < utf8.size(); ++i) {
    const unsigned char c = octet(utf8[i]);
    if (c < 0x20 || c == 0x7f) return true;
    if (c == 0xc2 && octet(utf8[i + 1]) < 0xa0) return true;
    if (c == 0xe2 && octet(utf8[i + 1]) == 0x80 && (octet(utf8[i + 2]) & 0xfe) == 0xa8) return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> net_unicode(std::string_view text) {
  if (!valid_utf8(text) || has_forbidden(text)) return std::nullopt;
  if (std::all_of(text.begin(), text.end(), [](char c) { return octet(c) < 0x80; })) {
    return std::string(text);
  }
  utf8proc_uint8_t* made = nullptr;
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &made, options);
  const std::unique_ptr<utf8proc_uint8_t, void (*)(void*)> owned(made, std::free);
  if (size < 0) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(made), static_cast<size_t>(size));
}

}  // namespace mailscope
