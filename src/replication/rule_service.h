// SPDX-License-Identifier: Apache-2.0
// RuleService: what the source account does with rules: add, list, delete, watch, and ask why.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "identity/directory_store.h"
#include "identity/sessions.h"
#include "model/replication_rule.h"
#include "objects/objects.h"
#include "replication/destination.h"
#include "replication/explain.h"
#include "replication/progress.h"
#include "runtime/task_scope.h"

namespace farshore::replication {

class RuleTask;

/// One posted rule, read but not judged. Optional fields: absent elements.
struct RuleRequest {
  std::optional<std::string> id;  ///< empty counts as absent
  std::vector<std::string> prefixes;
  std::optional<std::string> action;
  std::string destination_bucket;
  std::string destination_location;             ///< "oss-cn-beijing"; a bare region id is accepted
  std::optional<std::string> transfer_type;
  std::optional<std::string> historical;        ///< enabled | disabled
  std::optional<std::string> sync_role;         ///< name or ARN
  std::optional<std::string> rtc_status;
  std::optional<std::string> sse_kms_status;    ///< SourceSelectionCriteria/SseKmsEncryptedObjects/Status
  std::optional<std::string> replica_kms_key;   ///< EncryptionConfiguration/ReplicaKmsKeyID
  bool has_user_taggings = false;
  bool has_delete_marker_replication = false;
  bool has_version_deletion_replication = false;
};

/// A rule as GetBucketReplication shows it.
struct RuleView {
  ReplicationRule rule;
  RuleStatus status = RuleStatus::kStarting;
};

/// Which regions a bucket of this one may replicate to (GetBucketReplicationLocation).
struct ReplicationLocations {
  std::vector<std::string> locations;               ///< "oss-cn-beijing"
  std::vector<std::string> acceleration_only;       ///< reachable with oss_acc alone
  std::vector<std::string> rtc;
};

struct ReplicationSettings {
  Duration starting = std::chrono::seconds(10);  ///< reported `starting` for so long; data flows at once
  Duration closing = std::chrono::seconds(5);
  std::size_t lane_items_max = 8192;
  std::size_t window_bytes = 32u << 20;          ///< contents in flight per rule: at least 2 x bandwidth x round trip
  std::size_t transfers_max = 32;                ///< large objects of a rule under way at once: each waits a round trip or two for its answers
  std::size_t ranges_max = 12;                   ///< ranges of one large object under way at once: while some wait for their acknowledgement, a round trip
                                                 ///< and a sync later, others fill the connections of the peer link
  Duration checkpoint_interval = std::chrono::milliseconds(250);
  Duration parked_retry = std::chrono::seconds(10);
  Duration trim_interval = std::chrono::seconds(10);
  std::size_t journal_entries_kept = 100000;     ///< kept behind the slowest rule, for explain
};

/// Owned by the composition root; loop thread only. One per region. start() once, close() before destroying.
class RuleService {
 public:
  RuleService(Runtime runtime, objects::Objects& objects, identity::DirectoryStore& directory, identity::Sessions& sessions,
              Regions& regions, std::shared_ptr<storage::Partition> region_partition, RegionId region, std::vector<RegionId> realm_regions,
              ReplicationSettings settings = {});
  ~RuleService();

  /// Resumes the task of every rule of this region's buckets. Does not scan anything but its own short list.
  Task<Result<void>> start(OpContext op);
  Task<void> close();
  /// Power cut, for the simulator.
  void abandon();

