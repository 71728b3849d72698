// How a search is to be answered and sorted: RETURN (...), places in a result, sort criteria.
#include <algorithm>

#include "sim/base/ascii.h"
#include "sim/wire/imap_search_grammar.h"

namespace mailscope::imap {
namespace {

struct OptionRow {
  std::string_view name;
  bool SearchResultOptions::*option;
  ExtensionSet uses;
};

constexpr OptionRow kOptions[] = {
    {"MIN", &SearchResultOptions::min, 0},
    {"MAX", &SearchResultOptions::max, 0},
    {"ALL", &SearchResultOptions::all, 0},
    {"COUNT", &SearchResultOptions::count, 0},
    {"SAVE", &SearchResultOptions::save, bit(Extension::kSearchRes)},
    {"UPDATE", &SearchResultOptions::update, bit(Extension::kContextSearch)},
    {"CONTEXT", &SearchResultOptions::context, bit(Extension::kContextSearch)},
};

struct SortKeyRow {
  std::string_view name;
  SortCriterion::Key key;
  ExtensionSet uses = 0;
};

constexpr SortKeyRow kSortKeys[] = {
    {"ARRIVAL", SortCriterion::Key::kArrival},
    {"CC", SortCriterion::Key::kCc},
    {"DATE", SortCriterion::Key::kDate},
    {"DISPLAYFROM", SortCriterion::Key::kDisplayFrom, bit(Extension::kSortDisplay)},
    {"DISPLAYTO", SortCriterion::Key::kDisplayTo, bit(Extension::kSortDisplay)},
    {"FROM", SortCriterion::Key::kFrom},
    {"SIZE", SortCriterion::Key::kSize},
    {"SUBJECT", SortCriterion::Key::kSubject},
    {"TO", SortCriterion::Key::kTo},
};

void parse_result_option(Reader& reader, SearchResultOptions& options) {
  const size_t begin = reader.position();
  constexpr std::string_view kExpected = "a RETURN option such as MIN, MAX, ALL or COUNT";
  const std::string name = ascii_upper(reader.atom(kExpected, TokenKind::kItem));
  if (name == "PARTIAL") {
    if (options.partial) reader.fail_at(begin, "PARTIAL only once", "RFC 9394 §3.1");
    reader.space();
    options.partial = parse_result_window(reader);
    // RFC 5267 §4.4 has it, too, but knows no counting from the end (RFC 9394 §3.1).
    const bool from_the_end = options.partial->first < 0;
    reader.use_any(bit(Extension::kPartial) | (from_the_end ? 0 : bit(Extension::kContextSearch)));
    return;
  }
  const auto* row = std::find_if(std::begin(kOptions), std::end(kOptions),
                                 [&name](const OptionRow& known) { return name == known.name; });
  if (row == std::end(kOptions)) return reader.fail_at(begin, kExpected, "RFC 4731 §3.1");
  options.*row->option = true;
  reader.use(row->uses);
  if (name != "UPDATE") return;
  // RFC 5465 §8 has no space there; its example, and whoever follows that, has one.
  if (reader.follows(" (")) reader.space();
  if (reader.peek() != '(') return;
  options.new_items = parse_fetch_items(reader);
  reader.use(Extension::kNotify);
}

SortCriterion parse_sort_criterion(Reader& reader) {
  SortCriterion criterion;
  criterion.reverse = reader.take_word("REVERSE", TokenKind::kItem);
  if (criterion.reverse) reader.space();
  const size_t begin = reader.position();
  constexpr std::string_view kExpected = "a sort key such as ARRIVAL, DATE or SUBJECT";
  const std::string name = ascii_upper(reader.atom(kExpected, TokenKind::kItem));
  const auto* row = std::find_if(std::begin(kSortKeys), std::end(kSortKeys),
                                 [&name](const SortKeyRow& known) { return name == known.name; });
  if (row == std::end(kSortKeys)) {
    reader.fail_at(begin, kExpected, "RFC 5256 §3");
    return criterion;
  }
  criterion.key = row->key;
  reader.use(row->uses);
  return criterion;
}

}  // namespace

SearchResultOptions parse_result_options(Reader& reader) {
  SearchResultOptions options;
  options.given = true;
  reader.use(Extension::kEsearch);
  const size_t begin = reader.position();
  reader.list_or_empty([&] { parse_result_option(reader, options); });
  if (!reader.failed() && options.partial && options.all) {
    reader.fail_at(begin, "ALL or PARTIAL, not both", "RFC 9394 §3.1");
  }
  return options;
}

ResultWindow parse_result_window(Reader& reader) {
  Reader inner(reader.text(), reader.position());
  const auto place = [&inner](bool from_the_end) -> int64_t {
    if (from_the_end) inner.expect('-');
    const int64_t n = inner.nz_number("a range of places such as 1:100 or -1:-100");
    return from_the_end ? -n : n;
  };
  ResultWindow window;
  const bool from_the_end = inner.peek() == '-';
  window.first = place(from_the_end);
  inner.expect(':');
  window.last = place(from_the_end);
  reader.advance_past(inner, TokenKind::kNumber);
  return window;
}

std::vector<SortCriterion> parse_sort_criteria(Reader& reader) {
  std::vector<SortCriterion> criteria;
  // The same key again orders nothing more, and there are nine of them.
  constexpr size_t kMaxCriteria = 100;
  reader.list([&] { criteria.push_back(parse_sort_criterion(reader)); }, kMaxCriteria);
  return criteria;
}

}  // namespace mailscope::imap
