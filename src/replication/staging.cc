// SPDX-License-Identifier: Apache-2.0
#include "replication/staging.h"

#include "codec/record.h"
#include "storage/keys.h"

namespace farshore::replication {

Bytes staging_rows(BytesView stream) { return Bytes("s").append(stream).append(1, '\0'); }

Bytes transfer_row(BytesView stream, std::string_view transfer) { return staging_rows(stream).append(transfer).append(1, '\0'); }

Bytes staged_row(BytesView stream, std::string_view transfer, std::uint64_t offset) {
  Bytes row = transfer_row(stream, transfer);
  storage::append_big_endian(row, offset, 8);
  return row;
}

Bytes encode_transfer(const TransferHeader& header) {
  codec::RecordWriter out;
  out.u64(4, static_cast<std::uint64_t>(header.sealing.algorithm));
  out.bytes(5, header.sealing.wrapped_key);
  out.u64(6, static_cast<std::uint64_t>(header.started_millis));
  return std::move(out).take();
}

Result<TransferHeader> decode_transfer(BytesView bytes) {
  TransferHeader header;
  codec::RecordReader in(bytes);
  while (in.next()) {
    if (in.field() == 4 && in.u64() <= 3) header.sealing.algorithm = static_cast<Encryption>(in.u64());
    if (in.field() == 5) header.sealing.wrapped_key = in.owned();
    if (in.field() == 6) header.started_millis = static_cast<std::int64_t>(in.u64());
  }
  if (!in.ok()) return Error(ErrorCode::kCorrupt, "staging row cannot be decoded");
  return header;
}

Bytes encode_staged(const StagedPiece& staged) {
  codec::RecordWriter out;
  out.u64(1, staged.piece.blob.get());
  out.u64(2, staged.piece.size);
  out.u64(3, staged.crc64);
  return std::move(out).take();
}

Result<StagedPiece> decode_staged(BytesView bytes) {
  StagedPiece staged;
  codec::RecordReader in(bytes);
  while (in.next()) {
    if (in.field() == 1) staged.piece.blob = BlobId(in.u64());
    if (in.field() == 2) staged.piece.size = in.u64();
    if (in.field() == 3) staged.crc64 = in.u64();
  }
  if (!in.ok()) return Error(ErrorCode::kCorrupt, "staging row cannot be decoded");
  return staged;
}

}  // namespace farshore::replication
