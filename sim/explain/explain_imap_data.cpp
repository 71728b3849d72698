#include "sim/explain/explain_imap_data.h"

#include <algorithm>
#include <optional>

#include "sim/base/ascii.h"
#include "sim/explain/explain_imap.h"
#include "sim/wire/encoded_word.h"
#include "sim/wire/imap_grammar.h"

namespace mailscope::explain {
namespace {

using imap::Reader;
using imap::TokenKind;

constexpr std::string_view kCapabilities[] = {
    "AUTH=CRAM-MD5", "AUTH=LOGIN", "AUTH=PLAIN", "AUTH=SCRAM-SHA-256", "CHILDREN",
    "COMPRESS=DEFLATE", "CONDSTORE", "ENABLE", "ID", "IDLE", "IMAP4rev1", "IMAP4rev2", "LITERAL+",
    "LOGINDISABLED", "MOVE", "NAMESPACE", "SASL-IR", "STARTTLS", "UIDPLUS", "UNSELECT",
    "ACL",        "RIGHTS=kxte",     "QUOTA",     "QUOTA=RES-STORAGE",  "QUOTA=RES-MESSAGE",
    "QUOTASET",   "METADATA",        "METADATA-SERVER",   "LIST-EXTENDED", "LIST-STATUS",
    "SPECIAL-USE", "CREATE-SPECIAL-USE", "STATUS=SIZE"};

/// RFC 3501 §7.4.2, in their order.
constexpr std::string_view kEnvelopeFields[] = {"date",        "subject",   "from", "sender",
                                                "reply-to",    "to",        "cc",   "bcc",
                                                "in-reply-to", "message-id"};

size_t skip_spaces(std::string_view line, size_t at) {
  return std::min(line.find_first_not_of(' ', at), line.size());
}

size_t quoted_end(std::string_view line, size_t at) {
  for (++at; at < line.size(); ++at) {
    if (line[at] == '\\') {
      ++at;
    } else if (line[at] == '"') {
      return at + 1;
    }
  }
  return line.size();
}

void add_rest(LineBuilder& builder, size_t at) {
  const std::string_view line = builder.line();
  const size_t begin = skip_spaces(line, at);
  if (begin >= line.size() || line.find_first_not_of(" )", begin) == std::string_view::npos) return;
  builder.add(begin, line.size(), "text", "imap.token.malformed");
}

bool is_nil(std::string_view text) { return equals_ignoring_case(text, "NIL"); }

/// "alice@example.org" of (("Alice" NIL "alice" "example.org")), with "…" when there are more.
std::string first_address(std::string_view list) {
  Reader reader(list);
  reader.expect('(');
  reader.expect('(');
  reader.nstring();
  reader.space();
  reader.nstring();
  reader.space();
  const std::string mailbox = reader.nstring().value_or("");
  reader.space();
  const std::string host = reader.nstring().value_or("");
  reader.expect(')');
  if (reader.failed()) return "…";
  return mailbox + "@" + host + (reader.peek() == ')' ? "" : ", …");
}

size_t add_envelope(LineBuilder& builder, size_t at) {
  const std::string_view line = builder.line();
  if (at >= line.size() || line[at] != '(') return at;
  ++at;
  for (const std::string_view field : kEnvelopeFields) {
    at = skip_spaces(line, at);
    if (at >= line.size() || line[at] == ')') return at;
    const size_t end = value_end(line, at);
    const std::string_view text = line.substr(at, end - at);
    const std::string key = "imap.envelope." + std::string(field);
    if (is_nil(text)) {
      builder.add(at, end, "data", key + ".none");
    } else if (text[0] == '{') {
      return at;  // the literal: its reader goes on
    } else if (text[0] == '(') {
      builder.add(at, end, "data", key, {first_address(text)});
    } else {
      builder.add(at, end, "data", key, {decode_encoded_words(unquoted(text))});
    }
    at = end;
  }
  at = skip_spaces(line, at);
  return at < line.size() && line[at] == ')' ? at + 1 : at;
}

/// The value of any item but FLAGS and ENVELOPE.
size_t add_value(LineBuilder& builder, size_t at, const std::string& item) {
  const std::string_view line = builder.line();
  const size_t end = value_end(line, at);
  const std::string text(line.substr(at, end - at));
  if (item == "PREVIEW" && equals_ignoring_case(text, "(LAZY)")) {
    builder.add(at, end, "data", "imap.token.lazy");
  } else if (item == "UID" || item == "RFC822.SIZE") {
    builder.add(at, end, "data", item == "UID" ? "imap.token.uid" : "imap.token.size", {text});
  } else if (item == "MODSEQ" || item == "EMAILID" || item == "THREADID" || item == "BINARY.SIZE") {
    builder.add(at, end, "data", "imap.token.value", {text});
  } else if (item == "INTERNALDATE") {
    builder.add(at, end, "data", "imap.token.internal-date", {unquoted(text)});
  } else if (is_nil(text)) {
    builder.add(at, end, "data", "imap.token.nil");
  } else if (text.size() > 1 && text[0] == '(') {
    builder.add(at, end, "data", "imap.token.body-structure");
  } else {
    builder.add(at, end, "data", "imap.token.content");
  }
  return end;
}

/// One item and its value; false when it is not understood, or when a literal follows.
bool add_fetch_pair(LineBuilder& builder, size_t& at, const std::optional<Announcement>& literal) {
  const std::string_view line = builder.line();
  const std::optional<size_t> item_end = add_fetch_item(builder, at);
  if (!item_end) {
    add_rest(builder, at);
    return false;
  }
  const std::string item = ascii_upper(line.substr(at, *item_end - at));
  at = skip_spaces(line, *item_end);
  if (literal && at == literal->begin) return false;
  if (item == "FLAGS") {
    at = add_flag_list(builder, at);
  } else if (item == "ENVELOPE") {
    at = add_envelope(builder, at);
  } else if (at < line.size()) {
    at = add_value(builder, at, item);
  }
  return true;
}

}  // namespace

size_t value_end(std::string_view line, size_t at) {
  size_t depth = 0;
  while (at < line.size()) {
    const char c = line[at];
    if (c == '"') {
      at = quoted_end(line, at);
    } else if (c == '(') {
      ++depth;
      ++at;
    } else if (c == ')') {
      if (depth == 0) return at;
      --depth;
      ++at;
    } else if (c == ' ') {
      ++at;
    } else {
      while (at < line.size() && line[at] != ' ' && line[at] != '(' && line[at] != ')') ++at;
    }
    if (depth == 0) return std::min(at, line.size());
  }
  return line.size();
}

void add_capabilities(LineBuilder& builder, size_t at, size_t end) {
  const std::string_view line = builder.line().substr(0, end);
  for (Word word = next_word(line, at); word.begin < line.size();) {
    const std::string text(line.substr(word.begin, word.end - word.begin));
    std::string key = "imap.capability.other";
    for (const std::string_view known : kCapabilities) {
      if (equals_ignoring_case(text, known)) key = "imap.capability." + std::string(known);
    }
    builder.add(word.begin, word.end, "data", key, {text});
    word = next_word(line, word.end);
  }
}

size_t add_flag_list(LineBuilder& builder, size_t at) {
  const std::string_view line = builder.line();
  if (at >= line.size() || line[at] != '(') return at;
  const size_t close = std::min(line.find(')', at), line.size());
  if (close == at + 1) builder.add(at, close + 1, "data", "imap.token.no-flags");
  const std::string_view inside = line.substr(0, close);
  for (Word word = next_word(inside, at + 1); word.begin < inside.size();) {
    add_flag(builder, word.begin, word.end);
    word = next_word(inside, word.end);
  }
  return std::min(close + 1, line.size());
}

void add_uidplus(LineBuilder& builder, size_t at, size_t end, bool copy) {
  const std::string_view line = builder.line().substr(0, end);
  const char* const kCopy[] = {"imap.token.uidvalidity", "imap.token.source-uids",
                               "imap.token.new-uids"};
  const char* const kAppend[] = {"imap.token.uidvalidity", "imap.token.new-uids"};
  Word word = next_word(line, at);
  for (size_t i = 0; i < (copy ? 3u : 2u) && word.begin < line.size(); ++i) {
    const std::string text(line.substr(word.begin, word.end - word.begin));
    builder.add(word.begin, word.end, "argument", copy ? kCopy[i] : kAppend[i], {text});
    word = next_word(line, word.end);
  }
}

void add_numbers(LineBuilder& builder, size_t at, bool uid) {
  const std::string_view line = builder.line();
  for (Word word = next_word(line, at); word.begin < line.size();) {
    const std::string text(line.substr(word.begin, word.end - word.begin));
    if (!parse_number(text, UINT32_MAX)) return add_rest(builder, word.begin);
    builder.add(word.begin, word.end, "data", uid ? "imap.token.uid" : "imap.token.sequence-number",
                {text});
    word = next_word(line, word.end);
  }
}

void add_list_data(LineBuilder& builder, size_t at) {
  const std::string_view line = builder.line();
  at = skip_spaces(line, add_flag_list(builder, skip_spaces(line, at)));
  const size_t end = value_end(line, at);
  const std::string text = unquoted(line.substr(at, end - at));
  builder.add(at, end, "data", is_nil(text) ? "imap.token.no-delimiter" : "imap.token.delimiter",
              {text});
  const size_t name = skip_spaces(line, end);
  if (const auto literal = find_announcement(line); literal && literal->begin == name) {
    return builder.add(name, line.size(), "literal", "imap.token.literal", {literal->size});
  }
  const size_t name_end = value_end(line, name);
  add_mailbox(builder, name, name_end, "imap.token.mailbox");
  // RFC 9051 §9, mbox-list-extended.
  const size_t extended = skip_spaces(line, name_end);
  const bool old_name = find_ignoring_case(line, "OLDNAME", extended) != std::string_view::npos;
  builder.add(extended, line.size(), "data",
              old_name ? "imap.token.old-names" : "imap.token.child-info");
}

void add_status_data(LineBuilder& builder, size_t at) {
  const std::string_view line = builder.line();
  at = skip_spaces(line, at);
  size_t end = value_end(line, at);
  add_mailbox(builder, at, end, "imap.token.mailbox");
  at = skip_spaces(line, end);
  if (at >= line.size() || line[at] != '(') return add_rest(builder, at);
  for (at = skip_spaces(line, at + 1); at < line.size() && line[at] != ')';) {
    end = value_end(line, at);
    const std::string item = ascii_upper(line.substr(at, end - at));
    const size_t value = skip_spaces(line, end);
    const size_t next = value_end(line, value);
    if (!is_status_item(item) || next == value) return add_rest(builder, at);
    builder.add(at, end, "data", "imap.status." + item);
    builder.add(value, next, "data", "imap.token.value",
                {std::string(line.substr(value, next - value))});
    at = skip_spaces(line, next);
  }
}

void add_fetch_data(LineBuilder& builder, size_t at) {
  const std::string_view line = builder.line();
  const std::optional<Announcement> literal = find_announcement(line);
  while (true) {
    at = std::min(line.find_first_not_of(" ()", at), line.size());
    if (at >= line.size()) return;
    if (literal && at == literal->begin) break;
    if (!add_fetch_pair(builder, at, literal)) break;
  }
  if (literal)
    builder.add(literal->begin, line.size(), "literal", "imap.token.literal", {literal->size});
}

}  // namespace mailscope::explain
