// SPDX-License-Identifier: Apache-2.0
// OrderedIndex: the ordered map under the segment log. It need not survive a crash by itself: the log is the truth, and the
// index says inside each batch how far it has followed the log.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace farshore::backend {

/// Puts and erasures that become visible, and later durable, together. Later ones win over earlier ones.
/// Keeps all bytes in one piece of memory, so that a group of commits costs few allocations.
class IndexBatch {
 public:
  /// Key and value are given in parts that are joined.
  void put(std::initializer_list<BytesView> key, std::initializer_list<BytesView> value) {
    const Span key_span = append(key);
    changes_.push_back({key_span, append(value), false});
  }
  void erase(std::initializer_list<BytesView> key) { changes_.push_back({append(key), Span{}, true}); }

  std::size_t size() const { return changes_.size(); }
  std::size_t bytes() const { return arena_.size(); }
  void clear() {
    arena_.clear();
    changes_.clear();
  }
  /// Calls visit(key, optional value) for every change in order.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const Change& change : changes_) {
      visit(view(change.key), change.erased ? std::optional<BytesView>() : std::optional<BytesView>(view(change.value)));
    }
  }

 private:
  struct Span {
    std::size_t offset = 0;
    std::size_t length = 0;
  };
  struct Change {
    Span key;
    Span value;
    bool erased;
  };
  Span append(std::initializer_list<BytesView> parts) {
    const std::size_t begin = arena_.size();
    for (BytesView part : parts) arena_.append(part);
    return Span{begin, arena_.size() - begin};
  }
  BytesView view(Span span) const { return BytesView(arena_).substr(span.offset, span.length); }

  Bytes arena_;
  std::vector<Change> changes_;
};

struct IndexRange {
  Bytes begin;
  Bytes end;  ///< exclusive; empty: no end
  std::size_t rows_max = 1000;
  std::size_t bytes_max = 1u << 20;  ///< checked after each row
  bool backwards = false;
  bool passing = false;              ///< nobody will ask for these rows soon: they push nothing out of the index's memory
};

struct IndexPage {
  std::vector<std::pair<Bytes, Bytes>> rows;
  bool more = false;
};

/// Port. Blocking, so called on workers; get_cached alone may be called on the loop.
///
/// Threads     reads from any thread at any time; one write() or flush() at a time is not required, but writes take effect in
///             the order in which they are called
/// Order       after a crash the index holds all batches up to some point and none behind it; flush() moves that point
/// Errors      kStorageUnavailable, kStorageFull, kCorrupt
class OrderedIndex {
 public:
  virtual ~OrderedIndex() = default;
  virtual Result<std::optional<Bytes>> get(BytesView key) = 0;
  /// Nothing where the disk would have to be waited for (or get() would fail); else what get() gives.
  virtual std::optional<std::optional<Bytes>> get_cached(BytesView key) = 0;
  virtual Result<IndexPage> scan(const IndexRange& range) = 0;
  virtual Result<void> write(const IndexBatch& batch) = 0;
  /// Makes everything written before this call survive a crash.
  virtual Result<void> flush() = 0;
};

}  // namespace farshore::backend
