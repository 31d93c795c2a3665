// SPDX-License-Identifier: Apache-2.0
#include "replication/rule_service.h"

#include <algorithm>

#include "replication/grants.h"
#include "objects/tombstones.h"
#include "replication/rule_task.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace farshore::replication {

struct RuleService::Running {
  std::unique_ptr<RuleTask> task;
};

RuleService::RuleService(Runtime runtime, objects::Objects& objects, identity::DirectoryStore& directory, identity::Sessions& sessions, Regions& regions,
                         std::shared_ptr<storage::Partition> region_partition, RegionId region, std::vector<RegionId> realm_regions, ReplicationSettings settings)
    : runtime_(runtime), objects_(objects), directory_(directory), sessions_(sessions), regions_(regions), region_partition_(std::move(region_partition)),
      region_(std::move(region)), realm_regions_(std::move(realm_regions)), settings_(settings), short_list_(runtime.executor), scope_(runtime.executor) {}

RuleService::~RuleService() = default;

/// In the region's own partition: which of its buckets have rules, and which destinations still have to forget one.
Bytes RuleService::ruled_row(BucketId bucket) {
  Bytes row = "R";
  storage::append_big_endian(row, bucket.get(), 8);
  return row;
}

OpContext RuleService::own_context() { return OpContext().with_cancel(scope_.token()); }

Task<Result<void>> RuleService::start(OpContext op) {
  storage::ScanRange range;
  range.begin = "R";
  range.end = "S";
  for (bool more = true; more;) {
    CO_TRY(const auto page, co_await region_partition_->scan(op, range));
    for (const auto& row : page.rows) {
      const BucketId id(storage::read_big_endian(BytesView(row.key).substr(1)));
      auto bucket = co_await objects_.buckets().open(op, id);
      if (!bucket) {
        if (bucket.error().code() != ErrorCode::kNoSuchBucket) co_return bucket.error();
        end_bucket(id);  // removed, and its rules have not come to their end
        continue;
      }
      CO_TRY(const auto rules, co_await rules_of(op, *bucket));
      for (const ReplicationRule& rule : rules) {
        if (rule.closing_millis == 0) {
          run(*bucket, rule);
        } else {
          close_rule(*bucket, rule);
        }
      }
    }
    more = page.more;
    if (more) range.begin = page.rows.back().key + '\0';
  }
  scope_.spawn(watch_directory());
  scope_.spawn(trim_journals());
  co_return Result<void>();
}

Task<void> RuleService::close() {
  scope_.cancel();  // first, so that nobody takes a task that was stopped for one that is done
  while (!running_.empty()) co_await stop_task(running_.begin()->first);
  co_await scope_.close();
}

void RuleService::abandon() {
  for (auto& [key, running] : running_) running->task->abandon();
  for (auto& [key, running] : stopping_) running->task->abandon();
  scope_.abandon();
}

void RuleService::run(objects::BucketRef bucket, ReplicationRule rule) {
  const auto key = std::make_pair(bucket->id(), rule.id);
  if (running_.contains(key)) return;
  Destination* destination = regions_.find(rule.destination_region);
  if (destination == nullptr) {
    runtime_.log.error("replication.region_unknown", {{"rule", rule.id.get()}, {"region", rule.destination_region.get()}});
    return;
  }
  auto running = std::make_unique<Running>();
  running->task = std::make_unique<RuleTask>(runtime_, bucket, std::move(rule), directory_, sessions_, *destination, settings_);
  running->task->start();
  running_.emplace(key, std::move(running));
}

RuleTask* RuleService::task(BucketId bucket, const RuleId& id) {
  const auto found = running_.find({bucket, id});
  return found == running_.end() ? nullptr : found->second->task.get();
}

