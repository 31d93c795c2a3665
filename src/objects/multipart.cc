// SPDX-License-Identifier: Apache-2.0
// Initiating, finding, listing and aborting uploads. Parts: parts.cc; complete: complete.cc.
#include "objects/multipart.h"

#include <algorithm>

#include "codec/text.h"
#include "objects/key_window.h"
#include "objects/new_version.h"
#include "objects/upload_rows.h"
#include "storage/keys.h"

namespace farshore::objects {
namespace {

constexpr std::size_t kPageRows = 1000;

class Initiate : public Mutation {
 public:
  explicit Initiate(UploadRecord upload) : upload_(std::move(upload)) {}

  Task<Result<std::optional<storage::Batch>>> plan(OpContext op, BucketRef bucket, std::shared_ptr<const BucketSettings> settings) override {
    if (upload_.forbid_overwrite) {
      CO_TRY(const KeyStack stack, co_await KeyStack::load(op, bucket->shared_partition(), upload_.key));
      CO_TRY_OK(check_overwrite(*settings, stack));
    }
    storage::Batch batch;
    const Bytes row = storage::upload_row(upload_.key, upload_.id);
    batch.expect_absent(row);
    batch.put(row, encode_upload(upload_));
    co_return std::optional<storage::Batch>(std::move(batch));
  }

 private:
  UploadRecord upload_;
};

class Abort : public Mutation {
 public:
  explicit Abort(UploadRef upload) : upload_(std::move(upload)) {}

  Task<Result<std::optional<storage::Batch>>> plan(OpContext op, BucketRef bucket, std::shared_ptr<const BucketSettings>) override {
    CO_TRY(const StoredUpload stored, co_await load_upload(op, bucket, upload_));
    CO_TRY(const std::vector<StoredPart> parts, co_await load_parts(op, bucket, upload_.id, PartNumber(0), kRulePartNumberMax));
    storage::Batch batch;
    batch.expect_version(stored.row.key, stored.row.version);
    batch.erase(stored.row.key);
    for (const StoredPart& part : parts) {
      batch.expect_version(part.row.key, part.row.version);
      batch.erase(part.row.key);
      for (const Piece& piece : part.record.pieces) batch.release(piece.blob);
    }
    co_return std::optional<storage::Batch>(std::move(batch));
  }

