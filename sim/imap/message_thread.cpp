#include "sim/imap/message_thread.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "sim/imap/link_forest.h"
#include "sim/mail/thread_facts.h"

namespace mailscope {
namespace {

constexpr uint32_t kNone = ThreadForest::kNone;

/// The messages by sent date, those of the same second by sequence number (RFC 5256 §2.2).
std::vector<uint32_t> by_sent_date(const std::vector<NumberedMessage>& messages) {
  std::vector<std::pair<int64_t, uint32_t>> dates;
  dates.reserve(messages.size());
  for (const NumberedMessage& message : messages) {
    dates.emplace_back(sent_date(*message.entry), static_cast<uint32_t>(dates.size()));
  }
  std::sort(dates.begin(), dates.end());
  std::vector<uint32_t> order;
  order.reserve(dates.size());
  for (const auto& [date, message] : dates) order.push_back(message);
  return order;
}

/// Builds a forest whose siblings stand in the order in which they are added.
class ForestBuilder {
 public:
  explicit ForestBuilder(size_t nodes) : last_child_(nodes, kNone) { forest_.nodes.resize(nodes); }

  void set_message(uint32_t node, uint32_t message) { forest_.nodes[node].message = message; }
  void add_thread(uint32_t node) { append(forest_.first_thread, last_thread_, node); }
  void add_child(uint32_t parent, uint32_t node) {
    append(forest_.nodes[parent].first_child, last_child_[parent], node);
  }
  ThreadForest take() { return std::move(forest_); }

 private:
  void append(uint32_t& first, uint32_t& last, uint32_t node) {
    (last == kNone ? first : forest_.nodes[last].next_sibling) = node;
    last = node;
  }

  ThreadForest forest_;
  std::vector<uint32_t> last_child_;
  uint32_t last_thread_ = kNone;
};

/// REFERENCES. Nodes are the messages by their index, then dummies. Since step 6 sorts all siblings
/// anyway, children are kept only as each node's parent until the forest is built.
class ReferenceThreads {
 public:
  explicit ReferenceThreads(const std::vector<NumberedMessage>& messages)
      : order_(by_sent_date(messages)), count_(static_cast<uint32_t>(messages.size())) {
    for (uint32_t i = 0; i < count_; ++i) links_.add();
    facts_.reserve(messages.size());
    for (const NumberedMessage& message : messages) {
      facts_.push_back(thread_facts(message.entry->message->text()));
    }
  }

  ThreadForest build() {
    take_ids();
    for (uint32_t i = 0; i < count_; ++i) link_references(i);
    prune();
    gather_by_subject();
    return forest();
  }

 private:
  /// The first message of an id has it; a later one has none of its own (step 1, "If two or more
  /// messages have the same Message ID").
  void take_ids() {
    for (uint32_t i = 0; i < count_; ++i) {
      if (!facts_[i].id.empty()) ids_.emplace(facts_[i].id, i);
    }
  }

  uint32_t node_of(std::string_view id) {
    const auto known = ids_.find(id);
    if (known != ids_.end()) return known->second;
    const uint32_t dummy = links_.add();
    ids_.emplace(id, dummy);
    return dummy;
  }

  /// Step 1.
  void link_references(uint32_t message) {
    uint32_t last = kNone;
    for (const std::string& id : facts_[message].references) {
      const uint32_t node = node_of(id);
      // (A) An existing parent stays: the References of this message may have been cut short.
      if (last != kNone && links_.parent(node) == kNone) links_.link(node, last);
      last = node;
    }
    // (B) The parent that the message itself names counts more than what others made of it.
    links_.cut(message);
    if (last != kNone) links_.link(message, last);
  }

  [[nodiscard]] bool is_message(uint32_t node) const { return node < count_; }

  /// Steps 2 and 3. parent_ of a message becomes the nearest message above it. Where only dummies
  /// are above it, the topmost of them stays as its parent, if it has another child.
  void prune() {
    std::vector<uint32_t> anchors(links_.size(), kNone);  // of dummies: that message or dummy
    std::vector<uint32_t> path;
    parent_.assign(links_.size(), kNone);
    std::vector<uint32_t> children(links_.size(), 0);
    for (uint32_t i = 0; i < count_; ++i) {
      uint32_t at = links_.parent(i);
      if (at == kNone) continue;
      path.clear();
      while (!is_message(at) && anchors[at] == kNone && links_.parent(at) != kNone) {
        path.push_back(at);
        at = links_.parent(at);
      }
      const uint32_t anchor = is_message(at) || anchors[at] == kNone ? at : anchors[at];
      for (const uint32_t dummy : path) anchors[dummy] = anchor;
      parent_[i] = anchor;
      ++children[anchor];
    }
    for (uint32_t i = 0; i < count_; ++i) {
      const uint32_t parent = parent_[i];
      if (parent != kNone && !is_message(parent) && children[parent] == 1) parent_[i] = kNone;
    }
  }

  /// Step 4: the heads of the threads, a dummy in the place of its first child.
  std::vector<uint32_t> heads() {
    std::vector<uint32_t> heads;
    first_child_.assign(parent_.size(), kNone);
    for (const uint32_t message : order_) {
      const uint32_t parent = parent_[message];
      if (parent == kNone) {
        heads.push_back(message);
      } else if (!is_message(parent) && first_child_[parent] == kNone) {
        first_child_[parent] = message;
        heads.push_back(parent);
      }
    }
    return heads;
  }

