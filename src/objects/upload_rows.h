// SPDX-License-Identifier: Apache-2.0
// Reading the rows of one multipart upload.
#pragma once

#include "objects/multipart.h"

namespace farshore::objects {

/// The upload's record with the version of its row, which every change of the upload expects.
struct StoredUpload {
  UploadRecord record;
  storage::Row row;
};
/// Error: kNoSuchUpload.
Task<Result<StoredUpload>> load_upload(OpContext op, BucketRef bucket, UploadRef upload);

struct StoredPart {
  PartRecord record;
  storage::Row row;
};
/// Parts with numbers above `after`, ascending; one more than `parts_max` tells that there are more.
Task<Result<std::vector<StoredPart>>> load_parts(OpContext op, BucketRef bucket, UploadId upload, PartNumber after, std::size_t parts_max);

Error no_such_upload(const UploadId& id);

}  // namespace farshore::objects
