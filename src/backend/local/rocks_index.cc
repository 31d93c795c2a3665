// SPDX-License-Identifier: Apache-2.0
#include "backend/local/rocks_index.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

namespace farshore::backend {
namespace {

rocksdb::Slice slice(BytesView bytes) { return {bytes.data(), bytes.size()}; }

Error error_of(const rocksdb::Status& status) {
  const auto code = status.IsCorruption() ? ErrorCode::kCorrupt : status.IsNoSpace() ? ErrorCode::kStorageFull : ErrorCode::kStorageUnavailable;
  return Error(code, "the index failed: " + status.ToString());
}

rocksdb::Options options_of(const RocksSettings& settings, std::shared_ptr<rocksdb::Cache> cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = std::move(cache);
  table.block_size = 8u << 10;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.format_version = 5;
  // Filters and indexes count against the cache, so that memory does not grow with the number of rows.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.metadata_block_size = 4096;

  rocksdb::Options options;
  options.create_if_missing = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = settings.memtable_bytes;
  options.max_write_buffer_number = 2;
  // Most rows that are asked for by a commit must be absent: a tenth of the tables' memory spares a walk through each of them.
  options.memtable_prefix_bloom_size_ratio = 0.1;
  options.memtable_whole_key_filtering = true;
  options.max_background_jobs = static_cast<int>(settings.background_jobs);
  options.max_open_files = 1024;
  options.compression = rocksdb::kNoCompression;
  options.level_compaction_dynamic_level_bytes = true;
  // A flushed table spans all keys, so the first level is written anew whenever a few of them are merged into it: it is kept about as large as they
  // are together. Below it, small files let the ranges that nobody writes to lie still.
  options.max_bytes_for_level_base = 4 * settings.memtable_bytes;
  options.target_file_size_base = settings.memtable_bytes;
  options.bytes_per_sync = 1u << 20;
  // A crash and a close are then the same thing, and the crash is tested.
  options.avoid_flush_during_shutdown = true;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.max_log_file_size = 1u << 20;
  options.keep_log_file_num = 2;
  options.stats_dump_period_sec = 0;
  options.atomic_flush = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kAbsoluteConsistency;
  return options;
}

}  // namespace

struct RocksIndex::Database {
  std::shared_ptr<rocksdb::Cache> cache;
  std::unique_ptr<rocksdb::DB> rows;
};

RocksIndex::RocksIndex(std::unique_ptr<Database> database) : database_(std::move(database)) {}
RocksIndex::~RocksIndex() = default;

Result<std::unique_ptr<RocksIndex>> RocksIndex::open(const std::string& directory, const RocksSettings& settings) {
  if (settings.cache_bytes < (1u << 20) || settings.cache_bytes > (64ull << 30) || settings.memtable_bytes < (1u << 20) ||
      settings.memtable_bytes > (1u << 30) || settings.background_jobs < 1 || settings.background_jobs > 16) {
    return Error(ErrorCode::kInvalidArgument, "a setting of the index is out of range");
  }
  auto database = std::make_unique<Database>();
  database->cache = rocksdb::NewLRUCache(settings.cache_bytes, 4, false, 0.5);
  rocksdb::DB* opened = nullptr;
  const auto status = rocksdb::DB::Open(options_of(settings, database->cache), directory, &opened);
  if (!status.ok()) return error_of(status);
  database->rows.reset(opened);
  return std::unique_ptr<RocksIndex>(new RocksIndex(std::move(database)));
}

Result<std::optional<Bytes>> RocksIndex::get(BytesView key) {
  Bytes value;
  const auto status = database_->rows->Get(rocksdb::ReadOptions(), slice(key), &value);
  if (status.ok()) return value;
  if (status.IsNotFound()) return std::nullopt;
  return error_of(status);
}

std::optional<std::optional<Bytes>> RocksIndex::get_cached(BytesView key) {
  rocksdb::ReadOptions options;
  options.read_tier = rocksdb::kBlockCacheTier;
  Bytes value;
  const auto status = database_->rows->Get(options, slice(key), &value);
  // Get also says "found", without a value, where the row may be in a table that is not open; another call tells the two apart.
  bool found = true;
  if (status.ok() && value.empty()) database_->rows->KeyMayExist(options, slice(key), &value, &found);
  if (status.ok() && found) return std::optional<Bytes>(std::move(value));
  if (status.IsNotFound()) return std::optional<Bytes>();
  return std::nullopt;
}

Result<IndexPage> RocksIndex::scan(const IndexRange& range) {
  IndexPage page;
  if (!range.end.empty() && range.end <= range.begin) return page;
  rocksdb::ReadOptions options;
  const rocksdb::Slice lower = slice(range.begin);
  const rocksdb::Slice upper = slice(range.end);
  options.iterate_lower_bound = &lower;
  options.fill_cache = !range.passing;
  if (!range.end.empty()) options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> at(database_->rows->NewIterator(options));
  std::size_t bytes = 0;
  for (range.backwards ? at->SeekToLast() : at->SeekToFirst(); at->Valid(); range.backwards ? at->Prev() : at->Next()) {
    if (page.rows.size() >= range.rows_max || (!page.rows.empty() && bytes >= range.bytes_max)) {
      page.more = true;
      break;
    }
    bytes += at->key().size() + at->value().size();
    page.rows.emplace_back(at->key().ToString(), at->value().ToString());
  }
  if (!at->status().ok()) return error_of(at->status());
  return page;
}

Result<void> RocksIndex::write(const IndexBatch& batch) {
  rocksdb::WriteBatch changes(batch.bytes() + batch.size() * 8 + 16);
  batch.for_each([&changes](BytesView key, std::optional<BytesView> value) {
    if (value) {
      changes.Put(slice(key), slice(*value));
    } else {
      changes.Delete(slice(key));
    }
  });
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  const auto status = database_->rows->Write(options, &changes);
  if (!status.ok()) return error_of(status);
  return {};
}

Result<void> RocksIndex::flush() {
  rocksdb::FlushOptions options;
  options.wait = true;
  options.allow_write_stall = true;
  const auto status = database_->rows->Flush(options);
  if (!status.ok()) return error_of(status);
  return {};
}

std::uint64_t RocksIndex::memory_bytes() const {
  std::uint64_t tables = 0;
  std::uint64_t readers = 0;
  database_->rows->GetIntProperty(rocksdb::DB::Properties::kSizeAllMemTables, &tables);
  database_->rows->GetIntProperty(rocksdb::DB::Properties::kEstimateTableReadersMem, &readers);
  return tables + readers + database_->cache->GetUsage();
}

}  // namespace farshore::backend
