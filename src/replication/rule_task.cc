// SPDX-License-Identifier: Apache-2.0
#include "replication/rule_task.h"

#include <algorithm>
#include <utility>

#include "codec/text.h"
#include "replication/matcher.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace farshore::replication {
namespace {

constexpr std::size_t kJournalPage = 512;
/// How often an idle rule makes sure that the destination still stands where it stood.
constexpr Duration kIdleLook = std::chrono::seconds(5);
const std::vector<double> kLagBounds = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30, 60, 300, 600, 3600};

Sender::Settings sender_settings(const ReplicationSettings& settings) {
  return Sender::Settings{settings.window_bytes, settings.transfers_max, settings.ranges_max};
}

}  // namespace

RuleTask::RuleTask(Runtime runtime, objects::BucketRef bucket, ReplicationRule rule, identity::DirectoryStore& directory, identity::Sessions& sessions,
                   Destination& destination, ReplicationSettings settings)
    : runtime_(runtime), bucket_(std::move(bucket)), rule_(std::move(rule)), settings_(settings), destination_(destination), directory_(directory),
      grants_(directory, sessions, rule_.sync_role, false), sender_(bucket_, grants_, destination, rule_.id, sender_settings(settings)), window_(runtime.executor, settings.lane_items_max), gate_(runtime),
      parked_(bucket_->partition(), rule_.id), opening_(runtime.executor), life_ends_(runtime.executor), written_before_(bucket_->partition().last_sequence()),
      read_to_wall_(rule_.created_millis, runtime.executor.now(), runtime.clock.now().millis()),
      delivered_total_(runtime.metrics.counter("farshore_replication_delivered_total", "Changes acknowledged by the destination.", {{"rule", rule_.id.get()}})),
      delivered_bytes_total_(runtime.metrics.counter("farshore_replication_delivered_bytes_total", "Content bytes acknowledged by the destination.", {{"rule", rule_.id.get()}})),
      lag_seconds_(runtime.metrics.histogram("farshore_replication_lag_seconds", "From the commit at the source to the acknowledgement.", kLagBounds, {{"rule", rule_.id.get()}})),
      pending_(runtime.metrics.gauge("farshore_replication_pending_changes", "Incremental changes that are not settled.", {{"rule", rule_.id.get()}})),
      scope_(runtime.executor) {
  lanes_ = std::make_unique<Lanes>(runtime.executor, settings.lane_items_max, [this](LaneItem item) { return carry(std::move(item)); });
}

RuleTask::~RuleTask() = default;

void RuleTask::start() { scope_.spawn(run()); }

Task<void> RuleTask::close() {
  scope_.cancel();
  co_await scope_.close();
  co_await lanes_->close();
  if (loaded_ && !fenced_) {
    OpContext op;
    op.deadline = runtime_.executor.now() + std::chrono::seconds(5);
    static_cast<void>(co_await save_checkpoint(op));  // a lost last checkpoint only means sending a little again
  }
}

void RuleTask::abandon() {
  lanes_->abandon();
  scope_.abandon();
}

OpContext RuleTask::context() { return OpContext().with_cancel(life_->token()); }

void RuleTask::end_life() {
  life_over_ = true;
  life_ends_.notify_all();
}

void RuleTask::stalled(Reason reason, std::string detail) {
  if (gate_.fail(reason, detail)) {
    runtime_.log.warn("replication.stalled", {{"rule", rule_.id.get()}, {"reason", reason_name(reason)}, {"detail", detail}});
  }
}

Task<void> RuleTask::run() {
  const OpContext op = OpContext().with_cancel(scope_.token());
  while (!loaded_) {
    const auto loaded = co_await load(op);
    if (loaded) break;
    runtime_.log.error("replication.load_failed", {{"rule", rule_.id.get()}, {"error", loaded.error().text()}});
    if (co_await sleep_for(runtime_.executor, op, std::chrono::seconds(1)) == Woken::kCancelled) co_return;
  }
  while (!fenced_ && !op.cancel.cancelled()) {
    life_ = std::make_unique<CancelSource>(scope_.token());
    life_over_ = false;
    co_await live();
    life_->cancel();
    co_await lanes_->close();
    lanes_ = std::make_unique<Lanes>(runtime_.executor, settings_.lane_items_max, [this](LaneItem item) { return carry(std::move(item)); });
    if (alive_ && !life_over_) checkpoint_.settled = std::max(checkpoint_.settled, tracker_.low_water());
    alive_ = false;
  }
}

