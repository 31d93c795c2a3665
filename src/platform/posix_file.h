// SPDX-License-Identifier: Apache-2.0
// PosixFile: an open file of the machine, by way of its page cache.
#pragma once

#include <atomic>
#include <string>

#include "runtime/file_system.h"

namespace farshore::platform {

/// kNotFound, kStorageFull or kStorageUnavailable for an errno of a call that was about `what`.
Error system_error(int reason, const std::string& what);

class PosixFile : public File {
 public:
  /// Takes the descriptor. `path` is for messages.
  PosixFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~PosixFile() override;
  Result<std::size_t> read(std::uint64_t offset, std::span<char> into) override;
  Result<std::optional<std::size_t>> read_cached(std::uint64_t offset, std::span<char> into) override;
  Result<void> write(std::uint64_t offset, std::span<const BytesView> parts) override;
  Result<void> sync() override;
  Result<std::uint64_t> size() override;
  Result<void> resize(std::uint64_t bytes) override;

 protected:
  int descriptor() const { return descriptor_; }
  const std::string& path() const { return path_; }

 private:
  const int descriptor_;
  const std::string path_;
  std::atomic<bool> cached_reads_{true};  ///< false once the file system refused RWF_NOWAIT
};

}  // namespace farshore::platform
