#include "sim/wire/imap_command.h"

#include <algorithm>

#include "sim/base/ascii.h"

namespace mailscope::imap {
namespace {

bool is_name_char(char c) { return ascii_alpha(c) || ascii_digit(c); }
bool is_flags_item_char(char c) { return ascii_alpha(c) || c == '.' || c == '+' || c == '-'; }
bool is_base64_char(char c) {
  return ascii_alpha(c) || ascii_digit(c) || c == '+' || c == '/' || c == '=';
}

std::string mailbox(Reader& reader) {
  return reader.astring("a mailbox name", TokenKind::kMailbox);
}

Arguments parse_login(Reader& reader) {
  LoginArguments arguments;
  arguments.user = reader.astring("a user name");
  reader.space();
  arguments.password = reader.astring("a password", TokenKind::kSecret);
  return arguments;
}

Arguments parse_authenticate(Reader& reader) {
  AuthenticateArguments arguments;
  arguments.mechanism = ascii_upper(reader.atom("a SASL mechanism such as PLAIN"));
  if (reader.take(' ')) {
    arguments.initial_response =
        std::string(reader.word_of(is_base64_char, "base64", TokenKind::kSecret));
  }
  return arguments;
}

Arguments parse_mailbox(Reader& reader) { return MailboxArguments{mailbox(reader)}; }

Arguments parse_select(Reader& reader) {
  SelectArguments arguments;
  arguments.mailbox = mailbox(reader);
  return arguments;
}

Arguments parse_create(Reader& reader) {
  CreateArguments arguments;
  arguments.mailbox = mailbox(reader);
  return arguments;
}

Arguments parse_rename(Reader& reader) {
  RenameArguments arguments;
  arguments.from = mailbox(reader);
  reader.space();
  arguments.to = mailbox(reader);
  return arguments;
}

Arguments parse_list(Reader& reader) {
  ListArguments arguments;
  arguments.reference = mailbox(reader);
  reader.space();
  constexpr std::string_view kExpected = "a mailbox name, in which % and * are wildcards";
  if (reader.peek() == '"' || reader.peek() == '{') {
    arguments.patterns.push_back(reader.string(kExpected, TokenKind::kMailbox));
  } else {
    arguments.patterns.emplace_back(reader.word_of(is_list_char, kExpected, TokenKind::kMailbox));
  }
  return arguments;
}

constexpr std::string_view kStatusItems[] = {"MESSAGES", "RECENT", "UIDNEXT", "UIDVALIDITY",
                                             "UNSEEN"};

Arguments parse_status(Reader& reader) {
  StatusArguments arguments;
  arguments.mailbox = mailbox(reader);
  reader.space();
  reader.expect('(');
  do {
    const size_t begin = reader.position();
    const std::string name = ascii_upper(reader.atom("a status item", TokenKind::kItem));
    const auto* found = std::find(std::begin(kStatusItems), std::end(kStatusItems), name);
    if (found == std::end(kStatusItems)) {
      reader.fail_at(begin, "MESSAGES, RECENT, UIDNEXT, UIDVALIDITY or UNSEEN",
                     "RFC 3501 §6.3.10");
    } else {
      arguments.items.push_back(static_cast<StatusItem>(found - std::begin(kStatusItems)));
    }
  } while (reader.take(' '));
  reader.expect(')');
  return arguments;
}

Arguments parse_append(Reader& reader) {
  AppendArguments arguments;
  arguments.mailbox = mailbox(reader);
  reader.space();
  AppendMessage& message = arguments.messages.emplace_back();
  if (reader.peek() == '(') {
    message.flags = reader.flag_list();
    reader.space();
  }
  if (reader.peek() == '"') {
    const size_t begin = reader.position();
    message.date = parse_internal_date(reader.quoted(TokenKind::kDate));
    if (!message.date) {
      reader.fail_at(begin, "a date-time such as \" 7-Feb-1994 22:43:04 -0800\"");
    }
    reader.space();
  }
  message.pieces.push_back({false, reader.literal()});
  return arguments;
}

Arguments parse_search(Reader& reader) {
  SearchArguments arguments;
  if (reader.take_word("CHARSET", TokenKind::kItem)) {
    reader.space();
    arguments.charset = reader.astring("the name of a character set");
    reader.space();
  }
  arguments.key = parse_search_keys(reader);
  return arguments;
}

Arguments parse_fetch(Reader& reader) {
  FetchArguments arguments;
  arguments.set = parse_sequence_set(reader);
  reader.space();
  arguments.items = parse_fetch_items(reader);
  return arguments;
}

Arguments parse_store(Reader& reader) {
  StoreArguments arguments;
  arguments.set = parse_sequence_set(reader);
  reader.space();
  constexpr std::string_view kExpected = "FLAGS, +FLAGS or -FLAGS, with .SILENT or without";
  const size_t begin = reader.position();
  std::string item = ascii_upper(reader.word_of(is_flags_item_char, kExpected, TokenKind::kItem));
  constexpr std::string_view kSilent = ".SILENT";
  if (item.size() > kSilent.size() &&
      std::string_view(item).substr(item.size() - kSilent.size()) == kSilent) {
    arguments.silent = true;
    item.resize(item.size() - kSilent.size());
  }
  if (item == "+FLAGS") {
    arguments.mode = StoreMode::kAdd;
  } else if (item == "-FLAGS") {
    arguments.mode = StoreMode::kRemove;
  } else if (item != "FLAGS") {
    reader.fail_at(begin, kExpected, "RFC 3501 §6.4.6");
  }
  reader.space();
  if (reader.peek() == '(') {
    arguments.flags = reader.flag_list();
    return arguments;
  }
  do {
    arguments.flags.push_back(reader.flag());
  } while (reader.take(' '));
  return arguments;
}

Arguments parse_copy(Reader& reader) {
  CopyArguments arguments;
  arguments.set = parse_sequence_set(reader);
  reader.space();
  arguments.mailbox = mailbox(reader);
  return arguments;
}

Arguments parse_set(Reader& reader) { return SetArguments{parse_sequence_set(reader)}; }

/// How a command's arguments are read; without a function it has none.
struct ParserRow {
  std::string_view name;
  Arguments (*parse)(Reader&);
};

constexpr ParserRow kParsers[] = {
    {"CAPABILITY", nullptr},       {"NOOP", nullptr},
    {"LOGOUT", nullptr},           {"AUTHENTICATE", parse_authenticate},
    {"LOGIN", parse_login},        {"SELECT", parse_select},
    {"EXAMINE", parse_select},    {"CREATE", parse_create},
    {"DELETE", parse_mailbox},     {"RENAME", parse_rename},
    {"SUBSCRIBE", parse_mailbox},  {"UNSUBSCRIBE", parse_mailbox},
    {"LIST", parse_list},          {"LSUB", parse_list},
    {"STATUS", parse_status},      {"APPEND", parse_append},
    {"IDLE", nullptr},             {"CHECK", nullptr},
    {"CLOSE", nullptr},            {"UNSELECT", nullptr},
    {"EXPUNGE", nullptr},          {"SEARCH", parse_search},
    {"FETCH", parse_fetch},        {"STORE", parse_store},
    {"COPY", parse_copy},          {"UID EXPUNGE", parse_set},
    {"UID SEARCH", parse_search},  {"UID FETCH", parse_fetch},
    {"UID STORE", parse_store},    {"UID COPY", parse_copy},
};

/// Reads tag and name; false when the command cannot be named.
bool parse_head(Reader& reader, CommandLine& command) {
  command.tag = std::string(reader.word_of(is_tag_char, "a tag", TokenKind::kTag));
  if (!reader.failed() && reader.peek() != ' ') {
    command.tag.clear();
    reader.fail("a tag, a space and a command");
    return false;
  }
  reader.space();
  command.name =
      ascii_upper(reader.word_of(is_name_char, "the name of a command", TokenKind::kName));
  if (command.name == "UID") {
    reader.space();
    const std::string form =
        ascii_upper(reader.word_of(is_name_char, "FETCH, STORE, SEARCH or COPY", TokenKind::kName));
    if (!form.empty()) command.name += ' ' + form;
  }
  return !reader.failed();
}

}  // namespace

CommandLine parse_command_head(std::string_view begin_of_unit) {
  CommandLine command;
  Reader reader(begin_of_unit);
  parse_head(reader, command);
  command.error = reader.error();
  return command;
}

CommandLine parse_command(std::string_view unit) {
  CommandLine command;
  Reader reader(unit);
  if (parse_head(reader, command)) {
    const auto* row = std::find_if(
        std::begin(kParsers), std::end(kParsers),
        [&command](const ParserRow& known) { return command.name == known.name; });
    if (row != std::end(kParsers)) {
      if (row->parse != nullptr) {
        reader.space();
        command.arguments = row->parse(reader);
      }
      reader.end();
    }
  }
  command.tokens = reader.tokens();
  command.error = reader.error();
  return command;
}

std::string_view status_item_name(StatusItem item) {
  return kStatusItems[static_cast<size_t>(item)];
}

}  // namespace mailscope::imap