/// Reads and sends from the destination's position until that moves back, a newer sender takes over, or the task ends.
Task<void> RuleTask::live() {
  const OpContext op = context();
  // The position first: what the destination has settled need not be read again.
  while (!open_) {
    if (fenced_ || !co_await gate_.pass(op)) co_return;
    if (const auto opened = co_await open_stream(op); opened) break;
  }
  checkpoint_.settled = resume_;
  tracker_ = SettleTracker(resume_);
  // The journal is read again from there: what the last run had read to says nothing of these entries. How far the clock was set back does.
  read_to_wall_.see(runtime_.executor.now(), runtime_.clock.now().millis());
  read_to_wall_ = WallBound(std::min(rule_.created_millis, read_to_wall_.floor()), runtime_.executor.now(), runtime_.clock.now().millis());
  walk_.restart(checkpoint_.history_key);
  retrying_.clear();  // of the last run: what only waited in its lanes is forgotten with them
  scanning_ = rescan_ = false;
  alive_ = true;
  TaskScope work(runtime_.executor, op.cancel);
  life_work_ = &work;
  work.spawn(read_journal(op));
  work.spawn(keep_checkpoint(op));
  work.spawn(keep_open(op));
  work.spawn(retry_parked(op));
  if (!checkpoint_.history_done) {
    scanning_ = true;
    work.spawn(scan_history(op));
    if (rule_.historical && !checkpoint_.history_counted) work.spawn(count_history(op));
  }
  while (!life_over_ && !op.cancel.cancelled()) co_await life_ends_.wait(op);
  life_->cancel();
  co_await work.close();
  life_work_ = nullptr;
}

Task<Result<void>> RuleTask::load(OpContext op) {
  CO_TRY(const auto row, co_await bucket_->partition().get(op, storage::checkpoint_row(rule_.id)));
  if (!row) co_return Error(ErrorCode::kCorrupt, "the rule has no checkpoint row");
  CO_TRY(checkpoint_, decode_checkpoint(row->value));
  if (checkpoint_.epoch == 0) {
    // The row was written by the commit that stored the rule: its version is the sequence from which the rule is effective.
    checkpoint_.settled = checkpoint_.effective = row->version;
    checkpoint_.history_done = !rule_.historical;
  }
  if (checkpoint_.history_until.value == 0) checkpoint_.history_until = bucket_->partition().stamp();
  if (checkpoint_.unopened_since.get() == 0) checkpoint_.unopened_since = written_before_;
  // Not just one more: a source put back from an older copy must not meet the epoch its former life had reached.
  checkpoint_.epoch = std::max(checkpoint_.epoch + 1, static_cast<std::uint64_t>(runtime_.clock.now().millis()));
  epoch_ = checkpoint_.epoch;
  CO_TRY_OK(co_await parked_.load(op));
  CO_TRY_OK(co_await save_checkpoint(op));
  loaded_ = true;
  co_return Result<void>();
}

