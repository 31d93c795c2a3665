// SPDX-License-Identifier: Apache-2.0
#include "objects/receive.h"

#include "codec/text.h"

namespace farshore::objects {
namespace {

Error too_large() { return Error(ErrorCode::kEntityTooLarge, "Your proposed upload exceeds the maximum allowed size."); }

Result<void> check(const WrittenContent& content, const ExpectedContent& expected, std::optional<std::uint64_t> length) {
  if (length && content.size != *length) return Error(ErrorCode::kIncompleteBody, "The body is shorter than the Content-Length.");
  if (expected.content_md5 && *expected.content_md5 != codec::base64_encode(content.md5)) {
    return Error(ErrorCode::kInvalidDigest, "The Content-MD5 you specified was invalid.").with("Content-MD5", *expected.content_md5);
  }
  if (expected.crc64 && *expected.crc64 != content.crc64) {
    return Error(ErrorCode::kInvalidCRC64, "The x-oss-hash-crc64ecma you specified did not match the content.");
  }
  return {};
}

}  // namespace

Task<Result<WrittenContent>> receive_content(OpContext op, Stores stores, Secret data_key, std::unique_ptr<BodySource> body, ExpectedContent expected,
                                             std::uint64_t bytes_max) {
  const std::optional<std::uint64_t> length = body->length();
  if (length && *length > bytes_max) co_return too_large();
  ContentWriter writer(stores, std::move(data_key), length);
  std::uint64_t received = 0;
  while (true) {
    CO_TRY(Buffer piece, co_await body->read(op));
    if (piece.empty()) break;
    received += piece.size();
    if (received > bytes_max) co_return too_large();
    CO_TRY_OK(co_await writer.write(op, std::move(piece)));
  }
  CO_TRY(WrittenContent content, co_await writer.finish(op));
  if (auto sound = check(content, expected, length); !sound) {
    co_await discard_pieces(op, stores, content.pieces);
    co_return std::move(sound).error();
  }
  co_return content;
}

void adopt_pieces(storage::Batch& batch, const std::vector<Piece>& pieces) {
  for (const Piece& piece : pieces) batch.adopt(piece.blob);
}

}  // namespace farshore::objects
