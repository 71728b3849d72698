#include "sim/wire/casemap.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "sim/base/ascii.h"
#include "sim/wire/charset.h"

namespace mailscope {
namespace {

// The longest decomposition of one character has 18 (U+FDFA).
constexpr size_t kMaxDecomposed = 32;

/// Titlecase of ASCII is upper case; other bytes stay.
constexpr std::array<unsigned char, 256> kUpper = [] {
  std::array<unsigned char, 256> table{};
  for (size_t i = 0; i < table.size(); ++i) {
    table[i] = static_cast<unsigned char>(i >= 'a' && i <= 'z' ? i - 32 : i);
  }
  return table;
}();

unsigned char octet(char c) { return static_cast<unsigned char>(c); }

void append_code_point(std::string& out, utf8proc_int32_t code) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  const utf8proc_ssize_t length = utf8proc_encode_char(code, bytes.data());
  for (size_t i = 0; i < static_cast<size_t>(length); ++i) out += static_cast<char>(bytes[i]);
}

/// utf8proc gives the sharp s the capital of 2008 as its titlecase; UnicodeData.txt, which RFC 5051
/// names, gives it none.
constexpr utf8proc_int32_t kSharpS = 0xDF;

/// RFC 5051 §2 (b): titlecase first, then the decomposition of that, which is not mapped again.
void append_mapped(std::string& out, utf8proc_int32_t code) {
  const utf8proc_int32_t title = code == kSharpS ? code : utf8proc_totitle(code);
  std::array<utf8proc_int32_t, kMaxDecomposed> pieces{};
  int boundary = 0;
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT);
  const utf8proc_ssize_t count = utf8proc_decompose_char(
      title, pieces.data(), static_cast<utf8proc_ssize_t>(pieces.size()), options, &boundary);
  if (count < 1 || static_cast<size_t>(count) > pieces.size()) {
    return append_code_point(out, title);
  }
  for (size_t i = 0; i < static_cast<size_t>(count); ++i) append_code_point(out, pieces[i]);
}

/// Length of the ASCII that `text` begins with.
size_t ascii_prefix(std::string_view text) {
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    if ((word & 0x8080808080808080ULL) != 0) break;
  }
  while (i < text.size() && octet(text[i]) < 0x80) ++i;
  return i;
}

int sign(int difference) { return difference < 0 ? -1 : difference > 0 ? 1 : 0; }

/// Knuth, Morris and Pratt; `map` is applied to each byte of `text`.
template <class Map>
bool find_folded(std::string_view text, std::string_view wanted,
                 const std::vector<uint32_t>& resume, Map map) {
  const char first = wanted.front();
  size_t matched = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (matched == 0) {
      while (i < text.size() && map(text[i]) != first) ++i;
      if (i == text.size()) return false;
      matched = 1;
    } else {
      const char c = map(text[i]);
      while (matched > 0 && wanted[matched] != c) matched = resume[matched - 1];
      if (wanted[matched] == c) ++matched;
    }
    if (matched == wanted.size()) return true;
  }
  return false;
}

/// For each place the longest part of the beginning that ends there: what a mismatch after it
/// leaves.
std::vector<uint32_t> resume_table(std::string_view wanted) {
  std::vector<uint32_t> table(wanted.size(), 0);
  uint32_t matched = 0;
  for (size_t i = 1; i < wanted.size(); ++i) {
    while (matched > 0 && wanted[i] != wanted[matched]) matched = table[matched - 1];
    if (wanted[i] == wanted[matched]) ++matched;
    table[i] = matched;
  }
  return table;
}

}  // namespace

bool is_ascii(std::string_view text) { return ascii_prefix(text) == text.size(); }

std::string casemap(std::string_view utf8) {
  const size_t plain = ascii_prefix(utf8);
  if (plain < utf8.size() && !valid_utf8(utf8.substr(plain))) return std::string(utf8);
  std::string out(plain, '\0');
  for (size_t i = 0; i < plain; ++i) out[i] = static_cast<char>(kUpper[octet(utf8[i])]);
  if (plain == utf8.size()) return out;
  out.reserve(utf8.size() + utf8.size() / 4);
  for (size_t i = plain; i < utf8.size();) {
    if (octet(utf8[i]) < 0x80) {
      out += static_cast<char>(kUpper[octet(utf8[i++])]);
      continue;
    }
    const size_t length = utf8_length_at(utf8, i);
    utf8proc_int32_t code = 0;
    utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data() + i),
                     static_cast<utf8proc_ssize_t>(length), &code);
    append_mapped(out, code);
    i += length;
  }
  return out;
}

bool casemap_contains(std::string_view folded_text, std::string_view folded_wanted) {
  if (folded_wanted.empty()) return true;
  return find_folded(folded_text, folded_wanted, resume_table(folded_wanted),
                     [](char c) { return c; });
}

int casemap_compare(std::string_view a, std::string_view b) {
  if (!is_ascii(a) || !is_ascii(b)) return sign(casemap(a).compare(casemap(b)));
  const size_t common = std::min(a.size(), b.size());
  for (size_t i = 0; i < common; ++i) {
    const int difference = int{kUpper[octet(a[i])]} - int{kUpper[octet(b[i])]};
    if (difference != 0) return sign(difference);
  }
  return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

CasemapNeedle::CasemapNeedle(std::string_view utf8)
    : folded_(casemap(utf8)), ascii_(is_ascii(folded_)), resume_(resume_table(folded_)) {}

bool CasemapNeedle::found_in(std::string_view utf8) const {
  if (folded_.empty()) return true;
  if (is_ascii(utf8)) {
    // What ASCII maps to is ASCII of the same length.
    if (!ascii_ || utf8.size() < folded_.size()) return false;
    return find_folded(utf8, folded_, resume_,
                       [](char c) { return static_cast<char>(kUpper[octet(c)]); });
  }
  return find_folded(casemap(utf8), folded_, resume_, [](char c) { return c; });
}

}  // namespace mailscope
