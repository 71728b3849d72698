// Copy on write: what makes copying a World cheap. Cow<T> shares one value between copies until one
// of them edits it; CowVector<T> does the same a chunk at a time, for lists of 100,000 entries.
// Single-threaded by design, like everything in a World.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "sim/base/check_failed.h"

namespace mailscope {

/// A value shared between copies until edited. Never null.
template <class T>
class Cow {
 public:
  Cow() : value_(std::make_shared<T>()) {}
  explicit Cow(T value) : value_(std::make_shared<T>(std::move(value))) {}

  const T& operator*() const { return *value_; }
  const T* operator->() const { return value_.get(); }
  /// For changing it: clones first when another copy shares the value.
  T& edit() {
    if (value_.use_count() > 1) value_ = std::make_shared<T>(*value_);
    return *value_;
  }

 private:
  std::shared_ptr<T> value_;
};

/// A vector of values, each shared between copies until it is edited: for a few thousand large
/// values of which few change.
template <class T>
class CowTable {
 public:
  class Iterator {
   public:
    explicit Iterator(const Cow<T>* at) : at_(at) {}
    const T& operator*() const { return **at_; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    friend bool operator!=(Iterator a, Iterator b) { return a.at_ != b.at_; }

   private:
    const Cow<T>* at_;
  };

  [[nodiscard]] size_t size() const { return values_.size(); }
  [[nodiscard]] bool empty() const { return values_.empty(); }
  const T& operator[](size_t i) const { return *values_[i]; }
  [[nodiscard]] const T& front() const { return *values_.front(); }
  [[nodiscard]] const T& back() const { return *values_.back(); }
  [[nodiscard]] Iterator begin() const { return Iterator(values_.data()); }
  [[nodiscard]] Iterator end() const { return Iterator(values_.data() + values_.size()); }
  T& edit(size_t i) { return values_[i].edit(); }
  void push_back(T value) { values_.push_back(Cow<T>(std::move(value))); }

 private:
  std::vector<Cow<T>> values_;
};

/// A vector in chunks, each shared between copies until an element in it is edited.
template <class T>
class CowVector {
 public:
  static constexpr size_t kChunk = 256;

  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  const T& operator[](size_t i) const { return (*(*table_)[i / kChunk])[i % kChunk]; }
  [[nodiscard]] const T& back() const { return (*this)[size_ - 1]; }

  T& edit(size_t i) {
    if (i >= size_) check_failed(__FILE__, __LINE__, "index in range");
    return editable_chunk(i / kChunk)[i % kChunk];
  }

  void push_back(T value) {
    if (size_ % kChunk == 0) {
      editable_table().push_back(std::make_shared<Chunk>());
      table_->back()->reserve(size_ == 0 ? 8 : kChunk);
    }
    editable_chunk(size_ / kChunk).push_back(std::move(value));
    ++size_;
  }

  /// Removes every element for which `drop(element)` is true: O(n). The chunks before the first one
  /// removed stay shared.
  template <class Drop>
  void remove_if(Drop drop) {
    size_t first = 0;
    while (first < size_ && !drop((*this)[first])) ++first;
    if (first == size_) return;
    const size_t keep_chunks = first / kChunk;
    CowVector rest;
    rest.editable_table().assign(table_->begin(),
                                 table_->begin() + static_cast<std::ptrdiff_t>(keep_chunks));
    rest.size_ = keep_chunks * kChunk;
    for (size_t i = rest.size_; i < size_; ++i) {
      if (i < first || (i > first && !drop((*this)[i]))) rest.push_back((*this)[i]);
    }
    *this = std::move(rest);
  }

 private:
  using Chunk = std::vector<T>;
  using Table = std::vector<std::shared_ptr<Chunk>>;

  Table& editable_table() {
    if (table_.use_count() > 1) table_ = std::make_shared<Table>(*table_);
    return *table_;
  }
  Chunk& editable_chunk(size_t c) {
    std::shared_ptr<Chunk>& chunk = editable_table()[c];
    if (chunk.use_count() > 1) {
      auto copy = std::make_shared<Chunk>();
      copy->reserve(std::max(chunk->size() + 1, size_t{8}));
      *copy = *chunk;
      chunk = std::move(copy);
    }
    return *chunk;
  }

  std::shared_ptr<Table> table_ = std::make_shared<Table>();
  size_t size_ = 0;
};

}  // namespace mailscope
