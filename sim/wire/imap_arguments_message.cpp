// Arguments of the commands about the messages of the selected mailbox: SEARCH, SORT, THREAD,
// FETCH, STORE, COPY and their kind.
#include "sim/base/ascii.h"
#include "sim/wire/imap_arguments.h"

namespace mailscope::imap {
namespace {

bool is_flags_item_char(char c) { return ascii_alpha(c) || c == '.' || c == '+' || c == '-'; }

std::string parse_charset(Reader& reader) { return reader.astring("the name of a character set"); }

/// [RETURN SP options SP], which SEARCH and SORT begin with (RFC 4731 §3.1, RFC 5267 §3).
SearchResultOptions parse_return(Reader& reader) {
  if (!reader.take_word("RETURN", TokenKind::kItem)) return {};
  reader.space();
  const SearchResultOptions options = parse_result_options(reader);
  reader.space();
  return options;
}

/// RFC 5256 §5, search-criteria: charset 1*(SP search-key).
void parse_search_criteria(Reader& reader, SearchArguments& search) {
  search.charset = parse_charset(reader);
  reader.space();
  search.key = parse_search_keys(reader);
}

/// fetch-modifier of RFC 4466 §6, as RFC 7162 §7 and RFC 9394 §4 fill it.
void parse_fetch_modifier(Reader& reader, bool uid, FetchArguments& arguments) {
  const size_t begin = reader.position();
  constexpr std::string_view kExpected = "a FETCH modifier such as CHANGEDSINCE";
  const std::string name = ascii_upper(reader.atom(kExpected, TokenKind::kItem));
  if (name == "CHANGEDSINCE" && !arguments.changed_since) {
    reader.use(Extension::kCondStore);
    reader.space();
    arguments.changed_since = parse_positive_modseq(reader);
  } else if (name == "VANISHED" && !arguments.vanished) {
    reader.use(Extension::kQresync);
    arguments.vanished = true;
    if (!uid) reader.fail_at(begin, "VANISHED in UID FETCH alone", "RFC 7162 §3.2.6");
  } else if (name == "PARTIAL" && !arguments.partial) {
    if (!uid) reader.fail_at(begin, "PARTIAL in UID FETCH alone", "RFC 9394 §3.3");
    reader.space();
    arguments.partial = parse_result_window(reader);
    reader.use(Extension::kPartial);
  } else {
    const bool again = name == "CHANGEDSINCE" || name == "VANISHED" || name == "PARTIAL";
    reader.fail_at(begin, again ? "each FETCH modifier only once" : kExpected, "RFC 4466 §6");
  }
}

Arguments parse_fetch_of(Reader& reader, bool uid) {
  FetchArguments arguments;
  arguments.set = parse_sequence_set(reader);
  reader.space();
  arguments.items = parse_fetch_items(reader);
  if (!reader.follows(" (")) return arguments;
  reader.space();
  const size_t begin = reader.position();
  reader.list([&] { parse_fetch_modifier(reader, uid, arguments); });
  if (arguments.vanished && !arguments.changed_since) {
    reader.fail_at(begin, "VANISHED with CHANGEDSINCE", "RFC 7162 §3.2.6");
  }
  return arguments;
}

/// store-modifier of RFC 4466 §6, as RFC 7162 §7 fills it.
void parse_store_modifier(Reader& reader, StoreArguments& arguments) {
  const size_t begin = reader.position();
  const std::string name = ascii_upper(reader.atom("UNCHANGEDSINCE", TokenKind::kItem));
  if (name != "UNCHANGEDSINCE" || arguments.unchanged_since) {
    return reader.fail_at(begin,
                          name == "UNCHANGEDSINCE" ? "UNCHANGEDSINCE only once" : "UNCHANGEDSINCE",
                          "RFC 7162 §7");
  }
  reader.use(Extension::kCondStore);
  reader.space();
  arguments.unchanged_since = reader.number64("a mod-sequence");
}

void parse_store_item(Reader& reader, StoreArguments& arguments) {
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
}

}  // namespace

Arguments parse_search(Reader& reader) {
  SearchArguments arguments;
  arguments.result = parse_return(reader);
  if (reader.take_word("CHARSET", TokenKind::kItem)) {
    reader.space();
    arguments.charset = parse_charset(reader);
    reader.space();
  }
  arguments.key = parse_search_keys(reader);
  return arguments;
}

Arguments parse_sort(Reader& reader) {
  SortArguments arguments;
  arguments.search.result = parse_return(reader);
  const SearchResultOptions& result = arguments.search.result;
  if (result.given) reader.use(Extension::kEsort);
  if (result.update || result.context) reader.use(Extension::kContextSort);
  // RFC 5267 §4.1: what CONTEXT=SEARCH offers is for SEARCH alone.
  if (result.partial) reader.use_any(bit(Extension::kPartial) | bit(Extension::kContextSort));
  arguments.criteria = parse_sort_criteria(reader);
  reader.space();
  parse_search_criteria(reader, arguments.search);
  return arguments;
}

Arguments parse_thread(Reader& reader) {
  ThreadArguments arguments;
  arguments.algorithm =
      ascii_upper(reader.atom("a threading algorithm such as REFERENCES", TokenKind::kItem));
  reader.space();
  parse_search_criteria(reader, arguments.search);
  return arguments;
}

Arguments parse_fetch(Reader& reader) { return parse_fetch_of(reader, false); }
Arguments parse_uid_fetch(Reader& reader) { return parse_fetch_of(reader, true); }

Arguments parse_store(Reader& reader) {
  StoreArguments arguments;
  arguments.set = parse_sequence_set(reader);
  reader.space();
  if (reader.peek() == '(') {
    reader.list([&] { parse_store_modifier(reader, arguments); });
    reader.space();
  }
  parse_store_item(reader, arguments);
  reader.space();
  if (reader.peek() == '(') {
    arguments.flags = reader.flag_list();
  } else {
    reader.items([&] { arguments.flags.push_back(reader.flag()); });
  }
  return arguments;
}

Arguments parse_copy(Reader& reader) {
  CopyArguments arguments;
  arguments.set = parse_sequence_set(reader);
  reader.space();
  arguments.mailbox = parse_mailbox_name(reader);
  return arguments;
}

Arguments parse_set(Reader& reader) { return SetArguments{parse_sequence_set(reader)}; }

}  // namespace mailscope::imap
