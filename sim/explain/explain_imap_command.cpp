// IMAP lines from the client in words: commands by the tokens of their grammar, and the lines that
// are no commands (DONE, a SASL response, what follows a literal). RFC 3501 §6, §9; RFC 2177
// (IDLE).
#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/explain/explain_imap.h"
#include "sim/explain/explain_imap_mailboxes.h"
#include "sim/explain/explain_imap_messages.h"
#include "sim/wire/imap_command.h"

namespace mailscope::explain {
namespace {

using imap::Command;
using imap::Token;
using imap::TokenKind;

constexpr std::string_view kStoreItems[] = {"FLAGS",         "FLAGS.SILENT", "+FLAGS",
                                            "+FLAGS.SILENT", "-FLAGS",       "-FLAGS.SILENT"};
constexpr std::string_view kSearchKeys[] = {
    "ALL",       "ANSWERED", "DELETED", "DRAFT",      "FLAGGED",   "NEW",
    "OLD",       "RECENT",   "SEEN",    "UNANSWERED", "UNDELETED", "UNDRAFT",
    "UNFLAGGED", "UNSEEN",   "BCC",     "BODY",       "CC",        "FROM",
    "SUBJECT",   "TEXT",     "TO",      "HEADER",     "KEYWORD",   "UNKEYWORD",
    "BEFORE",    "ON",       "SINCE",   "SENTBEFORE", "SENTON",    "SENTSINCE",
    "LARGER",    "SMALLER",  "UID",     "NOT",        "OR",        "CHARSET"};

/// SORT and THREAD begin with what they sort or thread by, then the character set; the rest is a
/// search.
bool orders(const imap::CommandRow& row) {
  return row.command == Command::kSort || row.command == Command::kUidSort ||
         row.command == Command::kThread || row.command == Command::kUidThread;
}

bool is_search(const imap::CommandRow& row) {
  return row.command == Command::kSearch || row.command == Command::kUidSearch || orders(row);
}

/// The tokens of one command, one after the other.
class CommandExplainer {
 public:
  CommandExplainer(LineBuilder& builder, const imap::CommandRow& row)
      : builder_(builder), row_(row) {}

  void add(const Token& token) {
    const std::string text(token.span.of(builder_.line()));
    const size_t begin = token.span.begin;
    const size_t end = token.span.end;
    switch (token.kind) {
      case TokenKind::kTag:
      case TokenKind::kName:
      case TokenKind::kPunctuation: return;
      case TokenKind::kSequenceSet:
        values_.push_back(text);
        // In a search, even in UID SEARCH, only the key UID makes them UIDs (RFC 3501 §6.4.8).
        add_set(builder_, begin, end,
                is_search(row_) ? item_ == "UID" && words_ == 0 : row_.uid_form);
        ++words_;
        return;
      case TokenKind::kFlag:
        flags_ += flags_.empty() ? text : ' ' + text;
        return add_flag(builder_, begin, end);
      case TokenKind::kMailbox:
        add_mailbox(builder_, begin, end, mailbox_key(unquoted(text)));
        values_.push_back(unquoted(text));
        return;
      case TokenKind::kSecret: return builder_.add(begin, end, "argument", "imap.token.password");
      case TokenKind::kDate:
        return builder_.add(begin, end, "argument",
                            is_search(row_) ? "imap.token.date" : "imap.token.internal-date",
                            {unquoted(text)});
      case TokenKind::kItem: return add_item(token, ascii_upper(text));
      case TokenKind::kNumber:
        return builder_.add(begin, end, "argument", number_key(), {text});
      case TokenKind::kNil:
      case TokenKind::kLiteral:
      case TokenKind::kAtom:
      case TokenKind::kQuoted: return add_word(token, unquoted(text));
    }
  }

  /// STORE has three sentences, by what it does to the flags.
  [[nodiscard]] std::string sentence_key() const {
    const bool store = row_.command == Command::kStore || row_.command == Command::kUidStore;
    const char sign = store && !item_.empty() ? item_[0] : ' ';
    return std::string("imap.line.") + row_.name +
           (sign == '+'   ? ".add"
            : sign == '-' ? ".remove"
            : is_annotation() && !values_.empty() && values_[0].empty() ? ".server"
                                                                        : "");
  }

  /// Where the first word stands that should name an item or key and does not; npos when there is
  /// none.
  [[nodiscard]] size_t unknown() const { return unknown_; }

