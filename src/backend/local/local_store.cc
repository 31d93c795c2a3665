// SPDX-License-Identifier: Apache-2.0
#include "backend/local/local_store.h"

#include <algorithm>

#include "backend/local/blob_reader.h"
#include "backend/local/blob_writer.h"
#include "backend/local/local_partition.h"
#include "backend/local/store_core.h"
#include "storage/keys.h"

namespace farshore::backend {

/// What the committer tells, as the store's state.
class StoreObserver final : public GroupObserver {
 public:
  explicit StoreObserver(LocalStore& store)
      : store_(store), segments_(store.core_->runtime.metrics.gauge("farshore_backend_segments", "Segment files in use")) {}

  void group_landed(GroupOutcome outcome) override {
    StoreCore& core = *store_.core_;
    for (auto& [segment, file] : outcome.opened) core.segments.add(segment, std::move(file));
    for (const auto& [segment, usage] : outcome.applied.touched) core.segments.set_usage(segment, usage);
    for (const BlobId blob : outcome.applied.freed_extents) {
      store_.reader_->forget(blob);
      core.waste->add(blob);
    }
    core.landed_lsn = outcome.last_lsn;
    core.space->observe(outcome.free_bytes);
    segments_.set(static_cast<double>(core.segments.all().size()));
    store_.bytes_since_checkpoint_ += outcome.bytes;
    if (store_.bytes_since_checkpoint_ >= core.settings.checkpoint_bytes) store_.checkpoint_due_.notify_one();
  }
  void queue_dropped() override {
    store_.core_->blobs.forget_pending();
    store_.core_->space->observe(0);
    for (const auto& [id, partition] : store_.partitions_) partition->forget_pending();
  }
  void log_ended(const Error& cause) override {
    store_.core_->runtime.log.error("backend.log_ended", {{"error", cause.text()}});
    for (const auto& [id, partition] : store_.partitions_) partition->wake_all();
    store_.failure_.notify_all();
  }

