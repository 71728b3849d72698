// LinkForest: trees whose nodes find and change their parents, for threading. The one question that
// is asked all the time, "would this link make a loop?", is answered in logarithmic time however
// deep the trees are (the link-cut trees of Sleator and Tarjan), so that no References can be slow.
#pragma once

#include <cstdint>
#include <vector>

namespace mailscope {

class LinkForest {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  /// A new tree of one node; nodes are numbered from 0.
  uint32_t add();
  [[nodiscard]] uint32_t size() const { return static_cast<uint32_t>(nodes_.size()); }
  [[nodiscard]] uint32_t parent(uint32_t node) const { return parents_[node]; }
  /// Makes `parent` the parent of `node`, which must have none. False, and no link, when `parent`
  /// is `node` or below it.
  bool link(uint32_t node, uint32_t parent);
  /// Leaves `node` without a parent.
  void cut(uint32_t node);

 private:
  // Each tree is kept as paths, each path as a splay tree ordered by depth.
  struct Node {
    uint32_t left = kNone;   // nearer to the root
    uint32_t right = kNone;  // deeper
    uint32_t up = kNone;     // in the splay tree; of its root: the node the path hangs on
  };

  [[nodiscard]] bool is_splay_root(uint32_t node) const;
  void rotate(uint32_t node);
  void splay(uint32_t node);
  /// The path from the root of the tree to `node` becomes one splay tree with `node` at its root.
  void expose(uint32_t node);
  uint32_t find_root(uint32_t node);

  std::vector<Node> nodes_;
  std::vector<uint32_t> parents_;
};

}  // namespace mailscope
