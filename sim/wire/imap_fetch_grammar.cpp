#include "sim/wire/imap_fetch_grammar.h"

#include <algorithm>

#include "sim/base/ascii.h"

namespace mailscope::imap {
namespace {

using Kind = FetchItem::Kind;
using Text = BodySection::Text;

constexpr size_t kMaxPartDepth = 100;

struct NamedItem {
  std::string_view name;
  Kind kind;
};

constexpr NamedItem kItems[] = {{"ENVELOPE", Kind::kEnvelope},
                                {"FLAGS", Kind::kFlags},
                                {"INTERNALDATE", Kind::kInternalDate},
                                {"RFC822.HEADER", Kind::kRfc822Header},
                                {"RFC822.SIZE", Kind::kRfc822Size},
                                {"RFC822.TEXT", Kind::kRfc822Text},
                                {"RFC822", Kind::kRfc822},
                                {"BODYSTRUCTURE", Kind::kBodyStructure},
                                {"BODY", Kind::kBody},
                                {"UID", Kind::kUid}};

struct NamedText {
  std::string_view name;
  Text text;
};

constexpr NamedText kTexts[] = {{"HEADER.FIELDS.NOT", Text::kHeaderFieldsNot},
                                {"HEADER.FIELDS", Text::kHeaderFields},
                                {"HEADER", Text::kHeader},
                                {"TEXT", Text::kText},
                                {"MIME", Text::kMime}};

constexpr std::string_view kExpectedText =
    "a part number, HEADER, HEADER.FIELDS, HEADER.FIELDS.NOT, TEXT or MIME";

bool is_item_char(char c) { return ascii_alpha(c) || ascii_digit(c) || c == '.'; }

/// RFC 3501 §6.4.5: the three macros, or nothing.
std::vector<FetchItem> macro_items(std::string_view name) {
  std::vector<Kind> kinds;
  if (name == "ALL" || name == "FAST" || name == "FULL") {
    kinds = {Kind::kFlags, Kind::kInternalDate, Kind::kRfc822Size};
  }
  if (name == "ALL" || name == "FULL") kinds.push_back(Kind::kEnvelope);
  if (name == "FULL") kinds.push_back(Kind::kBody);
  std::vector<FetchItem> items;
  for (const Kind kind : kinds) {
    items.emplace_back();
    items.back().kind = kind;
  }
  return items;
}

PartialRange parse_partial(Reader& reader) {
  PartialRange partial;
  reader.expect('<');
  partial.origin = reader.number("where to begin, as in <0.1024>");
  reader.expect('.');
  partial.count = reader.nz_number("how many octets, as in <0.1024>");
  reader.expect('>');
  return partial;
}

FetchItem item_named(Reader& reader, std::string_view word) {
  FetchItem item;
  const std::string name = ascii_upper(word);
  if ((name == "BODY" && reader.peek() == '[') || name == "BODY.PEEK") {
    item.kind = Kind::kBodySection;
    item.peek = name != "BODY";
    item.section = parse_section(reader);
    if (reader.peek() == '<') item.partial = parse_partial(reader);
    return item;
  }
  for (const NamedItem& known : kItems) {
    if (name != known.name) continue;
    item.kind = known.kind;
    return item;
  }
  reader.fail("a FETCH item such as FLAGS or BODY[]", "RFC 3501 §6.4.5");
  return item;
}

std::string_view item_name(Kind kind) {
  for (const NamedItem& known : kItems) {
    if (known.kind == kind) return known.name;
  }
  return "BODY";
}

void parse_section_text(Reader& reader, BodySection& section) {
  const std::string word =
      ascii_upper(reader.word_of(is_item_char, kExpectedText, TokenKind::kItem));
  const auto* found = std::find_if(std::begin(kTexts), std::end(kTexts),
                                   [&](const NamedText& known) { return word == known.name; });
  const bool mime_of_message = word == "MIME" && section.part.empty();
  if (found == std::end(kTexts) || mime_of_message) {
    return reader.fail(kExpectedText, "RFC 3501 §6.4.5");
  }
  section.text = found->text;
  if (section.text != Text::kHeaderFields && section.text != Text::kHeaderFieldsNot) return;
  reader.space();
  reader.expect('(');
  do {
    section.fields.push_back(reader.astring("the name of a header field"));
  } while (reader.take(' '));
  reader.expect(')');
}

}  // namespace

BodySection parse_section(Reader& reader) {
  BodySection section;
  reader.expect('[');
  bool more = reader.peek() != ']';
  while (more && ascii_digit(reader.peek())) {
    section.part.push_back(reader.nz_number("a part number"));
    more = reader.take('.');
    if (section.part.size() > kMaxPartDepth) reader.fail("a shorter part number");
  }
  if (more) parse_section_text(reader, section);
  reader.expect(']');
  return section;
}

std::vector<FetchItem> parse_fetch_items(Reader& reader) {
  std::vector<FetchItem> items;
  const auto word = [&reader] {
    return reader.word_of(is_item_char, "a FETCH item such as FLAGS or BODY[]", TokenKind::kItem);
  };
  if (!reader.take('(')) {
    const std::string_view name = word();
    items = macro_items(ascii_upper(name));
    if (items.empty()) items.push_back(item_named(reader, name));
    return items;
  }
  do {
    items.push_back(item_named(reader, word()));
  } while (reader.take(' '));
  reader.expect(')');
  return items;
}

bool sets_seen(const FetchItem& item) {
  return item.kind == Kind::kRfc822 || item.kind == Kind::kRfc822Text ||
         (item.kind == Kind::kBodySection && !item.peek);
}

std::string encode_section(const BodySection& section) {
  std::string out = "[";
  for (const uint32_t number : section.part) {
    if (out.size() > 1) out += '.';
    out += std::to_string(number);
  }
  if (section.text != Text::kAll && out.size() > 1) out += '.';
  for (const NamedText& known : kTexts) {
    if (known.text == section.text) out += known.name;
  }
  for (size_t i = 0; i < section.fields.size(); ++i) {
    out += i == 0 ? " (" : " ";
    out += encode_astring(section.fields[i]);
  }
  if (!section.fields.empty()) out += ')';
  return out + ']';
}

std::string encode_fetch_item(const FetchItem& item) {
  if (item.kind != Kind::kBodySection) return std::string(item_name(item.kind));
  std::string out = (item.peek ? "BODY.PEEK" : "BODY") + encode_section(item.section);
  if (item.partial) {
    out += '<' + std::to_string(item.partial->origin) + '.' +
           std::to_string(item.partial->count) + '>';
  }
  return out;
}

std::string encode_response_item(const FetchItem& item) {
  if (item.kind != Kind::kBodySection) return std::string(item_name(item.kind));
  std::string out = "BODY" + encode_section(item.section);
  if (item.partial) out += '<' + std::to_string(item.partial->origin) + '>';
  return out;
}

}  // namespace mailscope::imap
