// SPDX-License-Identifier: Apache-2.0
#include "api/oss/copy_source.h"

#include "api/oss/conditions.h"
#include "codec/text.h"
#include "codec/url.h"
#include "model/bucket.h"

namespace farshore::api::oss {
namespace {

Error invalid(std::string_view value) {
  return Error(ErrorCode::kInvalidArgument, "Copy Source must mention the source bucket and key: /sourcebucket/sourcekey.")
      .with("ArgumentName", "x-oss-copy-source")
      .with("ArgumentValue", value);
}

Result<std::string> decoded(std::string_view text, std::string_view header) {
  auto bytes = codec::percent_decode(text);
  if (!bytes) return invalid(header);
  return *std::move(bytes);
}

/// Rule: OSS, "CopyObject": the first and last fail with 412, the middle ones with 304.
Conditions conditions_of(const Call& call) {
  return {call.header("x-oss-copy-source-if-match"), call.header("x-oss-copy-source-if-none-match"), call.header("x-oss-copy-source-if-modified-since"),
          call.header("x-oss-copy-source-if-unmodified-since")};
}

}  // namespace

Result<CopySourceName> read_copy_source(std::string_view header) {
  std::string_view path = header;
  CopySourceName name;
  // A key may hold '?' itself, percent-encoded or not: only the last one can start the version.
  constexpr std::string_view kVersion = "versionId=";
  if (const std::size_t mark = path.rfind('?'); mark != std::string_view::npos && path.substr(mark + 1).starts_with(kVersion)) {
    TRY(name.ref.version_id, VersionId::parse(path.substr(mark + 1 + kVersion.size())));
    path = path.substr(0, mark);
  }
  if (path.starts_with('/')) path.remove_prefix(1);
  // ali-oss and others encode the whole value, the slash behind the bucket included.
  TRY(const std::string whole, decoded(path, header));
  const std::size_t slash = whole.find('/');
  if (slash == std::string::npos || slash + 1 == whole.size()) return invalid(header);
  name.bucket = BucketName(whole.substr(0, slash));
  name.ref.key = ObjectKey(whole.substr(slash + 1));
  if (!valid_bucket_name(name.bucket.get())) return Error(ErrorCode::kInvalidBucketName, "").with("BucketName", name.bucket.get());
  if (!valid_object_key(name.ref.key.get())) return Error(ErrorCode::kInvalidObjectName, "").with("ObjectName", name.ref.key.get());
  return name;
}

Task<Result<CopySource>> find_copy_source(OpContext op, CallRef call) {
  CO_TRY(CopySourceName name, read_copy_source(call->header("x-oss-copy-source").value_or("")));
  const Services& services = call->services;
  const identity::BucketEntry* entry = services.registry.find(name.bucket);
  if (entry == nullptr) co_return Error(ErrorCode::kNoSuchBucket, "").with("BucketName", name.bucket.get());
  if (entry->region != services.endpoints.here) {
    co_return Error(ErrorCode::kAccessDenied, "Target object does not reside in the same data center as source object.");
  }
  CopySource source;
  const BucketId id = entry->id;
  CO_TRY(source.bucket, co_await services.objects.buckets().open(op, id));
  source.ref = std::move(name.ref);
  Access access(*call, call->access.policies());
  access.begin(source.bucket);
  access.demand({source.ref.version_id ? "oss:GetObjectVersion" : "oss:GetObject", source.ref, identity::AclReach::kRead, false, {}});
  CO_TRY_OK(co_await access.check(op));
  CO_TRY(source.version, co_await objects::find_object(op, source.bucket, source.ref));
  CO_TRY_OK(check_conditions(conditions_of(*call), source.version));
  co_return source;
}

Task<Result<void>> check_copy_of_tags(OpContext op, CallRef call, objects::BucketRef bucket, objects::ObjectRef ref) {
  Access access(*call, call->access.policies());
  access.begin(std::move(bucket));
  const std::string_view action = ref.version_id ? "oss:GetObjectVersionTagging" : "oss:GetObjectTagging";
  access.demand({action, std::move(ref), identity::AclReach::kNever, false, {}});
  co_return co_await access.check(op);
}

}  // namespace farshore::api::oss
