#include "sim/wire/imap_search_grammar.h"

#include <algorithm>

#include "sim/base/ascii.h"

namespace mailscope::imap {
namespace {

using Kind = SearchKey::Kind;

/// What follows the name of a key.
enum class Takes : uint8_t {
  kNothing, kText, kHeader, kName, kDate, kOctets, kSeconds, kModSeq, kObjectId, kSet, kKey,
  kTwoKeys
};

struct KeyRow {
  std::string_view name;
  Kind kind;
  Takes takes;
  ExtensionSet uses = 0;
};

constexpr KeyRow kKeys[] = {
    {"ALL", Kind::kAll, Takes::kNothing},
    {"ANSWERED", Kind::kAnswered, Takes::kNothing},
    {"DELETED", Kind::kDeleted, Takes::kNothing},
    {"DRAFT", Kind::kDraft, Takes::kNothing},
    {"FLAGGED", Kind::kFlagged, Takes::kNothing},
    {"NEW", Kind::kNew, Takes::kNothing, bit(Extension::kRev1)},
    {"OLD", Kind::kOld, Takes::kNothing, bit(Extension::kRev1)},
    {"RECENT", Kind::kRecent, Takes::kNothing, bit(Extension::kRev1)},
    {"SEEN", Kind::kSeen, Takes::kNothing},
    {"UNANSWERED", Kind::kUnanswered, Takes::kNothing},
    {"UNDELETED", Kind::kUndeleted, Takes::kNothing},
    {"UNDRAFT", Kind::kUndraft, Takes::kNothing},
    {"UNFLAGGED", Kind::kUnflagged, Takes::kNothing},
    {"UNSEEN", Kind::kUnseen, Takes::kNothing},
    {"BCC", Kind::kBcc, Takes::kText},
    {"BODY", Kind::kBody, Takes::kText},
    {"CC", Kind::kCc, Takes::kText},
    {"FROM", Kind::kFrom, Takes::kText},
    {"SUBJECT", Kind::kSubject, Takes::kText},
    {"TEXT", Kind::kText, Takes::kText},
    {"TO", Kind::kTo, Takes::kText},
    {"HEADER", Kind::kHeader, Takes::kHeader},
    {"KEYWORD", Kind::kKeyword, Takes::kName},
    {"UNKEYWORD", Kind::kUnkeyword, Takes::kName},
    {"BEFORE", Kind::kBefore, Takes::kDate},
    {"ON", Kind::kOn, Takes::kDate},
    {"SINCE", Kind::kSince, Takes::kDate},
    {"SENTBEFORE", Kind::kSentBefore, Takes::kDate},
    {"SENTON", Kind::kSentOn, Takes::kDate},
    {"SENTSINCE", Kind::kSentSince, Takes::kDate},
    {"LARGER", Kind::kLarger, Takes::kOctets},
    {"SMALLER", Kind::kSmaller, Takes::kOctets},
    {"UID", Kind::kUid, Takes::kSet},
    {"OLDER", Kind::kOlder, Takes::kSeconds, bit(Extension::kWithin)},
    {"YOUNGER", Kind::kYounger, Takes::kSeconds, bit(Extension::kWithin)},
    {"MODSEQ", Kind::kModSeq, Takes::kModSeq, bit(Extension::kCondStore)},
    {"EMAILID", Kind::kEmailId, Takes::kObjectId, bit(Extension::kObjectId)},
    {"THREADID", Kind::kThreadId, Takes::kObjectId, bit(Extension::kObjectId)},
    {"SAVEDBEFORE", Kind::kSavedBefore, Takes::kDate, bit(Extension::kSaveDate)},
    {"SAVEDON", Kind::kSavedOn, Takes::kDate, bit(Extension::kSaveDate)},
    {"SAVEDSINCE", Kind::kSavedSince, Takes::kDate, bit(Extension::kSaveDate)},
    {"SAVEDATESUPPORTED", Kind::kSaveDateSupported, Takes::kNothing, bit(Extension::kSaveDate)},
    {"NOT", Kind::kNot, Takes::kKey},
    {"OR", Kind::kOr, Takes::kTwoKeys},
};

constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// date = date-text / DQUOTE date-text DQUOTE; date-text = 1*2DIGIT "-" month "-" 4DIGIT.
CivilDate parse_search_date(Reader& reader) {
  constexpr std::string_view kExpected = "a date such as 1-Feb-1994";
  const std::string text = reader.astring(kExpected, TokenKind::kDate);
  CivilDate date;
  const size_t first = text.find('-');
  const size_t second = first == std::string::npos ? first : text.find('-', first + 1);
  if (second == std::string::npos) {
    reader.fail(kExpected);
    return date;
  }
  const std::string_view view = text;
  const std::string_view year = view.substr(second + 1);
  date.day = static_cast<int32_t>(parse_number(view.substr(0, first), 31).value_or(0));
  date.month = month_from_name(view.substr(first + 1, second - first - 1));
  date.year = static_cast<int32_t>(parse_number(year, 9999).value_or(0));
  if (first > 2 || year.size() != 4 || !valid_civil(date)) reader.fail(kExpected);
  return date;
}

/// "/flags/\\seen" as RFC 7162 §7 has it, entry-flag-name: a flag that a client can set.
bool is_entry_name(std::string_view name) {
  constexpr std::string_view kPrefix = "/flags/";
  if (!starts_with_ignoring_case(name, kPrefix)) return false;
  name.remove_prefix(kPrefix.size());
  if (equals_ignoring_case(name, "\\Recent")) return false;
  if (!name.empty() && name.front() == '\\') name.remove_prefix(1);
  constexpr size_t kMaxFlag = 255;
  return !name.empty() && name.size() <= kMaxFlag &&
         std::all_of(name.begin(), name.end(), is_atom_char);
}

/// MODSEQ [SP entry-name SP entry-type-req] SP mod-sequence-valzer.
void parse_modseq(Reader& reader, SearchKey& key) {
  constexpr const char* kSection = "RFC 7162 §3.1.5";
  if (reader.peek() == '"') {
    const size_t begin = reader.position();
    key.name = reader.quoted();
    if (!is_entry_name(key.name)) {
      reader.fail_at(begin, "an entry such as \"/flags/\\\\seen\"", kSection);
    }
    reader.space();
    const size_t type_begin = reader.position();
    key.text = ascii_lower(reader.atom("priv, shared or all", TokenKind::kItem));
    if (key.text != "priv" && key.text != "shared" && key.text != "all") {
      reader.fail_at(type_begin, "priv, shared or all", kSection);
    }
    reader.space();
  }
  key.number = reader.number64("a mod-sequence");
}

bool is_object_id_char(char c) {
  return ascii_alpha(c) || ascii_digit(c) || c == '_' || c == '-';
}

/// objectid = 1*255(ALPHA / DIGIT / "_" / "-"), RFC 8474 §7.
std::string parse_object_id(Reader& reader) {
  const size_t begin = reader.position();
  std::string id(reader.word_of(is_object_id_char, "an object identifier", TokenKind::kAtom));
  if (id.size() > 255) reader.fail_at(begin, "an object identifier of at most 255 characters");
  return id;
}

SearchKey parse_search_key(Reader& reader);

void parse_key_arguments(Reader& reader, Takes takes, SearchKey& key) {
  if (takes == Takes::kNothing) return;
  reader.space();
  switch (takes) {
    case Takes::kNothing: return;
    case Takes::kText: key.text = reader.astring("what to look for"); return;
    case Takes::kHeader:
      key.name = reader.astring("the name of a header field");
      reader.space();
      key.text = reader.astring("what to look for");
      return;
    case Takes::kName: key.name = std::string(reader.atom("a keyword", TokenKind::kFlag)); return;
    case Takes::kDate: key.date = parse_search_date(reader); return;
    case Takes::kOctets: key.number = reader.number_by_revision("a number of octets"); return;
    case Takes::kSeconds: key.number = reader.nz_number("a number of seconds"); return;
    case Takes::kModSeq: return parse_modseq(reader, key);
    case Takes::kObjectId: key.text = parse_object_id(reader); return;
    case Takes::kSet: key.set = parse_sequence_set(reader); return;
    case Takes::kKey: key.keys.push_back(parse_search_key(reader)); return;
    case Takes::kTwoKeys:
      key.keys.push_back(parse_search_key(reader));
      reader.space();
      key.keys.push_back(parse_search_key(reader));
      return;
  }
}

SearchKey parse_search_key(Reader& reader) {
  SearchKey key;
  if (!reader.enter()) return key;
  if (ascii_digit(reader.peek()) || reader.peek() == '*' || reader.peek() == '$') {
    key.kind = Kind::kSequenceSet;
    key.set = parse_sequence_set(reader);
  } else if (reader.take('(')) {
    key = parse_search_keys(reader);
    reader.expect(')');
  } else {
    const size_t begin = reader.position();
    const std::string name = ascii_upper(reader.atom("a search key", TokenKind::kItem));
    const auto* row = std::find_if(std::begin(kKeys), std::end(kKeys),
                                   [&name](const KeyRow& known) { return name == known.name; });
    if (row == std::end(kKeys)) {
      reader.fail_at(begin, "a search key such as UNSEEN or FROM", "RFC 3501 §6.4.4");
    } else {
      key.kind = row->kind;
      reader.use(row->uses);
      parse_key_arguments(reader, row->takes, key);
    }
  }
  reader.leave();
  return key;
}

}  // namespace

SearchKey parse_search_keys(Reader& reader) {
  SearchKey all;
  all.kind = Kind::kAnd;
  reader.items([&] { all.keys.push_back(parse_search_key(reader)); });
  return all;
}

std::string encode_search_date(CivilDate date) {
  return std::to_string(date.day) + '-' + kMonths[date.month - 1] + '-' +
         (date.year < 1000 ? "0" : "") + std::to_string(date.year);
}

std::string encode_search_key(const SearchKey& key) {
  if (key.kind == Kind::kSequenceSet) return encode_sequence_set(key.set);
  std::string out;
  if (key.kind == Kind::kAnd) {
    for (const SearchKey& inner : key.keys) {
      out += out.empty() ? "" : " ";
      const bool list = inner.kind == Kind::kAnd;
      out += list ? '(' + encode_search_key(inner) + ')' : encode_search_key(inner);
    }
    return out;
  }
  const auto* row = std::find_if(std::begin(kKeys), std::end(kKeys),
                                 [&key](const KeyRow& known) { return key.kind == known.kind; });
  out = row->name;
  switch (row->takes) {
    case Takes::kNothing: break;
    case Takes::kText: out += ' ' + encode_astring(key.text); break;
    case Takes::kHeader:
      out += ' ' + encode_astring(key.name) + ' ' + encode_astring(key.text);
      break;
    case Takes::kName: out += ' ' + key.name; break;
    case Takes::kDate: out += ' ' + encode_search_date(key.date); break;
    case Takes::kModSeq:
      if (!key.name.empty()) out += ' ' + encode_quoted(key.name) + ' ' + key.text;
      out += ' ' + std::to_string(key.number);
      break;
    case Takes::kOctets:
    case Takes::kSeconds: out += ' ' + std::to_string(key.number); break;
    case Takes::kObjectId: out += ' ' + key.text; break;
    case Takes::kSet: out += ' ' + encode_sequence_set(key.set); break;
    case Takes::kKey:
    case Takes::kTwoKeys:
      for (const SearchKey& inner : key.keys) {
        const bool list = inner.kind == Kind::kAnd;
        out += list ? " (" + encode_search_key(inner) + ')' : ' ' + encode_search_key(inner);
      }
      break;
  }
  return out;
}

}  // namespace mailscope::imap
