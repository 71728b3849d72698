// TLS as the trace tells it: the flights of a handshake by their names. RFC 8446 §2.
#include "sim/explain/line_builder.h"

namespace mailscope::explain {
namespace {

struct MessageRow {
  std::string_view name;
  const char* section;
};

constexpr MessageRow kMessages[] = {
    {"ClientHello", "RFC 8446 §4.1.2"},         {"ServerHello", "RFC 8446 §4.1.3"},
    {"EncryptedExtensions", "RFC 8446 §4.3.1"}, {"Certificate", "RFC 8446 §4.4.2"},
    {"CertificateVerify", "RFC 8446 §4.4.3"},   {"Finished", "RFC 8446 §4.4.4"},
};

const MessageRow* find_message(std::string_view name) {
  for (const MessageRow& row : kMessages) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace

LineMeaning explain_tls(std::string_view line) {
  LineBuilder builder(line);
  builder.sentence("tls.line.flight");
  builder.section("RFC 8446 §2");
  for (Word word = next_word(line, 0); word.begin < line.size(); word = next_word(line, word.end)) {
    size_t end = word.end;
    if (end > word.begin && line[end - 1] == ',') --end;
    const std::string name(line.substr(word.begin, end - word.begin));
    const MessageRow* row = find_message(name);
    if (row == nullptr) continue;
    // A flight of one message is explained by that message's own section.
    if (word.end == line.size() && line.find(',') == std::string_view::npos) {
      builder.sentence("tls.message." + name);
      builder.section(row->section);
    }
    builder.add(word.begin, end, "command", "tls.message." + name);
  }
  return builder.take();
}

}  // namespace mailscope::explain