 private:
  UploadRef upload_;
};

}  // namespace

Error no_such_upload(const UploadId& id) {
  return Error(ErrorCode::kNoSuchUpload, "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.")
      .with("UploadId", id.get());
}

Task<Result<StoredUpload>> load_upload(OpContext op, BucketRef bucket, UploadRef upload) {
  CO_TRY(std::optional<storage::Row> row, co_await bucket->partition().get(op, storage::upload_row(upload.key, upload.id)));
  if (!row) co_return no_such_upload(upload.id);
  CO_TRY(UploadRecord record, decode_upload(row->value));
  co_return StoredUpload{std::move(record), *std::move(row)};
}

Task<Result<std::vector<StoredPart>>> load_parts(OpContext op, BucketRef bucket, UploadId upload, PartNumber after, std::size_t parts_max) {
  std::vector<StoredPart> parts;
  storage::ScanRange range{storage::part_row(upload, after) + '\0', storage::prefix_end(storage::part_rows(upload))};
  for (bool more = true; more && parts.size() <= parts_max;) {
    range.rows_max = std::min(kPageRows, parts_max + 1 - parts.size());
    CO_TRY(storage::ScanPage page, co_await bucket->partition().scan(op, range));
    more = page.more;
    if (more) range.begin = page.rows.back().key + '\0';
    for (storage::Row& row : page.rows) {
      CO_TRY(PartRecord record, decode_part(row.value));
      parts.push_back(StoredPart{std::move(record), std::move(row)});
    }
  }
  co_return parts;
}

Task<Result<UploadId>> initiate_upload(OpContext op, BucketRef bucket, Decider& decider, InitiateUpload initiate) {
  const Guard guard = bucket->guard();
  const NewObject& object = initiate.object;
  CO_TRY(keys::DataKey key, co_await bucket->stores().keys.create(op, encryption_of(object, *guard.settings), object.kms_key_id));
  UploadRecord upload;
  upload.id = UploadId(codec::hex_encode_upper(bucket->runtime().random.bytes(16)));
  upload.key = object.key;
  upload.shape = shape_of(object, *guard.settings);
  upload.shape.sealing = std::move(key.sealing);
  upload.initiated_millis = bucket->now_millis();
  upload.sequential = initiate.sequential;
  upload.forbid_overwrite = object.forbid_overwrite;
  const UploadId id = upload.id;
  Initiate change(std::move(upload));
  CO_TRY_OK(co_await commit_mutation(op, bucket, decider, change));
  co_return id;
}

Task<Result<void>> abort_upload(OpContext op, BucketRef bucket, Decider& decider, UploadRef upload) {
  CO_TRY(const AsyncMutex::Guard lock, co_await bucket->lock(op, upload.key.get()));
  Abort change(std::move(upload));
  CO_TRY_OK(co_await commit_mutation(op, bucket, decider, change));
  co_return Result<void>();
}

Task<Result<UploadRecord>> find_upload(OpContext op, BucketRef bucket, UploadRef upload) {
  CO_TRY(StoredUpload stored, co_await load_upload(op, bucket, std::move(upload)));
  co_return std::move(stored.record);
}

Task<Result<PartsPage>> list_parts(OpContext op, BucketRef bucket, UploadRef upload, PartNumber after, std::size_t parts_max) {
  PartsPage page;
  CO_TRY(page.upload, co_await find_upload(op, bucket, upload));
  CO_TRY(std::vector<StoredPart> parts, co_await load_parts(op, bucket, upload.id, after, parts_max));
  page.truncated = parts.size() > parts_max;
  if (page.truncated) parts.resize(parts_max);
  for (StoredPart& part : parts) page.parts.push_back(std::move(part.record));
  if (!page.parts.empty()) page.next_marker = page.parts.back().number;
  co_return page;
}

Task<Result<UploadsPage>> list_uploads(OpContext op, BucketRef bucket, ListUploads list) {
  UploadsPage page;
  const KeyWindow window('u', list.prefix, list.delimiter);
  storage::ScanRange range{window.behind_marker(list.key_marker), window.end()};
  if (!list.key_marker.empty() && !list.upload_id_marker.empty() && window.rolled_up(list.key_marker) != list.key_marker) {
    range.begin = std::max(window.begin(), storage::upload_row(ObjectKey(list.key_marker), UploadId(list.upload_id_marker)) + '\0');
  }
  while (range.begin < range.end) {
    range.rows_max = list.uploads_max - page.uploads.size() - page.common_prefixes.size() + 1;
    CO_TRY(const storage::ScanPage rows, co_await bucket->partition().scan(op, range));
    bool jumped = false;
    for (const storage::Row& row : rows.rows) {
      if (page.uploads.size() + page.common_prefixes.size() == list.uploads_max) {
        page.truncated = true;
        co_return page;
      }
      CO_TRY(UploadRecord upload, decode_upload(row.value));
      range.begin = row.key + '\0';
      if (auto rolled = window.rolled_up(upload.key.get())) {
        page.next_key_marker = *rolled;
        page.next_upload_id_marker.clear();
        range.begin = window.behind_prefix(*rolled);
        page.common_prefixes.push_back(*std::move(rolled));
        jumped = true;
        break;
      }
      page.next_key_marker = upload.key.get();
      page.next_upload_id_marker = upload.id.get();
      page.uploads.push_back(std::move(upload));
    }
    if (!jumped && !rows.more) break;
  }
  co_return page;
}

}  // namespace farshore::objects
