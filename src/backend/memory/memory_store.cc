// SPDX-License-Identifier: Apache-2.0
#include "backend/memory/memory_store.h"

#include <algorithm>

#include "backend/memory/memory_partition.h"
#include "base/check.h"
#include "runtime/wait.h"

namespace farshore::backend {
namespace {

constexpr std::uint64_t kReadBytesMax = 1u << 20;

Error full() { return Error(ErrorCode::kStorageFull, "the memory store was told to be full"); }
Error unavailable() { return Error(ErrorCode::kStorageUnavailable, "the memory store is unavailable"); }

class MemoryBlobWriter final : public storage::BlobWriter {
 public:
  MemoryBlobWriter(std::shared_ptr<MemoryStore::Shared> shared, BlobId id) : shared_(std::move(shared)), id_(id) {}
  BlobId id() const override { return id_; }

  Task<Result<void>> write(OpContext, Buffer bytes) override {
    FS_CHECK(!finished_);
    co_await yield_now(shared_->runtime.executor);
    if (shared_->behaviour.full) co_return full();
    if (shared_->behaviour.unavailable) co_return unavailable();
    content_.append(bytes.view());
    co_return Result<void>();
  }

  Task<Result<void>> finish(OpContext) override {
    FS_CHECK(!finished_);
    co_await shared_->pause(shared_->behaviour.commit_delay_max);
    if (!shared_->current() || shared_->behaviour.unavailable) co_return unavailable();
    finished_ = true;
    shared_->medium->blobs[id_].content = Buffer(std::move(content_));
    co_return Result<void>();
  }

 private:
  std::shared_ptr<MemoryStore::Shared> shared_;
  BlobId id_;
  Bytes content_;
  bool finished_ = false;
};

}  // namespace

MemoryStore::MemoryStore(Runtime runtime, RegionNumber region, std::shared_ptr<MemoryMedium> medium)
    : shared_(std::make_shared<Shared>(Shared{runtime, region, medium, ++medium->generation, {}})) {
  std::erase_if(medium->blobs, [](const auto& blob) { return blob.second.references == 0; });
  for (auto& [id, blob] : medium->blobs) blob.planned = blob.references;
}

MemoryStore::~MemoryStore() = default;

Task<void> MemoryStore::Shared::pause(Duration longest) {
  const auto span = static_cast<std::uint64_t>(longest.count()) + 1;
  const Duration moment(static_cast<std::int64_t>(runtime.random.below(span)));
  // Not the operation's own deadline: a disk does not hurry, and its answer is wanted.
  co_await sleep_for(runtime.executor, OpContext(), moment);
}

Task<Result<std::shared_ptr<storage::Partition>>> MemoryStore::open(OpContext, PartitionId id) {
  co_await shared_->pause(shared_->behaviour.read_delay_max);
  if (!shared_->current()) co_return Error(ErrorCode::kPartitionFenced, "a newer store was opened on this medium");
  if (shared_->behaviour.unavailable) co_return unavailable();
  auto& partition = open_[id];
  if (!partition) partition = std::make_shared<MemoryPartition>(shared_, id);
  co_return partition;
}

Task<Result<void>> MemoryStore::drop(OpContext, PartitionId id) {
  co_await shared_->pause(shared_->behaviour.commit_delay_max);
  if (!shared_->current() || shared_->behaviour.unavailable) co_return unavailable();
  if (const auto held = open_.find(id); held != open_.end()) {
    held->second->retire();
    open_.erase(held);
  }
  shared_->medium->partitions.erase(id);
  co_return Result<void>();
}

Task<Result<std::unique_ptr<storage::BlobWriter>>> MemoryStore::create(OpContext, std::optional<std::uint64_t>) {
  co_await yield_now(shared_->runtime.executor);
  if (shared_->behaviour.full) co_return full();
  if (!shared_->current() || shared_->behaviour.unavailable) co_return unavailable();
  const std::uint64_t number = std::uint64_t{shared_->region.get()} << 48 | ++shared_->medium->blobs_created;
  co_return std::make_unique<MemoryBlobWriter>(shared_, BlobId(number));
}

Task<Result<Buffer>> MemoryStore::read(OpContext, BlobId blob, std::uint64_t offset, std::uint64_t length) {
  co_await shared_->pause(shared_->behaviour.read_delay_max);
  if (shared_->behaviour.unavailable) co_return unavailable();
  const auto found = shared_->medium->blobs.find(blob);
  if (found == shared_->medium->blobs.end()) co_return Error(ErrorCode::kNotFound, "no such blob").with("blob", std::to_string(blob.get()));
  const Buffer& content = found->second.content;
  co_return content.slice(std::min<std::uint64_t>(offset, content.size()), std::min(length, kReadBytesMax));
}

Task<Result<void>> MemoryStore::discard(OpContext, BlobId blob) {
  co_await yield_now(shared_->runtime.executor);
  const auto found = shared_->medium->blobs.find(blob);
  if (found == shared_->medium->blobs.end()) co_return Result<void>();
  if (found->second.planned != 0) co_return Error(ErrorCode::kInvalidRequest, "the blob is owned by a commit");
  shared_->medium->blobs.erase(found);
  co_return Result<void>();
}

}  // namespace farshore::backend
