// SPDX-License-Identifier: Apache-2.0
// BodySource: the bytes of a request, a response or an object, as they come.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "runtime/op_context.h"
#include "runtime/task.h"

namespace farshore {

/// Port: a sequence of bytes read once, in pieces. Owned by a unique_ptr; loop thread only.
class BodySource {
 public:
  virtual ~BodySource() = default;
  /// The next piece, at most about 256 KiB; an empty one at the end. After an error the source is dead.
  /// Errors of a client's body: kIncompleteBody, kRequestTimeout, kEntityTooLarge; of a stored one: kCorrupt, kStorageUnavailable.
  virtual Task<Result<Buffer>> read(OpContext op) = 0;
  /// How many bytes there are in all, where that is known beforehand (not for a chunked body).
  virtual std::optional<std::uint64_t> length() const = 0;
};

/// A body that is already in memory.
class MemoryBody : public BodySource {
 public:
  explicit MemoryBody(Buffer bytes) : bytes_(std::move(bytes)), length_(bytes_.size()) {}
  Task<Result<Buffer>> read(OpContext) override { co_return std::exchange(bytes_, Buffer()); }
  std::optional<std::uint64_t> length() const override { return length_; }

 private:
  Buffer bytes_;
  std::uint64_t length_;
};

inline std::unique_ptr<BodySource> memory_body(Bytes bytes) { return std::make_unique<MemoryBody>(Buffer(std::move(bytes))); }

}  // namespace farshore
