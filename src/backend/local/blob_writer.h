// SPDX-License-Identifier: Apache-2.0
// LocalBlobWriter: collects a small blob in memory, streams a large one to its extent.
#pragma once

#include <memory>
#include <vector>

#include "backend/local/extent.h"
#include "backend/local/store_core.h"
#include "storage/blob_store.h"

namespace farshore::backend {

/// Loop thread only. A writer that is given up leaves its extent to ExtentWaste.
class LocalBlobWriter final : public storage::BlobWriter {
 public:
  LocalBlobWriter(StoreCore& core, BlobId id, std::uint64_t size_hint) : core_(core), waste_(core.waste), id_(id), size_hint_(size_hint) {}
  ~LocalBlobWriter() override;

  BlobId id() const override { return id_; }
  Task<Result<void>> write(OpContext op, Buffer bytes) override;
  Task<Result<void>> finish(OpContext op) override;

 private:
  Task<Result<void>> flush();
  bool large() const { return extent_ != nullptr || size_hint_ > core_.settings.inline_max_bytes || length_ > core_.settings.inline_max_bytes; }

  StoreCore& core_;
  const std::shared_ptr<ExtentWaste> waste_;  ///< outlives the store, as this writer may
  const BlobId id_;
  const std::uint64_t size_hint_;
  std::uint64_t length_ = 0;
  std::uint32_t crc_ = 0;  ///< of an inline blob
  std::vector<Buffer> pieces_;
  std::uint64_t buffered_ = 0;
  std::unique_ptr<ExtentWriter> extent_;
  bool finished_ = false;
  bool failed_ = false;
};

}  // namespace farshore::backend
