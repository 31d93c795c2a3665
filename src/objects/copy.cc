// SPDX-License-Identifier: Apache-2.0
#include "objects/copy.h"

#include "codec/text.h"
#include "objects/content.h"
#include "objects/new_version.h"
#include "objects/receive.h"
#include "objects/tagging.h"

namespace farshore::objects {
namespace {

Error source_changed() {
  return Error(ErrorCode::kServiceBusy, "The source object changed while it was copied. Please try again.").with_retry(Retry::kSameRequest);
}

/// The source's blobs get a second owner in the commit; if the source goes at the same moment, the commit fails and the
/// plan finds that out.
class CopyByReference : public NewVersion {
 public:
  CopyByReference(ObjectKey key, Version version, bool forbid_overwrite, BucketRef source_bucket, ObjectRef source)
      : NewVersion(std::move(key), std::move(version), forbid_overwrite), source_bucket_(std::move(source_bucket)), source_(std::move(source)) {}

 protected:
  Task<Result<void>> own(OpContext op, BucketRef, storage::Batch* batch) override {
    CO_TRY(const Version source, co_await find_object(op, source_bucket_, source_));
    // An unversioned source may hold other content by now.
    if (source.pieces != version_.pieces) co_return source_changed();
    std::vector<storage::Batch::BlobChange> shares;
    for (const Piece& piece : version_.pieces) shares.push_back({piece.blob, storage::Batch::BlobUse::kShare});
    // Shared before anything is released: a copy onto itself must not free its own blobs in between.
    batch->blobs.insert(batch->blobs.begin(), shares.begin(), shares.end());
    co_return Result<void>();
  }

 private:
  BucketRef source_bucket_;
  ObjectRef source_;
};

class CopyOfBytes : public NewVersion {
 public:
  using NewVersion::NewVersion;

 protected:
  Task<Result<void>> own(OpContext, BucketRef, storage::Batch* batch) override {
    adopt_pieces(*batch, version_.pieces);
    co_return Result<void>();
  }
};

Version copied_shape(const CopyObject& copy, const Version& source, const BucketSettings& settings, bool onto_itself) {
  Version version = shape_of(copy.object, settings);
  // Rule: OSS, "CopyObject": a copy onto itself in an unversioned bucket replaces the metadata, whatever the directive says.
  if (!copy.replace_metadata && !onto_itself) version.metadata = source.metadata;
  if (!copy.replace_tags) version.tags = source.tags;
  version.type = source.type;
  version.size = source.size;
  version.etag = source.etag;
  version.content_md5 = source.content_md5;
  version.crc64 = source.crc64;
  version.part_sizes = source.part_sizes;
  version.kind = source.kind;
  version.symlink_target = source.symlink_target;
  return version;
}

Task<Result<PutResult>> copy_by_reference(OpContext op, BucketRef bucket, Decider& decider, CopyByReference* change, ObjectKey key) {
  CO_TRY(const AsyncMutex::Guard lock, co_await bucket->lock(op, key.get()));
  if (auto committed = co_await commit_mutation(op, bucket, decider, *change); !committed) {
    // A source in another bucket can give its blobs up between the look and the commit.
    if (committed.error().code() == ErrorCode::kNotFound) co_return source_changed();
    co_return std::move(committed).error();
  }
  co_return change->result();
}

}  // namespace

Task<Result<CopyResult>> copy_object(OpContext op, BucketRef source_bucket, ObjectRef source_ref, Version source, BucketRef bucket, Decider& decider,
                                     CopyObject copy) {
  if (source.size > kRuleCopyBytesMax) co_return Error(ErrorCode::kEntityTooLarge, "The source object is too large to copy in one request.");
  const Guard guard = bucket->guard();
  CopyResult result;
  result.source_version_id = shown_version_id(source_bucket->settings(), source);
  const bool onto_itself = source_bucket == bucket && source_ref.key == copy.object.key && guard.settings->versioning == Versioning::kDisabled;
  Version version = copied_shape(copy, source, *guard.settings, onto_itself);
  const Encryption encryption = encryption_of(copy.object, *guard.settings);
  const ObjectKey key = copy.object.key;

  if (encryption == source.sealing.algorithm && copy.object.kms_key_id == source.sealing.kms_key_id) {
    version.sealing = source.sealing;
    version.pieces = source.pieces;
    CopyByReference change(key, std::move(version), copy.object.forbid_overwrite, source_bucket, ObjectRef{source_ref.key, source.id});
    CO_TRY(result.put, co_await copy_by_reference(op, bucket, decider, &change, key));
    co_return result;
  }

  CO_TRY(keys::DataKey data_key, co_await bucket->stores().keys.create(op, encryption, copy.object.kms_key_id));
  CO_TRY(std::unique_ptr<BodySource> body, co_await open_body(op, source_bucket, source));
  ExpectedContent expected;
  expected.crc64 = source.crc64;
  CO_TRY(WrittenContent content,
         co_await receive_content(op, bucket->stores(), std::move(data_key.plain), std::move(body), std::move(expected), kRuleCopyBytesMax));
  version.sealing = std::move(data_key.sealing);
  version.pieces = content.pieces;
  CopyOfBytes change(key, std::move(version), copy.object.forbid_overwrite);
  CO_TRY_OK(co_await commit_content(op, bucket, decider, key.get(), change, content.pieces));
  result.put = change.result();
  co_return result;
}

}  // namespace farshore::objects
