// SPDX-License-Identifier: Apache-2.0
#include "backend/local/superblock.h"

#include "backend/local/little_endian.h"
#include "crypto/crc32c.h"

namespace farshore::backend {
namespace {

constexpr BytesView kMagic = "FSSB";
constexpr std::uint32_t kVersion = 1;
constexpr const char* kDirectory = "meta";
constexpr const char* kPath = "meta/superblock";
constexpr const char* kNewPath = "meta/superblock.new";
constexpr std::size_t kBytes = 22;

}  // namespace

Result<std::optional<Superblock>> read_superblock(FileSystem& files) {
  auto file = files.open(kPath, OpenMode::kRead);
  if (!file) {
    if (file.error().code() == ErrorCode::kNotFound) return std::nullopt;
    return std::move(file).error();
  }
  Bytes bytes(kBytes, '\0');
  TRY(const std::size_t got, (*file)->read(0, bytes));
  ByteReader in(BytesView(bytes).substr(0, got));
  const bool magic = in.take(kMagic.size()) == kMagic;
  const auto crc = in.little<std::uint32_t>();
  if (!magic || got != kBytes || crypto::crc32c(BytesView(bytes).substr(8)) != crc) {
    return Error(ErrorCode::kCorrupt, "the store's superblock is damaged").with("path", kPath);
  }
  if (in.little<std::uint32_t>() != kVersion) return Error(ErrorCode::kCorrupt, "the store was written by a newer version");
  Superblock superblock;
  superblock.region = RegionNumber(in.little<std::uint16_t>());
  superblock.epoch = in.little<std::uint64_t>();
  return superblock;
}

Result<void> write_superblock(FileSystem& files, const Superblock& superblock) {
  Bytes covered;
  append_little(covered, kVersion);
  append_little(covered, superblock.region.get());
  append_little(covered, superblock.epoch);
  Bytes bytes(kMagic);
  append_little(bytes, crypto::crc32c(covered));
  bytes += covered;
  // A leftover of an earlier try has unknown contents; it may be absent.
  static_cast<void>(files.remove(kNewPath));
  TRY(const auto file, files.open(kNewPath, OpenMode::kCreate));
  const BytesView part(bytes);
  TRY_OK(file->write(0, std::span(&part, 1)));
  TRY_OK(file->sync());
  TRY_OK(files.rename(kNewPath, kPath));
  return files.sync_directory(kDirectory);
}

}  // namespace farshore::backend
