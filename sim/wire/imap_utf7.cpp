#include "sim/wire/imap_utf7.h"

#include <cstdint>
#include <vector>

#include "sim/wire/charset.h"

namespace mailscope::imap {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

bool stands_for_itself(char c) { return c >= 0x20 && c <= 0x7e; }

/// The code point of the valid UTF-8 sequence of `size` bytes.
uint32_t code_point(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first;
  uint32_t value = first & (0xffu >> (sequence.size() + 1));
  for (const char c : sequence.substr(1)) {
    value = value << 6 | (static_cast<unsigned char>(c) & 0x3f);
  }
  return value;
}

void append_utf8(std::string& out, uint32_t c) {
  const auto add = [&out](uint32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    add(c);
  } else if (c < 0x800) {
    add(0xc0 | c >> 6);
    add(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    add(0xe0 | c >> 12);
    add(0x80 | (c >> 6 & 0x3f));
    add(0x80 | (c & 0x3f));
  } else {
    add(0xf0 | c >> 18);
    add(0x80 | (c >> 12 & 0x3f));
    add(0x80 | (c >> 6 & 0x3f));
    add(0x80 | (c & 0x3f));
  }
}

std::string encode_shifted(const std::vector<uint16_t>& units) {
  std::string out = "&";
  uint32_t bits = 0;
  int count = 0;
  for (const uint16_t unit : units) {
    bits = bits << 16 | unit;
    for (count += 16; count >= 6; count -= 6) out += kDigits[bits >> (count - 6) & 0x3f];
    bits &= (1u << count) - 1;
  }
  if (count > 0) out += kDigits[bits << (6 - count) & 0x3f];
  return out + '-';
}

/// UTF-16 from the digits between "&" and "-"; false when they are no whole number of units.
bool decode_units(std::string_view digits, std::vector<uint16_t>& units) {
  uint32_t bits = 0;
  int count = 0;
  for (const char c : digits) {
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return false;
    bits = bits << 6 | static_cast<uint32_t>(digit);
    count += 6;
    if (count >= 16) {
      count -= 16;
      units.push_back(static_cast<uint16_t>(bits >> count));
      bits &= (1u << count) - 1;
    }
  }
  return count < 6 && bits == 0;
}

bool append_units(const std::vector<uint16_t>& units, std::string& out) {
  for (size_t i = 0; i < units.size(); ++i) {
    uint32_t c = units[i];
    if (c >= 0xdc00 && c < 0xe000) return false;
    if (c >= 0xd800 && c < 0xdc00) {
      if (++i == units.size() || units[i] < 0xdc00 || units[i] >= 0xe000) return false;
      c = 0x10000 + ((c - 0xd800) << 10) + (units[i] - 0xdc00u);
    }
    append_utf8(out, c);
  }
  return true;
}

}  // namespace

std::optional<std::string> encode_mailbox_utf7(std::string_view name) {
  if (!valid_utf8(name)) return std::nullopt;
  std::string out;
  std::vector<uint16_t> units;
  const auto flush = [&out, &units] {
    if (!units.empty()) out += encode_shifted(units);
    units.clear();
  };
  for (size_t i = 0; i < name.size();) {
    if (stands_for_itself(name[i])) {
      flush();
      out += name[i] == '&' ? "&-" : std::string(1, name[i]);
      ++i;
      continue;
    }
    const size_t size = utf8_length_at(name, i);
    const uint32_t c = code_point(name.substr(i, size));
    if (c >= 0x10000) {
      units.push_back(static_cast<uint16_t>(0xd800 + ((c - 0x10000) >> 10)));
      units.push_back(static_cast<uint16_t>(0xdc00 + (c & 0x3ff)));
    } else {
      units.push_back(static_cast<uint16_t>(c));
    }
    i += size;
  }
  flush();
  return out;
}

std::optional<std::string> parse_mailbox_utf7(std::string_view name) {
  std::string out;
  for (size_t i = 0; i < name.size();) {
    if (!stands_for_itself(name[i])) return std::nullopt;
    if (name[i] != '&') {
      out += name[i++];
      continue;
    }
    const size_t end = name.find('-', i + 1);
    if (end == std::string_view::npos) return std::nullopt;
    if (end == i + 1) {
      out += '&';
    } else {
      std::vector<uint16_t> units;
      if (!decode_units(name.substr(i + 1, end - i - 1), units)) return std::nullopt;
      if (!append_units(units, out)) return std::nullopt;
    }
    i = end + 1;
  }
  // Two spellings of one name would be two mailboxes: only the canonical one is taken.
  if (encode_mailbox_utf7(out) != name) return std::nullopt;
  return out;
}

}  // namespace mailscope::imap
