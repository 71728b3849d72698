// DNS as the trace tells it: "MX example.net?" and "example.net MX 10 mail.example.net A mail".
// RFC 1035 §3.3.9 (MX), §3.4.1 (A).
#include "sim/base/ascii.h"
#include "sim/explain/line_builder.h"

namespace mailscope::explain {
namespace {

constexpr std::string_view kTypes[] = {"A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "TXT"};

bool is_type(std::string_view word) {
  for (const std::string_view type : kTypes) {
    if (word == type) return true;
  }
  return false;
}

bool explain_question(LineBuilder& builder) {
  const std::string_view line = builder.line();
  const Word type = next_word(line, 0);
  const Word name = next_word(line, type.end);
  if (name.end < line.size() || name.end < name.begin + 2 || line.back() != '?') return false;
  const std::string type_text(line.substr(type.begin, type.end - type.begin));
  if (!is_type(type_text)) return false;
  const std::string name_text(line.substr(name.begin, name.end - 1 - name.begin));
  builder.sentence("dns.line.question." + type_text, {name_text});
  builder.add(type.begin, type.end, "command", "dns.type." + type_text, {name_text});
  builder.add(name.begin, name.end - 1, "argument", "dns.token.name", {name_text});
  return true;
}

void explain_records(LineBuilder& builder, size_t at, const std::string& name) {
  const std::string_view line = builder.line();
  for (Word word = next_word(line, at); word.begin < line.size();) {
    const std::string type(line.substr(word.begin, word.end - word.begin));
    if (!is_type(type)) return;
    builder.add(word.begin, word.end, "status", "dns.type." + type, {name});
    word = next_word(line, word.end);
    std::string value(line.substr(word.begin, word.end - word.begin));
    if (type == "MX" && parse_number(value, UINT16_MAX)) {
      builder.add(word.begin, word.end, "argument", "dns.token.preference", {value});
      word = next_word(line, word.end);
      value = std::string(line.substr(word.begin, word.end - word.begin));
    }
    const bool null_mx = type == "MX" && value == ".";
    builder.add(word.begin, word.end, "argument", null_mx ? "dns.token.null-mx" : "dns.token.value",
                {value});
    word = next_word(line, word.end);
  }
}

}  // namespace

LineMeaning explain_dns(std::string_view line) {
  LineBuilder builder(line);
  builder.section("RFC 1035 §3");
  if (explain_question(builder)) return builder.take();
  const Word first = next_word(line, 0);
  std::string name(line.substr(first.begin, first.end - first.begin));
  const bool no_name = line.substr(first.end) == " no such name" && !name.empty();
  const bool none = no_name || (line.substr(first.end) == " no such record" && !name.empty());
  if (none) name.pop_back();  // the colon
  const Word type = next_word(line, first.end);
  if (none) {
    builder.sentence(no_name ? "dns.line.no-name" : "dns.line.none", {name});
    builder.add(first.begin, first.end - 1, "argument", "dns.token.name", {name});
  } else if (is_type(line.substr(type.begin, type.end - type.begin))) {
    builder.sentence("dns.line.answer", {name});
    builder.add(first.begin, first.end, "argument", "dns.token.name", {name});
    explain_records(builder, first.end, name);
  } else {
    builder.sentence("dns.line.unknown");
    builder.add(0, line.size(), "text", "dns.token.unknown");
  }
  return builder.take();
}

}  // namespace mailscope::explain
