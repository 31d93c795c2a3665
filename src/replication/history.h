// SPDX-License-Identifier: Apache-2.0
// HistoricalScan: finds what was in the bucket before the rule, in key order, oldest version first.
#pragma once

#include <map>
#include <string>

#include "model/replication_rule.h"
#include "objects/objects.h"
#include "replication/lanes.h"

namespace farshore::replication {

/// Walks the index; no journal, no copy of the names. It takes versions stamped up to `until`; what was written while it walks
/// may be met twice (here and in the journal), which the destination recognises by version id. Loop thread only.
class HistoricalScan {
 public:
  /// Starts behind `after_key`.
  HistoricalScan(objects::BucketRef bucket, const ReplicationRule& rule, HybridTime until, std::string after_key);

  /// The matching versions of the next keys, oldest first within a key; empty at the end of the bucket.
  struct Batch {
    struct Key {
      std::string key;
      std::vector<Change> changes;
    };
    std::vector<Key> keys;
    std::string last_key;  ///< the scan has seen everything up to here
    bool end = false;
  };
  Task<Result<Batch>> next(OpContext op);

 private:
  objects::BucketRef bucket_;
  const ReplicationRule& rule_;
  HybridTime until_;
  std::string after_key_;
};

}  // namespace farshore::replication