RuleStatus RuleService::status_of(const ReplicationRule& rule) const {
  if (rule.closing_millis != 0) return RuleStatus::kClosing;
  const std::int64_t age = runtime_.clock.now().millis() - rule.created_millis;
  // A rule from the future: the clock was set back since, which must not make it start for hours.
  const bool young = age >= 0 && age < std::chrono::duration_cast<std::chrono::milliseconds>(settings_.starting).count();
  return young ? RuleStatus::kStarting : RuleStatus::kDoing;
}

Task<Result<std::vector<storage::Row>>> RuleService::rule_rows(OpContext op, objects::BucketRef bucket) {
  storage::ScanRange range;
  range.begin = "r";
  range.end = "s";
  range.rows_max = 2 * kRulesPerBucketMax;
  CO_TRY(auto page, co_await bucket->partition().scan(std::move(op), range));
  co_return std::move(page.rows);
}

Task<Result<std::vector<ReplicationRule>>> RuleService::rules_of(OpContext op, objects::BucketRef bucket) {
  CO_TRY(const auto rows, co_await rule_rows(std::move(op), bucket));
  std::vector<ReplicationRule> rules;
  for (const auto& row : rows) {
    CO_TRY(auto rule, storage::decode_rule(row.value));
    rules.push_back(std::move(rule));
  }
  std::stable_sort(rules.begin(), rules.end(), [](const auto& a, const auto& b) { return a.created_millis < b.created_millis; });
  co_return rules;
}

Task<Result<std::vector<RuleView>>> RuleService::list(OpContext op, objects::BucketRef bucket) {
  CO_TRY(auto rules, co_await rules_of(std::move(op), bucket));
  if (rules.empty()) {
    co_return Error(ErrorCode::kNoSuchReplicationConfiguration, "The bucket you specified does not have replication configuration.")
        .with("BucketName", bucket->settings().name.get());
  }
  std::vector<RuleView> views;
  for (auto& rule : rules) {
    const RuleStatus status = status_of(rule);
    views.push_back(RuleView{std::move(rule), status});
  }
  co_return views;
}

Task<Result<void>> RuleService::remember(OpContext op, BucketId bucket, bool ruled) {
  storage::Batch batch;
  if (ruled) {
    batch.put(ruled_row(bucket), {});
  } else {
    batch.erase(ruled_row(bucket));
  }
  const auto done = co_await region_partition_->commit(std::move(op), std::move(batch));
  if (!done) co_return done.error();
  co_return Result<void>();
}

