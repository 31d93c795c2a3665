// SPDX-License-Identifier: Apache-2.0
// Storing the parts of an upload.
#include "codec/text.h"
#include "objects/commit.h"
#include "objects/multipart.h"
#include "objects/receive.h"
#include "objects/upload_rows.h"
#include "storage/keys.h"

namespace farshore::objects {
namespace {

Result<void> check_number(PartNumber number) {
  if (number.get() >= 1 && number.get() <= kRulePartNumberMax) return {};
  return Error(ErrorCode::kInvalidArgument, "Part number must be an integer between 1 and 10000, inclusive.")
      .with("ArgumentName", "partNumber")
      .with("ArgumentValue", std::to_string(number.get()));
}

class PutPart : public Mutation {
 public:
  PutPart(UploadRef upload, PartRecord part) : upload_(std::move(upload)), part_(std::move(part)) {}

  Task<Result<std::optional<storage::Batch>>> plan(OpContext op, BucketRef bucket, std::shared_ptr<const BucketSettings>) override {
    CO_TRY(const StoredUpload upload, co_await load_upload(op, bucket, upload_));
    const Bytes row = storage::part_row(upload_.id, part_.number);
    CO_TRY(const std::optional<storage::Row> present, co_await bucket->partition().get(op, row));
    storage::Batch batch;
    batch.expect_version(upload.row.key, upload.row.version);
    batch.expect_same(row, present);
    if (upload.record.sequential && !present && part_.number.get() > 1) {
      const Bytes previous = storage::part_row(upload_.id, PartNumber(part_.number.get() - 1));
      CO_TRY(const std::optional<storage::Row> before, co_await bucket->partition().get(op, previous));
      if (!before) co_return Error(ErrorCode::kPartNotSequential, "Part number is not sequential.");
    }
    batch.put(row, encode_part(part_));
    adopt_pieces(batch, part_.pieces);
    if (present) {
      CO_TRY(const PartRecord replaced, decode_part(present->value));
      for (const Piece& piece : replaced.pieces) batch.release(piece.blob);
    }
    co_return std::optional<storage::Batch>(std::move(batch));
  }

 private:
  UploadRef upload_;
  PartRecord part_;
};

}  // namespace

Task<Result<PartResult>> put_part(OpContext op, BucketRef bucket, Decider& decider, UploadRef upload, PartNumber number, ExpectedContent expected,
                                  std::unique_ptr<BodySource> body) {
  CO_TRY_OK(check_number(number));
  CO_TRY(const UploadRecord record, co_await find_upload(op, bucket, upload));
  CO_TRY(Secret data_key, co_await bucket->stores().keys.open(op, record.shape.sealing));
  CO_TRY(WrittenContent content, co_await receive_content(op, bucket->stores(), std::move(data_key), std::move(body), std::move(expected), kRulePutBytesMax));
  PartRecord part{number, content.size, content.md5, content.crc64, bucket->now_millis(), content.pieces};
  PartResult result{part.etag(), codec::base64_encode(part.md5), part.crc64, part.size, part.modified_millis};
  PutPart change(upload, std::move(part));
  CO_TRY_OK(co_await commit_content(op, bucket, decider, upload.id.get() + std::to_string(number.get()), change, content.pieces));
  co_return result;
}

Task<Result<PartResult>> copy_part(OpContext op, BucketRef source_bucket, Version source, std::optional<ByteRange> range, BucketRef bucket,
                                   Decider& decider, UploadRef upload, PartNumber number) {
  CO_TRY_OK(check_number(number));
  const std::uint64_t size = range ? range->length : source.size;
  if (size > kRulePutBytesMax) co_return Error(ErrorCode::kEntityTooLarge, "The copied part exceeds the maximum allowed size.");
  CO_TRY(std::unique_ptr<BodySource> body, co_await open_body(op, source_bucket, std::move(source), range));
  co_return co_await put_part(op, bucket, decider, std::move(upload), number, ExpectedContent(), std::move(body));
}

}  // namespace farshore::objects