  /// What the command's sentence speaks of: sets, mailboxes and names in their order, then the
  /// flags.
  [[nodiscard]] std::vector<std::string> sentence_arguments() const {
    std::vector<std::string> arguments = values_;
    if (!flags_.empty()) arguments.push_back(flags_);
    return arguments;
  }

 private:
  /// Annotations of a mailbox without a name are those of the server (RFC 5464 §4).
  [[nodiscard]] bool is_annotation() const {
    return row_.command == Command::kGetMetadata || row_.command == Command::kSetMetadata;
  }

  [[nodiscard]] const char* number_key() const {
    if (row_.command == Command::kSetQuota) return "imap.token.quota-limit";
    const bool of_size = item_ == "LARGER" || item_ == "SMALLER" || !is_search(row_);
    const bool uses_value = item_ == "CHANGEDSINCE" || item_ == "UNCHANGEDSINCE";
    return of_size && !uses_value ? "imap.token.octets" : "imap.token.value";
  }

  [[nodiscard]] const char* mailbox_key(std::string_view name) const {
    if (name.empty() && is_annotation()) return "imap.token.server-itself";
    const bool first = values_.empty();
    if (row_.command == Command::kList || row_.command == Command::kLsub) {
      return first ? "imap.token.reference" : "imap.token.pattern";
    }
    if (row_.command == Command::kRename) {
      return first ? "imap.token.old-name" : "imap.token.new-name";
    }
    return "imap.token.mailbox";
  }

  void add_item(const Token& token, const std::string& name) {
    const size_t begin = token.span.begin;
    const size_t end = token.span.end;
    item_ = name;
    words_ = 0;
    const std::string search_key =
        is_search(row_) ? search_item_key(name, orders(row_) && !charset_seen_) : std::string();
    if (!search_key.empty()) return builder_.add(begin, end, "data", search_key);
    const std::string mailbox_key = mailbox_item_key(row_.command, name);
    if (!mailbox_key.empty()) return builder_.add(begin, end, "data", mailbox_key);
    switch (row_.command) {
      case Command::kFetch:
      case Command::kUidFetch:
        if (begin < section_end_) return;  // a section's words come again as tokens of their own
        if (const auto item_end = add_fetch_item(builder_, begin)) {
          section_end_ = *item_end;
        } else {
          unknown_ = std::min(unknown_, begin);
        }
        return;
      case Command::kStatus:
        return add_named(begin, end, "imap.status." + name, is_status_item(name));
      case Command::kStore:
      case Command::kUidStore:
        return add_named(begin, end, "imap.store." + name, is_one_of(name, kStoreItems));
      default: return add_named(begin, end, "imap.search." + name, is_one_of(name, kSearchKeys));
    }
  }

  void add_named(size_t begin, size_t end, const std::string& key, bool known) {
    if (!known) unknown_ = std::min(unknown_, begin);
    if (known) builder_.add(begin, end, "data", key);
  }

  void add_word(const Token& token, const std::string& text) {
    const char* own = mailbox_word_key(row_.command, words_);
    const char* key = own != nullptr ? own : "imap.token.text";
    if (row_.command == Command::kLogin) key = "imap.token.user";
    if (row_.command == Command::kAuthenticate) key = "imap.token.mechanism";
    if (row_.command == Command::kCompress) key = "imap.token.compression";
    if (is_search(row_)) {
      const bool charset = item_ == "CHARSET" || (orders(row_) && !charset_seen_);
      charset_seen_ = charset_seen_ || charset;
      key = charset                            ? "imap.token.charset"
            : item_ == "HEADER" && words_ == 0 ? "imap.token.field"
                                               : "imap.token.wanted";
    } else {
      values_.push_back(text);
    }
    ++words_;
    const char* role = token.kind == TokenKind::kLiteral ? "literal" : "argument";
    builder_.add(token.span.begin, token.span.end, role, key, {text});
  }

