// SPDX-License-Identifier: Apache-2.0
// The end of the rules of a bucket that was removed. Its rows stay until both ends have forgotten them, so a crash loses nothing: the short list still names the bucket.
#include "replication/rule_service.h"
#include "replication/rule_task.h"
#include "storage/records.h"

namespace farshore::replication {
namespace {

/// Whether a stall may end without anybody's doing. Behind another one the rule's last changes will not arrive.
bool passes(Reason reason) {
  return reason == Reason::kUnreachable || reason == Reason::kDestinationBusy || reason == Reason::kDestinationFull || reason == Reason::kDestinationFailing;
}

}  // namespace

Task<Result<bool>> RuleService::bucket_removed(OpContext op, BucketId bucket) {
  CO_TRY(const auto listed, co_await region_partition_->get(std::move(op), ruled_row(bucket)));
  if (!listed) co_return false;
  end_bucket(bucket);
  co_return true;
}

void RuleService::end_bucket(BucketId bucket) {
  if (ending_.insert(bucket).second) scope_.spawn(finish_bucket(bucket));
}

Task<void> RuleService::finish_bucket(BucketId bucket) {
  const OpContext op = own_context();
  struct Place {
    ~Place() { ending.erase(bucket); }
    std::set<BucketId>& ending;
    BucketId bucket;
  } const place{ending_, bucket};
  for (Duration pause = std::chrono::milliseconds(500);; pause = std::min<Duration>(pause * 2, std::chrono::seconds(10))) {
    const auto gone = co_await forget_bucket(op, bucket);
    if (gone || op.cancel.cancelled()) co_return;
    runtime_.log.warn("replication.closing_waits", {{"bucket", bucket.get()}, {"error", gone.error().text()}});
    if (co_await sleep_for(runtime_.executor, op, pause) == Woken::kCancelled) co_return;
  }
}

Task<Result<void>> RuleService::forget_bucket(OpContext op, BucketId id) {
  const auto bucket = co_await objects_.buckets().open_removed(op, id);
  if (!bucket && bucket.error().code() != ErrorCode::kNoSuchBucket) co_return bucket.error();
  std::vector<ReplicationRule> rules;
  if (bucket) {
    CO_TRY(rules, co_await rules_of(op, *bucket));
  }
  for (const ReplicationRule& rule : rules) {
    const auto key = std::make_pair(id, rule.id);
    if (rule.closing_millis == 0) {
      run(*bucket, rule);  // behind a restart
      co_await drain(op, key);
      if (op.cancel.cancelled()) co_return Error(ErrorCode::kCancelled, "the region is closing");
    }
    co_await stop_task(key);
    if (Destination* destination = regions_.find(rule.destination_region); destination != nullptr) {
      CO_TRY_OK(co_await destination->remove_rule(op.with_deadline(runtime_.executor.now() + std::chrono::seconds(20)), RuleReference{rule.id, rule.destination_bucket, {}}));
    }
    runtime_.log.info("replication.rule_gone", {{"rule", rule.id.get()}});
  }
  if (bucket) CO_TRY_OK(co_await objects_.buckets().drop(op, id));
  CO_TRY(const auto turn, co_await short_list_.lock(op));
  co_return co_await remember(op, id, false);
}

/// What was deleted before the bucket itself was has still to reach the destination. What is parked gets another try or two.
Task<void> RuleService::drain(OpContext op, std::pair<BucketId, RuleId> key) {
  const Instant begin = runtime_.executor.now();
  while (const RuleTask* running = task(key.first, key.second)) {
    const RuleProgress now = running->progress();
    const bool hopeless = now.stall ? !passes(now.stall->reason) : now.pending == 0 && runtime_.executor.now() - begin > 2 * settings_.parked_retry;
    if (now.pending == 0 && now.parked == 0) co_return;
    if (hopeless) {
      runtime_.log.warn("replication.ended_with_changes", {{"rule", key.second.get()}, {"pending", now.pending}, {"parked", now.parked},
                                                           {"reason", now.stall ? reason_name(now.stall->reason) : "parked"}});
      co_return;
    }
    if (co_await sleep_for(runtime_.executor, op, std::chrono::milliseconds(100)) == Woken::kCancelled) co_return;
  }
}

}  // namespace farshore::replication
