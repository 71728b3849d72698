// What a SEARCH asks for: a tree of keys (RFC 3501 §6.4.4, §9 search-key). Strings are kept as they
// came, in the character set the command names; whether that set is known is for the server to say.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/wire/date.h"
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
    kLarger, kSmaller,                                       // number
    kSequenceSet, kUid,                                      // set
    kAnd,                                                    // keys: all of them
    kOr,                                                     // keys: two
    kNot                                                     // keys: one
  };
  Kind kind = Kind::kAll;
  std::string name;
  std::string text;
  CivilDate date;
  uint32_t number = 0;
  SequenceSet set;
  std::vector<SearchKey> keys;
};

/// search-key *(SP search-key): one kAnd of them.
SearchKey parse_search_keys(Reader& reader);
std::string encode_search_key(const SearchKey& key);
/// "1-Feb-1994"
std::string encode_search_date(CivilDate date);

}  // namespace mailscope::imap
