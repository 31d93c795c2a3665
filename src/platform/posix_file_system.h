// SPDX-License-Identifier: Apache-2.0
// PosixFileSystem: the machine's disk below one directory.
#pragma once

#include <string>

#include "runtime/file_system.h"

namespace farshore::platform {

/// Paths are relative to `root`; one that is absolute or holds ".." is refused with kInvalidArgument.
/// Threads: any; workers, but for read_cached.
class PosixFileSystem : public FileSystem {
 public:
  explicit PosixFileSystem(std::string root) : root_(std::move(root)) {}
  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Result<std::vector<std::string>> list(const std::string& directory) override;
  Result<void> make_directories(const std::string& path) override;
  Result<void> remove(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> sync_directory(const std::string& directory) override;
  Result<std::uint64_t> free_bytes() override;

 private:
  Result<std::string> full(const std::string& path) const;
  std::string root_;
};

}  // namespace farshore::platform