  [[nodiscard]] const ThreadFacts& thread_subject(uint32_t head) const {
    return facts_[is_message(head) ? head : first_child_[head]];
  }

  /// Step 5.
  void gather_by_subject() {
    const std::vector<uint32_t> all = heads();
    std::map<std::string_view, uint32_t> table;
    for (const uint32_t head : all) {
      const ThreadFacts& facts = thread_subject(head);
      if (facts.subject.empty()) continue;
      const auto [place, is_new] = table.emplace(facts.subject, head);
      if (is_new || !is_message(place->second)) continue;
      const bool better = !is_message(head) ||
                          (facts_[place->second].is_reply_or_forward && !facts.is_reply_or_forward);
      if (better) place->second = head;
    }
    merged_into_.assign(parent_.size(), kNone);
    for (const uint32_t head : all) {
      const std::string& subject = thread_subject(head).subject;
      if (subject.empty()) continue;
      merge(head, table.find(subject)->second);
    }
  }

  /// Step 5.C.iv. `other` is the head in the table, where a new dummy takes its place.
  void merge(uint32_t head, uint32_t& other) {
    // The former head of the table has been put under a new dummy already.
    if (head == other || (is_message(head) && parent_[head] != kNone)) return;
    if (!is_message(other)) {
      if (is_message(head)) {
        parent_[head] = other;
      } else {
        merged_into_[head] = other;
      }
      return;
    }
    if (facts_[head].is_reply_or_forward && !facts_[other].is_reply_or_forward) {
      parent_[head] = other;
      return;
    }
    const auto dummy = static_cast<uint32_t>(parent_.size());
    parent_.push_back(kNone);
    merged_into_.push_back(kNone);
    parent_[head] = dummy;
    parent_[other] = dummy;
    other = dummy;
  }

  /// Step 6: adding the messages by their dates puts all siblings in order, and a dummy in the
  /// place of its first child.
  ThreadForest forest() {
    ForestBuilder builder(parent_.size());
    std::vector<bool> added(parent_.size(), false);
    for (const uint32_t message : order_) {
      builder.set_message(message, message);
      uint32_t parent = parent_[message];
      if (parent == kNone) {
        builder.add_thread(message);
        continue;
      }
      if (merged_into_[parent] != kNone) parent = merged_into_[parent];
      if (!is_message(parent) && !added[parent]) {
        added[parent] = true;
        builder.add_thread(parent);
      }
      builder.add_child(parent, message);
    }
    return builder.take();
  }

  std::vector<uint32_t> order_;
  uint32_t count_;
  std::vector<ThreadFacts> facts_;
  std::map<std::string, uint32_t, std::less<>> ids_;
  LinkForest links_;
  std::vector<uint32_t> parent_;       // after pruning; of messages
  std::vector<uint32_t> first_child_;  // of dummies, by date
  std::vector<uint32_t> merged_into_;  // of dummies: the dummy that has their children now
};

}  // namespace

ThreadForest thread_by_references(const std::vector<NumberedMessage>& messages) {
  return ReferenceThreads(messages).build();
}

ThreadForest thread_by_subject(const std::vector<NumberedMessage>& messages) {
  ForestBuilder builder(messages.size());
  std::map<std::string, uint32_t> first;  // of each subject, by date
  for (const uint32_t message : by_sent_date(messages)) {
    builder.set_message(message, message);
    std::string subject = thread_facts(messages[message].entry->message->text()).subject;
    const auto [place, is_new] = first.emplace(std::move(subject), message);
    if (is_new) {
      builder.add_thread(message);
    } else {
      builder.add_child(place->second, message);
    }
  }
  return builder.take();
}

std::string encode_threads(const ThreadForest& forest, const std::vector<NumberedMessage>& messages,
                           bool uids) {
  std::string out;
  // What is still to be written after the thread that is being written: siblings, and, as kNone,
  // parentheses to be closed.
  std::vector<uint32_t> pending;
  if (forest.first_thread != kNone) pending.push_back(forest.first_thread);
  while (!pending.empty()) {
    uint32_t at = pending.back();
    pending.pop_back();
    if (at == kNone) {
      out += ')';
      continue;
    }
    if (forest.nodes[at].next_sibling != kNone) pending.push_back(forest.nodes[at].next_sibling);
    out += '(';
    // thread-members: down as long as there is one child.
    while (at != kNone) {
      const ThreadForest::Node& node = forest.nodes[at];
      const bool spaced = node.message != kNone && node.first_child != kNone;
      if (node.message != kNone) {
        const NumberedMessage& message = messages[node.message];
        out += std::to_string(uids ? message.entry->uid.value : message.seq.value);
      }
      if (spaced) out += ' ';
      at = node.first_child;
      if (at == kNone) {
        out += ')';
      } else if (forest.nodes[at].next_sibling != kNone) {
        // thread-nested
        pending.push_back(kNone);
        pending.push_back(at);
        at = kNone;
      }
    }
  }
  return out;
}

}  // namespace mailscope
