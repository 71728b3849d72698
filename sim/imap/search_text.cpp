#include "sim/imap/search_text.h"

#include <algorithm>
#include <string>

#include "sim/base/ascii.h"
#include "sim/imap/message_facts.h"
#include "sim/wire/address.h"
#include "sim/wire/charset.h"
#include "sim/wire/encoded_word.h"
#include "sim/wire/header.h"

namespace mailscope {
namespace {

/// Nothing in it has to be undone before it is compared: no folding, no encoded words, no 8-bit.
bool is_plain(std::string_view value) {
  return is_ascii(value) && value.find('\n') == std::string_view::npos &&
         value.find("=?") == std::string_view::npos;
}

bool value_contains(std::string_view value, const CasemapNeedle& needle) {
  if (is_plain(value)) return needle.found_in(value);
  return needle.found_in(decode_encoded_words(unfolded(value)));
}

/// A field whole, "Subject: words", so that its name and value can be looked for together.
bool header_contains(std::string_view text, const CasemapNeedle& needle) {
  size_t position = 0;
  while (const auto field = next_field(text, position)) {
    if (value_contains(without_line_end(field->whole.of(text)), needle)) return true;
  }
  return false;
}

bool leaf_contains(const MimePart& part, std::string_view message, const CasemapNeedle& needle) {
  // Besides text, a message that is not looked into: a delivery report, a part of a message.
  if (!is_media(part.media, "text") && !is_media(part.media, "message")) return false;
  const std::string charset = param_text(part.media.params, "charset").value_or("");
  if (is_identity_encoding(part)) {
    const std::string_view body = part.body.of(message);
    if (keeps_ascii(charset) && is_ascii(body)) return needle.found_in(body);
    return needle.found_in(utf8_from_charset(body, charset));
  }
  return needle.found_in(utf8_from_charset(decoded_body(part, message), charset));
}

/// "Name <mailbox@host>" or "mailbox@host", as address_text() would write it.
bool is_plain_address(std::string_view one) {
  const size_t open = one.find('<');
  std::string_view spec = one;
  if (open != std::string_view::npos) {
    if (open < 2 || one[open - 1] != ' ' || one.back() != '>') return false;
    spec = one.substr(open + 1, one.size() - open - 2);
  }
  const size_t at = spec.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < spec.size() &&
         spec.find('@', at + 1) == std::string_view::npos &&
         spec.find_first_of("<> ") == std::string_view::npos;
}

/// Nothing stands in it that would have to be undone, and nothing that ENVELOPE leaves out: names
/// and addresses with single blanks between them. They are looked for as they stand.
bool is_plain_list(std::string_view value) {
  if (!is_plain(value)) return false;
  if (value.find_first_of("\"()\\:;[]\t") != std::string_view::npos) return false;
  char before = ' ';
  for (const char c : value) {
    const auto binds = [](char one) { return one == '.' || one == '@' || one == ' '; };
    if ((c == ' ' && binds(before)) || (before == ' ' && binds(c))) return false;
    before = c;
  }
  while (true) {
    const size_t comma = value.find(',');
    if (!is_plain_address(value.substr(0, comma))) return false;
    if (comma == std::string_view::npos) return true;
    if (value.substr(comma, 2) != ", ") return false;
    value.remove_prefix(comma + 2);
  }
}

/// The four parts of an address in ENVELOPE, as a person writes them: the name decoded and without
/// its quotes, the obsolete route and the address without comments and blanks.
std::string address_text(const Address& address) {
  if (address.kind != Address::Kind::kMailbox) return address.name;
  std::string text = decode_encoded_words(address.name);
  std::string place = address.route.empty() ? "" : address.route + ':';
  if (address.mailbox.empty() || address.host.empty()) {
    place.append(envelope_mailbox(address)).append(1, '@').append(envelope_host(address));
  } else {
    place += address_spec(address);
  }
  if (text.empty()) return place;
  return text + " <" + place + '>';
}

enum class Headers : bool { kPassedOver, kLookedInto };

/// What is in `part` but its own header, with or without the headers that are in there.
bool inside_contains(const MimePart& part, std::string_view message, const CasemapNeedle& needle,
                     Headers headers) {
  if (part.kind == MimePart::Kind::kLeaf) return leaf_contains(part, message, needle);
  return std::any_of(part.parts.begin(), part.parts.end(), [&](const MimePart& inner) {
    return (headers == Headers::kLookedInto &&
            header_contains(inner.header.of(message), needle)) ||
           inside_contains(inner, message, needle, headers);
  });
}

}  // namespace

bool field_contains(std::string_view text, std::string_view name, const CasemapNeedle& needle) {
  size_t position = 0;
  while (const auto field = next_field(text, name, position)) {
    if (value_contains(trimmed(field->value.of(text)), needle)) return true;
  }
  return false;
}

bool addresses_contain(std::string_view text, std::string_view name, const CasemapNeedle& needle) {
  size_t position = 0;
  while (const auto field = next_field(text, name, position)) {
    const std::string_view value = trimmed(field->value.of(text));
    if (is_plain_list(value)) {
      if (needle.found_in(value)) return true;
      continue;
    }
    std::string list;
    for (const Address& address : parse_addresses(value)) {
      if (!list.empty()) list += ", ";
      list += address_text(address);
    }
    if (needle.found_in(list)) return true;
  }
  return false;
}

bool body_contains(const Message& message, const CasemapNeedle& needle) {
  return needle.empty() ||
         inside_contains(message.mime(), message.text(), needle, Headers::kPassedOver);
}

bool text_contains(const Message& message, const CasemapNeedle& needle) {
  return needle.empty() || header_contains(message.text(), needle) ||
         inside_contains(message.mime(), message.text(), needle, Headers::kLookedInto);
}

}  // namespace mailscope
