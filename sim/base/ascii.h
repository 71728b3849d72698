// ASCII as the mail RFCs mean it: never the locale's idea of a letter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailscope {

constexpr char ascii_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool ascii_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool ascii_alpha(char c) { return ascii_upper(c) >= 'A' && ascii_upper(c) <= 'Z'; }

std::string ascii_upper(std::string_view text);
std::string ascii_lower(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);
/// Position of `needle` in `text` without regard to ASCII case; npos when absent.
size_t find_ignoring_case(std::string_view text, std::string_view needle, size_t from = 0);
/// Without leading and trailing spaces, tabs, CR and LF.
std::string_view trimmed(std::string_view text);
/// Decimal digits only, no sign, no spaces; nullopt when empty, not a number, or over `max`.
std::optional<uint64_t> parse_number(std::string_view text, uint64_t max = UINT64_MAX);

}  // namespace mailscope
