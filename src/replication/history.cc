// SPDX-License-Identifier: Apache-2.0
#include "replication/history.h"

#include <algorithm>

#include "replication/matcher.h"

namespace farshore::replication {
namespace {
constexpr std::size_t kPageVersions = 500;
}

HistoricalScan::HistoricalScan(objects::BucketRef bucket, const ReplicationRule& rule, HybridTime until, std::string after_key)
    : bucket_(std::move(bucket)), rule_(rule), until_(until), after_key_(std::move(after_key)) {}

Task<Result<HistoricalScan::Batch>> HistoricalScan::next(OpContext op) {
  Batch batch;
  objects::ListVersions list;
  list.key_marker = after_key_;
  list.entries_max = kPageVersions;
  std::vector<objects::ListedVersion> listed;
  while (true) {
    CO_TRY(auto page, co_await objects::list_versions(op, bucket_, list));
    for (auto& version : page.versions) listed.push_back(std::move(version));
    if (!page.truncated) {
      batch.end = true;
      break;
    }
    list.key_marker = page.next_key_marker;
    list.version_id_marker = page.next_version_id_marker;
    // A page may end inside a key's stack; a key is only handed out whole, because its oldest version goes first.
    if (!listed.empty() && listed.front().key.get() != listed.back().key.get()) break;
  }
  if (!batch.end) {
    const std::string open_key = listed.back().key.get();
    while (!listed.empty() && listed.back().key.get() == open_key) listed.pop_back();
  }
  for (auto& version : listed) {
    if (batch.keys.empty() || batch.keys.back().key != version.key.get()) batch.keys.push_back({version.key.get(), {}});
    const Version& v = version.version;
    if (v.order.time > until_ || skip_reason(rule_, version.key, v)) continue;
    // A rule without history is only walked again behind a gap in its journal, and then for what was written since it was made.
    if (!rule_.historical && v.order.time.millis() < rule_.created_millis) continue;
    Change change;
    change.kind = v.kind == VersionKind::kDeleteMarker ? ChangeKind::kInsertMarker : ChangeKind::kPutVersion;
    change.key = version.key;
    change.version = v.id;
    change.order = v.order;
    change.version_kind = v.kind;
    change.size = v.size;
    change.storage_class = v.storage_class;
    change.encryption = v.sealing.algorithm;
    batch.keys.back().changes.push_back(std::move(change));
  }
  for (auto& key : batch.keys) std::reverse(key.changes.begin(), key.changes.end());
  if (!batch.keys.empty()) after_key_ = batch.keys.back().key;
  batch.last_key = after_key_;
  co_return batch;
}

}  // namespace farshore::replication
