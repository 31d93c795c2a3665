// SPDX-License-Identifier: Apache-2.0
// Completing an upload: the parts' blobs become the pieces of one version.
#include "codec/text.h"
#include "crypto/crc64.h"
#include "crypto/digest.h"
#include "objects/multipart.h"
#include "objects/new_version.h"
#include "objects/upload_rows.h"

namespace farshore::objects {
namespace {

std::string_view without_quotes(std::string_view etag) {
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') return etag.substr(1, etag.size() - 2);
  return etag;
}

Error invalid_part(PartNumber number) {
  return Error(ErrorCode::kInvalidPart, "One or more of the specified parts could not be found or the specified entity tag might not have matched the part's entity tag.")
      .with("PartNumber", std::to_string(number.get()));
}

/// Rule: OSS, "CompleteMultipartUpload": ascending numbers, gaps allowed; each ETag is that of the stored part.
Result<std::vector<const PartRecord*>> chosen_parts(const std::vector<StoredPart>& stored, const CompleteUpload& complete) {
  std::vector<const PartRecord*> chosen;
  if (complete.all_parts) {
    for (const StoredPart& part : stored) chosen.push_back(&part.record);
  }
  std::size_t at = 0;
  PartNumber last;
  for (const ListedPart& listed : complete.parts) {
    if (listed.number <= last) return Error(ErrorCode::kInvalidPartOrder, "The list of parts was not in ascending order. Parts list must be specified in order by part number.");
    last = listed.number;
    while (at < stored.size() && stored[at].record.number < listed.number) ++at;
    if (at == stored.size() || stored[at].record.number != listed.number) return invalid_part(listed.number);
    if (!codec::iequals(without_quotes(listed.etag), stored[at].record.etag())) return invalid_part(listed.number);
    chosen.push_back(&stored[at].record);
  }
  if (chosen.empty()) return Error(ErrorCode::kMalformedXML, "You must specify at least one part.");
  for (std::size_t i = 0; i + 1 < chosen.size(); ++i) {
    if (chosen[i]->size < kRulePartBytesMin) {
      return Error(ErrorCode::kEntityTooSmall, "Your proposed upload smaller than the minimum allowed size.")
          .with("ProposedSize", std::to_string(chosen[i]->size))
          .with("MinSizeAllowed", std::to_string(kRulePartBytesMin))
          .with("PartNumber", std::to_string(chosen[i]->number.get()));
    }
  }
  return chosen;
}

/// Rule: OSS, "Multipart upload": the ETag is the MD5 of the parts' binary MD5s and their number.
void assemble(Version& version, const std::vector<const PartRecord*>& parts) {
  crypto::Md5 md5;
  crypto::Crc64 crc;
  version.type = ObjectType::kMultipart;
  version.size = 0;
  version.pieces.clear();
  version.part_sizes.clear();
  for (const PartRecord* part : parts) {
    md5.update(part->md5);
    crc.append(part->crc64, part->size);
    version.size += part->size;
    version.pieces.insert(version.pieces.end(), part->pieces.begin(), part->pieces.end());
    version.part_sizes.push_back(part->size);
  }
  version.crc64 = crc.value();
  version.etag = codec::hex_encode_upper(crypto::bytes_of(md5.finish())) + "-" + std::to_string(parts.size());
}

class Complete : public NewVersion {
 public:
  Complete(CompleteUpload complete, Version shape, bool forbid_overwrite)
      : NewVersion(complete.upload.key, std::move(shape), forbid_overwrite), complete_(std::move(complete)) {}

  Task<Result<std::optional<storage::Batch>>> plan(OpContext op, BucketRef bucket, std::shared_ptr<const BucketSettings> settings) override {
    CO_TRY(upload_, co_await load_upload(op, bucket, complete_.upload));
    CO_TRY(parts_, co_await load_parts(op, bucket, complete_.upload.id, PartNumber(0), kRulePartNumberMax));
    CO_TRY(const std::vector<const PartRecord*> chosen, chosen_parts(parts_, complete_));
    chosen_.assign(chosen.begin(), chosen.end());
    assemble(version_, chosen);
    co_return co_await NewVersion::plan(op, bucket, std::move(settings));
  }

 protected:
  /// The parts' references pass to the version; the rows go, and with them the parts that were not listed.
  Task<Result<void>> own(OpContext, BucketRef, storage::Batch* batch) override {
    batch->expect_version(upload_.row.key, upload_.row.version);
    batch->erase(upload_.row.key);
    auto next = chosen_.begin();
    for (const StoredPart& part : parts_) {
      batch->expect_version(part.row.key, part.row.version);
      batch->erase(part.row.key);
      if (next != chosen_.end() && *next == &part.record) {
        ++next;
        continue;
      }
      for (const Piece& piece : part.record.pieces) batch->release(piece.blob);
    }
    co_return Result<void>();
  }

 private:
  CompleteUpload complete_;
  StoredUpload upload_;
  std::vector<StoredPart> parts_;
  std::vector<const PartRecord*> chosen_;
};

}  // namespace

Task<Result<PutResult>> complete_upload(OpContext op, BucketRef bucket, Decider& decider, CompleteUpload complete) {
  CO_TRY(const UploadRecord upload, co_await find_upload(op, bucket, complete.upload));
  Version shape = upload.shape;
  if (complete.acl) shape.acl = *complete.acl;
  const bool forbid_overwrite = complete.forbid_overwrite || upload.forbid_overwrite;
  CO_TRY(const AsyncMutex::Guard lock, co_await bucket->lock(op, complete.upload.key.get()));
  Complete change(std::move(complete), std::move(shape), forbid_overwrite);
  CO_TRY_OK(co_await commit_mutation(op, bucket, decider, change));
  co_return change.result();
}

}  // namespace farshore::objects
