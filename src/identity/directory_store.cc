// SPDX-License-Identifier: Apache-2.0
// Loading, committing, forwarding and following.
#include "identity/directory_store.h"

#include <algorithm>

#include "base/check.h"
#include "codec/text.h"
#include "storage/keys.h"

namespace farshore::identity {
namespace {

constexpr std::size_t kSequenceSize = 8;

Bytes encode_head(DirectorySequence sequence, std::uint64_t epoch) {
  Bytes head;
  storage::append_big_endian(head, sequence.get(), kSequenceSize);
  storage::append_big_endian(head, epoch, kSequenceSize);
  return head;
}

Error conflict(DirectorySequence at) {
  return Error(ErrorCode::kExpectationFailed, "the directory has changed meanwhile")
      .with("sequence", std::to_string(at.get()))
      .with_retry(Retry::kAfterRefresh);
}

}  // namespace

DirectoryStore::DirectoryStore(Runtime runtime, std::shared_ptr<storage::Partition> partition, DirectorySettings settings)
    : runtime_(runtime),
      partition_(std::move(partition)),
      settings_(settings),
      changed_(runtime.executor),
      followers_moved_(runtime.executor),
      committing_(runtime.executor) {}

Task<Result<void>> DirectoryStore::load(OpContext op) {
  Directory view;
  DirectorySequence sequence{0};
  std::uint64_t epoch = 0;
  std::optional<Sequence> head_version;
  storage::ScanRange range;
  for (bool more = true; more;) {
    CO_TRY(storage::ScanPage page, co_await partition_->scan(op, range));
    for (const storage::Row& row : page.rows) {
      if (row.key == directory_head_row()) {
        if (row.value.size() != 2 * kSequenceSize) co_return Error(ErrorCode::kCorrupt, "the directory's head row has a wrong size");
        sequence = DirectorySequence(storage::read_big_endian(BytesView(row.value).substr(0, kSequenceSize)));
        epoch = storage::read_big_endian(BytesView(row.value).substr(kSequenceSize));
        head_version = row.version;
        continue;
      }
      CO_TRY_OK(view.apply(row.key, BytesView(row.value)));
    }
    more = page.more && !page.rows.empty();
    if (more) range.begin = page.rows.back().key + '\0';
  }
  view_ = std::move(view);
  sequence_ = sequence;
  epoch_ = std::max(epoch_, epoch);
  head_epoch_ = epoch;
  head_version_ = head_version;
  journal_offset_ = partition_->last_sequence().get() - sequence.get();
  loaded_ = true;
  broken_ = false;
  changed_.notify_all();
  co_return Result<void>();
}

void DirectoryStore::become_home(std::uint64_t epoch) {
  home_ = true;
  writer_ = nullptr;
  epoch_ = std::max(epoch_, epoch);
}

void DirectoryStore::follow(DirectoryWriter& home) {
  home_ = false;
  writer_ = &home;
  complete_at_ = runtime_.executor.now();
}

Duration DirectoryStore::age() const { return home_ ? Duration() : runtime_.executor.now() - complete_at_; }

Task<Result<void>> DirectoryStore::wait_for(OpContext op, DirectorySequence sequence) {
  while (sequence_ < sequence) {
    if (const Woken woken = co_await changed_.wait(op); woken == Woken::kCancelled) {
      co_return woken_result(woken);
    } else if (woken == Woken::kDeadline) {
      co_return Error(ErrorCode::kDirectoryStale, "this region has not yet received a change of the directory")
          .with_retry(Retry::kSameRequest);
    }
  }
  co_return Result<void>();
}

Task<Result<DirectorySequence>> DirectoryStore::submit(OpContext op, DirectoryBatch batch) {
  FS_CHECK(loaded_);
  if (home_) {
    CO_TRY(const DirectorySequence written, co_await commit_here(op, std::move(batch)));
    co_await wait_for_followers(op, written);
    co_return written;
  }
  if (writer_ == nullptr) {
    co_return Error(ErrorCode::kHomeUnavailable,
                    "The home region of the directory cannot be reached. Data calls go on; try again when it is back.")
        .with_retry(Retry::kSameRequest);
  }
  auto written = co_await writer_->submit(op, std::move(batch));
  const OpContext briefly = op.with_deadline(runtime_.executor.now() + settings_.spread_wait_max);
  if (written) {
    if (auto reached = co_await wait_for(briefly, *written); !reached) {
      runtime_.log.warn("directory.behind_home", {{"request", op.request_id()}, {"sequence", written->get()}, {"here", sequence_.get()}});
    }
    co_return *written;
  }
  if (written.error().code() == ErrorCode::kExpectationFailed) {
    const auto home = codec::parse_decimal<std::uint64_t>(written.error().detail("sequence"));
    if (home) (void)co_await wait_for(briefly, DirectorySequence(*home));  // the caller decides again on whatever is here
  }
  co_return written.error();
}

Result<void> DirectoryStore::check(const DirectoryBatch& batch) const {
  for (const auto& [key, version] : batch.expectations) {
    if (view_.version(key) != version) return conflict(sequence_);
  }
  return {};
}

Task<Result<DirectorySequence>> DirectoryStore::commit_here(OpContext op, DirectoryBatch batch) {
  CO_TRY(const AsyncMutex::Guard turn, co_await committing_.lock(op));
  if (broken_) CO_TRY_OK(co_await load(op));
  if (!home_) co_return Error(ErrorCode::kHomeUnavailable, "This region is no longer the home of the directory.");
  CO_TRY_OK(check(batch));
  DirectoryChange change{DirectorySequence(sequence_.get() + 1), epoch_, runtime_.clock.now().millis(), std::move(batch.mutations), head_epoch_};
  const DirectorySequence sequence = change.sequence;
  CO_TRY_OK(co_await commit_change(op, std::move(change)));
  co_return sequence;
}

// Invariant 1: only one of these runs at a time (committing_), and it ends with the view and sequence_ moved together.
Task<Result<void>> DirectoryStore::commit_change(OpContext op, DirectoryChange change) {
  storage::Batch batch;
  std::vector<std::pair<Bytes, std::optional<Bytes>>> rows;
  for (const auto& [key, entry] : change.mutations) {
    rows.emplace_back(key, entry ? std::optional(encode_stamped(change.sequence, *entry)) : std::nullopt);
    if (rows.back().second) {
      batch.put(key, *rows.back().second);
    } else {
      batch.erase(key);
    }
  }
  batch.expectations.push_back({directory_head_row(), head_version_});
  batch.put(directory_head_row(), encode_head(change.sequence, change.epoch));
  batch.journal(encode_directory_change(change));
  auto committed = co_await partition_->commit(op, std::move(batch));
  if (!committed) {
    // Unknown, or another commit than ours has moved the head: what is in memory can no longer be trusted.
    const bool moved = committed.error().code() == ErrorCode::kExpectationFailed;
    broken_ = moved || committed.error().effect() == Effect::kMaybeApplied;
    if (moved) co_return conflict(sequence_);
    co_return committed.error();
  }
  head_version_ = committed->sequence;
  for (const auto& [key, value] : rows) {
    auto applied = view_.apply(key, value ? std::optional<BytesView>(*value) : std::nullopt);
    if (!applied) runtime_.log.error("directory.row_unreadable", {{"sequence", change.sequence.get()}, {"error", applied.error().text()}});
  }
  sequence_ = change.sequence;
  epoch_ = std::max(epoch_, change.epoch);
  head_epoch_ = change.epoch;
  refresh_age();
  changed_.notify_all();
  co_return Result<void>();
}

Task<Result<std::vector<DirectoryChange>>> DirectoryStore::read_feed(OpContext op, DirectorySequence after, std::size_t changes_max,
                                                                     std::optional<RegionId> reader) {
  CO_TRY(storage::JournalPage page, co_await partition_->read_journal(op, Sequence(after.get() + journal_offset_), changes_max));
  std::vector<DirectoryChange> changes;
  for (const storage::JournalEntry& entry : page.entries) {
    CO_TRY(DirectoryChange change, decode_directory_change(entry.record));
    if (change.sequence <= after) continue;
    // Durable, but not in the view yet, which says to whom its secrets may go: the follower would miss them for ever.
    if (change.sequence > sequence_) break;
    if (reader) withhold_secrets(change, *reader);
    changes.push_back(std::move(change));
  }
  co_return changes;
}

void DirectoryStore::withhold_secrets(DirectoryChange& change, const RegionId& reader) const {
  for (auto& [key, entry] : change.mutations) {
    if (!entry || !key.starts_with(access_key_row(AccessKeyId()))) continue;
    auto access_key = decode_entry<AccessKeyEntry>(*entry);
    if (!access_key) continue;
    const AccountEntry* account = view_.account(access_key->account);
    if (account != nullptr && account->accepts(reader)) continue;
    access_key->sealed_secret.clear();
    entry = encode(*access_key);
  }
}

Task<Result<void>> DirectoryStore::apply_feed(OpContext op, std::vector<DirectoryChange> changes) {
  CO_TRY(const AsyncMutex::Guard turn, co_await committing_.lock(op));
  if (broken_) CO_TRY_OK(co_await load(op));
  for (DirectoryChange& change : changes) {
    if (home_ || change.epoch < epoch_) {
      co_return Error(ErrorCode::kStalePeer, "a directory change of a former home").with("epoch", std::to_string(change.epoch));
    }
    if (change.sequence <= sequence_) continue;
    if (change.sequence.get() != sequence_.get() + 1) co_return conflict(sequence_);
    if (change.previous_epoch != 0 && change.previous_epoch != head_epoch_) {
      co_return Error(ErrorCode::kStalePeer,
                      "This copy of the directory holds changes that the present home never had. Empty the region's directory and let it "
                      "follow anew.")
          .with("epoch", std::to_string(head_epoch_));
    }
    home_latest_ = std::max(home_latest_, change.sequence);
    CO_TRY_OK(co_await commit_change(op, std::move(change)));
  }
  co_return Result<void>();
}

void DirectoryStore::heard_from_home(DirectorySequence latest) {
  home_latest_ = latest;
  refresh_age();
}

void DirectoryStore::refresh_age() {
  if (sequence_ >= home_latest_) complete_at_ = runtime_.executor.now();
}

void DirectoryStore::follower_applied(const RegionId& region, DirectorySequence sequence) {
  const bool fresh = followers_.insert_or_assign(region, sequence).second;
  if (fresh) runtime_.log.info("directory.follower", {{"region", region.get()}, {"sequence", sequence.get()}});
  followers_moved_.notify_all();
}

void DirectoryStore::follower_lost(const RegionId& region) {
  if (followers_.erase(region) > 0) runtime_.log.info("directory.follower_lost", {{"region", region.get()}});
  followers_moved_.notify_all();
}

Task<void> DirectoryStore::wait_for_followers(OpContext op, DirectorySequence sequence) {
  const Instant limit = runtime_.executor.now() + settings_.spread_wait_max;
  const auto behind = [&] {
    return std::any_of(followers_.begin(), followers_.end(), [&](const auto& follower) { return follower.second < sequence; });
  };
  while (behind()) {
    if (co_await followers_moved_.wait(op, limit) != Woken::kNotified) co_return;
  }
}

}  // namespace farshore::identity
