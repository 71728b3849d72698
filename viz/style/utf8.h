// UTF-8 decoding for drawing: lenient, one code point at a time.
#pragma once

#include <cstddef>
#include <string_view>

namespace mailscope::viz {

/// What a byte decodes to that does not belong to valid UTF-8 (RFC 3629 §4): U+FFFD.
constexpr char32_t kBadUtf8 = 0xFFFD;

/// The code point at `at`, which moves behind it; behind one byte if the bytes there are invalid.
char32_t next_code_point(std::string_view text, size_t& at);

}  // namespace mailscope::viz
