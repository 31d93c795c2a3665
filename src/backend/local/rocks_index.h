// SPDX-License-Identifier: Apache-2.0
// RocksIndex: OrderedIndex on RocksDB. This is the only place that knows RocksDB.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "backend/local/ordered_index.h"
#include "base/result.h"

namespace farshore::backend {

/// All need a restart. Together they bound the index's memory to about cache + memtables.
struct RocksSettings {
  std::uint64_t cache_bytes = 64u << 20;     ///< blocks, their filters and indexes; 1 MiB to 64 GiB
  std::uint64_t memtable_bytes = 16u << 20;  ///< unflushed rows in one table, of which at most two exist; 1 MiB to 1 GiB
  std::uint32_t background_jobs = 2;         ///< threads for flushes and compactions; 1 to 16
};

/// Its own write-ahead log is off: the segment log is the truth. One column family, so that what survives a crash is always a
/// prefix of the writes.
class RocksIndex final : public OrderedIndex {
 public:
  /// Opens or makes the index in a directory of its own and locks it against other processes. Blocking.
  /// Errors: kStorageUnavailable (also: another process has it open), kCorrupt, kInvalidArgument.
  static Result<std::unique_ptr<RocksIndex>> open(const std::string& directory, const RocksSettings& settings = {});
  ~RocksIndex() override;

  Result<std::optional<Bytes>> get(BytesView key) override;
  std::optional<std::optional<Bytes>> get_cached(BytesView key) override;
  Result<IndexPage> scan(const IndexRange& range) override;
  Result<void> write(const IndexBatch& batch) override;
  Result<void> flush() override;
  /// Memory held by caches and tables, for metrics.
  std::uint64_t memory_bytes() const;

 private:
  struct Database;
  explicit RocksIndex(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace farshore::backend
