// SPDX-License-Identifier: Apache-2.0
#include "objects/put.h"

#include "codec/text.h"
#include "objects/new_version.h"
#include "objects/receive.h"

namespace farshore::objects {
namespace {

class PutVersion : public NewVersion {
 public:
  using NewVersion::NewVersion;

 protected:
  Task<Result<void>> own(OpContext, BucketRef, storage::Batch* batch) override {
    adopt_pieces(*batch, version_.pieces);
    co_return Result<void>();
  }
};

}  // namespace

Task<Result<PutResult>> put_object(OpContext op, BucketRef bucket, Decider& decider, PutObject put, std::unique_ptr<BodySource> body) {
  const Guard guard = bucket->guard();
  NewObject& object = put.object;
  if (object.forbid_overwrite) {
    // Refused before the body is read, where that is possible; what counts is the look at commit.
    CO_TRY(const KeyStack stack, co_await KeyStack::load(op, bucket->shared_partition(), object.key));
    CO_TRY_OK(check_overwrite(*guard.settings, stack));
  }
  CO_TRY(keys::DataKey key, co_await bucket->stores().keys.create(op, encryption_of(object, *guard.settings), object.kms_key_id));
  CO_TRY(WrittenContent content,
         co_await receive_content(op, bucket->stores(), std::move(key.plain), std::move(body), std::move(put.expected), kRulePutBytesMax));
  Version version = shape_of(object, *guard.settings);
  version.size = content.size;
  version.etag = codec::hex_encode_upper(content.md5);
  version.content_md5 = codec::base64_encode(content.md5);
  version.crc64 = content.crc64;
  version.sealing = std::move(key.sealing);
  version.pieces = content.pieces;
  PutVersion change(object.key, std::move(version), object.forbid_overwrite);
  CO_TRY_OK(co_await commit_content(op, bucket, decider, object.key.get(), change, content.pieces));
  co_return change.result();
}

}  // namespace farshore::objects
