#include "sim/explain/explain_imap_messages.h"

#include "sim/base/ascii.h"
#include "sim/explain/explain_imap.h"
#include "sim/explain/explain_imap_data.h"

namespace mailscope::explain {
namespace {

constexpr std::string_view kOptions[] = {"RETURN", "MIN",     "MAX",     "COUNT",
                                         "SAVE",   "UPDATE",  "CONTEXT", "PARTIAL"};
constexpr std::string_view kKeys[] = {
    "OLDER",    "YOUNGER",     "MODSEQ",  "EMAILID",     "THREADID",
    "SAVEDON",  "SAVEDBEFORE", "SAVEDSINCE", "SAVEDATESUPPORTED"};
constexpr std::string_view kCriteria[] = {"ARRIVAL", "CC",      "DATE", "DISPLAYFROM",
                                          "DISPLAYTO", "FROM",  "SIZE", "SUBJECT",
                                          "TO",      "REVERSE", "ORDEREDSUBJECT", "REFERENCES"};
/// What an ESEARCH response can hold.
constexpr std::string_view kResults[] = {"MIN",     "MAX",    "ALL",   "COUNT",
                                         "PARTIAL", "MODSEQ", "ADDTO", "REMOVEFROM"};

struct ResponseRow {
  std::string_view name;
  const char* section;
};
constexpr ResponseRow kResponses[] = {{"ESEARCH", "RFC 4731 §3.1"},
                                      {"SORT", "RFC 5256 §4"},
                                      {"THREAD", "RFC 5256 §4"},
                                      {"VANISHED", "RFC 7162 §3.2.10"}};

/// "(TAG "a1") UID COUNT 3 ALL 1:3"
void add_results(LineBuilder& builder, size_t at) {
  const std::string_view line = builder.line();
  for (Word word = next_word(line, at); word.begin < line.size();) {
    const size_t end = value_end(line, word.begin);
    const std::string text(line.substr(word.begin, end - word.begin));
    const std::string name = ascii_upper(text);
    if (text[0] == '(' && starts_with_ignoring_case(text, "(TAG ")) {
      builder.add(word.begin, end, "argument", "imap.token.correlator",
                  {unquoted(std::string_view(text).substr(5, text.size() - 6))});
    } else if (name == "UID") {
      builder.add(word.begin, end, "data", "imap.token.numbers-are-uids");
    } else if (is_one_of(name, kResults)) {
      builder.add(word.begin, end, "data", "imap.result." + name);
    } else {
      builder.add(word.begin, end, "data", "imap.token.value", {text});
    }
    word = next_word(line, end);
  }
}

}  // namespace

std::string search_item_key(std::string_view name, bool criteria) {
  if (is_one_of(name, kOptions)) return "imap.return." + std::string(name);
  if (criteria && is_one_of(name, kCriteria)) return "imap.sort." + std::string(name);
  if (is_one_of(name, kKeys)) return "imap.search." + std::string(name);
  return {};
}

bool explain_message_response(LineBuilder& builder, Word word, std::string_view name, bool uid) {
  const std::string_view line = builder.line();
  for (const ResponseRow& row : kResponses) {
    if (row.name != name) continue;
    builder.section(row.section);
    builder.sentence("imap.response." + std::string(name));
    builder.add(word.begin, word.end, "status", "imap.token." + std::string(name));
    const size_t rest = next_word(line, word.end).begin;
    if (name == "ESEARCH") {
      add_results(builder, rest);
    } else if (name == "SORT") {
      add_numbers(builder, rest, uid);
    } else if (name == "THREAD") {
      builder.add(rest, line.size(), "data", "imap.token.threads");
    } else {
      const bool earlier = starts_with_ignoring_case(line.substr(rest), "(EARLIER)");
      const size_t set = earlier ? next_word(line, value_end(line, rest)).begin : rest;
      if (earlier) builder.add(rest, value_end(line, rest), "data", "imap.token.earlier");
      builder.add(set, line.size(), "data", "imap.token.vanished-uids",
                  {std::string(line.substr(set))});
    }
    return true;
  }
  return false;
}

}  // namespace mailscope::explain
