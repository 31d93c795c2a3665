// SPDX-License-Identifier: Apache-2.0
// FileSystem and File: the disk as the storage engine sees it. Blocking; called on workers (offload), never on the loop,
// except read_cached.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace farshore {

/// Port: one open file. Threads: any, concurrently, for reads; one writer at a time.
class File {
 public:
  virtual ~File() = default;
  /// Reads up to into.size() bytes at `offset`; fewer only at the end of the file. Error: kStorageUnavailable.
  virtual Result<std::size_t> read(std::uint64_t offset, std::span<char> into) = 0;
  /// As read, but gives nothing where the disk would have to be waited for. May be called on the loop.
  virtual Result<std::optional<std::size_t>> read_cached(std::uint64_t offset, std::span<char> into) = 0;
  /// Writes all parts at `offset`. Errors: kStorageFull, kStorageUnavailable; after either, what the file holds is unknown.
  virtual Result<void> write(std::uint64_t offset, std::span<const BytesView> parts) = 0;
  /// Makes all earlier writes and the size survive power loss (fdatasync). After an error, unsynced data must be taken as lost.
  virtual Result<void> sync() = 0;
  virtual Result<std::uint64_t> size() = 0;
  /// Grows the file with allocated blocks, or cuts it.
  virtual Result<void> resize(std::uint64_t bytes) = 0;
};

enum class OpenMode : unsigned char {
  kRead,
  kReadWrite,
  kCreate,        ///< read-write, must not exist
  kCreateDirect,  ///< the same for what is large and written once, from front to back: past the page cache where that can be; bytes may wait in memory until sync()
};

/// Port: a directory tree. Paths are relative to the root it was made for and use '/'. Threads: any.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  /// kNotFound if it is absent (kRead, kReadWrite); kStorageFull, kStorageUnavailable.
  virtual Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) = 0;
  /// Names in the directory, sorted; kNotFound if it is absent.
  virtual Result<std::vector<std::string>> list(const std::string& directory) = 0;
  virtual Result<void> make_directories(const std::string& path) = 0;
  virtual Result<void> remove(const std::string& path) = 0;
  /// Atomic replacement; durable after sync_directory.
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  /// Makes creations, renames and removals in the directory survive power loss.
  virtual Result<void> sync_directory(const std::string& directory) = 0;
  virtual Result<std::uint64_t> free_bytes() = 0;
};

}  // namespace farshore
