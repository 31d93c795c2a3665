// SPDX-License-Identifier: Apache-2.0
// Staging rows: what has durably arrived of a large object that is not whole yet.
//
//   's' stream 00 transfer 00              the transfer: its sealing
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
Bytes encode_sealing(const Sealing& sealing);
Result<Sealing> decode_sealing(BytesView bytes);
Bytes encode_staged(const StagedPiece& piece);
Result<StagedPiece> decode_staged(BytesView bytes);

}  // namespace farshore::replication
