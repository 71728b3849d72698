#include "sim/wire/imap_fetch_grammar.h"

#include <algorithm>

#include "sim/base/ascii.h"

namespace mailscope::imap {
namespace {

using Kind = FetchItem::Kind;
using Text = BodySection::Text;

constexpr size_t kMaxPartDepth = 100;
// What one FETCH may ask for: every item is looked at for every message.
constexpr size_t kMaxItems = 1000;
constexpr std::string_view kExpectedItem = "a FETCH item such as FLAGS or BODY[]";

struct NamedItem {
  std::string_view name;
  Kind kind;
  ExtensionSet uses = 0;
};

constexpr NamedItem kItems[] = {{"ENVELOPE", Kind::kEnvelope},
                                {"FLAGS", Kind::kFlags},
                                {"INTERNALDATE", Kind::kInternalDate},
                                {"RFC822.HEADER", Kind::kRfc822Header, bit(Extension::kRev1)},
                                {"RFC822.SIZE", Kind::kRfc822Size},
                                {"RFC822.TEXT", Kind::kRfc822Text, bit(Extension::kRev1)},
                                {"RFC822", Kind::kRfc822, bit(Extension::kRev1)},
                                {"BODYSTRUCTURE", Kind::kBodyStructure},
                                {"BODY", Kind::kBody},
                                {"UID", Kind::kUid},
                                {"MODSEQ", Kind::kModSeq, bit(Extension::kCondStore)},
                                {"EMAILID", Kind::kEmailId, bit(Extension::kObjectId)},
                                {"THREADID", Kind::kThreadId, bit(Extension::kObjectId)},
                                {"SAVEDATE", Kind::kSaveDate, bit(Extension::kSaveDate)},
                                {"PREVIEW", Kind::kPreview, bit(Extension::kPreview)}};

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
  partial.origin = reader.number_by_revision("where to begin, as in <0.1024>");
  reader.expect('.');
  const size_t begin = reader.position();
  constexpr std::string_view kExpectedCount = "how many octets, as in <0.1024>";
  partial.count = reader.number_by_revision(kExpectedCount);
  if (!reader.failed() && reader.text()[begin] == '0') reader.fail_at(begin, kExpectedCount);
  reader.expect('>');
  return partial;
}

void parse_part_number(Reader& reader, BodySection& section) {
  section.part.push_back(reader.nz_number("a part number"));
  if (section.part.size() > kMaxPartDepth) reader.fail("a shorter part number");
}

/// "[" [part number] "]" (RFC 3516 §7, section-binary).
BodySection parse_binary_section(Reader& reader) {
  BodySection section;
  reader.expect('[');
  if (reader.take(']')) return section;
  do {
    parse_part_number(reader, section);
  } while (reader.take('.'));
  reader.expect(']');
  return section;
}

/// BODY[...] and BINARY[...], after the name; false when it is neither.
bool parse_section_item(Reader& reader, std::string_view name, FetchItem& item) {
  const bool binary = name == "BINARY" || name == "BINARY.PEEK" || name == "BINARY.SIZE";
  if (!binary && name != "BODY.PEEK" && (name != "BODY" || reader.peek() != '[')) return false;
  item.peek = name == "BODY.PEEK" || name == "BINARY.PEEK";
  item.kind = !binary ? Kind::kBodySection
                      : (name == "BINARY.SIZE" ? Kind::kBinarySize : Kind::kBinary);
  if (binary) reader.use(Extension::kBinary);
  item.section = binary ? parse_binary_section(reader) : parse_section(reader);
  const bool whole = item.kind == Kind::kBinarySize;
  if (!whole && reader.peek() == '<') item.partial = parse_partial(reader);
  return true;
}

/// RFC 8970 §6: PREVIEW [SP "(" "LAZY" ")"]. After a single item of a FETCH the parentheses may be
/// those of its modifiers.
void parse_preview_modifiers(Reader& reader, FetchItem& item) {
  if (!reader.follows(" (LAZY")) return;
  reader.space();
  reader.list([&] {
    if (!reader.take_word("LAZY", TokenKind::kItem)) reader.fail("LAZY", "RFC 8970 §6");
  });
  item.lazy = true;
}

FetchItem item_named(Reader& reader, std::string_view word) {
  FetchItem item;
  const std::string name = ascii_upper(word);
  if (parse_section_item(reader, name, item)) return item;
  for (const NamedItem& known : kItems) {
    if (name != known.name) continue;
    item.kind = known.kind;
    reader.use(known.uses);
    if (item.kind == Kind::kPreview) parse_preview_modifiers(reader, item);
    return item;
  }
  reader.fail(kExpectedItem, "RFC 3501 §6.4.5");
  return item;
}

std::string_view item_name(Kind kind) {
  for (const NamedItem& known : kItems) {
    if (known.kind == kind) return known.name;
  }
  return kind == Kind::kBinary ? "BINARY" : kind == Kind::kBinarySize ? "BINARY.SIZE" : "BODY";
}

bool has_section(const FetchItem& item) {
  return item.kind == Kind::kBodySection || item.kind == Kind::kBinary ||
         item.kind == Kind::kBinarySize;
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
  reader.list([&] { section.fields.push_back(reader.astring("the name of a header field")); },
              kMaxItems);
}

}  // namespace

BodySection parse_section(Reader& reader) {
  BodySection section;
  reader.expect('[');
  bool more = reader.peek() != ']';
  while (more && ascii_digit(reader.peek())) {
    parse_part_number(reader, section);
    more = reader.take('.');
  }
  if (more) parse_section_text(reader, section);
  reader.expect(']');
  return section;
}

std::vector<FetchItem> parse_fetch_items(Reader& reader) {
  std::vector<FetchItem> items;
  const auto word = [&reader] {
    return reader.word_of(is_item_char, kExpectedItem, TokenKind::kItem);
  };
  if (reader.peek() == '(') {
    reader.list([&] { items.push_back(item_named(reader, word())); }, kMaxItems);
    return items;
  }
  const std::string_view name = word();
  items = macro_items(ascii_upper(name));
  if (items.empty()) items.push_back(item_named(reader, name));
  return items;
}

bool sets_seen(const FetchItem& item) {
  return item.kind == Kind::kRfc822 || item.kind == Kind::kRfc822Text ||
         ((item.kind == Kind::kBodySection || item.kind == Kind::kBinary) && !item.peek);
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
  std::string out(item_name(item.kind));
  if (item.lazy) out += " (LAZY)";
  if (!has_section(item)) return out;
  out += (item.peek ? ".PEEK" : "") + encode_section(item.section);
  if (item.partial) {
    out += '<' + std::to_string(item.partial->origin) + '.' +
           std::to_string(item.partial->count) + '>';
  }
  return out;
}

std::string encode_response_item(const FetchItem& item) {
  std::string out(item_name(item.kind));
  if (!has_section(item)) return out;
  out += encode_section(item.section);
  if (item.partial) out += '<' + std::to_string(item.partial->origin) + '>';
  return out;
}

}  // namespace mailscope::imap
