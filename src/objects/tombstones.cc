// SPDX-License-Identifier: Apache-2.0
#include "objects/tombstones.h"

#include "objects/commit.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace farshore::objects {
namespace {

constexpr std::size_t kPageRows = 500;

/// True for a tombstone row or void record of a deletion before that time.
Result<bool> is_past(const storage::Row& row, HybridTime before) {
  if (row.key.starts_with('t')) {
    if (row.value.size() != storage::encode_order(Order{}).size()) return Error(ErrorCode::kCorrupt, "a tombstone row is malformed");
    return storage::decode_order(row.value).time < before;
  }
  TRY(const Version head, storage::decode_version(row.value));
  return head.kind == VersionKind::kVoid && head.order.time < before;
}

/// Erases one page of rows, each only if it is still the one that was read.
class Forget : public Mutation {
 public:
  explicit Forget(std::vector<storage::Row> rows) : rows_(std::move(rows)) {}
  Task<Result<std::optional<storage::Batch>>> plan(OpContext, BucketRef, std::shared_ptr<const BucketSettings>) override {
    storage::Batch batch;
    for (const storage::Row& row : rows_) {
      batch.expect_version(row.key, row.version);
      batch.erase(row.key);
    }
    co_return std::optional<storage::Batch>(std::move(batch));
  }
  /// A key came to life again; the next pass looks anew.
  bool gives_up(const Error& conflict) const override { return conflict.detail("row") != storage::guard_row(); }

 private:
  std::vector<storage::Row> rows_;
};

}  // namespace

Task<Result<std::size_t>> collect_tombstones(OpContext op, BucketRef bucket, HybridTime before) {
  std::size_t forgotten = 0;
  Unconditional system;
  for (const char row_class : {'t', 'h'}) {
    const Bytes prefix(1, row_class);
    storage::ScanRange range{prefix, storage::prefix_end(prefix), kPageRows};
    for (bool more = true; more;) {
      CO_TRY(storage::ScanPage page, co_await bucket->partition().scan(op, range));
      more = page.more;
      if (more) range.begin = page.rows.back().key + '\0';
      std::vector<storage::Row> past;
      for (storage::Row& row : page.rows) {
        CO_TRY(const bool goes, is_past(row, before));
        if (goes) past.push_back(std::move(row));
      }
      if (past.empty()) continue;
      const std::size_t count = past.size();
      Forget change(std::move(past));
      auto committed = co_await commit_mutation(op, bucket, system, change);
      if (committed) forgotten += count;
      if (!committed && committed.error().code() != ErrorCode::kExpectationFailed) co_return std::move(committed).error();
    }
  }
  co_return forgotten;
}

}  // namespace farshore::objects
