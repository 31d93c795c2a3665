// SPDX-License-Identifier: Apache-2.0
// CopySource: the object that CopyObject and UploadPartCopy read, found and judged.
#pragma once

#include "api/oss/call.h"

namespace farshore::api::oss {

struct CopySource {
  objects::BucketRef bucket;
  objects::ObjectRef ref;
  Version version;
};

/// Names a bucket, key and version: "/bucket/key?versionId=V", the key percent-encoded, the first slash optional.
/// Error: kInvalidArgument, kInvalidBucketName, kInvalidObjectName.
struct CopySourceName {
  BucketName bucket;
  objects::ObjectRef ref;
};
Result<CopySourceName> read_copy_source(std::string_view header);

/// Finds the source, judges the caller's right to read it and the x-oss-copy-source-if-… conditions.
/// Errors: kNoSuchBucket, kAccessDenied (also for a source in another region), those of find_object and check_conditions.
Task<Result<CopySource>> find_copy_source(OpContext op, CallRef call);
/// Whether the caller may read the source's tags, which a copy would show him. Error: kAccessDenied.
Task<Result<void>> check_copy_of_tags(OpContext op, CallRef call, objects::BucketRef bucket, objects::ObjectRef ref);

}  // namespace farshore::api::oss
