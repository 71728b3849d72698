// Arguments of LIST and LSUB: RFC 3501 §6.3.8, and the extended form of RFC 5258 §6 with what
// RFC 5819 (STATUS) and RFC 6154 (SPECIAL-USE) add to it.
#include "sim/base/ascii.h"
#include "sim/wire/imap_arguments.h"

namespace mailscope::imap {
namespace {

constexpr const char* kSection = "RFC 5258 §3";

/// list-mailbox = 1*list-char / string.
std::string parse_pattern(Reader& reader) {
  constexpr std::string_view kExpected = "a mailbox name, in which % and * are wildcards";
  if (reader.peek() == '"' || reader.peek() == '{') {
    return reader.string(kExpected, TokenKind::kMailbox);
  }
  return std::string(reader.word_of(is_list_char, kExpected, TokenKind::kMailbox));
}

void parse_selection_option(Reader& reader, ListArguments& arguments) {
  const size_t begin = reader.position();
  constexpr std::string_view kExpected = "a selection option such as SUBSCRIBED";
  const std::string name = ascii_upper(reader.atom(kExpected, TokenKind::kItem));
  if (name == "SUBSCRIBED") {
    arguments.subscribed = true;
  } else if (name == "REMOTE") {
    arguments.remote = true;
  } else if (name == "RECURSIVEMATCH") {
    arguments.recursive_match = true;
  } else if (name == "SPECIAL-USE") {
    arguments.special_use = true;
    reader.use(Extension::kSpecialUse);
  } else {
    reader.fail_at(begin, kExpected, kSection);
  }
}

void parse_return_option(Reader& reader, ListArguments& arguments) {
  const size_t begin = reader.position();
  constexpr std::string_view kExpected = "a RETURN option such as SUBSCRIBED or CHILDREN";
  const std::string name = ascii_upper(reader.atom(kExpected, TokenKind::kItem));
  if (name == "SUBSCRIBED") {
    arguments.return_subscribed = true;
  } else if (name == "CHILDREN") {
    arguments.return_children = true;
  } else if (name == "SPECIAL-USE") {
    arguments.return_special_use = true;
    reader.use(Extension::kSpecialUse);
  } else if (name == "STATUS") {
    reader.use(Extension::kListStatus);
    reader.space();
    // RFC 5258 §3: an option that comes again counts once.
    const std::vector<StatusItem> items = parse_status_items(reader);
    if (arguments.return_status.empty()) arguments.return_status = items;
  } else {
    reader.fail_at(begin, kExpected, kSection);
  }
}

void parse_selection_options(Reader& reader, ListArguments& arguments) {
  const size_t begin = reader.position();
  arguments.extended = true;
  reader.list_or_empty([&] { parse_selection_option(reader, arguments); });
  // SPECIAL-USE is no base option (RFC 6154 §6, list-select-independent-opt).
  if (arguments.recursive_match && !arguments.subscribed) {
    reader.fail_at(begin, "RECURSIVEMATCH with SUBSCRIBED", kSection);
  }
}

}  // namespace

Arguments parse_lsub(Reader& reader) {
  ListArguments arguments;
  reader.use(Extension::kRev1);  // RFC 9051 has no LSUB
  arguments.reference = parse_mailbox_name(reader);
  reader.space();
  arguments.patterns.push_back(parse_pattern(reader));
  return arguments;
}

Arguments parse_list(Reader& reader) {
  ListArguments arguments;
  if (reader.peek() == '(') {
    parse_selection_options(reader, arguments);
    reader.space();
  }
  arguments.reference = parse_mailbox_name(reader);
  reader.space();
  if (reader.peek() == '(') {
    arguments.extended = true;
    reader.list([&] { arguments.patterns.push_back(parse_pattern(reader)); });
  } else {
    arguments.patterns.push_back(parse_pattern(reader));
  }
  if (reader.follows(" RETURN")) {
    arguments.extended = true;
    reader.space();
    if (!reader.take_word("RETURN", TokenKind::kItem)) reader.fail("RETURN", kSection);
    reader.space();
    reader.list_or_empty([&] { parse_return_option(reader, arguments); });
  }
  if (arguments.extended) reader.use(Extension::kListExtended);
  return arguments;
}

}  // namespace mailscope::imap
