// SPDX-License-Identifier: Apache-2.0
// read_body: a small request body as one piece, for documents. Objects are streamed instead.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "runtime/body.h"

namespace farshore::api {

/// Reads all of it; Content-MD5 is checked if it was sent.
/// Errors: `too_large` if there is more than bytes_max, kInvalidDigest, and the body's own.
Task<Result<Bytes>> read_body(OpContext op, std::unique_ptr<BodySource> body, std::size_t bytes_max, std::optional<std::string> content_md5,
                              ErrorCode too_large = ErrorCode::kMalformedXML);

/// A body whose SHA-256 the client announced: gives kInvalidDigest instead of its last piece if it differs.
std::unique_ptr<BodySource> check_sha256(std::unique_ptr<BodySource> body, Bytes expected);

}  // namespace farshore::api
