// How a search is answered: "* SEARCH 2 5 6", "* SORT 5 2", "* ESEARCH (TAG "A1") UID COUNT 3" (RFC
// 3501 §7.2.5, RFC 5256 §4, RFC 4731 §3.1, RFC 5267 §3.1, RFC 9394 §3.1), and what of it "$" keeps
// (RFC 5182 §2.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/mail/mailbox.h"
#include "sim/wire/imap_search_grammar.h"

namespace mailscope {

/// One message found.
struct SearchHit {
  SeqNum seq;
  Uid uid;
  uint64_t modseq = 0;
};

struct SearchAnswer {
  std::string_view tag;
  bool uids = false;         // numbers are UIDs
  bool tells_modseq = false;  // the keys spoke of mod-sequences (RFC 7162 §3.1.5, §3.1.6)
  std::vector<SearchHit> hits;  // in mailbox order, or sorted
};

/// `word` is "SEARCH" or "SORT".
std::string encode_plain_search(const SearchAnswer& answer, std::string_view word);
/// nullopt when there is nothing to say: SAVE alone (RFC 5182 §2.1).
std::optional<std::string> encode_esearch(const SearchAnswer& answer,
                                          const imap::SearchResultOptions& options);
/// What "$" is to hold, ascending.
std::vector<Uid> saved_by(const SearchAnswer& answer, const imap::SearchResultOptions& options);

}  // namespace mailscope