Task<Result<RuleId>> RuleService::add(OpContext op, objects::BucketRef bucket, objects::Decider& decider, RuleRequest request) {
  CO_TRY_OK(co_await bucket->refresh(op));
  CO_TRY(const auto present, co_await rules_of(op, bucket));
  CO_TRY(ReplicationRule rule, read_request(*bucket, request, present));
  CO_TRY_OK(check_role(rule, *bucket));

  // One request at a time for an id: the second one's registration would replace the first one's at the destination, or stay at another.
  const Error taken = Error(ErrorCode::kInvalidArgument, "Rule ID is not unique.").with("ArgumentName", "ID").with("ArgumentValue", rule.id.get());
  const auto [claimed, first] = adding_.insert({bucket->id(), rule.id});
  if (!first) co_return taken;
  struct Claim {
    ~Claim() { ids.erase(id); }
    std::set<std::pair<BucketId, RuleId>>& ids;
    std::pair<BucketId, RuleId> id;
  } const claim{adding_, *claimed};
  // Another one may have ended since the rules were read.
  CO_TRY(const auto stored_meanwhile, co_await bucket->partition().get(op, storage::rule_row(rule.id)));
  if (stored_meanwhile) co_return taken;

  // Registered at the destination first, stored here second: nothing is sent before both hold, and an unconfirmed registration expires.
  Destination* destination = regions_.find(rule.destination_region);
  if (destination == nullptr) co_return Error(ErrorCode::kBadReplicationLocation, "The replication location you choose is invalid.");
  RegisterRule registration;
  registration.rule.id = rule.id;
  registration.rule.source_bucket = bucket->id();
  registration.rule.source_name = bucket->settings().name;
  registration.rule.source_region = region_;
  registration.rule.source_owner = bucket->settings().owner;
  registration.rule.sync_role = rule.sync_role;
  registration.destination = rule.destination_bucket;
  registration.destination_name = rule.destination_name;
  const bool versioned = bucket->settings().versioning == Versioning::kEnabled;
  registration.source_versioned = versioned;
  registration.directory = directory_.sequence().get();
  CO_TRY_OK(co_await destination->register_rule(op.with_deadline(runtime_.executor.now() + std::chrono::seconds(20)), registration));

  rule.created_millis = runtime_.clock.now().millis();
  const auto edit = [&](BucketSettings& settings, storage::Batch& batch) -> Result<void> {
    if ((settings.versioning == Versioning::kEnabled) != versioned) {
      return Error(ErrorCode::kInvalidBucketStatus, "The versioning state of the source bucket changed while the rule was created. Repeat the request.").with("EC", "0031-00000053");
    }
    if (settings.outgoing_rules.size() >= kRulesPerBucketMax) {
      return Error(ErrorCode::kTooManyOutgoingReplication, "You have attempted to create more outgoing replication for bucket than allowed.");
    }
    settings.outgoing_rules.push_back(rule.id);
    batch.expect_absent(storage::rule_row(rule.id));
    batch.put(storage::rule_row(rule.id), storage::encode_rule(rule));
    batch.put(storage::checkpoint_row(rule.id), encode_checkpoint(Checkpoint{}));
    return {};
  };
  if (const auto stored = co_await store(op, bucket, decider, edit); !stored) {
    if (stored.error().effect() == Effect::kNone) {
      static_cast<void>(co_await destination->remove_rule(op, RuleReference{rule.id, rule.destination_bucket, {}}));  // else it expires
    } else {
      scope_.spawn(look_again(bucket, rule.id));
    }
    co_return stored.error();
  }
  runtime_.log.info("replication.rule_added", {{"rule", rule.id.get()}, {"bucket", bucket->settings().name.get()}, {"destination", rule.destination_name.get()},
                                               {"region", rule.destination_region.get()}, {"request", op.request_id()}});
  const RuleId id = rule.id;
  run(bucket, std::move(rule));
  co_return id;
}

/// Stands in the short list first: a rule that does not would not be resumed.
Task<Result<objects::Guard>> RuleService::store(OpContext op, objects::BucketRef bucket, objects::Decider& decider, objects::Buckets::Edit edit) {
  CO_TRY(const auto turn, co_await short_list_.lock(op));
  CO_TRY_OK(co_await remember(op, bucket->id(), true));
  co_return co_await objects_.buckets().edit(op, bucket, decider, std::move(edit));
}

Task<Result<RuleService::Removal>> RuleService::remove(OpContext op, objects::BucketRef bucket, objects::Decider& decider, RuleId id) {
  CO_TRY(const auto rules, co_await rules_of(op, bucket));
  if (rules.empty()) co_return Removal::kNoRules;
  if (id.get().empty()) co_return Error(ErrorCode::kInvalidArgument, "The ID of the replication rule to delete is missing.").with("ArgumentName", "ID");
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const auto& rule) { return rule.id == id; });
  if (found == rules.end()) {
    co_return Error(ErrorCode::kNoSuchReplicationRule, "The BucketReplicationRule you specified does not exist.").with("RuleID", id.get());
  }
  if (found->closing_millis != 0) {
    close_rule(bucket, *found);
    co_return Removal::kWasClosing;
  }
  ReplicationRule rule = *found;
  rule.closing_millis = runtime_.clock.now().millis();
  const auto edit = [&](BucketSettings&, storage::Batch& batch) -> Result<void> {
    batch.put(storage::rule_row(rule.id), storage::encode_rule(rule));
    return {};
  };
  if (const auto stored = co_await objects_.buckets().edit(op, bucket, decider, edit); !stored) {
    if (stored.error().effect() != Effect::kNone) scope_.spawn(look_again(bucket, id));
    co_return stored.error();
  }
  close_rule(bucket, rule);
  co_return Removal::kClosing;
}

