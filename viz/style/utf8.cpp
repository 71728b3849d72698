#include "viz/style/utf8.h"

#include <cstdint>

namespace mailscope::viz {

char32_t next_code_point(std::string_view text, size_t& at) {
  const auto byte = [text](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(at++);
  if (lead < 0x80) return lead;
  const size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  if (lead < 0xC2 || lead > 0xF4 || at + more > text.size()) return kBadUtf8;
  char32_t c = static_cast<char32_t>(lead & (0x3F >> more));
  for (size_t i = 0; i < more; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return kBadUtf8;
    c = (c << 6) | (byte(at + i) & 0x3Fu);
  }
  constexpr char32_t kLeast[] = {0x80, 0x800, 0x10000};  // shorter would do: overlong
  const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
  if (c < kLeast[more - 1] || c > 0x10FFFF || surrogate) return kBadUtf8;
  at += more;
  return c;
}

}  // namespace mailscope::viz
