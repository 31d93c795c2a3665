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

/// Ids stand in keys of rows with a NUL behind them.
bool valid_rule_id(const RuleId& id) { return !id.get().empty() && id.get().size() <= kRuleIdCharactersMax && id.get().find('\0') == std::string::npos; }

/// What the asking region says about the source is what the directory says: a region registers rules of its own buckets, with roles
/// of their owners, who accept that region.
Result<void> check_source(const identity::Directory& view, const IncomingRule& rule) {
  const auto refused = [](std::string_view why) { return Error(ErrorCode::kAccessDenied, std::string(why)).with("Side", "destination"); };
  if (!valid_rule_id(rule.id)) return Error(ErrorCode::kInvalidArgument, "A replication rule's ID has 1 to 255 characters.").with("ArgumentName", "ID");
  const identity::BucketEntry* source = view.bucket(rule.source_name);
  if (source == nullptr || source->id != rule.source_bucket || source->region != rule.source_region || source->owner != rule.source_owner) {
    return refused("the directory does not know the rule's source bucket as the source region describes it");
  }
  const identity::AccountEntry* owner = view.account(rule.source_owner);
  if (owner == nullptr || !owner->accepts(rule.source_region)) return refused("the account of the source bucket does not accept its region");
  const identity::RoleEntry* role = view.role(rule.sync_role);
  if (role != nullptr && role->account != rule.source_owner) return refused("the replication role is not of the source bucket's account");
  return {};
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
  CO_TRY_OK(check_source(directory_.view(), rule));

  // Half-made registrations of sources that never came back.
  std::vector<RuleId> expired;
  for (const RuleId& id : bucket->guard().settings->incoming_rules) {
    CO_TRY(const auto row, co_await bucket->partition().get(op, storage::incoming_row(id)));
    if (!row) continue;
    CO_TRY(const IncomingRule other, storage::decode_incoming(row->value));
    if (!other.confirmed && bucket->now_millis() - other.registered_millis > kUnconfirmedMillisMax) expired.push_back(id);
  }
  for (const RuleId& id : expired) CO_TRY_OK(co_await remove_rule(op, RuleReference{id, request.destination, {}}));

  // Two sources may choose the same id: the second must not take over the first one's registration.
  CO_TRY(const auto held, co_await bucket->partition().get(op, storage::incoming_row(rule.id)));
  if (held) {
    CO_TRY(const IncomingRule other, storage::decode_incoming(held->value));
    if (other.source_bucket != rule.source_bucket || other.source_region != rule.source_region) {
      co_return Error(ErrorCode::kInvalidArgument, "Rule ID is not unique: a rule of another bucket writes to the destination under it. Choose another ID.")
          .with("ArgumentName", "ID")
          .with("ArgumentValue", rule.id.get());
    }
  }

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
    batch.expect_same(storage::incoming_row(rule.id), held);
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
