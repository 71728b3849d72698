// What a SEARCH asks for, and how it wants to be answered: a tree of keys (RFC 3501 §6.4.4, §9
// search-key; RFC 5032 WITHIN, RFC 7162 MODSEQ, RFC 8474 OBJECTID, RFC 8514 SAVEDATE), the RETURN
// options of RFC 4731 and their followers, and the criteria of SORT (RFC 5256). Strings are kept as
// they came, in the character set the command names; whether that set is known is for the server to
// say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/wire/date.h"
#include "sim/wire/imap_fetch_grammar.h"
#include "sim/wire/imap_grammar.h"
#include "sim/wire/imap_sequence_set.h"

namespace mailscope::imap {

struct SearchKey {
  enum class Kind : uint8_t {
    kAll, kAnswered, kDeleted, kDraft, kFlagged, kNew, kOld, kRecent, kSeen, kUnanswered,
    kUndeleted, kUndraft, kUnflagged, kUnseen,
    kBcc, kBody, kCc, kFrom, kSubject, kText, kTo,  // text
    kHeader,                                        // name and text
    kKeyword, kUnkeyword,                           // name
    kBefore, kOn, kSince, kSentBefore, kSentOn, kSentSince,  // date
    kSavedBefore, kSavedOn, kSavedSince,                     // date (RFC 8514 §4.3)
    kSaveDateSupported,                                      // RFC 8514 §4.3
    kLarger, kSmaller,                                       // number
    kOlder, kYounger,                                        // number: seconds (RFC 5032 §3)
    kModSeq,  // number; name ("/flags/\\seen") and text (priv, shared, all) (RFC 7162 §3.1.5)
    kEmailId, kThreadId,                                     // text (RFC 8474 §6)
    kSequenceSet, kUid,                                      // set
    kAnd,                                                    // keys: all of them
    kOr,                                                     // keys: two
    kNot                                                     // keys: one
  };
  Kind kind = Kind::kAll;
  std::string name;
  std::string text;
  CivilDate date;
  uint64_t number = 0;
  SequenceSet set;
  std::vector<SearchKey> keys;
};

/// Places in a list of results, as RFC 9394 §3.1 counts them: 1 is the first, -1 the last.
struct ResultWindow {
  int64_t first = 1;  // both positive or both negative, never 0
  int64_t last = 1;
};

/// RETURN (...) of SEARCH, SORT and THREAD's likes: RFC 4731 §3.1, RFC 5182 §2.1 (SAVE), RFC 5267
/// §4.3 (UPDATE, CONTEXT), RFC 9394 §3.1 (PARTIAL).
struct SearchResultOptions {
  bool given = false;  // RETURN was said: the answer is ESEARCH; RETURN () means ALL
  bool min = false;
  bool max = false;
  bool all = false;
  bool count = false;
  bool save = false;
  bool update = false;
  bool context = false;
  std::vector<FetchItem> new_items;  // UPDATE (...): to FETCH of new messages (RFC 5465 §7)
  std::optional<ResultWindow> partial;
};

/// RFC 5256 §3, RFC 5957 (DISPLAYFROM, DISPLAYTO).
struct SortCriterion {
  enum class Key : uint8_t {
    kArrival, kCc, kDate, kDisplayFrom, kDisplayTo, kFrom, kSize, kSubject, kTo
  };
  Key key = Key::kArrival;
  bool reverse = false;
};

/// search-key *(SP search-key): one kAnd of them.
SearchKey parse_search_keys(Reader& reader);
std::string encode_search_key(const SearchKey& key);
/// "1-Feb-1994"
std::string encode_search_date(CivilDate date);

/// What follows RETURN: "(" [option *(SP option)] ")".
SearchResultOptions parse_result_options(Reader& reader);
/// "1:100" or "-1:-100".
ResultWindow parse_result_window(Reader& reader);
/// "(" ["REVERSE" SP] key *(SP ...) ")".
std::vector<SortCriterion> parse_sort_criteria(Reader& reader);

}  // namespace mailscope::imap
