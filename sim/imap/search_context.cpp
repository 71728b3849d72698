#include "sim/imap/search_context.h"

#include <algorithm>

namespace mailscope {
namespace {

std::vector<Uid> in_uid_order(std::vector<Uid> uids) {
  std::sort(uids.begin(), uids.end());
  return uids;
}

/// Runs of those of `list` that `others` has not; places are in `list`.
std::vector<ContextChange> runs_missing(const std::vector<Uid>& list,
                                        const std::vector<Uid>& others) {
  const std::vector<Uid> known = in_uid_order(others);
  std::vector<ContextChange> runs;
  bool in_run = false;
  for (size_t i = 0; i < list.size(); ++i) {
    if (std::binary_search(known.begin(), known.end(), list[i])) {
      in_run = false;
      continue;
    }
    if (!in_run) runs.push_back({static_cast<uint32_t>(i + 1), {}});
    runs.back().uids.push_back(list[i]);
    in_run = true;
  }
  return runs;
}

/// One change at place 0: whoever keeps mailbox order needs no places.
std::vector<ContextChange> in_mailbox_order(std::vector<ContextChange> runs) {
  if (runs.empty()) return runs;
  ContextChange all;
  for (const ContextChange& run : runs) {
    all.uids.insert(all.uids.end(), run.uids.begin(), run.uids.end());
  }
  return {all};
}

}  // namespace

std::vector<ContextChange> removals(const std::vector<Uid>& before, const std::vector<Uid>& after,
                                    bool sorted) {
  std::vector<ContextChange> runs = runs_missing(before, after);
  if (!sorted) return in_mailbox_order(std::move(runs));
  std::reverse(runs.begin(), runs.end());
  return runs;
}

std::vector<ContextChange> additions(const std::vector<Uid>& before, const std::vector<Uid>& after,
                                     bool sorted) {
  std::vector<ContextChange> runs = runs_missing(after, before);
  return sorted ? runs : in_mailbox_order(std::move(runs));
}

void SearchContext::add_to(Digest& digest) const {
  digest.add(tag);
  digest.add(uid_form);
  for (const imap::SortCriterion& criterion : arguments.criteria) {
    digest.add(static_cast<int>(criterion.key));
    digest.add(criterion.reverse);
  }
  digest.add(imap::encode_search_key(arguments.search.key));
  for (const Uid uid : result) digest.add(uid.value);
  digest.add(modseq);
  digest.add(known_until.value);
  for (const imap::FetchItem& item : arguments.search.result.new_items) {
    digest.add(imap::encode_fetch_item(item));
  }
}

}  // namespace mailscope
