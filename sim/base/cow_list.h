// CowList: a list of many small values in order, in chunks that copies share until one of them
// edits a chunk. Unlike CowVector its chunks differ in length, so that removing a few of a million
// values touches a few chunks. Each chunk carries a summary of its values, and the list one of all:
// sums in O(1), and searches that pass over whole chunks. Single-threaded, like everything in a
// World.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "sim/base/check_failed.h"

namespace mailscope {

/// A Summary of no interest.
struct NoSummary {
  template <class T>
  void add(const T&) {}
  template <class T>
  void remove(const T&) {}
};

/// `Summary` is a value with add(const T&) and remove(const T&). For update() it has State, what
/// changes of a value that stays, with state_of(const T&), and change(State before, const T&).
template <class T, class Summary = NoSummary>
class CowList {
 public:
  static constexpr size_t kChunk = 256;

  struct Chunk {
    std::vector<T> values;
    Summary summary;
  };

  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] const Summary& summary() const { return total_; }
  const T& operator[](size_t i) const {
    const size_t c = chunk_of(i);
    return table_->chunks[c]->values[i - table_->begins[c]];
  }
  [[nodiscard]] const T& back() const { return table_->chunks.back()->values.back(); }

  [[nodiscard]] size_t chunk_count() const { return table_->chunks.size(); }
  [[nodiscard]] const Chunk& chunk(size_t c) const { return *table_->chunks[c]; }
  /// The place in the list of a chunk's first value.
  [[nodiscard]] size_t chunk_begin(size_t c) const { return table_->begins[c]; }

  /// Goes through the list in order, at the speed of a plain vector.
  class Iterator {
   public:
    Iterator(const CowList* list, size_t chunk) : list_(list), chunk_(chunk) { enter(); }
    const T& operator*() const { return *at_; }
    const T* operator->() const { return at_; }
    Iterator& operator++() {
      if (++at_ == end_) {
        ++chunk_;
        enter();
      }
      return *this;
    }
    friend bool operator!=(const Iterator& a, const Iterator& b) { return a.at_ != b.at_; }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.at_ == b.at_; }

