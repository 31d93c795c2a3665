// SPDX-License-Identifier: Apache-2.0
// Buckets that are deleted and made again under the same name: a destination under its rule, and a source under its own.
#include <algorithm>

#include "sim/campaign/campaign.h"

namespace farshore::sim {

using namespace std::chrono_literals;

namespace {

/// What DeleteBucket does; may be repeated.
Task<Result<void>> delete_bucket(World* world, SimBucket bucket) {
  objects::Unconditional anyone;
  SimRegion& region = world->region(bucket.region);
  objects::Buckets& buckets = region.objects().buckets();
  const auto opened = co_await world->open(bucket);
  if (opened) {
    const auto removed = co_await buckets.remove(OpContext(), *opened, anyone);
    if (!removed && removed.error().code() != ErrorCode::kNoSuchBucket) co_return removed.error();
  } else if (opened.error().code() != ErrorCode::kNoSuchBucket) {
    co_return opened.error();
  }
  CO_TRY_OK(co_await region.registry().unregister_bucket(OpContext(), bucket.name, bucket.id));
  CO_TRY(const bool taken, co_await region.rules().bucket_removed(OpContext(), bucket.id));
  if (taken) co_return Result<void>();
  co_return co_await buckets.drop(OpContext(), bucket.id);
}

Task<void> delete_unanswered(World* world, SimBucket bucket) { static_cast<void>(co_await delete_bucket(world, std::move(bucket))); }

Task<Result<void>> empty_bucket(World* world, SimBucket bucket, History* history) {
  CO_TRY(const auto opened, co_await world->open(bucket));
  objects::Unconditional anyone;
  CO_TRY(const auto uploads, co_await objects::list_uploads(OpContext(), opened, {}));
  for (const auto& upload : uploads.uploads) CO_TRY_OK(co_await objects::abort_upload(OpContext(), opened, anyone, objects::UploadRef{upload.key, upload.id}));
  objects::ListVersions list;
  list.entries_max = 1000;
  CO_TRY(const auto page, co_await objects::list_versions(OpContext(), opened, list));
  for (const auto& listed : page.versions) {
    ClientOp* op = history == nullptr ? nullptr : &history->begin(bucket.versioned ? OpKind::kRemoveVersion : OpKind::kRemove, listed.key.get(), world->loop().now());
    if (op != nullptr) op->id = listed.version.id;
    CO_TRY_OK(co_await objects::delete_object(OpContext(), opened, anyone, objects::ObjectRef{listed.key, listed.version.id}));
    if (op == nullptr) continue;
    op->fate = OpFate::kAcknowledged;
    op->ended = world->loop().now();
    op->ended_millis = world->region(bucket.region).clock().now().millis();
  }
  co_return Result<void>();
}

Task<Result<bool>> knows_rule(World* world, SimBucket destination, RuleId id) {
  CO_TRY(const auto opened, co_await world->open(destination));
  CO_TRY_OK(co_await opened->refresh(OpContext()));
  const auto& incoming = opened->settings().incoming_rules;
  co_return std::ranges::find(incoming, id) != incoming.end();
}

}  // namespace

void Campaign::calm() {
  ease_links();
  world_.heal_all();
  world_.run_for(16s);  // a dial into silence ends after ten seconds, and the next one begins within five
  world_.heal_all();
  world_.spread();
  restore_rights();
}

/// From the beginning: the bucket is new, or the clients of another one are.
void Campaign::observe(std::size_t index) {
  observers_[index]->stop();
  old_observers_.push_back(std::move(observers_[index]));
  std::vector<const History*> histories;
  for (const auto& clients : clients_) histories.push_back(&clients->history());
  for (const auto& clients : old_clients_) histories.push_back(&clients->history());
  observers_[index] = std::make_unique<Observer>(world_, buckets_[index], histories, 150ms);
  if (book_.into(index).size() > 1 || plan_.buckets[index].operations > 0) observers_[index]->shared();
  if (!book_.into(index).empty()) observers_[index]->start();
}

void Campaign::make_again(std::size_t index) {
  const SimBucket old = buckets_[index];
  world_.spread();  // the answer need not wait until this region has it, and by what it has the name is still taken
  buckets_[index] = world_.make_bucket(old.region, old.name.get(), old.owner, old.versioned);
  old_tails_.push_back(std::move(tails_[index]));
  tails_[index] = std::make_unique<JournalTail>(world_, buckets_[index]);
  tails_[index]->start();
}

/// The destination is emptied, deleted and made again by its owner, under the same name. The rule is bound to the bucket that is gone.
void Campaign::replace_bucket(std::size_t index) {
  calm();
  world_.fault(fmt::format("bucket-{} is emptied, deleted and made again", index));
  if (!set_policy(index, {}, false)) return;
  tails_[index]->finish();
  observers_[index]->stop();
  world_.must("empty a bucket", empty_bucket(&world_, buckets_[index], nullptr));
  world_.must("delete a bucket", delete_bucket(&world_, buckets_[index]));
  const RuleBook::Line& line = book_.line(book_.into(index).front());
  ledger_.check(world_, *tails_[index], buckets_[line.plan.source].id, clients_[line.plan.source]->history(), line.rule.role);
  make_again(index);
  world_.run_for(8s);
  if (!read_stacks(world_, buckets_[index], false).empty()) world_.violate("a bucket that no rule names was written to");
  observe(index);
  for (const std::size_t rule : book_.into(index)) static_cast<void>(book_.drop(rule));
  static_cast<void>(set_policy(index, book_.roles_into(index), true));
}

/// The source is emptied by its clients and deleted at once, and made again. Its rules vanish with it, at both ends; what was deleted under them is
/// deleted at their destinations first.
void Campaign::replace_source(std::size_t index) {
  calm();
  clients_[index]->stop();
  if (!world_.run_until([&] { return clients_[index]->idle(); }, 60s)) return world_.violate(fmt::format("the clients of bucket-{} do not stop", index));
  const SimBucket old = buckets_[index];
  world_.fault(fmt::format("bucket-{} is emptied and deleted under its rules", index));
  world_.must("empty a bucket", empty_bucket(&world_, old, &clients_[index]->history()));
  if (!world_.violations().empty()) return;
  tails_[index]->finish();
  const std::size_t away = (old.region + 1) % world_.regions();
  if (any(3) == 0) world_.cut(old.region, away);
  if (any(2) == 0) {
    world_.region(old.region).requests().spawn(delete_unanswered(&world_, old));
    world_.run_steps(any(400));
    world_.crash(old.region, static_cast<CrashKind>(any(3)));
    world_.run_for(time(2s));
    world_.heal_all();
  }
  Result<void> deleted;
  for (int attempt = 0; attempt < 20; ++attempt, world_.heal_all(), world_.run_for(500ms)) {
    deleted = world_.run(delete_bucket(&world_, old));
    if (deleted) break;
  }
  if (!deleted) return world_.violate("a bucket that has rules cannot be deleted: " + deleted.error().text());
  if (any(3) == 0) world_.crash(old.region);
  world_.run_for(time(2s));
  world_.heal_all();
  for (std::size_t i = 0; i < book_.size(); ++i) {
    if (book_.line(i).plan.source == index) await_end(i, old);
  }
  if (!world_.violations().empty()) return;
  WorkloadSettings settings = plan_.clients;
  const std::size_t done = clients_[index]->history().all().size();
  settings.operations = plan_.buckets[index].operations > done + 5 ? plan_.buckets[index].operations - done : 5;
  make_again(index);
  old_clients_.push_back(std::move(clients_[index]));
  clients_[index] = std::make_unique<Workload>(world_, buckets_[index], settings);
  for (std::size_t i = 0; i < buckets_.size(); ++i) observe(i);
  clients_[index]->start();
}

/// The rule of a source that is gone is gone, and what it had brought with it.
void Campaign::await_end(std::size_t rule, const SimBucket& source) {
  const RuleBook::Line line = book_.line(rule);
  const SimBucket& destination = buckets_[line.plan.destination];
  bool known = true;
  for (int attempt = 0; attempt < 90 && known; ++attempt, world_.run_for(1s)) {
    if (attempt % 8 == 7) world_.heal_all();  // a disk that was struck may stop only now
    const auto answer = world_.run(knows_rule(&world_, destination, line.rule.id));
    known = !answer || *answer;
  }
  if (known) return world_.violate(fmt::format("rule {} -> {} does not vanish with its source", line.plan.source, line.plan.destination));
  const bool brings_deletions = line.active && !line.gap && line.plan.removes();
  for (const auto& [key, stack] : read_stacks(world_, destination, false)) {
    for (const SeenVersion& seen : stack) {
      if (!brings_deletions || !seen.version.origin || seen.version.origin->bucket != source.id || seen.version.kind == VersionKind::kVoid) continue;
      world_.violate(fmt::format("{}/{}: {} was deleted at its source before the bucket was, and is there", destination.name.get(), key, describe(seen.version)));
    }
  }
  begin_anew(line.plan.destination);
  book_.vanished(rule);
}

}  // namespace farshore::sim