  /// Adds one rule; gives its id. Validation order and errors: Rule: OSS, PutBucketReplication (replication reference 1.1.4, 1.8).
  /// The destination has accepted the rule before it is stored here; nothing is left behind by a refusal.
  Task<Result<RuleId>> add(OpContext op, objects::BucketRef bucket, objects::Decider& decider, RuleRequest request);
  /// All rules, closing ones included, in the order they were added. Error: kNoSuchReplicationConfiguration if there is none.
  Task<Result<std::vector<RuleView>>> list(OpContext op, objects::BucketRef bucket);
  enum class Removal : unsigned char { kClosing, kWasClosing, kNoRules };
  /// Errors: kInvalidArgument for an empty id, kNoSuchReplicationRule for an unknown one while there are others.
  Task<Result<Removal>> remove(OpContext op, objects::BucketRef bucket, objects::Decider& decider, RuleId id);
  /// A bucket was removed (objects/buckets.h). True: it may have had rules; in the background they carry what was deleted under them, come to their end at
  /// both ends, and the bucket's rows go. False: nobody here knows of a rule, and the caller drops the rows.
  Task<Result<bool>> bucket_removed(OpContext op, BucketId bucket);
  /// Of one rule or of all. Errors: kNoSuchReplicationConfiguration, kNoSuchReplicationRule.
  Task<Result<std::vector<RuleProgress>>> progress(OpContext op, objects::BucketRef bucket, std::optional<RuleId> id);
  ReplicationLocations locations() const;
  /// Where a version of a key is and why, for every rule of the bucket.
  Task<Result<std::vector<Explanation>>> explain(OpContext op, objects::BucketRef bucket, ObjectKey key, std::optional<VersionId> version);
  /// Parked changes of a rule, oldest first, at most `count_max`.
  Task<Result<std::vector<ParkedChange>>> parked(OpContext op, objects::BucketRef bucket, RuleId id, std::size_t count_max);

 private:
  struct Running;
  static Bytes ruled_row(BucketId bucket);  ///< of the short list
  Task<Result<std::vector<storage::Row>>> rule_rows(OpContext op, objects::BucketRef bucket);
  Task<Result<std::vector<ReplicationRule>>> rules_of(OpContext op, objects::BucketRef bucket);
  Result<ReplicationRule> read_request(const objects::Bucket& bucket, const RuleRequest& request, const std::vector<ReplicationRule>& present);
  Result<void> check_role(const ReplicationRule& rule, const objects::Bucket& bucket);
  Task<Result<void>> remember(OpContext op, BucketId bucket, bool ruled);
  Task<Result<objects::Guard>> store(OpContext op, objects::BucketRef bucket, objects::Decider& decider, objects::Buckets::Edit edit);
  void run(objects::BucketRef bucket, ReplicationRule rule);
  Task<void> stop_task(std::pair<BucketId, RuleId> key);
  void close_rule(objects::BucketRef bucket, const ReplicationRule& rule);
  Task<void> look_again(objects::BucketRef bucket, RuleId id);
  Task<void> finish_closing(objects::BucketRef bucket, RuleId id, std::int64_t closing_millis);
  Task<Result<void>> forget_rule(OpContext op, objects::BucketRef bucket, RuleId id);
  void end_bucket(BucketId bucket);
  Task<void> finish_bucket(BucketId bucket);
  Task<Result<void>> forget_bucket(OpContext op, BucketId bucket);
  Task<void> drain(OpContext op, std::pair<BucketId, RuleId> key);
  Task<void> watch_directory();
  Task<void> trim_journals();
  RuleStatus status_of(const ReplicationRule& rule) const;
  RuleTask* task(BucketId bucket, const RuleId& id);
  OpContext own_context();

  Runtime runtime_;
  objects::Objects& objects_;
  identity::DirectoryStore& directory_;
  identity::Sessions& sessions_;
  Regions& regions_;
  std::shared_ptr<storage::Partition> region_partition_;
  RegionId region_;
  std::vector<RegionId> realm_regions_;
  ReplicationSettings settings_;
  std::map<std::pair<BucketId, RuleId>, std::unique_ptr<Running>> running_;
  std::map<std::pair<BucketId, RuleId>, std::unique_ptr<Running>> stopping_;  ///< being closed: a power cut must still find them
  std::set<std::pair<BucketId, RuleId>> closing_;                             ///< rules whose end is under way
  std::set<BucketId> ending_;                                                 ///< removed buckets whose rules come to their end
  std::set<std::pair<BucketId, RuleId>> adding_;                              ///< ids of requests under way
  AsyncMutex short_list_;  ///< a bucket that has rules stands in the short list: both are changed under this
  TaskScope scope_;
};

}  // namespace farshore::replication