   private:
    void enter() {
      const bool more = chunk_ < list_->chunk_count();
      at_ = more ? list_->chunk(chunk_).values.data() : nullptr;
      end_ = more ? at_ + list_->chunk(chunk_).values.size() : nullptr;
    }
    const CowList* list_;
    size_t chunk_;
    const T* at_ = nullptr;
    const T* end_ = nullptr;
  };
  [[nodiscard]] Iterator begin() const { return Iterator(this, 0); }
  [[nodiscard]] Iterator end() const { return Iterator(this, chunk_count()); }

  /// Reads places in any order, fast where each is near the one before. The list must outlive it
  /// and stay as it is.
  class Cursor {
   public:
    explicit Cursor(const CowList& list) : list_(list) {}
    const T& operator[](size_t i) {
      if (i - begin_ >= size_) enter(i);
      return values_[i - begin_];
    }

   private:
    void enter(size_t i) {
      const size_t c = list_.chunk_of(i);
      begin_ = list_.chunk_begin(c);
      size_ = list_.chunk(c).values.size();
      values_ = list_.chunk(c).values.data();
    }
    const CowList& list_;
    const T* values_ = nullptr;
    size_t begin_ = 0;
    size_t size_ = 0;
  };

  /// The first place whose value is not before `wanted`: the list must ascend by before(value,
  /// wanted).
  template <class Wanted, class Before>
  [[nodiscard]] size_t lower_bound(const Wanted& wanted, Before before) const {
    const auto& chunks = table_->chunks;
    const auto found = std::partition_point(
        chunks.begin(), chunks.end(),
        [&](const std::shared_ptr<Chunk>& each) { return before(each->values.back(), wanted); });
    if (found == chunks.end()) return size_;
    const std::vector<T>& values = (*found)->values;
    const auto at = std::partition_point(values.begin(), values.end(),
                                         [&](const T& value) { return before(value, wanted); });
    return table_->begins[static_cast<size_t>(found - chunks.begin())] +
           static_cast<size_t>(at - values.begin());
  }

  void push_back(T value) {
    if (table_->chunks.empty() || table_->chunks.back()->values.size() >= kChunk) {
      Table& table = editable_table();
      table.begins.push_back(size_);
      table.chunks.push_back(std::make_shared<Chunk>());
      table.chunks.back()->values.reserve(size_ == 0 ? 8 : kChunk);
    }
    Chunk& chunk = editable_chunk(chunk_count() - 1);
    chunk.summary.add(value);
    total_.add(value);
    chunk.values.push_back(std::move(value));
    ++size_;
  }

  /// Changes by change(T&) what Summary::State knows of one value, or what the summary passes over.
  template <class Change>
  void update(size_t i, Change change) {
    if (i >= size_) check_failed(__FILE__, __LINE__, "index in range");
    const size_t c = chunk_of(i);
    Chunk& chunk = editable_chunk(c);
    T& value = chunk.values[i - table_->begins[c]];
    const auto before = Summary::state_of(value);
    change(value);
    chunk.summary.change(before, value);
    total_.change(before, value);
  }

  /// Removes the values at these places, which ascend: O(chunks), and the length of those touched.
  void erase(const std::vector<size_t>& places) {
    if (places.empty()) return;
    Table rest;
    size_t next = 0;
    for (size_t c = 0; c < chunk_count(); ++c) {
      const size_t begin = table_->begins[c];
      const size_t end = begin + table_->chunks[c]->values.size();
      const size_t first = next;
      while (next < places.size() && places[next] < end) ++next;
      keep(c, begin, places, first, next, rest);
    }
    size_ -= places.size();
    table_ = std::make_shared<Table>(std::move(rest));
  }

 private:
  struct Table {
    std::vector<std::shared_ptr<Chunk>> chunks;  // none empty
    std::vector<size_t> begins;                  // of each the place of its first value
  };

  [[nodiscard]] size_t chunk_of(size_t i) const {
    const std::vector<size_t>& begins = table_->begins;
    // Most lists have lost nothing yet: then the chunks are full, and this is where it is.
    const size_t guess = i / kChunk;
    if (guess < begins.size() && begins[guess] <= i &&
        (guess + 1 == begins.size() || i < begins[guess + 1])) {
      return guess;
    }
    return static_cast<size_t>(std::upper_bound(begins.begin(), begins.end(), i) -
                               begins.begin()) - 1;
  }

  Table& editable_table() {
    if (table_.use_count() > 1) table_ = std::make_shared<Table>(*table_);
    return *table_;
  }
  Chunk& editable_chunk(size_t c) {
    std::shared_ptr<Chunk>& chunk = editable_table().chunks[c];
    if (chunk.use_count() > 1) {
      auto copy = std::make_shared<Chunk>();
      copy->values.reserve(std::min(std::max(chunk->values.size() + 1, size_t{8}) * 2, kChunk));
      copy->values = chunk->values;
      copy->summary = chunk->summary;
      chunk = std::move(copy);
    }
    return *chunk;
  }

  /// Puts chunk `c`, without places[first..end), at the end of `rest`.
  void keep(size_t c, size_t begin, const std::vector<size_t>& places, size_t first, size_t end,
            Table& rest) {
    const std::shared_ptr<Chunk>& old = table_->chunks[c];
    if (end - first == old->values.size()) {
      for (const T& value : old->values) total_.remove(value);
      return;
    }
    const size_t new_begin = rest.chunks.empty()
                                 ? 0
                                 : rest.begins.back() + rest.chunks.back()->values.size();
    rest.begins.push_back(new_begin);
    if (first == end) return rest.chunks.push_back(old);
    auto kept = std::make_shared<Chunk>();
    kept->summary = old->summary;
    kept->values.reserve(old->values.size() - (end - first));
    for (size_t i = 0; i < old->values.size(); ++i) {
      const T& value = old->values[i];
      if (first < end && places[first] == begin + i) {
        kept->summary.remove(value);
        total_.remove(value);
        ++first;
      } else {
        kept->values.push_back(value);
      }
    }
    rest.chunks.push_back(std::move(kept));
  }

  std::shared_ptr<Table> table_ = std::make_shared<Table>();
  size_t size_ = 0;
  Summary total_;
};

}  // namespace mailscope
