// SPDX-License-Identifier: Apache-2.0
// Extent: a large blob in a file of its own, with a checksum for every 64 KiB.
//
//   file    := data table footer
//   table   := crc(4)*                       CRC-32C of each 64 KiB of data, the last of what is left
//   footer  := magic(4) "FSX1" crc(4) blob(8) length(8)      crc: CRC-32C of the table, blob and length
//
// All numbers little endian.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "model/ids.h"
#include "runtime/file_system.h"

namespace farshore::backend {

inline constexpr const char* kExtentDirectory = "extents";
inline constexpr std::uint64_t kExtentChunkBytes = 64u << 10;
std::string extent_path(BlobId blob);

/// An extent open for reading. Immutable; any thread.
class Extent {
 public:
  /// Opens and reads the table. Blocking. Errors: kNotFound, kCorrupt, kStorageUnavailable.
  static Result<std::shared_ptr<const Extent>> open(FileSystem& files, BlobId blob);
  std::uint64_t length() const { return length_; }
  /// Verified bytes. Blocking. Errors: kCorrupt, kStorageUnavailable.
  Result<Buffer> read(std::uint64_t offset, std::uint64_t length) const;
  /// The same without waiting for the disk; nothing where it would have to be waited for.
  Result<std::optional<Buffer>> read_cached(std::uint64_t offset, std::uint64_t length) const;

 private:
  struct Window {
    std::uint64_t begin;
    std::uint64_t end;
  };
  Window window(std::uint64_t offset, std::uint64_t length) const;
  Result<Buffer> verified(Bytes bytes, Window window, std::uint64_t offset, std::uint64_t length) const;

  std::unique_ptr<File> file_;
  std::uint64_t length_ = 0;
  std::vector<std::uint32_t> table_;
};

/// An extent being written. One worker at a time; blocking.
class ExtentWriter {
 public:
  ExtentWriter(FileSystem& files, BlobId blob) : files_(files), blob_(blob) {}
  /// `size_hint`: 0 if unknown. Errors of all: kStorageFull, kStorageUnavailable.
  Result<void> begin(std::uint64_t size_hint);
  Result<void> append(const std::vector<Buffer>& pieces);
  /// Writes the table and makes the file and its name durable.
  Result<void> finish();
  std::uint64_t length() const { return length_; }

 private:
  void checksum(BytesView bytes);

  FileSystem& files_;
  BlobId blob_;
  std::unique_ptr<File> file_;
  std::uint64_t length_ = 0;
  std::uint64_t allocated_ = 0;
  std::vector<std::uint32_t> table_;
  std::uint32_t crc_ = 0;  ///< of the chunk under way
};

}  // namespace farshore::backend