Task<Result<void>> RuleTask::open_stream(OpContext op) {
  CO_TRY(const auto turn, co_await opening_.lock(op));
  if (open_) co_return Result<void>();
  StreamOpen open{rule_.id, bucket_->partition().id(), rule_.destination_bucket, epoch_, directory_.sequence().get(), {}};
  auto position = co_await destination_.open_stream(op.with_deadline(runtime_.executor.now() + kCallDeadline), open);
  if (!position) {
    const Sent why = judge_destination_error(position.error(), false);
    if (why.kind == Sent::Kind::kFenced) {
      fenced_ = true;
      end_life();
      runtime_.log.error("replication.fenced", {{"rule", rule_.id.get()}, {"detail", why.detail}});
    }
    stalled(why.reason, why.detail);
    co_return position.error();
  }
  // Sequences that this source never gave, or gave to other changes since: going on would take new changes for old ones.
  const Sequence known_there = position->applied.empty() ? position->low_water : std::max(position->low_water, position->applied.back());
  const Sequence written_here = checkpoint_.unopened_since.get() != 0 ? checkpoint_.unopened_since : bucket_->partition().last_sequence();
  // A destination is told what is settled only when the checkpoint that says so is durable here: one that knows more was told by a life
  // that this store has forgotten, and what that life left out as superseded may stand here again.
  const bool told_more = checkpoint_.unopened_since.get() != 0 && position->low_water > checkpoint_.settled;
  if (told_more && known_there <= written_here) {
    stalled(Reason::kSourceRestored, fmt::format("settled there up to {}, here up to {}", position->low_water.get(), checkpoint_.settled.get()));
    co_return Error(ErrorCode::kStalePeer, "the source was restored from an older copy");
  }
  if (known_there > written_here) {
    stalled(Reason::kSourceRestored, fmt::format("applied there up to {}, written here up to {} before the rule was resumed", known_there.get(), written_here.get()));
    co_return Error(ErrorCode::kStalePeer, "the source was restored from an older copy");
  }
  const bool went_back = position->low_water < checkpoint_.folded_there || position->history_mark < checkpoint_.history_mark;
  if (checkpoint_.store != 0 && (position->store != checkpoint_.store || went_back)) {
    // The destination lost what it had acknowledged (a restored backup): its position tells from where the journal is read again,
    // but not which history it still has.
    runtime_.log.warn("replication.position_went_back", {{"rule", rule_.id.get()}, {"had", checkpoint_.folded_there.get()}, {"has", position->low_water.get()}});
    checkpoint_.folded_there = position->low_water;
    checkpoint_.history_done = false;
    checkpoint_.history_key.clear();
    checkpoint_.history_settled = 0;
    checkpoint_.history_mark = position->history_mark;
  }
  // Above any that it has: a mark that is there already would say nothing of what was sent since.
  mark_there_ = std::max(position->history_mark, checkpoint_.history_mark);
  opening_id_ = position->opening;
  // The process there is another one, and it may stand on an older copy: what the former one acknowledged is read off the position again.
  if (alive_) end_life();
  checkpoint_.store = position->store;
  // The minimum of both ends: what either of them does not vouch for is looked at again and recognised where it is known.
  resume_ = std::max(checkpoint_.effective, std::min(checkpoint_.settled, position->low_water));
  if (life_over_) checkpoint_.settled = resume_;
  if (checkpoint_.unopened_since.get() != 0) {
    // Durable before anything is sent: else the next start would take what we send now for another life's.
    checkpoint_.unopened_since = Sequence(0);
    if (const auto saved = co_await save_checkpoint(op); !saved) {
      checkpoint_.unopened_since = written_here;
      stalled(Reason::kSourceUnreadable, "the rule's checkpoint cannot be stored: " + saved.error().text());
      co_return saved.error();
    }
  }
  applied_there_ = std::set<Sequence>(position->applied.begin(), position->applied.end());
  open_ = true;
  sender_.opened(position->staging);
  window_.restart();
  if (gate_.succeed()) runtime_.log.info("replication.resumed", {{"rule", rule_.id.get()}});
  co_return Result<void>();
}

void RuleTask::skip(Reason reason) { ++skipped_[std::string(reason_name(reason))]; }

Task<void> RuleTask::read_journal(OpContext op) {
  auto& partition = bucket_->partition();
  Sequence cursor = tracker_.read_to();
  while (!op.cancel.cancelled()) {
    auto page = co_await partition.read_journal(op, cursor, kJournalPage);
    read_to_wall_.see(runtime_.executor.now(), runtime_.clock.now().millis());
    if (!page) {
      if (page.error().code() == ErrorCode::kCancelled || op.cancel.cancelled()) co_return;
      if (page.error().code() == ErrorCode::kNotFound) {
        cursor = restart_behind_gap(op, cursor, page.error());
        continue;
      }
      runtime_.log.error("replication.journal_unreadable", {{"rule", rule_.id.get()}, {"error", page.error().text()}});
      if (co_await sleep_for(runtime_.executor, op, std::chrono::seconds(1)) == Woken::kCancelled) co_return;
      continue;
    }
    for (auto& entry : page->entries) {
      const HybridTime since = read_to_wall_.read(entry.committed);
      auto change = storage::decode_change(entry.record);
      if (!change) {
        runtime_.log.error("replication.journal_corrupt", {{"rule", rule_.id.get()}, {"sequence", entry.sequence.get()}});
        continue;
      }
      if (const auto reason = skip_reason(rule_, *change)) {
        skip(*reason);
        continue;
      }
      tracker_.begin(entry.sequence, since);
      LaneItem item{*std::move(change), entry.sequence, since, 0};
      if (!co_await lanes_->add(op, std::move(item))) co_return;
    }
    tracker_.read_to(page->read_to);
    cursor = page->read_to;
    if (!page->entries.empty()) dirty_ = true;
    if (partition.last_sequence() <= cursor) read_to_wall_.at_end(runtime_.executor.now(), runtime_.clock.now().millis());
    // Looked at again after registering the wait: a commit in between would have raised last_sequence.
    if (page->entries.empty() && partition.last_sequence() <= cursor) co_await partition.committed().wait(op);
  }
}

