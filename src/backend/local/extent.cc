// SPDX-License-Identifier: Apache-2.0
#include "backend/local/extent.h"

#include <algorithm>

#include <fmt/format.h>

#include "backend/local/little_endian.h"
#include "backend/local/segment_record.h"
#include "crypto/crc32c.h"

namespace farshore::backend {
namespace {

constexpr BytesView kMagic = "FSX1";
constexpr std::uint64_t kFooterBytes = 24;
constexpr std::uint64_t kGrowBytes = 1u << 20;
constexpr std::uint64_t kGrowMaxBytes = 64u << 20;
/// Contents of this size go past the page cache: what is read soon is better kept there, but not at any price.
constexpr std::uint64_t kDirectBytes = 4u << 20;

Error corrupt(BlobId blob, const char* what) {
  return Error(ErrorCode::kCorrupt, std::string("a stored body is damaged: ") + what).with("blob", fmt::format("{:016x}", blob.get()));
}

std::uint64_t chunks_of(std::uint64_t length) { return (length + kExtentChunkBytes - 1) / kExtentChunkBytes; }

Bytes identity(BlobId blob, std::uint64_t length) {
  Bytes out;
  append_little(out, blob.get());
  append_little(out, length);
  return out;
}

Bytes encode_table(const std::vector<std::uint32_t>& table) {
  Bytes out;
  out.reserve(table.size() * 4);
  for (const std::uint32_t crc : table) append_little(out, crc);
  return out;
}

}  // namespace

std::string extent_path(BlobId blob) { return fmt::format("{}/{:016x}", kExtentDirectory, blob.get()); }

Result<std::shared_ptr<const Extent>> Extent::open(FileSystem& files, BlobId blob) {
  auto extent = std::make_shared<Extent>();
  TRY(extent->file_, files.open(extent_path(blob), OpenMode::kRead));
  TRY(const std::uint64_t size, extent->file_->size());
  if (size < kFooterBytes) return corrupt(blob, "the file is too short");
  Bytes footer(kFooterBytes, '\0');
  TRY(const std::size_t footer_got, extent->file_->read(size - kFooterBytes, footer));
  if (footer_got != kFooterBytes || !footer.starts_with(kMagic)) return corrupt(blob, "the footer is missing");
  const auto crc = load_little<std::uint32_t>(footer.data() + 4);
  const auto length = load_little<std::uint64_t>(footer.data() + 16);
  if (length > size || length + chunks_of(length) * 4 + kFooterBytes != size) return corrupt(blob, "the length is wrong");
  Bytes table(chunks_of(length) * 4, '\0');
  TRY(const std::size_t table_got, extent->file_->read(length, table));
  if (table_got != table.size()) return corrupt(blob, "the checksums are missing");
  if (crypto::crc32c_update(crypto::crc32c(table), identity(blob, length)) != crc) return corrupt(blob, "the checksums are damaged");
  extent->length_ = length;
  extent->table_.reserve(chunks_of(length));
  for (std::size_t at = 0; at < table.size(); at += 4) extent->table_.push_back(load_little<std::uint32_t>(table.data() + at));
  return std::shared_ptr<const Extent>(std::move(extent));
}

Extent::Window Extent::window(std::uint64_t offset, std::uint64_t length) const {
  return Window{offset / kExtentChunkBytes * kExtentChunkBytes, std::min(length_, align_up(offset + length, kExtentChunkBytes))};
}

Result<Buffer> Extent::read(std::uint64_t offset, std::uint64_t length) const {
  const Window range = window(offset, length);
  Bytes bytes = room_for(range.end - range.begin);
  TRY(const std::size_t got, file_->read(range.begin, bytes));
  bytes.resize(got);
  return verified(std::move(bytes), range, offset, length);
}

Result<std::optional<Buffer>> Extent::read_cached(std::uint64_t offset, std::uint64_t length) const {
  const Window range = window(offset, length);
  Bytes bytes = room_for(range.end - range.begin);
  TRY(const std::optional<std::size_t> got, file_->read_cached(range.begin, bytes));
  if (!got || *got != bytes.size()) return std::nullopt;
  TRY(Buffer buffer, verified(std::move(bytes), range, offset, length));
  return buffer;
}

Result<Buffer> Extent::verified(Bytes bytes, Window range, std::uint64_t offset, std::uint64_t length) const {
  const Error damaged(ErrorCode::kCorrupt, "a stored body is damaged: its checksum does not match");
  if (bytes.size() != range.end - range.begin) return damaged;
  std::size_t chunk = range.begin / kExtentChunkBytes;
  for (std::size_t at = 0; at < bytes.size(); at += kExtentChunkBytes, ++chunk) {
    if (crypto::crc32c(BytesView(bytes).substr(at, kExtentChunkBytes)) != table_[chunk]) return damaged;
  }
  return Buffer(std::move(bytes)).slice(offset - range.begin, length);
}

Result<void> ExtentWriter::begin(std::uint64_t size_hint) {
  TRY(file_, files_.open(extent_path(blob_), size_hint >= kDirectBytes ? OpenMode::kCreateDirect : OpenMode::kCreate));
  if (size_hint == 0) return {};
  allocated_ = size_hint + chunks_of(size_hint) * 4 + kFooterBytes;
  return file_->resize(allocated_);
}

Result<void> ExtentWriter::append(const std::vector<Buffer>& pieces) {
  std::vector<BytesView> parts;
  const std::uint64_t begin = length_;
  for (const Buffer& piece : pieces) {
    if (piece.empty()) continue;
    parts.push_back(piece.view());
    checksum(piece.view());
  }
  if (length_ > allocated_) {
    // In growing steps, so that neither a small blob takes much nor a large one is in many pieces.
    allocated_ = align_up(length_ + std::min(length_, kGrowMaxBytes), kGrowBytes);
    TRY_OK(file_->resize(allocated_));
  }
  return file_->write(begin, parts);
}

void ExtentWriter::checksum(BytesView bytes) {
  while (!bytes.empty()) {
    const std::uint64_t room = kExtentChunkBytes - length_ % kExtentChunkBytes;
    const BytesView part = bytes.substr(0, room);
    crc_ = crypto::crc32c_update(crc_, part);
    length_ += part.size();
    bytes.remove_prefix(part.size());
    if (length_ % kExtentChunkBytes == 0) table_.push_back(std::exchange(crc_, 0));
  }
}

Result<void> ExtentWriter::finish() {
  if (length_ % kExtentChunkBytes != 0) table_.push_back(crc_);
  const Bytes table = encode_table(table_);
  const Bytes id = identity(blob_, length_);
  Bytes footer(kMagic);
  append_little(footer, crypto::crc32c_update(crypto::crc32c(table), id));
  footer += id;
  const BytesView parts[] = {table, footer};
  TRY_OK(file_->resize(length_ + table.size() + footer.size()));
  TRY_OK(file_->write(length_, parts));
  TRY_OK(file_->sync());
  TRY_OK(files_.sync_directory(kExtentDirectory));
  file_.reset();
  return {};
}

}  // namespace farshore::backend
