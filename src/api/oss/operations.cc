// SPDX-License-Identifier: Apache-2.0
// The table of operations, and the router over it. An operation cannot be added without saying what permits it.
#include <algorithm>
#include <array>
#include <string>

#include "api/oss/handlers.h"
#include "api/oss/signing_text.h"

namespace farshore::api::oss {
namespace {

using enum Scope;
using enum identity::AclReach;

constexpr Operation plain(std::string_view name, std::string_view action, Handler handler) { return {name, action, "", handler}; }
constexpr Operation maybe(std::string_view name, std::string_view action, Handler handler) { return {name, action, "", handler, kNever, Needs::kMaybeBucket}; }
constexpr Operation object(std::string_view name, std::string_view action, std::string_view versioned, Handler handler,
                           identity::AclReach acl = kNever) {
  return {name, action, versioned, handler, acl};
}
/// Reading a configuration that this server never stores: its own 404, or its default document.
constexpr Operation never_set(std::string_view name, std::string_view action) { return plain(name, action, get_never_set_configuration); }
constexpr Operation never_there(std::string_view name, std::string_view action) { return plain(name, action, delete_never_set_configuration); }

// Rule: OSS, "Actions": names and actions of all operations (data plane and bucket plane).
constexpr std::array kRows = std::to_array<Row>({
    // Plain requests first: they are most requests.
    {"PUT", kObject, "", object("PutObject", "oss:PutObject", "", put_object, kWrite)},
    {"PUT", kObject, "", object("CopyObject", "oss:PutObject", "", copy_object, kWrite), {}, true},
    {"GET", kObject, "", object("GetObject", "oss:GetObject", "oss:GetObjectVersion", get_object, kRead)},
    {"HEAD", kObject, "", object("HeadObject", "oss:GetObject", "oss:GetObjectVersion", head_object, kRead)},
    {"DELETE", kObject, "", object("DeleteObject", "oss:DeleteObject", "oss:DeleteObjectVersion", delete_object, kWrite)},
    {"HEAD", kObject, "objectMeta", object("GetObjectMeta", "oss:GetObject", "oss:GetObjectVersion", get_object_meta, kRead)},
    {"GET", kObject, "acl", object("GetObjectAcl", "oss:GetObjectAcl", "oss:GetObjectVersionAcl", get_object_acl)},
    {"PUT", kObject, "acl", object("PutObjectAcl", "oss:PutObjectAcl", "oss:PutObjectVersionAcl", put_object_acl)},
    {"GET", kObject, "tagging", object("GetObjectTagging", "oss:GetObjectTagging", "oss:GetObjectVersionTagging", get_object_tagging)},
    {"PUT", kObject, "tagging", object("PutObjectTagging", "oss:PutObjectTagging", "oss:PutObjectVersionTagging", put_object_tagging)},
    {"DELETE", kObject, "tagging", object("DeleteObjectTagging", "oss:DeleteObjectTagging", "oss:DeleteObjectVersionTagging", delete_object_tagging)},
    {"POST", kObject, "uploads", object("InitiateMultipartUpload", "oss:PutObject", "", initiate_multipart_upload, kWrite)},
    {"PUT", kObject, "uploadId", object("UploadPart", "oss:PutObject", "", upload_part, kWrite)},
    {"PUT", kObject, "uploadId", object("UploadPartCopy", "oss:PutObject", "", upload_part_copy, kWrite), {}, true},
    {"POST", kObject, "uploadId", object("CompleteMultipartUpload", "oss:PutObject", "", complete_multipart_upload, kWrite)},
    {"DELETE", kObject, "uploadId", object("AbortMultipartUpload", "oss:AbortMultipartUpload", "", abort_multipart_upload)},
    {"GET", kObject, "uploadId", object("ListParts", "oss:ListParts", "", list_parts)},

    {"GET", kService, "", maybe("ListBuckets", "oss:ListBuckets", list_buckets)},
    {"GET", kService, "tagging", maybe("ListBuckets", "oss:ListBuckets", list_buckets)},
    {"GET", kService, "regions", maybe("DescribeRegions", "oss:DescribeRegions", describe_regions)},

    {"PUT", kBucket, "", maybe("PutBucket", "oss:PutBucket", put_bucket)},
    {"DELETE", kBucket, "", maybe("DeleteBucket", "oss:DeleteBucket", delete_bucket)},
    {"GET", kBucket, "", plain("ListObjects", "oss:ListObjects", list_objects)},
    {"GET", kBucket, "list-type", plain("ListObjectsV2", "oss:ListObjects", list_objects)},
    {"GET", kBucket, "versions", plain("ListObjectVersions", "oss:ListObjectVersions", list_object_versions)},
    {"GET", kBucket, "uploads", plain("ListMultipartUploads", "oss:ListMultipartUploads", list_multipart_uploads)},
    // Judged key by key in the handler: the bucket itself is not deleted.
    {"POST", kBucket, "delete", {"DeleteMultipleObjects", "oss:DeleteObject", "oss:DeleteObjectVersion", delete_multiple_objects, kWrite, Needs::kOpenBucket}},
    {"GET", kBucket, "bucketInfo", plain("GetBucketInfo", "oss:GetBucketInfo", get_bucket_info)},
    {"GET", kBucket, "location", plain("GetBucketLocation", "oss:GetBucketLocation", get_bucket_location)},
    {"GET", kBucket, "acl", plain("GetBucketAcl", "oss:GetBucketAcl", get_bucket_acl)},
    {"PUT", kBucket, "acl", maybe("PutBucketAcl", "oss:PutBucketAcl", put_bucket_acl)},
    {"GET", kBucket, "versioning", plain("GetBucketVersioning", "oss:GetBucketVersioning", get_bucket_versioning)},
    {"PUT", kBucket, "versioning", plain("PutBucketVersioning", "oss:PutBucketVersioning", put_bucket_versioning)},
    {"GET", kBucket, "policy", plain("GetBucketPolicy", "oss:GetBucketPolicy", get_bucket_policy)},
    {"PUT", kBucket, "policy", plain("PutBucketPolicy", "oss:PutBucketPolicy", put_bucket_policy)},
    {"DELETE", kBucket, "policy", plain("DeleteBucketPolicy", "oss:DeleteBucketPolicy", delete_bucket_policy)},
    {"GET", kBucket, "policyStatus", plain("GetBucketPolicyStatus", "oss:GetBucketPolicyStatus", get_bucket_policy_status)},
    {"GET", kBucket, "encryption", plain("GetBucketEncryption", "oss:GetBucketEncryption", get_bucket_encryption)},
    {"PUT", kBucket, "encryption", plain("PutBucketEncryption", "oss:PutBucketEncryption", put_bucket_encryption)},
    {"DELETE", kBucket, "encryption", plain("DeleteBucketEncryption", "oss:DeleteBucketEncryption", delete_bucket_encryption)},

    {"POST", kBucket, "replication", plain("PutBucketReplication", "oss:PutBucketReplication", put_bucket_replication), "add"},
    {"POST", kBucket, "replication", plain("DeleteBucketReplication", "oss:DeleteBucketReplication", delete_bucket_replication), "delete"},
    {"GET", kBucket, "replication", plain("GetBucketReplication", "oss:GetBucketReplication", get_bucket_replication)},
    {"GET", kBucket, "replicationLocation", plain("GetBucketReplicationLocation", "oss:GetBucketReplicationLocation", get_bucket_replication_location)},
    {"GET", kBucket, "replicationProgress", plain("GetBucketReplicationProgress", "oss:GetBucketReplicationProgress", get_bucket_replication_progress)},
    {"PUT", kBucket, "rtc", plain("PutBucketRTC", "oss:PutBucketRTC", put_bucket_rtc)},

    // Farshore's own: who may watch the progress may ask why.
    {"GET", kBucket, kExplainMarker, plain("ExplainReplication", "oss:GetBucketReplicationProgress", explain_replication)},

    {"GET", kBucket, "cors", never_set("GetBucketCors", "oss:GetBucketCors")},
    {"DELETE", kBucket, "cors", never_there("DeleteBucketCors", "oss:DeleteBucketCors")},
    {"GET", kBucket, "website", never_set("GetBucketWebsite", "oss:GetBucketWebsite")},
    {"DELETE", kBucket, "website", never_there("DeleteBucketWebsite", "oss:DeleteBucketWebsite")},
    {"GET", kBucket, "lifecycle", never_set("GetBucketLifecycle", "oss:GetBucketLifecycle")},
    {"DELETE", kBucket, "lifecycle", never_there("DeleteBucketLifecycle", "oss:DeleteBucketLifecycle")},
    {"GET", kBucket, "logging", never_set("GetBucketLogging", "oss:GetBucketLogging")},
    {"DELETE", kBucket, "logging", never_there("DeleteBucketLogging", "oss:DeleteBucketLogging")},
    {"GET", kBucket, "referer", never_set("GetBucketReferer", "oss:GetBucketReferer")},
    {"GET", kBucket, "tagging", never_set("GetBucketTags", "oss:GetBucketTagging")},
    {"DELETE", kBucket, "tagging", never_there("DeleteBucketTags", "oss:DeleteBucketTagging")},
    {"GET", kBucket, "requestPayment", never_set("GetBucketRequestPayment", "oss:GetBucketRequestPayment")},
    {"GET", kBucket, "accessmonitor", never_set("GetBucketAccessMonitor", "oss:GetBucketAccessMonitor")},
    {"GET", kBucket, "resourceGroup", never_set("GetBucketResourceGroup", "oss:GetBucketResourceGroup")},
    {"GET", kBucket, "transferAcceleration", never_set("GetBucketTransferAcceleration", "oss:GetBucketTransferAcceleration")},
    {"GET", kBucket, "publicAccessBlock", never_set("GetBucketPublicAccessBlock", "oss:GetBucketPublicAccessBlock")},
    {"DELETE", kBucket, "publicAccessBlock", never_there("DeleteBucketPublicAccessBlock", "oss:DeleteBucketPublicAccessBlock")},
    {"GET", kBucket, "worm", never_set("GetBucketWorm", "oss:GetBucketWorm")},
    {"GET", kBucket, "inventory", never_set("GetBucketInventory", "oss:GetBucketInventory")},
    {"DELETE", kBucket, "inventory", never_there("DeleteBucketInventory", "oss:DeleteBucketInventory")},
    {"GET", kBucket, "userDefinedLogFieldsConfig", never_set("GetUserDefinedLogFieldsConfig", "oss:GetBucketLogging")},
    {"DELETE", kBucket, "userDefinedLogFieldsConfig", never_there("DeleteUserDefinedLogFieldsConfig", "oss:DeleteBucketLogging")},
    {"GET", kBucket, "httpsConfig", never_set("GetBucketHttpsConfig", "oss:GetBucketHttpsConfig")},
    {"GET", kBucket, "overwriteConfig", never_set("GetBucketOverwriteConfig", "oss:GetBucketOverwriteConfig")},
    {"DELETE", kBucket, "overwriteConfig", never_there("DeleteBucketOverwriteConfig", "oss:DeleteBucketOverwriteConfig")},
    {"GET", kBucket, "responseHeader", never_set("GetBucketResponseHeader", "oss:GetBucketResponseHeader")},
    {"DELETE", kBucket, "responseHeader", never_there("DeleteBucketResponseHeader", "oss:DeleteBucketResponseHeader")},
    {"GET", kBucket, "style", never_set("GetStyle", "oss:GetStyle")},
    {"GET", kBucket, "bucketArchiveDirectRead", never_set("GetBucketArchiveDirectRead", "oss:GetBucketArchiveDirectRead")},
});

// Parameters that qualify an operation and never select one. Sorted.
constexpr std::array kParameters = std::to_array<std::string_view>({
    "Expires", "OSSAccessKeyId", "Signature", "callback", "callback-var", "comp", "continuation-token", "delimiter", "encoding-type", "fetch-owner",
    "inventoryId", "key-marker", "marker", "max-keys", "max-parts", "max-uploads", "part-number-marker", "partNumber", "position", "prefix", "regionList",
    "response-cache-control", "response-content-disposition", "response-content-encoding", "response-content-language", "response-content-type",
    "response-expires", "rule-id", "security-token", "sequential", "start-after", "styleName", "tag-key", "tag-value", "upload-id-marker", "versionId",
    "version-id-marker",
});

bool is_parameter(std::string_view name) {
  constexpr std::string_view kUnbuilt[] = {"x-oss-process", "x-oss-async-process", "x-oss-write-get-object-response"};
  if (name.starts_with("x-oss-")) return std::find(std::begin(kUnbuilt), std::end(kUnbuilt), name) == std::end(kUnbuilt);
  return std::find(kParameters.begin(), kParameters.end(), name) != kParameters.end();
}

bool is_marker(std::string_view name, Scope scope) {
  return std::any_of(kRows.begin(), kRows.end(), [&](const Row& row) { return row.scope == scope && row.marker == name; });
}

Error not_built(std::string_view name) {
  return Error(ErrorCode::kNotImplemented, "The sub-resource " + std::string(name) + " is not implemented by this server.").with("Header", name);
}

/// The name in the query that selects an operation; empty if none does.
Result<std::string_view> marker_of(std::string_view method, Scope scope, const codec::Query& query) {
  std::string_view marker;
  const bool reads_object = scope == kObject && (method == "GET" || method == "HEAD");
  for (const codec::QueryItem& item : query.items()) {
    if (is_marker(item.name, scope)) {
      // Clients send names in any order: what is meant must not hang on it.
      if (!marker.empty() && marker != item.name) {
        return Error(ErrorCode::kInvalidArgument, "Conflicting sub-resources.").with("ArgumentName", item.name);
      }
      marker = item.name;
    } else if (!is_parameter(item.name) && (is_v1_subresource(item.name) || !reads_object)) {
      return not_built(item.name);
    }
  }
  // A part without its upload must never become a whole object.
  if (marker.empty() && scope == kObject && !reads_object && query.has("partNumber")) {
    return Error(ErrorCode::kInvalidArgument, "partNumber needs an uploadId.").with("ArgumentName", "uploadId");
  }
  return marker;
}

}  // namespace

Result<const Operation*> find_operation(std::string_view method, Scope scope, const codec::Query& query, bool has_copy_source) {
  std::string_view marker;
  if (!query.empty()) {
    TRY(marker, marker_of(method, scope, query));
  }
  const std::string_view comp = query.find("comp").value_or(std::string_view());
  bool other_comp = false;
  bool other_method = false;
  for (const Row& row : kRows) {
    if (row.scope != scope || row.marker != marker) continue;
    if (row.method != method) {
      other_method = true;
    } else if (row.copies != (has_copy_source && method == "PUT" && scope == kObject && (marker.empty() || marker == "uploadId"))) {
      continue;
    } else if (!row.comp.empty() && row.comp != comp) {
      other_comp = true;
    } else {
      return &row.operation;
    }
  }
  if (other_comp) {
    return Error(ErrorCode::kInvalidArgument, "The comp parameter must be add or delete.").with("ArgumentName", "comp").with("ArgumentValue", comp);
  }
  // Setting what can only be read here is a matter of what is built, not of the method.
  if (other_method && method == "PUT" && !marker.empty()) return not_built(marker);
  return Error(ErrorCode::kMethodNotAllowed, "").with("Method", method).with("ResourceType", scope == kService ? "SERVICE" : scope == kBucket ? "BUCKET" : "OBJECT");
}

}  // namespace farshore::api::oss
