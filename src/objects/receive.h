// SPDX-License-Identifier: Apache-2.0
// receive_content: a client's body into a blob, checked against what the client said about it.
#pragma once

#include <memory>

#include "objects/content.h"
#include "objects/put.h"

namespace farshore::objects {

/// Reads the body to its end. On error nothing is left behind.
/// Errors: kEntityTooLarge (above `bytes_max`), kIncompleteBody, kInvalidDigest, kInvalidCRC64, the body's, storage's.
Task<Result<WrittenContent>> receive_content(OpContext op, Stores stores, Secret data_key, std::unique_ptr<BodySource> body, ExpectedContent expected,
                                             std::uint64_t bytes_max);

/// The single adopting of freshly written pieces.
void adopt_pieces(storage::Batch& batch, const std::vector<Piece>& pieces);

}  // namespace farshore::objects