/// The journal no longer holds what comes after `cursor`. Nothing is skipped over: the bucket is walked again for what stands in it now, and
/// the journal is read on from where it begins. Deletions inside the gap are not found by that walk, so this is said loudly.
Sequence RuleTask::restart_behind_gap(OpContext op, Sequence cursor, const Error& gap) {
  const Sequence end(codec::parse_decimal<std::uint64_t>(gap.detail("trimmed")).value_or(bucket_->partition().last_sequence().get()));
  runtime_.log.error("replication.journal_gap", {{"rule", rule_.id.get()}, {"after", cursor.get()}, {"up_to", end.get()}});
  checkpoint_.behind_gap = true;
  checkpoint_.history_done = false;
  checkpoint_.history_key.clear();
  checkpoint_.history_until = bucket_->partition().stamp();
  walk_.restart("");  // what is under way under the old bound says nothing of the new walk
  // A scan under way takes the new bound when it starts over; otherwise one is started.
  if (scanning_) {
    rescan_ = true;
  } else {
    scanning_ = true;
    life_work_->spawn(scan_history(op));
  }
  tracker_.read_to(end);
  return end;
}

Task<void> RuleTask::scan_history(OpContext op) {
  do {
    rescan_ = false;
    if (!co_await scan_once(op)) co_return;
  } while (rescan_);
  scanning_ = false;
  walk_.end();
}

/// One walk over the bucket; false when the task ends first.
Task<bool> RuleTask::scan_once(OpContext op) {
  HistoricalScan scan(bucket_, rule_, checkpoint_.history_until, walk_.reached());
  bool denied = false;  // this walk was the one that stalled
  while (!op.cancel.cancelled()) {
    if (const auto listable = grants_.check(*bucket_, "oss:ReplicateList", ""); !listable) {
      const Sent why = judge_source_denial(listable.error());
      stalled(why.reason, why.detail);
      denied = true;
      if (!co_await gate_.pass(op)) co_return false;
      gate_.pass_on();
      if (co_await sleep_for(runtime_.executor, op, std::chrono::milliseconds(200)) == Woken::kCancelled) co_return false;
      continue;
    }
    // Where nothing is found, no change would tell that the right is back.
    if (std::exchange(denied, false) && gate_.succeed()) runtime_.log.info("replication.resumed", {{"rule", rule_.id.get()}});
    auto batch = co_await scan.next(op);
    if (!batch) {
      if (batch.error().code() == ErrorCode::kCancelled) co_return false;
      runtime_.log.error("replication.scan_failed", {{"rule", rule_.id.get()}, {"error", batch.error().text()}});
      if (co_await sleep_for(runtime_.executor, op, std::chrono::seconds(1)) == Woken::kCancelled) co_return false;
      continue;
    }
    for (auto& key : batch->keys) {
      if (rescan_) break;
      const std::uint64_t index = walk_.begin(key.key, key.changes.size());
      for (auto& change : key.changes) {
        LaneItem item{std::move(change), Sequence(0), HybridTime{}, index};
        if (!co_await lanes_->add(op, std::move(item))) co_return false;
      }
      if (key.changes.empty()) walk_.settle(index);
    }
    if (batch->end || rescan_) break;
  }
  co_return !op.cancel.cancelled();
}

Task<void> RuleTask::count_history(OpContext op) {
  HistoricalScan scan(bucket_, rule_, checkpoint_.history_until, "");
  std::uint64_t total = 0;
  while (!op.cancel.cancelled()) {
    const auto batch = co_await scan.next(op);
    if (!batch) co_return;  // counted at the next start; until then progress says 0
    for (const auto& key : batch->keys) total += key.changes.size();
    if (!batch->end) continue;
    checkpoint_.history_total = total;
    checkpoint_.history_counted = true;
    co_return;
  }
}

