// Search: one SEARCH, made ready for one mailbox and asked about its messages (RFC 3501 §6.4.4; RFC
// 5032 OLDER and YOUNGER, RFC 5182 "$", RFC 7162 MODSEQ, RFC 8474 EMAILID and THREADID, RFC 8514
// SAVED*). Text is compared by casemap; where it is looked for is in search_text.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/imap/work_limit.h"
#include "sim/mail/mailbox_view.h"
#include "sim/wire/casemap.h"
#include "sim/wire/imap_search_grammar.h"

namespace mailscope {

/// What a search knows beside its keys and the mailbox.
struct SearchSetting {
  /// Of the texts in the keys. The caller has seen that is_known_charset(). Empty: as people write,
  /// UTF-8 or what looks like it.
  std::string_view charset = {};
  int64_t unix_now = 0;  // for OLDER and YOUNGER
  /// What "$" stands for, ascending; null is nothing.
  const std::vector<Uid>* saved_result = nullptr;
  /// What it may cost; null: whatever it does. Once that is exceeded nothing matches any more.
  WorkLimit* work = nullptr;
};

class Search {
 public:
  /// The key, the mailbox, the view and the saved result must outlive it.
  Search(const imap::SearchKey& key, const Mailbox& mailbox, const MailboxView& view,
         const SearchSetting& setting = {});

  /// The keys name a sequence number past EXISTS.
  [[nodiscard]] bool bad_number() const { return bad_number_; }
  [[nodiscard]] bool matches(SeqNum seq, const MailboxEntry& entry) const;

 private:
  struct Node {
    const imap::SearchKey* key = nullptr;
    int cost = 0;                                  // 0: the entry alone; more: its text
    std::vector<imap::SequenceSet::Range> ranges;  // of sets
    FlagBits flag = 0;                             // of KEYWORD and UNKEYWORD; 0 when unknown
    int64_t day = 0;                               // of dates, since 1970
    std::optional<CasemapNeedle> needle;           // of texts
    std::vector<Node> nodes;                       // of AND, OR, NOT; those quick to ask first
  };

  Node prepared(const imap::SearchKey& key);
  void prepare_set(Node& node);
  [[nodiscard]] bool matches(const Node& node, SeqNum seq, const MailboxEntry& entry) const;
  [[nodiscard]] bool flags_match(const Node& node, const MailboxEntry& entry) const;
  [[nodiscard]] bool entry_matches(const Node& node, SeqNum seq, const MailboxEntry& entry) const;
  /// False when asking would cost more than the search may.
  [[nodiscard]] bool may_ask(const Node& node, const Message& message) const;
  [[nodiscard]] bool in_saved_result(Uid uid) const;

  const Mailbox& mailbox_;
  const MailboxView& view_;
  SearchSetting setting_;
  bool bad_number_ = false;
  Node root_;
};

}  // namespace mailscope
