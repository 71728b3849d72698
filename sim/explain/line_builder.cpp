#include "sim/explain/line_builder.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/wire/charset.h"
#include "sim/wire/encoded_word.h"

namespace mailscope::explain {
namespace {

/// The header fields that have a text of their own: message.field.<name>.
constexpr std::string_view kFields[] = {"Bcc",
                                        "Cc",
                                        "Content-Disposition",
                                        "Content-Transfer-Encoding",
                                        "Content-Type",
                                        "Date",
                                        "From",
                                        "In-Reply-To",
                                        "Message-ID",
                                        "MIME-Version",
                                        "Received",
                                        "References",
                                        "Reply-To",
                                        "Return-Path",
                                        "Sender",
                                        "Subject",
                                        "To"};

/// The length of the field name that begins `line`, or 0 (RFC 5322 §2.2).
size_t field_name_size(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return 0;
  for (const char c : line.substr(0, colon)) {
    if (c <= ' ' || c > '~') return 0;
  }
  return colon;
}

std::string field_key(std::string_view name) {
  for (const std::string_view known : kFields) {
    if (equals_ignoring_case(name, known)) return "message.field." + std::string(known);
  }
  return "message.field.other";
}

void explain_field(LineBuilder& builder, size_t begin, size_t name_size) {
  const std::string_view line = builder.line();
  const std::string name = shown(line.substr(begin, name_size));
  const std::string_view raw = trimmed(line.substr(begin + name_size + 1));
  // Far more than is shown, and no more: the line may be megabytes long.
  const std::string value = shown(decode_encoded_words(utf8_prefix(raw, 8 * kMaxArgument)));
  builder.sentence("message.line.field", {name, value});
  builder.add(begin, begin + name_size, "data", field_key(name), {name});
  const size_t value_begin = line.find_first_not_of(" \t", begin + name_size + 1);
  if (value_begin != std::string_view::npos) {
    builder.add(value_begin, line.size(), "text", "message.token.value", {value, name});
  }
}

}  // namespace

std::string shown(std::string_view bytes) {
  std::string out;
  size_t characters = 0;
  for (size_t at = 0; at < bytes.size(); ++characters) {
    if (characters == kMaxArgument) return out + "…";
    const size_t size = utf8_length_at(bytes, at);
    const auto octet = static_cast<unsigned char>(bytes[at]);
    if (size == 0 || octet < 0x20 || octet == 0x7f) {
      out += "\xEF\xBF\xBD";  // U+FFFD
      ++at;
    } else {
      out += bytes.substr(at, size);
      at += size;
    }
  }
  return out;
}

void LineBuilder::sentence(std::string_view key, const std::vector<std::string>& arguments) {
  meaning_.key = std::string(key);
  meaning_.arguments.clear();
  for (const std::string& argument : arguments) meaning_.arguments.push_back(shown(argument));
}

void LineBuilder::add(size_t begin, size_t end, std::string_view role, std::string_view key,
                      const std::vector<std::string>& arguments) {
  end = std::min(end, line_.size());
  if (begin >= end || begin < used_until_ || meaning_.tokens.size() > kMaxTokens) return;
  TokenMeaning token;
  token.begin = begin;
  token.size = end - begin;
  if (meaning_.tokens.size() == kMaxTokens) {
    token.size = line_.size() - begin;
    token.role = "text";
    token.key = "message.token.more";
    used_until_ = line_.size();
  } else {
    token.role = std::string(role);
    token.key = std::string(key);
    for (const std::string& argument : arguments) token.arguments.push_back(shown(argument));
    used_until_ = end;
  }
  meaning_.tokens.push_back(std::move(token));
}

Word next_word(std::string_view line, size_t at) {
  const size_t begin = std::min(line.find_first_not_of(' ', at), line.size());
  return {begin, std::min(line.find(' ', begin), line.size())};
}

void explain_message_line(LineBuilder& builder, std::string_view protocol, bool dotted,
                          bool in_body) {
  const std::string_view line = builder.line();
  builder.section("RFC 5322 §2.1");
  if (dotted && line == ".") {
    builder.sentence(std::string(protocol) + ".line.end-of-data");
    builder.add(0, 1, "status", "message.token.end");
    return;
  }
  if (line.empty()) {
    return builder.sentence(in_body ? "message.line.empty" : "message.line.end-of-header");
  }
  size_t begin = 0;
  if (dotted && line[0] == '.') {
    builder.sentence("message.line.stuffed");
    builder.add(0, 1, "status", "message.token.stuffing");
    builder.add(1, line.size(), "data", "message.token.text");
    return;
  }
  if (!in_body && (line[0] == ' ' || line[0] == '\t')) {
    builder.sentence("message.line.folded");
    builder.add(line.find_first_not_of(" \t"), line.size(), "data", "message.token.folded");
    return;
  }
  const size_t name_size = in_body ? 0 : field_name_size(line);
  if (name_size > 0) {
    builder.section("RFC 5322 §2.2");
    return explain_field(builder, begin, name_size);
  }
  builder.sentence("message.line.text");
  builder.add(0, line.size(), "data", "message.token.text");
}

}  // namespace mailscope::explain
