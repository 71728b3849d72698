#include "sim/explain/explain_imap_mailboxes.h"

#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/explain/explain_imap.h"
#include "sim/explain/explain_imap_data.h"

namespace mailscope::explain {
namespace {

using imap::Command;

/// Walks over the values of a response: atoms, strings, lists.
class Values {
 public:
  Values(LineBuilder& builder, size_t at) : builder_(builder), line_(builder.line()), at_(at) {
    skip();
  }

  [[nodiscard]] bool more() const { return at_ < line_.size() && line_[at_] != ')'; }
  [[nodiscard]] std::string text() const {
    return unquoted(line_.substr(at_, value_end(line_, at_) - at_));
  }
  [[nodiscard]] bool is(std::string_view text) const {
    return equals_ignoring_case(line_.substr(at_, value_end(line_, at_) - at_), text);
  }
  [[nodiscard]] size_t begin() const { return at_; }
  [[nodiscard]] size_t end() const { return value_end(line_, at_); }

  /// The next value as a token, with its own text as the argument.
  void add(std::string_view key) {
    if (!more()) return;
    if (add_announcement()) return;
    builder_.add(at_, end(), "data", key, {text()});
    pass();
  }
  void add_mailbox_name() {
    if (!more()) return;
    if (add_announcement()) return;
    if (is("\"\"")) {
      builder_.add(at_, end(), "data", "imap.token.server-itself");
    } else {
      add_mailbox(builder_, at_, end(), "imap.token.mailbox");
    }
    pass();
  }
  bool open() {
    if (at_ >= line_.size() || line_[at_] != '(') return false;
    ++at_;
    skip();
    return true;
  }
  void pass() {
    const size_t next = end();
    at_ = next > at_ ? next : line_.size();
    skip();
  }

 private:
  void skip() { at_ = std::min(line_.find_first_not_of(' ', at_), line_.size()); }
  /// True when a literal stands here: what follows is on other lines.
  bool add_announcement() {
    const auto literal = find_announcement(line_);
    if (!literal || literal->begin != at_) return false;
    builder_.add(at_, line_.size(), "literal", "imap.token.literal", {literal->size});
    at_ = line_.size();
    return true;
  }

  LineBuilder& builder_;
  std::string_view line_;
  size_t at_;
};

void add_namespaces(LineBuilder& builder, Values values) {
  for (const char* key :
       {"imap.token.namespace-own", "imap.token.namespace-others", "imap.token.namespace-shared"}) {
    if (!values.more()) return;
    if (values.is("NIL")) {
      builder.add(values.begin(), values.end(), "data", "imap.token.no-namespace");
      values.pass();
      continue;
    }
    values.add(key);
  }
}

/// "(STORAGE 10 512 MESSAGE 3 100)": three words are one fact.
void add_resources(LineBuilder& builder, Values values) {
  if (!values.open()) return;
  while (values.more()) {
    const size_t begin = values.begin();
    const std::string name = ascii_upper(values.text());
    values.pass();
    const std::string used = values.more() ? values.text() : std::string();
    values.pass();
    if (!values.more()) return;
    const std::string limit = values.text();
    const bool known = name == "STORAGE" || name == "MESSAGE";
    builder.add(begin, values.end(), "data",
                known ? "imap.resource." + name + ".used" : "imap.resource.other", {used, limit});
    values.pass();
  }
}

void add_metadata(LineBuilder& builder, Values values) {
  values.add_mailbox_name();
  if (!values.open()) {
    // RFC 5464 §4.4.2: news of entries, by their names alone.
    while (values.more()) values.add("imap.token.entry");
    return;
  }
  while (values.more()) {
    values.add("imap.token.entry");
    if (!values.more()) return;
    if (values.is("NIL")) {
      builder.add(values.begin(), values.end(), "data", "imap.token.no-entry");
      values.pass();
    } else {
      values.add("imap.token.entry-value");
    }
  }
}

struct ResponseRow {
  std::string_view name;
  const char* section;
};
constexpr ResponseRow kResponses[] = {
    {"NAMESPACE", "RFC 2342 §5"},     {"QUOTA", "RFC 9208 §4.2.1"},
    {"QUOTAROOT", "RFC 9208 §4.2.2"}, {"ACL", "RFC 4314 §3.6"},
    {"LISTRIGHTS", "RFC 4314 §3.7"},  {"MYRIGHTS", "RFC 4314 §3.8"},
    {"METADATA", "RFC 5464 §4.4"},
};

constexpr std::string_view kListItems[] = {
    "SUBSCRIBED", "REMOTE", "RECURSIVEMATCH", "SPECIAL-USE", "RETURN", "CHILDREN", "STATUS"};

}  // namespace

bool explain_mailbox_response(LineBuilder& builder, Word word, std::string_view name) {
  const auto* row = std::find_if(std::begin(kResponses), std::end(kResponses),
                                 [&](const ResponseRow& known) { return known.name == name; });
  if (row == std::end(kResponses)) return false;
  builder.section(row->section);
  builder.sentence("imap.response." + std::string(name));
  builder.add(word.begin, word.end, "status", "imap.token." + std::string(name));
  Values values(builder, word.end);
  if (name == "NAMESPACE") {
    add_namespaces(builder, values);
  } else if (name == "METADATA") {
    add_metadata(builder, values);
  } else if (name == "QUOTA") {
    values.add("imap.token.quota-root");
    add_resources(builder, values);
  } else {
    values.add_mailbox_name();
    if (name == "QUOTAROOT") {
      while (values.more()) values.add("imap.token.quota-root");
    } else if (name == "ACL") {
      while (values.more()) {
        values.add("imap.token.identifier");
        values.add("imap.token.rights");
      }
    } else if (name == "LISTRIGHTS") {
      values.add("imap.token.identifier");
      values.add("imap.token.rights-always");
      while (values.more()) values.add("imap.token.rights-possible");
    } else {
      values.add("imap.token.rights");
    }
  }
  return true;
}

std::string mailbox_item_key(Command command, std::string_view item) {
  const std::string name(item);
  switch (command) {
    case Command::kList:
      if (is_one_of(item, kListItems)) return "imap.list." + name;
      return is_status_item(item) ? "imap.status." + name : std::string();
    case Command::kCreate:
      return item == "USE" ? "imap.list.USE" : "";
    case Command::kSetQuota:
      return item == "STORAGE" || item == "MESSAGE" ? "imap.resource." + name
                                                    : std::string("imap.resource.other");
    case Command::kGetMetadata:
      if (item == "MAXSIZE" || item == "DEPTH") return "imap.annotation." + name;
      return "imap.annotation.levels";
    default:
      return {};
  }
}

const char* mailbox_word_key(Command command, int index) {
  switch (command) {
    case Command::kGetQuota:
    case Command::kSetQuota:
      return "imap.token.quota-root";
    case Command::kSetAcl:
      return index == 0 ? "imap.token.identifier" : "imap.token.rights";
    case Command::kDeleteAcl:
    case Command::kListRights:
      return "imap.token.identifier";
    case Command::kGetMetadata:
      return "imap.token.entry";
    case Command::kSetMetadata:
      return index % 2 == 0 ? "imap.token.entry" : "imap.token.entry-value";
    default:
      return nullptr;
  }
}

}  // namespace mailscope::explain
