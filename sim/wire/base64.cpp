#include "sim/wire/base64.h"

#include <cstdint>

namespace mailscope {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// 0..63, or -1 for a character outside the alphabet.
constexpr int sextet(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

uint32_t octet(char c) { return static_cast<unsigned char>(c); }

void append_byte(std::string& out, uint32_t bits) { out += static_cast<char>(bits & 0xff); }

/// Appends the whole bytes among `count` sextets (0..4) gathered in `bits`.
void append_group(std::string& out, uint32_t bits, int count) {
  if (count == 4) {
    append_byte(out, bits >> 16);
    append_byte(out, bits >> 8);
    append_byte(out, bits);
  } else if (count == 3) {
    append_byte(out, bits >> 10);
    append_byte(out, bits >> 2);
  } else if (count == 2) {
    append_byte(out, bits >> 4);
  }
}

}  // namespace

std::string encode_base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const uint32_t bits = octet(bytes[i]) << 16 | octet(bytes[i + 1]) << 8 | octet(bytes[i + 2]);
    for (int shift = 18; shift >= 0; shift -= 6) out += kAlphabet[bits >> shift & 63];
  }
  const size_t rest = bytes.size() - i;
  if (rest == 1) {
    const uint32_t bits = octet(bytes[i]);
    out += kAlphabet[bits >> 2];
    out += kAlphabet[bits << 4 & 63];
    out += "==";
  } else if (rest == 2) {
    const uint32_t bits = octet(bytes[i]) << 8 | octet(bytes[i + 1]);
    out += kAlphabet[bits >> 10];
    out += kAlphabet[bits >> 4 & 63];
    out += kAlphabet[bits << 2 & 63];
    out += '=';
  }
  return out;
}

std::string encode_base64_lines(std::string_view bytes, size_t line_length) {
  const std::string whole = encode_base64(bytes);
  // Whole groups on a line, at least one, so that every line can be decoded by itself.
  const size_t step = line_length < 4 ? 4 : line_length / 4 * 4;
  std::string out;
  for (size_t i = 0; i < whole.size(); i += step) {
    out.append(whole, i, step);
    out += "\r\n";
  }
  return out;
}

std::optional<std::string> parse_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  size_t length = text.size();
  while (length > 0 && text.size() - length < 2 && text[length - 1] == '=') --length;
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text.substr(0, length)) {
    const int value = sextet(c);
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(value);
    if (++count == 4) {
      append_group(out, bits, 4);
      bits = 0;
      count = 0;
    }
  }
  // Two spellings of one value would let a checker and a user of the text disagree.
  if (count == 2 && (bits & 15) != 0) return std::nullopt;
  if (count == 3 && (bits & 3) != 0) return std::nullopt;
  append_group(out, bits, count);
  return out;
}

std::string decode_base64(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3);
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') {
      append_group(out, bits, count);
      bits = 0;
      count = 0;
      continue;
    }
    const int value = sextet(c);
    if (value < 0) continue;
    bits = bits << 6 | static_cast<uint32_t>(value);
    if (++count == 4) {
      append_group(out, bits, 4);
      bits = 0;
      count = 0;
    }
  }
  append_group(out, bits, count);
  return out;
}

}  // namespace mailscope
