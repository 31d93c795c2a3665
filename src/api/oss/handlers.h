// SPDX-License-Identifier: Apache-2.0
// The handlers of all operations; the table in operations.cc names them, the files beside it hold them.
#pragma once

#include "api/oss/operation.h"

namespace farshore::api::oss {

/// The sub-resource of ExplainReplication; its value is the key. No OSS name, so no client trips over it.
inline constexpr std::string_view kExplainMarker = "x-farshore-explain";

#define FS_OSS_HANDLERS(X)                                                                                          \
  /* service */                                                                                                     \
  X(list_buckets) X(describe_regions)                                                                               \
  /* bucket */                                                                                                      \
  X(put_bucket) X(delete_bucket) X(get_bucket_info) X(get_bucket_location) X(get_bucket_acl) X(put_bucket_acl)       \
  X(get_bucket_versioning) X(put_bucket_versioning) X(get_bucket_policy) X(put_bucket_policy) X(delete_bucket_policy) \
  X(get_bucket_policy_status) X(get_bucket_encryption) X(put_bucket_encryption) X(delete_bucket_encryption)          \
  X(get_never_set_configuration) X(delete_never_set_configuration)                                                  \
  X(list_objects) X(list_object_versions) X(list_multipart_uploads) X(delete_multiple_objects)                      \
  /* replication */                                                                                                 \
  X(put_bucket_replication) X(get_bucket_replication) X(delete_bucket_replication) X(get_bucket_replication_location) \
  X(get_bucket_replication_progress) X(put_bucket_rtc) X(explain_replication)                                       \
  /* object */                                                                                                      \
  X(put_object) X(get_object) X(head_object) X(get_object_meta) X(delete_object) X(copy_object)                     \
  X(get_object_acl) X(put_object_acl) X(get_object_tagging) X(put_object_tagging) X(delete_object_tagging)          \
  X(initiate_multipart_upload) X(upload_part) X(upload_part_copy) X(complete_multipart_upload)                      \
  X(abort_multipart_upload) X(list_parts)

#define X(name) Task<Result<http::Response>> name(OpContext op, CallRef call);
FS_OSS_HANDLERS(X)
#undef X

}  // namespace farshore::api::oss