void RuleService::close_rule(objects::BucketRef bucket, const ReplicationRule& rule) {
  if (closing_.insert({bucket->id(), rule.id}).second) scope_.spawn(finish_closing(bucket, rule.id, rule.closing_millis));
}

/// A commit failed and may have happened all the same: a rule that is stored runs, and one that is closing comes to its end.
Task<void> RuleService::look_again(objects::BucketRef bucket, RuleId id) {
  const OpContext op = own_context();
  const auto key = std::make_pair(bucket->id(), id);
  while (co_await sleep_for(runtime_.executor, op, std::chrono::milliseconds(200)) != Woken::kCancelled) {
    const auto fresh = co_await bucket->refresh(op);
    if (!fresh && fresh.error().code() == ErrorCode::kNoSuchBucket) co_return;
    if (!fresh) continue;
    const auto row = co_await bucket->partition().get(op, storage::rule_row(id));
    if (!row) continue;
    if (!*row) co_return;
    const auto rule = storage::decode_rule((*row)->value);
    if (!rule) co_return;
    if (rule->closing_millis != 0) {
      close_rule(bucket, *rule);
    } else if (!running_.contains(key) && !stopping_.contains(key)) {
      run(bucket, *rule);
    }
    co_return;
  }
}

Task<void> RuleService::stop_task(std::pair<BucketId, RuleId> key) {
  auto running = running_.extract(key);
  if (!running) co_return;
  RuleTask& task = *running.mapped()->task;
  stopping_.insert(std::move(running));
  co_await task.close();
  stopping_.erase(key);
}

Task<void> RuleService::finish_closing(objects::BucketRef bucket, RuleId id, std::int64_t closing_millis) {
  const OpContext op = own_context();
  struct Place {
    ~Place() { closing.erase(key); }
    std::set<std::pair<BucketId, RuleId>>& closing;
    std::pair<BucketId, RuleId> key;
  } const place{closing_, {bucket->id(), id}};
  co_await stop_task({bucket->id(), id});
  const std::int64_t closing = std::chrono::duration_cast<std::chrono::milliseconds>(settings_.closing).count();
  // A clock that was set back since must not make it close for hours.
  const std::int64_t left = std::min(closing_millis + closing - runtime_.clock.now().millis(), closing);
  if (left > 0 && co_await sleep_for(runtime_.executor, op, std::chrono::milliseconds(left)) == Woken::kCancelled) co_return;
  // Deregistered last. A destination that is away does not keep the rule alive here: the rows stay until it has been told.
  for (Duration pause = std::chrono::milliseconds(500);; pause = std::min<Duration>(pause * 2, std::chrono::seconds(10))) {
    const auto gone = co_await forget_rule(op, bucket, id);
    if (gone) co_return;
    runtime_.log.warn("replication.closing_waits", {{"rule", id.get()}, {"error", gone.error().text()}});
    if (co_await sleep_for(runtime_.executor, op, pause) == Woken::kCancelled) co_return;
  }
}

