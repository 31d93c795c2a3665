// SPDX-License-Identifier: Apache-2.0
// Multipart uploads: initiate, parts, complete, abort, listings.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "objects/get.h"
#include "objects/put.h"
#include "objects/upload_record.h"

namespace farshore::objects {

// Rule: OSS, "UploadPart": part numbers 1 to 10,000; "CompleteMultipartUpload": every part but the last has 100 KB at least.
inline constexpr std::uint32_t kRulePartNumberMax = 10000;
inline constexpr std::uint64_t kRulePartBytesMin = 100 << 10;

/// Names an upload. Both must match: an upload id of another key is no such upload.
struct UploadRef {
  ObjectKey key;
  UploadId id;
};

struct InitiateUpload {
  NewObject object;         ///< forbid_overwrite is judged now and again at complete
  bool sequential = false;  ///< parts must come as 1, 2, 3, ...
};
Task<Result<UploadId>> initiate_upload(OpContext op, BucketRef bucket, Decider& decider, InitiateUpload initiate);

struct PartResult {
  std::string etag;         ///< upper hex MD5
  std::string content_md5;  ///< base64
  std::uint64_t crc64 = 0;
  std::uint64_t size = 0;
  std::int64_t last_modified_millis = 0;
};
/// Stores a part; one of the same number is replaced. Durable on ok.
/// Errors: kNoSuchUpload, kInvalidArgument (part number), kPartNotSequential, and as put_object for the body.
Task<Result<PartResult>> put_part(OpContext op, BucketRef bucket, Decider& decider, UploadRef upload, PartNumber number, ExpectedContent expected,
                                  std::unique_ptr<BodySource> body);
/// Stores a part from an existing version of this region, or a range of it; the bytes are copied.
Task<Result<PartResult>> copy_part(OpContext op, BucketRef source_bucket, Version source, std::optional<ByteRange> range, BucketRef bucket,
                                   Decider& decider, UploadRef upload, PartNumber number);

struct ListedPart {
  PartNumber number;
  std::string etag;  ///< without quotes; compared ignoring case
};
struct CompleteUpload {
  UploadRef upload;
  std::vector<ListedPart> parts;  ///< strictly ascending; gaps are fine
  bool all_parts = false;         ///< all stored parts instead of a list
  bool forbid_overwrite = false;
  std::optional<ObjectAcl> acl;
};
/// Makes the version out of the parts' blobs; no bytes move, unlisted parts are given back.
/// Errors: kNoSuchUpload, kInvalidPart, kInvalidPartOrder, kEntityTooSmall, kFileAlreadyExists, kMalformedXML (no part).
Task<Result<PutResult>> complete_upload(OpContext op, BucketRef bucket, Decider& decider, CompleteUpload complete);

/// Error: kNoSuchUpload.
Task<Result<void>> abort_upload(OpContext op, BucketRef bucket, Decider& decider, UploadRef upload);

/// The upload itself. Error: kNoSuchUpload.
Task<Result<UploadRecord>> find_upload(OpContext op, BucketRef bucket, UploadRef upload);

struct PartsPage {
  UploadRecord upload;
  std::vector<PartRecord> parts;
  bool truncated = false;
  PartNumber next_marker;  ///< the last part's number; 0 if there is none
};
Task<Result<PartsPage>> list_parts(OpContext op, BucketRef bucket, UploadRef upload, PartNumber after, std::size_t parts_max);

struct ListUploads {
  std::string prefix;
  std::string delimiter;
  std::string key_marker;
  std::string upload_id_marker;  ///< heeded only with a key marker
  std::size_t uploads_max = 1000;
};
struct UploadsPage {
  std::vector<UploadRecord> uploads;
  std::vector<std::string> common_prefixes;
  bool truncated = false;
  std::string next_key_marker;
  std::string next_upload_id_marker;
};
Task<Result<UploadsPage>> list_uploads(OpContext op, BucketRef bucket, ListUploads list);

}  // namespace farshore::objects