  LineBuilder& builder_;
  const imap::CommandRow& row_;
  std::vector<std::string> values_;
  std::string flags_;
  std::string item_;                         // the last one, in capitals
  bool charset_seen_ = false;                // of SORT and THREAD
  int words_ = 0;                            // strings and sets since
  size_t section_end_ = 0;                   // of the last FETCH item
  size_t unknown_ = std::string_view::npos;  // where the first item that is none begins
};

void add_announcement(LineBuilder& builder, const Announcement& literal) {
  builder.add(literal.begin, builder.line().size(), "literal",
              literal.waits ? "imap.token.literal-waits" : "imap.token.literal-plus",
              {literal.size});
}

/// A line that is no command by its form; false when it is neither one of these.
bool explain_other(LineBuilder& builder) {
  const std::string_view line = builder.line();
  const bool base64 =
      line.size() >= 4 && line.size() % 4 == 0 && std::all_of(line.begin(), line.end(), [](char c) {
        return ascii_alpha(c) || ascii_digit(c) || c == '+' || c == '/' || c == '=';
      });
  if (equals_ignoring_case(line, "DONE")) {
    builder.sentence("imap.line.DONE");
    builder.section("RFC 2177 §3");
    builder.add(0, line.size(), "command", "imap.token.DONE");
  } else if (line == "*") {
    builder.sentence("imap.line.cancel");
    builder.section("RFC 3501 §6.2.2");
    builder.add(0, line.size(), "command", "imap.token.cancel");
  } else if (line.empty() || line[0] == ' ' || line[0] == ')') {
    builder.sentence(line.empty() ? "imap.line.end-of-command" : "imap.line.after-literal");
    builder.section("RFC 3501 §4.3");
    builder.add(0, line.size(), "data", "imap.token.after-literal");
    if (const auto literal = find_announcement(line)) add_announcement(builder, *literal);
  } else if (base64) {
    builder.sentence("imap.line.sasl-response");
    builder.section("RFC 3501 §6.2.2");
    builder.add(0, line.size(), "argument", "imap.token.sasl-response");
  } else {
    return false;
  }
  return true;
}

void explain_malformed(LineBuilder& builder, size_t from) {
  builder.sentence("imap.line.malformed");
  builder.section("RFC 3501 §9");
  builder.add(from, builder.line().size(), "text", "imap.token.malformed");
}

/// Tag and name, which every command has; returns where the name ends.
size_t explain_head(LineBuilder& builder, const imap::CommandLine& command,
                    const imap::CommandRow* row) {
  const std::vector<Token>& tokens = command.tokens;
  builder.add(tokens[0].span.begin, tokens[0].span.end, "tag", "imap.token.tag", {command.tag});
  const bool two = tokens.size() > 2 && tokens[2].kind == TokenKind::kName;
  const size_t end = tokens[two ? 2 : 1].span.end;
  builder.add(tokens[1].span.begin, end, "command",
              row != nullptr ? std::string("imap.command.") + row->name : "imap.token.unknown",
              {command.name});
  return end;
}

LineMeaning explain_command(std::string_view line) {
  LineBuilder builder(line);
  const imap::CommandLine command = imap::parse_command(line);
  const bool named = !command.name.empty() && command.tokens.size() > 1;
  if (!named) {
    if (!explain_other(builder)) explain_malformed(builder, 0);
    return builder.take();
  }
  const imap::CommandRow* row = imap::find_command(command.name);
  const size_t head_end = explain_head(builder, command, row);
  if (row == nullptr) {
    builder.sentence("imap.line.unknown", {command.name});
    builder.section("RFC 3501 §6");
    builder.add(next_word(line, head_end).begin, line.size(), "text", "imap.token.rest");
    return builder.take();
  }
  CommandExplainer explainer(builder, *row);
  const size_t until = command.error ? command.error->position : line.size();
  for (const Token& token : command.tokens) {
    if (token.span.begin < until) explainer.add(token);
  }
  std::vector<std::string> arguments = explainer.sentence_arguments();
  const std::optional<Announcement> literal = find_announcement(line);
  if (command.error && literal && until == literal->begin) {
    // Not a mistake: the rest of the command is in the lines that follow.
    add_announcement(builder, *literal);
    arguments.resize(std::max<size_t>(arguments.size(), 2), "{" + literal->size + "}");
  } else if (command.error) {
    builder.sentence("imap.line.malformed-arguments", {row->name, row->arguments});
    builder.section(row->section);
    builder.add(std::min(until, explainer.unknown()), line.size(), "text", "imap.token.malformed");
    return builder.take();
  }
  arguments.resize(std::max<size_t>(arguments.size(), 2));
  builder.sentence(explainer.sentence_key(), arguments);
  builder.section(row->section);
  return builder.take();
}

}  // namespace

LineMeaning explain_imap_command(std::string_view line, const LineContext& context) {
  if (!context.in_data) return explain_command(line);
  LineBuilder builder(line);
  explain_message_line(builder, "imap", false, context.in_body);
  return builder.take();
}

}  // namespace mailscope::explain