Task<Result<void>> RuleService::forget_rule(OpContext op, objects::BucketRef bucket, RuleId id) {
  if (bucket->settings().deleted) co_return Result<void>();  // its rules end with it (removed_buckets.cc)
  CO_TRY(const auto row, co_await bucket->partition().get(op, storage::rule_row(id)));
  if (row) {
    CO_TRY(const ReplicationRule rule, storage::decode_rule(row->value));
    if (Destination* destination = regions_.find(rule.destination_region); destination != nullptr) {
      CO_TRY_OK(co_await destination->remove_rule(op.with_deadline(runtime_.executor.now() + std::chrono::seconds(20)), RuleReference{id, rule.destination_bucket, {}}));
    }
  } else {
    // The commit of an earlier attempt of which no answer came: the settings in memory do not know of it, and what comes behind it was not done.
    const auto fresh = co_await bucket->refresh(op);
    if (!fresh && fresh.error().code() != ErrorCode::kNoSuchBucket) co_return fresh.error();
    if (!fresh || bucket->settings().deleted) co_return Result<void>();
  }
  storage::ScanRange range;
  range.begin = storage::parked_rows(id);
  range.end = storage::prefix_end(range.begin);
  for (bool more = true; more;) {
    CO_TRY(const auto page, co_await bucket->partition().scan(op, range));
    storage::Batch batch;
    for (const auto& entry : page.rows) batch.erase(entry.key);
    more = page.more;
    if (page.rows.empty()) break;
    const auto erased = co_await bucket->partition().commit(op, std::move(batch));
    if (!erased) co_return erased.error();
  }
  objects::Unconditional decider;
  const auto edit = [&](BucketSettings& settings, storage::Batch& batch) -> Result<void> {
    std::erase(settings.outgoing_rules, id);
    batch.erase(storage::rule_row(id));
    batch.erase(storage::checkpoint_row(id));
    return {};
  };
  CO_TRY(auto turn, co_await short_list_.lock(op));
  CO_TRY(const auto guard, co_await objects_.buckets().edit(op, bucket, decider, edit));
  if (guard.settings->outgoing_rules.empty()) CO_TRY_OK(co_await remember(op, bucket->id(), false));
  turn.unlock();
  if (guard.settings->outgoing_rules.empty() && guard.settings->incoming_rules.empty()) {
    // No stream can bring an older change any more, so nothing has to be remembered of what was deleted.
    const auto collected = co_await objects::collect_tombstones(op, bucket, kEndOfTime);
    if (!collected) co_return collected.error();
  }
  runtime_.log.info("replication.rule_gone", {{"rule", id.get()}});
  co_return Result<void>();
}

Task<Result<std::vector<RuleProgress>>> RuleService::progress(OpContext op, objects::BucketRef bucket, std::optional<RuleId> id) {
  CO_TRY(const auto rules, co_await rules_of(std::move(op), bucket));
  if (rules.empty()) {
    co_return Error(ErrorCode::kNoSuchReplicationConfiguration, "The bucket you specified does not have replication configuration.")
        .with("BucketName", bucket->settings().name.get());
  }
  std::vector<RuleProgress> all;
  for (const ReplicationRule& rule : rules) {
    if (id && rule.id != *id) continue;
    RuleProgress progress;
    if (RuleTask* running = task(bucket->id(), rule.id)) progress = running->progress();
    progress.rule = rule;
    progress.status = status_of(rule);
    if (progress.new_object_millis == 0) progress.new_object_millis = rule.created_millis;
    if (progress.status != RuleStatus::kDoing) progress.historical.reset();
    all.push_back(std::move(progress));
  }
  if (all.empty()) co_return Error(ErrorCode::kNoSuchReplicationRule, "The BucketReplicationRule you specified does not exist.").with("RuleID", id->get());
  co_return all;
}

ReplicationLocations RuleService::locations() const {
  ReplicationLocations out;
  for (const RegionId& region : realm_regions_) out.locations.push_back(location_of(region));
  return out;
}

Task<Result<std::vector<ParkedChange>>> RuleService::parked(OpContext op, objects::BucketRef bucket, RuleId id, std::size_t count_max) {
  CO_TRY(const auto known, co_await progress(std::move(op), bucket, id));
  std::vector<ParkedChange> out;
  if (RuleTask* running = task(bucket->id(), id)) {
    for (const auto& [number, parked] : running->parked().all()) {
      if (out.size() >= count_max) break;
      out.push_back(parked);
    }
  }
  co_return out;
}

