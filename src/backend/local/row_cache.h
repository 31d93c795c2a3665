// SPDX-License-Identifier: Apache-2.0
// RowCache: what the index says of rows that are read often, so that a hot read or a decision does not ask it.
#pragma once

#include <cstddef>
#include <optional>

#include "backend/local/ordered_index.h"
#include "backend/local/row_ring.h"
#include "base/bytes.h"
#include "runtime/metrics.h"

namespace farshore::backend {

/// Rows of one store's index by their index keys, absent ones too. What goes first is the oldest that was not asked for since it was last passed over
/// (row_ring.h). Loop thread only.
///
/// Invariants
///  1. A row is kept only in the loop turn in which the index gave it from memory: what a worker read may be older than a
///     commit that has landed meanwhile.
///  2. Every record that lands forgets the rows it wrote. So no entry is older than the last landed record, and a reader who
///     compares versions with what is durable sees here what he would see in the index.
///
/// A look-up here costs 0.2 us, one in the index 4 to 6 us even when all its blocks are in memory, and a GET needs two: the head
/// of its key and the place of its blob. A PUT finds the guard, and the head it has just read.
class RowCache {
 public:
  /// `index` outlives this.
  RowCache(OrderedIndex& index, std::size_t bytes_max, Metrics& metrics);
  RowCache(const RowCache&) = delete;
  RowCache& operator=(const RowCache&) = delete;

  /// The stored row, or an empty optional inside where there is none; nothing where the disk would have to be waited for.
  std::optional<std::optional<Bytes>> look_up(BytesView key);
  /// A record that wrote or erased the row has landed.
  void forget(BytesView key);
  /// The same, and the row is this now: it will be asked for soon.
  void replace(BytesView key, const Bytes& stored);
  void clear();

  std::size_t bytes() const { return ring_.bytes(); }
  std::size_t size() const { return ring_.size(); }

 private:
  void keep(BytesView key, const std::optional<Bytes>& stored);

  OrderedIndex& index_;
  RowRing ring_;
  Counter& hits_;
  Counter& misses_;
  Gauge& size_gauge_;
};

}  // namespace farshore::backend
