// SPDX-License-Identifier: Apache-2.0
// RuleTask: does the work of one rule for one partition of its source bucket.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "replication/checkpoint.h"
#include "replication/explain.h"
#include "replication/history.h"
#include "replication/history_walk.h"
#include "replication/lanes.h"
#include "replication/parked_list.h"
#include "replication/progress.h"
#include "replication/rule_service.h"
#include "replication/send_window.h"
#include "replication/sender.h"
#include "replication/settle_tracker.h"
#include "replication/stall_gate.h"
#include "replication/wall_bound.h"

namespace farshore::replication {

/// Journal and history into the same lanes, lanes to the destination, acknowledgements into the checkpoint.
///
/// 1. A change counts as settled only when it is durable at the destination, skipped by the rule, superseded, or durably parked.
/// 2. The checkpoint never says more than that; what is sent again after a restart is recognised at the destination.
/// 3. Per key, changes are carried one at a time and in the order of the journal.
/// 4. Nothing is held in memory but the lanes (bounded), the tracker of those items, and the parked list (bounded).
/// 5. A destination that lost what it had (a restored backup) ends the present run of reading and sending; the next one
///    resumes where the destination stands.
///
/// Threads: loop only. Owned by RuleService: start(), then close() (or abandon() in the simulator) before destroying.
class RuleTask {
 public:
  RuleTask(Runtime runtime, objects::BucketRef bucket, ReplicationRule rule, identity::DirectoryStore& directory, identity::Sessions& sessions,
           Destination& destination, ReplicationSettings settings);
  ~RuleTask();

  void start();
  Task<void> close();
  void abandon();

  const ReplicationRule& rule() const { return rule_; }
  /// The journal up to here is not needed again: it is settled here, and the destination's position, from where the next run reads, says so too.
  Sequence checkpointed() const { return std::min(checkpoint_.settled, checkpoint_.folded_there); }
  bool loaded() const { return loaded_; }
  RuleProgress progress() const;
  /// Why a change that stands at the source is where it is, as far as this task knows.
  struct Standing {
    Reason reason;
    std::string detail;
  };
  Standing standing(const ObjectKey& key, const Version& version) const;
  /// A deletion of the key (of that version, if one is named) that is parked.
  std::optional<Standing> parked_deletion(const ObjectKey& key, const std::optional<VersionId>& version) const;
  const ParkedList& parked() const { return parked_; }
  /// The directory or a policy changed: a stall may heal.
  void nudge() { gate_.nudge(); }

 private:
  static constexpr Duration kCallDeadline = std::chrono::seconds(60);

  Task<void> run();
  Task<void> live();
  void end_life();
  Task<Result<void>> load(OpContext op);
  Task<Result<void>> open_stream(OpContext op);
  Task<void> read_journal(OpContext op);
  Task<void> scan_history(OpContext op);
  Task<bool> scan_once(OpContext op);
  Sequence restart_behind_gap(OpContext op, Sequence cursor, const Error& gap);
  Task<void> count_history(OpContext op);
  Task<void> retry_parked(OpContext op);
  bool only_the_last_counts(const Change& change) const;
  Task<void> keep_checkpoint(OpContext op);
  Task<void> keep_open(OpContext op);
  Task<Result<void>> save_checkpoint(OpContext op);
  Task<void> carry(LaneItem item);
  Task<bool> settle(OpContext op, const LaneItem* item, const Sent* sent);
  void skip(Reason reason);
  OpContext context();
  void stalled(Reason reason, std::string detail);

  Runtime runtime_;
  objects::BucketRef bucket_;
  ReplicationRule rule_;
  ReplicationSettings settings_;
  Destination& destination_;
  identity::DirectoryStore& directory_;
  Grants grants_;
  Sender sender_;
  SendWindow window_;
  StallGate gate_;
  ParkedList parked_;
  bool loaded_ = false;
  bool fenced_ = false;
  bool open_ = false;
  AsyncMutex opening_;
  bool alive_ = false;                  ///< reading and sending
  bool life_over_ = false;              ///< the position moved under us, or a newer sender took over
  std::unique_ptr<CancelSource> life_;  ///< of one run from a position of the destination
  TaskScope* life_work_ = nullptr;      ///< of the present run
  Signal life_ends_;
  Sequence resume_;                     ///< where the destination stood at the last opening of the stream
  std::uint64_t epoch_ = 0;
  std::uint64_t opening_id_ = 0;        ///< of the stream's last opening
  const Sequence written_before_;       ///< the partition's last sequence when this task was made
  Checkpoint checkpoint_;
  Checkpoint saved_;
  SettleTracker tracker_{Sequence(0)};
  std::set<Sequence> applied_there_;
  std::set<std::uint64_t> retrying_;  ///< parked changes that are in a lane for another attempt
  HistoryWalk walk_;
  std::uint64_t mark_there_ = 0;  ///< the greatest history mark that the destination may have
  bool scanning_ = false;         ///< a scan is under way
  bool rescan_ = false;           ///< it must start over
  bool dirty_ = false;  ///< something was settled or skipped since the last checkpoint
  WallBound read_to_wall_;  ///< all that was acknowledged before it has been read
  std::map<std::string, std::uint64_t> skipped_;
  std::uint64_t delivered_ = 0;
  std::uint64_t delivered_bytes_ = 0;
  Counter& delivered_total_;
  Counter& delivered_bytes_total_;
  Histogram& lag_seconds_;
  Gauge& pending_;
  std::unique_ptr<Lanes> lanes_;
  TaskScope scope_;
};

}  // namespace farshore::replication