 private:
  LocalStore& store_;
  Gauge& segments_;
};

LocalStore::LocalStore(Runtime runtime, FileSystem& files, std::unique_ptr<OrderedIndex> index, LocalSettings settings)
    : core_(std::make_unique<StoreCore>(runtime, files, std::move(index), settings)),
      reader_(std::make_unique<BlobReader>(*core_)),
      observer_(std::make_unique<StoreObserver>(*this)),
      failure_(runtime.executor),
      checkpoint_due_(runtime.executor),
      writing_(runtime.executor),
      scope_(runtime.executor) {}

LocalStore::~LocalStore() { core_->waste->open = false; }

Task<Result<std::unique_ptr<LocalStore>>> LocalStore::open(Runtime runtime, FileSystem& files, std::unique_ptr<OrderedIndex> index,
                                                           LocalSettings settings, RegionNumber region) {
  CO_TRY_OK(settings.check());
  std::unique_ptr<LocalStore> store(new LocalStore(runtime, files, std::move(index), settings));
  StoreCore& core = *store->core_;
  CO_TRY(Recovered found, co_await offload(runtime.executor, WorkerClass::kDisk,
                                           [&core, region] { return recover(core.files, *core.index, core.settings, region); }));
  runtime.log.info("backend.opened", {{"epoch", found.epoch}, {"replayed", found.replayed}, {"segments", found.segments.size()}});
  core.start(std::move(found), *store->observer_);
  store->start();
  co_return store;
}

void LocalStore::start() {
  writing_.spawn(core_->committer->run());
  scope_.spawn(checkpoints());
  scope_.spawn(segment_care());
  scope_.spawn(extent_care());
  scope_.spawn(orphans());
  if (core_->settings.scrub_bytes_per_second > 0) scope_.spawn(scrubbing());
}

Task<Result<void>> LocalStore::close() {
  co_await scope_.close();
  core_->committer->stop();
  co_await writing_.drain();
  co_await writing_.close();
  for (const auto& [id, partition] : partitions_) partition->fence();
  if (core_->committer->ended()) co_return core_->committer->ended_error();
  OrderedIndex& index = *core_->index;
  co_return co_await offload(core_->runtime.executor, WorkerClass::kPool, [&index] { return index.flush(); });
}

void LocalStore::abandon() {
  core_->waste->open = false;
  writing_.abandon();
  scope_.abandon();
}

bool LocalStore::failed() const { return core_->committer->ended(); }

OpContext LocalStore::background() const { return OpContext().with_cancel(scope_.token()); }

Task<Result<std::shared_ptr<storage::Partition>>> LocalStore::open(OpContext, PartitionId id) {
  if (const auto known = partitions_.find(id); known != partitions_.end()) co_return known->second;
  struct Stored {
    PartitionState state;
    Sequence trimmed;
  };
  OrderedIndex& index = *core_->index;
  CO_TRY(const Stored stored, co_await offload(core_->runtime.executor, WorkerClass::kPool, [&index, id]() -> Result<Stored> {
           Stored found;
           TRY(const auto state, index.get(class_prefix(id, kStateClass)));
           if (state) {
             TRY(found.state, parse_state(*state));
           }
           TRY(const auto trimmed, index.get(class_prefix(id, kTrimClass)));
           if (trimmed) {
             TRY(const std::uint64_t up_to, parse_number(*trimmed));
             found.trimmed = Sequence(up_to);
           }
           return found;
         }));
  // Somebody else may have opened it meanwhile; there must be one only.
  auto& partition = partitions_[id];
  if (partition == nullptr) partition = std::make_shared<LocalPartition>(*core_, id, stored.state, stored.trimmed);
  co_return partition;
}

Task<Result<void>> LocalStore::drop(OpContext, PartitionId id) {
  if (core_->committer->ended()) co_return core_->committer->ended_error();
  if (const auto known = partitions_.find(id); known != partitions_.end()) {
    known->second->fence();
    partitions_.erase(known);
  }
  // Most rows go in small steps, so that commits get their turn; the record, which makes it last, takes what is left.
  IndexRange range;
  range.begin = partition_prefix(id);
  range.end = storage::prefix_end(range.begin);
  OrderedIndex& index = *core_->index;
  for (bool more = true; more;) {
    const auto erase_chunk = [&index, &range]() -> Result<bool> {
      TRY(const IndexPage page, index.scan(range));
      IndexBatch batch;
      for (const auto& [key, value] : page.rows) batch.erase({key});
      if (batch.size() > 0) {
        TRY_OK(index.write(batch));
        range.begin = page.rows.back().first + '\0';
      }
      return page.more;
    };
    CO_TRY(more, co_await offload(core_->runtime.executor, WorkerClass::kDisk, erase_chunk));
  }
  LogEntry entry;
  entry.partition = id;
  PendingRecord pending(RecordDraft::of(RecordKind::kDrop, entry, {}));
  core_->committer->enqueue(pending);
  auto dropped = co_await pending.done();
  core_->rows.clear();
  co_return dropped;
}

Task<Result<std::unique_ptr<storage::BlobWriter>>> LocalStore::create(OpContext, std::optional<std::uint64_t> size_hint) {
  if (core_->committer->ended()) co_return core_->committer->ended_error();
  CO_TRY_OK(co_await core_->space->admit(size_hint.value_or(0)));
  const BlobId id(core_->epoch << kBlobCounterBits | core_->next_blob++);
  co_return std::make_unique<LocalBlobWriter>(*core_, id, size_hint.value_or(0));
}

Task<Result<Buffer>> LocalStore::read(OpContext, BlobId blob, std::uint64_t offset, std::uint64_t length) {
  return reader_->read(blob, offset, length);
}

Task<Result<void>> LocalStore::discard(OpContext, BlobId blob) {
  const FinishedBlob* finished = core_->blobs.find(blob);
  if (finished == nullptr || finished->adopted) co_return Result<void>();
  if (finished->extent) {
    reader_->forget(blob);
    core_->waste->add(blob);
  }
  core_->blobs.remove(blob);
  co_return Result<void>();
}

}  // namespace farshore::backend
