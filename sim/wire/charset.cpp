#include "sim/wire/charset.h"

#include <iconv.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "sim/base/ascii.h"

namespace mailscope {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

uint32_t octet(std::string_view text, size_t i) { return static_cast<unsigned char>(text[i]); }

/// For code points below U+10000.
void append_utf8(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

/// 0x80 to 0x9F of Windows-1252; the five undefined ones are the C1 controls, as browsers have it.
constexpr std::array<uint16_t, 32> kWindows1252 = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

std::string utf8_from_windows1252(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (size_t i = 0; i < bytes.size(); ++i) {
    const uint32_t byte = octet(bytes, i);
    append_utf8(out, byte >= 0x80 && byte < 0xA0 ? kWindows1252[byte - 0x80] : byte);
  }
  return out;
}

struct Alias {
  std::string_view mail;   // lower case; a trailing "*" matches any ending
  std::string_view iconv;  // empty: the name itself
};

/// The character sets of mail that are handed to iconv, each as the superset that mailers really
/// mean. A stranger's label never reaches iconv_open() otherwise: its name may carry options
/// ("//IGNORE"), mean the locale's own set, or choose a converter that nobody has read in years.
constexpr std::array<Alias, 24> kConverted = {{
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"gb18030", "GB18030"},
    {"x-gbk", "GB18030"},
    {"cp936", "GB18030"},
    {"big5*", "BIG5-HKSCS"},
    {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},
    {"x-sjis", "CP932"},
    {"windows-31j", "CP932"},
    {"cp932", "CP932"},
    {"euc-jp", "EUC-JP"},
    {"iso-2022-jp*", "ISO-2022-JP-2"},
    {"iso-2022-kr", "ISO-2022-KR"},
    {"euc-kr", "CP949"},
    {"ks_c_5601*", "CP949"},
    {"iso-8859-8-i", "ISO-8859-8"},
    {"iso-8859-*", ""},
    {"windows-125*", ""},
    {"koi8-*", ""},
    {"tis-620", "TIS-620"},
    {"macintosh", "MACINTOSH"},
    {"utf-16*", ""},
    {"utf-7", "UTF-7"},
}};

/// The name for iconv_open(), or empty.
std::string iconv_name(const std::string& charset) {
  for (const Alias& alias : kConverted) {
    const bool open = alias.mail.back() == '*';
    const std::string_view stem = alias.mail.substr(0, alias.mail.size() - (open ? 1 : 0));
    const bool matches = open ? charset.compare(0, stem.size(), stem) == 0 : charset == stem;
    if (matches) return alias.iconv.empty() ? ascii_upper(charset) : std::string(alias.iconv);
  }
  return {};
}

/// Converts through iconv; false when it does not know the name.
bool convert(std::string_view bytes, const std::string& name, std::string& out) {
  const iconv_t handle = iconv_open("UTF-8", name.c_str());
  // POSIX says failure is (iconv_t)-1, whatever type that is.
  if (handle == reinterpret_cast<iconv_t>(-1)) return false;
  std::string input(bytes);
  char* from = input.data();
  size_t left = input.size();
  std::array<char, 4096> buffer;
  while (left > 0) {
    char* to = buffer.data();
    size_t room = buffer.size();
    const size_t result = iconv(handle, &from, &left, &to, &room);
    const int reason = errno;
    out.append(buffer.data(), buffer.size() - room);
    if (result != static_cast<size_t>(-1) || (reason == E2BIG && room < buffer.size())) continue;
    out += kReplacement;
    // EINVAL: the text ends inside a character. A converter may complain of bytes that it has
    // already taken (glibc's CP949 does so for A2 E8), and then there may be nothing left to skip.
    if (reason != EILSEQ || left == 0) break;
    ++from;
    --left;
  }
  // Some converters hold a character back until they know that nothing combines with it.
  char* to = buffer.data();
  size_t room = buffer.size();
  iconv(handle, nullptr, nullptr, &to, &room);
  out.append(buffer.data(), buffer.size() - room);
  iconv_close(handle);
  return true;
}

bool is_ascii_name(std::string_view name) { return name == "us-ascii" || name == "ascii"; }
bool is_utf8_name(std::string_view name) { return name == "utf-8" || name == "utf8"; }
bool is_latin1_name(std::string_view name) {
  return name == "iso-8859-1" || name == "latin1" || name == "windows-1252" || name == "cp1252";
}

bool plain_name(std::string_view name) {
  for (const char c : name) {
    if (!ascii_alpha(c) && !ascii_digit(c) && c != '-' && c != '_') return false;
  }
  return !name.empty() && name.size() <= 24;
}

}  // namespace

size_t utf8_length_at(std::string_view text, size_t position) {
  const uint32_t first = octet(text, position);
  if (first < 0x80) return 1;
  size_t length = 0;
  uint32_t low =
      0x80;  // bounds of the second byte: no overlong forms, surrogates, or over U+10FFFF
  uint32_t high = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  } else {
    return 0;
  }
  if (position + length > text.size()) return 0;
  if (octet(text, position + 1) < low || octet(text, position + 1) > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if ((octet(text, position + i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

bool valid_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const size_t length = utf8_length_at(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

std::string repaired_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const size_t length = utf8_length_at(text, i);
    if (length == 0) {
      out += kReplacement;
      ++i;
    } else {
      out.append(text.substr(i, length));
      i += length;
    }
  }
  return out;
}

std::string_view utf8_prefix(std::string_view text, size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (octet(text, limit) & 0xC0) == 0x80) --limit;
  return text.substr(0, limit);
}

std::string utf8_from_charset(std::string_view bytes, std::string_view charset) {
  const std::string name = ascii_lower(trimmed(charset));
  if (!plain_name(name) || is_ascii_name(name)) return utf8_from_unlabelled(bytes);
  if (is_utf8_name(name)) return repaired_utf8(bytes);
  if (is_latin1_name(name)) return utf8_from_windows1252(bytes);
  std::string out;
  const std::string known = iconv_name(name);
  // iconv's own output is repaired too: what leaves here is UTF-8 on every platform.
  if (!known.empty() && convert(bytes, known, out))
    return valid_utf8(out) ? out : repaired_utf8(out);
  return repaired_utf8(bytes);
}

bool is_known_charset(std::string_view charset) {
  const std::string name = ascii_lower(charset);
  if (!plain_name(name)) return false;
  if (is_ascii_name(name) || is_utf8_name(name) || is_latin1_name(name)) return true;
  const std::string known = iconv_name(name);
  std::string nothing;
  return !known.empty() && convert({}, known, nothing);
}

bool keeps_ascii(std::string_view charset) {
  const std::string_view name = trimmed(charset);
  for (const std::string_view other : {"utf-16", "utf-7", "iso-2022-"}) {
    if (starts_with_ignoring_case(name, other)) return false;
  }
  return true;
}

std::string utf8_from_unlabelled(std::string_view bytes) {
  return valid_utf8(bytes) ? std::string(bytes) : utf8_from_windows1252(bytes);
}

}  // namespace mailscope