Task<Result<void>> RuleTask::save_checkpoint(OpContext op) {
  Checkpoint next = checkpoint_;
  if (alive_ && !life_over_ && tracker_.low_water() > next.settled) next.settled = tracker_.low_water();
  if (next == saved_) co_return Result<void>();
  storage::Batch batch;
  batch.put(storage::checkpoint_row(rule_.id), encode_checkpoint(next));
  const auto done = co_await bucket_->partition().commit(std::move(op), std::move(batch));
  if (!done) co_return done.error();
  if (!life_over_) checkpoint_.settled = std::max(checkpoint_.settled, next.settled);
  saved_ = next;
  co_return Result<void>();
}

Task<void> RuleTask::keep_checkpoint(OpContext op) {
  while (true) {
    if (co_await sleep_for(runtime_.executor, op, settings_.checkpoint_interval) == Woken::kCancelled) co_return;
    pending_.set(static_cast<double>(tracker_.pending()));
    if (fenced_) continue;
    // Checkpoints raise the sequence themselves; that alone is no reason for the next one.
    const bool progressed = dirty_ && tracker_.low_water() > checkpoint_.settled;
    const bool history = checkpoint_.history_key != saved_.history_key || checkpoint_.history_done != saved_.history_done || checkpoint_.history_counted != saved_.history_counted ||
                         checkpoint_.history_until != saved_.history_until ||
                         checkpoint_.folded_there != saved_.folded_there || checkpoint_.history_mark != saved_.history_mark;
    const bool walked = walk_.reached() != checkpoint_.history_key || (walk_.complete() && !checkpoint_.history_done);
    if (!progressed && !history && !walked) continue;
    dirty_ = tracker_.pending() > 0;
    if (const auto saved = co_await save_checkpoint(op); !saved) {
      dirty_ = true;
      runtime_.log.warn("replication.checkpoint_failed", {{"rule", rule_.id.get()}, {"error", saved.error().text()}});
      continue;
    }
    // What only our own checkpoints have raised is not worth a call: its answer would be a reason for the next checkpoint, and so on for ever.
    if (!open_ || gate_.stall() || !(progressed || walked)) continue;
    const Sequence settled = checkpoint_.settled;
    StreamOpen stream{rule_.id, bucket_->partition().id(), rule_.destination_bucket, epoch_, directory_.sequence().get(), {}, opening_id_};
    // History has no sequences for the destination to remember. It stores a mark behind it instead; only what a mark covers is checkpointed.
    if (walked) stream.history_mark = ++mark_there_;
    const std::uint64_t walk = walk_.number();
    const std::string reached = walk_.reached();
    const bool complete = walk_.complete();
    const auto folded = co_await destination_.settle(op.with_deadline(runtime_.executor.now() + kCallDeadline), stream, settled);
    if (stream.opening != opening_id_) continue;  // what was answered is of a position that no longer counts
    if (folded) {
      checkpoint_.folded_there = settled;
      applied_there_.erase(applied_there_.begin(), applied_there_.upper_bound(settled));
      if (walked) checkpoint_.history_mark = stream.history_mark;
      if (walked && walk == walk_.number()) {
        checkpoint_.history_key = reached;
        checkpoint_.history_done = complete;
      }
    } else if (judge_destination_error(folded.error(), false).kind == Sent::Kind::kReopen) {
      open_ = false;
    }
  }
}

/// An idle rule asks nothing of the destination, so it would not learn that this is gone, refuses, or came back from a backup.
Task<void> RuleTask::keep_open(OpContext op) {
  while (co_await sleep_for(runtime_.executor, op, kIdleLook) != Woken::kCancelled) {
    if (lanes_->items() > 0 || fenced_) continue;
    if (open_) {
      StreamOpen stream{rule_.id, bucket_->partition().id(), rule_.destination_bucket, epoch_, directory_.sequence().get(), {}, opening_id_};
      const auto stands = co_await destination_.settle(op.with_deadline(runtime_.executor.now() + kCallDeadline), stream, checkpoint_.folded_there);
      if (stream.opening != opening_id_) continue;
      if (!stands && judge_destination_error(stands.error(), false).kind == Sent::Kind::kReopen) open_ = false;
      // Whatever waited was superseded or parked: there is nothing left that is stalled, and the next change finds out for itself.
      if (stands && open_ && lanes_->items() == 0 && !scanning_ && gate_.succeed()) {
        runtime_.log.info("replication.resumed", {{"rule", rule_.id.get()}});
      }
    }
    while (!open_ && !fenced_ && lanes_->items() == 0) {
      if (!co_await gate_.pass(op)) co_return;
      if (!open_) static_cast<void>(co_await open_stream(op));  // a failure is in the gate
      if (op.cancel.cancelled()) co_return;
    }
    gate_.pass_on();
  }
}

