// SPDX-License-Identifier: Apache-2.0
// Staging rows: what has durably arrived of a large object that is not whole yet.
//
//   's' stream 00 transfer 00              the transfer: its sealing and start
//   's' stream 00 transfer 00 offset(8)    a range: its blob, size and CRC64
//
// The two values use different field numbers, so that a row read as the other kind shows blob 0.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "model/version.h"

namespace farshore::replication {

struct StagedPiece {
  Piece piece;
  std::uint64_t crc64 = 0;
};

Bytes staging_rows(BytesView stream);
Bytes transfer_row(BytesView stream, std::string_view transfer);
Bytes staged_row(BytesView stream, std::string_view transfer, std::uint64_t offset);
/// What the ranges of a transfer share. `started_millis` 0 tells a range's row read as a header.
struct TransferHeader {
  Sealing sealing;
  std::int64_t started_millis = 0;
};
/// A transfer that nobody finished for so long is dropped when its stream is opened: its version was superseded at the source.
inline constexpr std::int64_t kTransferMillisMax = std::int64_t{7} * 24 * 3600 * 1000;
Bytes encode_transfer(const TransferHeader& header);
Result<TransferHeader> decode_transfer(BytesView bytes);
Bytes encode_staged(const StagedPiece& piece);
Result<StagedPiece> decode_staged(BytesView bytes);

}  // namespace farshore::replication
