// A SEARCH or SORT that asked for UPDATE (RFC 5267 §4.3): its result, kept up to date and told as
// it changes.
#pragma once

#include <string>
#include <vector>

#include "sim/base/digest.h"
#include "sim/mail/mailbox.h"
#include "sim/wire/imap_command.h"

namespace mailscope {

struct SearchContext {
  std::string tag;  // of the command that began it
  bool uid_form = false;
  /// Without criteria for SEARCH. Message numbers in the keys have become UIDs: they mean what they
  /// meant when the command came (RFC 5267 §4.3).
  imap::SortArguments arguments;
  std::vector<Uid> result;  // as told: in mailbox order, or sorted
  uint64_t modseq = 0;      // what changed up to here has been looked at
  Uid known_until;          // of the messages below this one; those from it on were not announced

  [[nodiscard]] bool sorted() const { return !arguments.criteria.empty(); }
  void add_to(Digest& digest) const;
};

/// A run of results to be put in or taken out at one place.
struct ContextChange {
  uint32_t position = 0;  // 1 is the first; 0 in SEARCH, whose results are in mailbox order
  std::vector<Uid> uids;
};

/// What turns `before` into `after` by taking out, last place first, so that the places hold
/// whichever was done before.
std::vector<ContextChange> removals(const std::vector<Uid>& before,
                                    const std::vector<Uid>& after, bool sorted);
/// What turns `before`, which has nothing that `after` has not, into `after`: first place first.
std::vector<ContextChange> additions(const std::vector<Uid>& before,
                                     const std::vector<Uid>& after, bool sorted);

}  // namespace mailscope
