#include "sim/imap/link_forest.h"

namespace mailscope {

uint32_t LinkForest::add() {
  nodes_.emplace_back();
  parents_.push_back(kNone);
  return size() - 1;
}

bool LinkForest::link(uint32_t node, uint32_t parent) {
  // `node` is the root of its tree, so `parent` is below it exactly when it is in that tree.
  if (find_root(parent) == node) return false;
  expose(node);
  nodes_[node].up = parent;
  parents_[node] = parent;
  return true;
}

void LinkForest::cut(uint32_t node) {
  if (parents_[node] == kNone) return;
  expose(node);
  const uint32_t above = nodes_[node].left;
  nodes_[above].up = kNone;
  nodes_[node].left = kNone;
  parents_[node] = kNone;
}

bool LinkForest::is_splay_root(uint32_t node) const {
  const uint32_t up = nodes_[node].up;
  return up == kNone || (nodes_[up].left != node && nodes_[up].right != node);
}

void LinkForest::rotate(uint32_t node) {
  const uint32_t up = nodes_[node].up;
  const uint32_t above = nodes_[up].up;
  const bool top = is_splay_root(up);
  const bool is_left = nodes_[up].left == node;
  const uint32_t moved = is_left ? nodes_[node].right : nodes_[node].left;
  (is_left ? nodes_[up].left : nodes_[up].right) = moved;
  if (moved != kNone) nodes_[moved].up = up;
  (is_left ? nodes_[node].right : nodes_[node].left) = up;
  nodes_[up].up = node;
  nodes_[node].up = above;
  if (!top) (nodes_[above].left == up ? nodes_[above].left : nodes_[above].right) = node;
}

void LinkForest::splay(uint32_t node) {
  while (!is_splay_root(node)) {
    const uint32_t up = nodes_[node].up;
    if (!is_splay_root(up)) {
      const uint32_t above = nodes_[up].up;
      const bool same_side = (nodes_[up].left == node) == (nodes_[above].left == up);
      rotate(same_side ? up : node);
    }
    rotate(node);
  }
}

void LinkForest::expose(uint32_t node) {
  uint32_t deeper = kNone;
  for (uint32_t at = node; at != kNone; at = nodes_[at].up) {
    splay(at);
    nodes_[at].right = deeper;
    deeper = at;
  }
  splay(node);
}

uint32_t LinkForest::find_root(uint32_t node) {
  expose(node);
  while (nodes_[node].left != kNone) node = nodes_[node].left;
  splay(node);
  return node;
}

}  // namespace mailscope
