// Search: one SEARCH, made ready for one mailbox and asked about its messages (RFC 3501 §6.4.4).
// Text is compared without regard to ASCII case, after header fields and bodies have been decoded.
#pragma once

#include <string>
#include <vector>

#include "sim/mail/mailbox_view.h"
#include "sim/wire/imap_search_grammar.h"

namespace mailscope {

class Search {
 public:
  /// All three must outlive it.
  Search(const imap::SearchKey& key, const Mailbox& mailbox, const MailboxView& view);

  /// The keys name a sequence number past EXISTS.
  [[nodiscard]] bool bad_number() const { return bad_number_; }
  [[nodiscard]] bool matches(SeqNum seq, const MailboxEntry& entry) const;

 private:
  struct Node {
    const imap::SearchKey* key = nullptr;
    std::vector<imap::SequenceSet::Range> ranges;  // of sets
    FlagBits flag = 0;                             // of KEYWORD and UNKEYWORD; 0 when unknown
    std::vector<Node> nodes;                       // of AND, OR, NOT; those quick to ask first
  };

  Node prepared(const imap::SearchKey& key);
  [[nodiscard]] bool matches(const Node& node, SeqNum seq, const MailboxEntry& entry) const;
  [[nodiscard]] bool flags_match(const Node& node, const MailboxEntry& entry) const;

  const Mailbox& mailbox_;
  const MailboxView& view_;
  bool bad_number_ = false;
  Node root_;
};

}  // namespace mailscope