RuleProgress RuleTask::progress() const {
  RuleProgress progress;
  progress.rule = rule_;
  const std::int64_t now = runtime_.clock.now().millis();
  const Sequence last = bucket_->partition().last_sequence();
  progress.historical_total = checkpoint_.history_total;
  progress.historical_settled = std::min(checkpoint_.history_settled, checkpoint_.history_total);
  if (rule_.historical) {
    const auto& parked = parked_.all();
    const bool history_parked = std::any_of(parked.begin(), parked.end(), [](const auto& entry) { return entry.second.sequence.get() == 0; });
    if (checkpoint_.history_done) {
      progress.historical = history_parked ? 0.99 : 1.0;
    } else if (checkpoint_.history_counted && checkpoint_.history_total > 0) {
      progress.historical = std::min(0.99, static_cast<double>(checkpoint_.history_settled) / static_cast<double>(checkpoint_.history_total));
    } else {
      progress.historical = 0.0;
    }
  }
  // Everything read and settled, and nothing unread: then all that was acknowledged before this moment is there.
  std::int64_t until = now;
  progress.pending = tracker_.pending();
  // Before the rule was made there is nothing to claim; a rule from the future tells that the clock was set back, and of nothing else.
  const std::int64_t born = std::min(rule_.created_millis <= now ? rule_.created_millis : 1, read_to_wall_.floor());
  if (!alive_ || life_over_) {
    until = born;
    progress.pending += last.get() - std::min(last, checkpoint_.settled).get();
  } else {
    if (const auto earliest = tracker_.earliest()) until = std::min(until, earliest->millis() - 1);
    if (last > tracker_.read_to()) {
      until = std::min(until, read_to_wall_.bound(runtime_.executor.now(), now));
      if (tracker_.pending() == 0) progress.pending += last.get() - tracker_.read_to().get();
    }
  }
  if (const auto parked = parked_.oldest_millis()) until = std::min(until, *parked - 1);
  if (checkpoint_.behind_gap && !checkpoint_.history_done) {
    // What stood in the gap arrives in the order of keys, not of time; nobody knows how much it is.
    until = born;
    progress.pending += walk_.keys_under_way() + 1;
  }
  // Earlier than the rule itself only where the clock was set back since: then the earlier time is the true one.
  progress.new_object_millis = until < born - 1 ? until : std::max(until, born);
  progress.parked = parked_.size();
  progress.lag_seconds = static_cast<double>(std::max<std::int64_t>(0, now - until)) / 1000.0;
  progress.skipped = skipped_;
  progress.delivered = delivered_;
  progress.delivered_bytes = delivered_bytes_;
  progress.stall = gate_.stall();
  return progress;
}

std::optional<RuleTask::Standing> RuleTask::parked_deletion(const ObjectKey& key, const std::optional<VersionId>& version) const {
  for (const auto& [number, parked] : parked_.all()) {
    const bool deletes = parked.change.kind == ChangeKind::kDeleteVersion || parked.change.kind == ChangeKind::kInsertMarker;
    if (deletes && parked.change.key == key && (!version || parked.change.version == *version)) return Standing{parked.reason, parked.detail};
  }
  return std::nullopt;
}

RuleTask::Standing RuleTask::standing(const ObjectKey& key, const Version& version) const {
  if (const auto reason = skip_reason(rule_, key, version)) return {*reason, ""};
  for (const auto& [number, parked] : parked_.all()) {
    if (parked.change.key == key && parked.change.version == version.id) return {parked.reason, parked.detail};
  }
  const bool walked = checkpoint_.behind_gap && version.order.time.millis() >= rule_.created_millis;
  if (!rule_.historical && !walked && version.order.time <= checkpoint_.history_until) return {Reason::kBeforeRule, ""};
  if (gate_.stall()) return {gate_.stall()->reason, gate_.stall()->detail};
  return {Reason::kQueued, ""};
}

}  // namespace farshore::replication