Task<Result<std::vector<Explanation>>> RuleService::explain(OpContext op, objects::BucketRef bucket, ObjectKey key, std::optional<VersionId> version) {
  CO_TRY(const auto rules, co_await rules_of(op, bucket));
  if (rules.empty()) {
    co_return Error(ErrorCode::kNoSuchReplicationConfiguration, "The bucket you specified does not have replication configuration.")
        .with("BucketName", bucket->settings().name.get());
  }
  CO_TRY(const auto here, co_await objects::find_any(op, bucket, objects::ObjectRef{key, version}));
  const bool at_source = here && here->kind != VersionKind::kVoid;
  std::vector<Explanation> all;
  for (const ReplicationRule& rule : rules) {
    Explanation out;
    out.rule = rule.id;
    out.destination = rule.destination_name;
    out.destination_region = rule.destination_region;
    out.at_source = at_source;
    out.version = at_source ? here->id : version.value_or(VersionId());
    Destination* destination = regions_.find(rule.destination_region);
    if (destination != nullptr) {
      const auto there = co_await destination->locate(op.with_deadline(runtime_.executor.now() + std::chrono::seconds(5)), LocateQuery{rule.destination_bucket, key, out.version, {}});
      if (there) {
        // A null version is there only if its content is: the same order, or the same bytes.
        out.at_destination = there->found && there->version.kind != VersionKind::kVoid &&
                             (!at_source || !out.version.is_null() || objects::source_order(there->version) == objects::source_order(*here));
      }
    }
    std::string detail;
    RuleTask* running = task(bucket->id(), rule.id);
    const auto deletion = running != nullptr && !at_source ? running->parked_deletion(key, version) : std::nullopt;
    if (deletion) {
      out.reason = deletion->reason;
      detail = "its deletion is parked: " + deletion->detail;
    } else if (!at_source) {
      out.reason = Reason::kNotAtSource;
      if (out.at_destination.value_or(false)) detail = "the destination has one";
    } else if (out.at_destination.value_or(false)) {
      out.reason = Reason::kDelivered;
    } else if (running != nullptr) {
      const auto standing = running->standing(key, *here);
      out.reason = standing.reason;
      detail = standing.detail;
    } else if (rule.closing_millis != 0) {
      detail = "the rule is closing; nothing more is copied";
    }
    out.text = std::string(reason_text(out.reason)) + (detail.empty() ? "" : ": " + detail);
    out.remedy = std::string(reason_remedy(out.reason));
    all.push_back(std::move(out));
  }
  co_return all;
}

/// A policy, role or trust that changed may heal a stall: probe at once instead of at the next back-off.
Task<void> RuleService::watch_directory() {
  const OpContext op = own_context();
  while (co_await directory_.changed().wait(op) != Woken::kCancelled) {
    for (auto& [key, running] : running_) running->task->nudge();
  }
}

/// A journal is kept behind its slowest rule, and `journal_entries_kept` entries beyond that for explain; without rules, just those.
Task<void> RuleService::trim_journals() {
  const OpContext op = own_context();
  while (co_await sleep_for(runtime_.executor, op, settings_.trim_interval) != Woken::kCancelled) {
    for (const objects::BucketRef& bucket : objects_.buckets().opened()) {
      const std::uint64_t last = bucket->partition().last_sequence().get();
      std::uint64_t up_to = last > settings_.journal_entries_kept ? last - settings_.journal_entries_kept : 0;
      // A rule that is stored but whose task does not run (its region is not in the configuration) still needs its journal.
      for (const RuleId& id : bucket->guard().settings->outgoing_rules) {
        const RuleTask* running = task(bucket->id(), id);
        up_to = std::min(up_to, running != nullptr && running->loaded() ? running->checkpointed().get() : 0);
      }
      if (up_to > 0) static_cast<void>(co_await bucket->partition().trim_journal(op, Sequence(up_to)));  // what fails is done in the next round
      if (op.cancel.cancelled()) co_return;
    }
  }
}

}  // namespace farshore::replication
