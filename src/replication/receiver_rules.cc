// SPDX-License-Identifier: Apache-2.0
// The Receiver's register of rules that write here. A rule is registered before the source stores it and removed after.
#include "objects/tombstones.h"
#include "replication/receiver.h"
#include "replication/receiver_stream.h"
#include "replication/staging.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace farshore::replication {
namespace {
/// A registration that the source never stored goes after this long.
constexpr std::int64_t kUnconfirmedMillisMax = 10 * 60 * 1000;

Error no_such_target(const BucketName& name) {
  return Error(ErrorCode::kInvalidTargetBucket, "The target bucket is invalid for bucket replication.").with("BucketName", name.get());
}
}  // namespace

Task<Result<void>> Receiver::register_rule(OpContext op, RegisterRule request) {
  const OpContext soon = op.with_deadline(runtime_.executor.now() + std::chrono::seconds(1));
  CO_TRY_OK(co_await directory_.wait_for(soon, identity::DirectorySequence(request.directory)));
  auto opened = co_await open_bucket(op, request.destination);
  if (!opened && opened.error().code() == ErrorCode::kNoSuchBucket) co_return no_such_target(request.destination_name);
  if (!opened) co_return opened.error();
  const objects::BucketRef bucket = *opened;
  const IncomingRule& rule = request.rule;

  // Half-made registrations of sources that never came back.
  std::vector<RuleId> expired;
  for (const RuleId& id : bucket->guard().settings->incoming_rules) {
    CO_TRY(const auto row, co_await bucket->partition().get(op, storage::incoming_row(id)));
    if (!row) continue;
    CO_TRY(const IncomingRule other, storage::decode_incoming(row->value));
    if (!other.confirmed && bucket->now_millis() - other.registered_millis > kUnconfirmedMillisMax) expired.push_back(id);
  }
  for (const RuleId& id : expired) CO_TRY_OK(co_await remove_rule(op, RuleReference{id, request.destination, {}}));

  Grants grants(directory_, sessions_, rule.sync_role, true);
  objects::Unconditional decider;
  const auto edit = [&](BucketSettings& settings, storage::Batch& batch) -> Result<void> {
    // Rule: OSS, PutBucketReplication: quota, then versioning states, then the role's rights (reference 1.1.4, steps 14 to 18).
    const bool known = std::find(settings.incoming_rules.begin(), settings.incoming_rules.end(), rule.id) != settings.incoming_rules.end();
    if (!known && settings.incoming_rules.size() >= kRulesPerBucketMax) {
      return Error(ErrorCode::kTooManyIncomingReplication, "You have attempted to create more incoming replication for bucket than allowed.");
    }
    const bool versioned = settings.versioning == Versioning::kEnabled;
    if (settings.versioning == Versioning::kSuspended || versioned != request.source_versioned) {
      return Error(ErrorCode::kInvalidBucketStatus, "The versioning states of the source and the destination bucket must be the same: both never enabled, or both Enabled.")
          .with("EC", "0031-00000053");
    }
    // Only the right to put is required: without ReplicateDelete the rule works, and deletions are parked with that reason.
    TRY_OK(grants.check(*bucket, "oss:ReplicatePut", "*"));
    if (!known) settings.incoming_rules.push_back(rule.id);
    IncomingRule stored = rule;
    stored.registered_millis = bucket->now_millis();
    batch.put(storage::incoming_row(rule.id), storage::encode_incoming(stored));
    return {};
  };
  CO_TRY(const auto guard, co_await objects_.buckets().edit(op, bucket, decider, edit));
  static_cast<void>(guard);
  co_return Result<void>();
}

Task<Result<void>> Receiver::confirm_rule(OpContext op, RuleReference reference) {
  CO_TRY(const auto bucket, co_await open_bucket(op, reference.destination));
  CO_TRY(const auto row, co_await bucket->partition().get(op, storage::incoming_row(reference.rule)));
  if (!row) co_return Error(ErrorCode::kNoSuchReplicationRule, "the destination bucket does not know this replication rule");
  CO_TRY(IncomingRule rule, storage::decode_incoming(row->value));
  if (!reference.caller.get().empty() && reference.caller != rule.source_region) co_return Error(ErrorCode::kAccessDenied, "the rule belongs to another region");
  if (rule.confirmed) co_return Result<void>();
  rule.confirmed = true;
  storage::Batch batch;
  batch.expect_version(row->key, row->version);
  batch.put(row->key, storage::encode_incoming(rule));
  const auto done = co_await bucket->partition().commit(op, std::move(batch));
  if (!done) co_return done.error();
  co_return Result<void>();
}

Task<Result<void>> Receiver::remove_rule(OpContext op, RuleReference reference) {
  auto opened = co_await open_bucket(op, reference.destination);
  if (!opened && opened.error().code() == ErrorCode::kNoSuchBucket) co_return Result<void>();  // gone with all its rows
  if (!opened) co_return opened.error();
  const objects::BucketRef bucket = *opened;
  CO_TRY(const auto row, co_await bucket->partition().get(op, storage::incoming_row(reference.rule)));
  if (row && !reference.caller.get().empty()) {
    CO_TRY(const IncomingRule rule, storage::decode_incoming(row->value));
    if (reference.caller != rule.source_region) co_return Error(ErrorCode::kAccessDenied, "the rule belongs to another region");
  }
  objects::Unconditional decider;
  // Unregistered first: from this commit on no decider lets the rule write.
  const auto edit = [&](BucketSettings& settings, storage::Batch& batch) -> Result<void> {
    std::erase(settings.incoming_rules, reference.rule);
    batch.erase(storage::incoming_row(reference.rule));
    return {};
  };
  CO_TRY(const auto guard, co_await objects_.buckets().edit(op, bucket, decider, edit));
  std::erase_if(streams_, [&](const auto& entry) { return entry.second->rule.id == reference.rule && entry.second->bucket == bucket; });
  const Bytes streams = reference.rule.get() + '\0';
  CO_TRY_OK(co_await erase_rows(op, bucket, "a" + streams, false));
  CO_TRY_OK(co_await erase_rows(op, bucket, "w" + streams, false));
  CO_TRY_OK(co_await erase_rows(op, bucket, "s" + streams, true));
  if (guard.settings->outgoing_rules.empty() && guard.settings->incoming_rules.empty()) {
    const auto collected = co_await objects::collect_tombstones(op, bucket, kEndOfTime);
    if (!collected) co_return collected.error();
  }
  co_return Result<void>();
}

}  // namespace farshore::replication
