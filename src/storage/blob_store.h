// SPDX-License-Identifier: Apache-2.0
// BlobStore: immutable bytes, written once, read by range, owned by the commits that refer to them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "model/ids.h"
#include "runtime/op_context.h"
#include "runtime/task.h"

namespace farshore::storage {

/// A blob being written. Loop thread only. Destroyed before finish(): the bytes are given back.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  /// The blob's id, fixed from the start (keys are derived from it).
  virtual BlobId id() const = 0;
  /// Appends bytes. Errors: kStorageFull, kStorageUnavailable.
  virtual Task<Result<void>> write(OpContext op, Buffer bytes) = 0;
  /// Makes the blob readable and ready to be adopted by a commit. A large blob is durable now, a small one becomes so with
  /// the adopting commit. A finished blob that no commit adopts is gone after a restart at the latest.
  virtual Task<Result<void>> finish(OpContext op) = 0;
};

/// Port. Loop thread only.
class BlobStore {
 public:
  virtual ~BlobStore() = default;
  /// `size_hint`: the exact size where it is known. Errors: kStorageFull (reads and deletions go on).
  virtual Task<Result<std::unique_ptr<BlobWriter>>> create(OpContext op, std::optional<std::uint64_t> size_hint) = 0;
  /// Bytes [offset, offset + length) of a blob, clamped to its end and to 1 MiB a call; checksums are verified.
  /// Errors: kNotFound, kCorrupt, kStorageUnavailable.
  virtual Task<Result<Buffer>> read(OpContext op, BlobId blob, std::uint64_t offset, std::uint64_t length) = 0;
  /// Gives back a finished blob that no commit adopted.
  virtual Task<Result<void>> discard(OpContext op, BlobId blob) = 0;
};

}  // namespace farshore::storage
