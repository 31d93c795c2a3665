// SPDX-License-Identifier: Apache-2.0
// BlobReader: verified ranges of blobs, wherever their bytes are.
#pragma once

#include <list>
#include <memory>
#include <unordered_map>

#include "backend/local/extent.h"
#include "backend/local/store_core.h"

namespace farshore::backend {

/// Extents that were read lately, open and with their checksums. Loop thread only.
class ExtentCache {
 public:
  explicit ExtentCache(std::size_t extents_max) : extents_max_(extents_max) {}
  std::shared_ptr<const Extent> find(BlobId blob);
  void add(BlobId blob, std::shared_ptr<const Extent> extent);
  void remove(BlobId blob);

 private:
  struct Entry {
    BlobId blob;
    std::shared_ptr<const Extent> extent;
  };
  const std::size_t extents_max_;
  std::list<Entry> order_;  ///< lately used first
  std::unordered_map<BlobId, std::list<Entry>::iterator> entries_;
};

/// Loop thread only.
class BlobReader {
 public:
  explicit BlobReader(StoreCore& core);
  /// See storage::BlobStore::read.
  Task<Result<Buffer>> read(BlobId blob, std::uint64_t offset, std::uint64_t length);
  /// Reads some of an owned blob from `offset` on and compares its checksums; gives how much, 0 at its end. `row` is what the index just said of it, so
  /// that no cache fills with what nobody asked for. kNotFound if it is gone by now.
  Task<Result<std::uint64_t>> verify(BlobId blob, const BlobRow& row, std::uint64_t offset);
  /// The file of a freed extent is about to be removed.
  void forget(BlobId blob) { extents_.remove(blob); }

 private:
  Task<Result<std::optional<BlobRow>>> row_from_disk(BlobId blob);
  /// Nothing where the disk would have to be waited for.
  Result<std::optional<Buffer>> read_inline_cached(const BlobRow& row);
  Task<Result<Buffer>> read_inline(BlobRow row);
  Task<Result<Buffer>> read_extent(BlobId blob, std::uint64_t offset, std::uint64_t length);

  StoreCore& core_;
  ExtentCache extents_;
  Counter& corrupt_;
};

}  // namespace farshore::backend
