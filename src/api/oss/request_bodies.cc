// SPDX-License-Identifier: Apache-2.0
#include "api/oss/request_bodies.h"

#include "api/oss/wire.h"
#include "codec/xml.h"

namespace farshore::api::oss {
namespace {

Result<objects::ObjectRef> read_ref(const codec::XmlNode& node) {
  objects::ObjectRef ref;
  ref.key = ObjectKey(codec::optional_text(node, "Key").value_or(""));
  if (ref.key.get().empty()) return Error(ErrorCode::kUserKeyMustBeSpecified, "");
  if (!valid_object_key(ref.key.get())) return Error(ErrorCode::kInvalidObjectName, "").with("Key", ref.key.get());
  if (const auto id = codec::optional_text(node, "VersionId"); id && !id->empty()) {
    TRY(ref.version_id, VersionId::parse(*id));
  }
  return ref;
}

}  // namespace

Result<Deletions> read_deletions(BytesView xml) {
  TRY(const codec::XmlDocument document, codec::parse_xml(xml, {.max_bytes = kRuleDeleteManyBytesMax}));
  TRY(const codec::XmlNode root, codec::required_root(document, "Delete"));
  Deletions wanted;
  TRY(wanted.quiet, codec::optional_bool(root, "Quiet", false));
  const auto nodes = root.children("Object");
  if (nodes.empty() || nodes.size() > objects::kRuleDeleteManyMax) return Error(ErrorCode::kMalformedXML, "A request deletes 1 to 1000 objects.");
  for (const codec::XmlNode& node : nodes) {
    TRY(objects::ObjectRef ref, read_ref(node));
    wanted.refs.push_back(std::move(ref));
  }
  return wanted;
}

Result<Versioning> read_versioning(BytesView xml) {
  TRY(const codec::XmlDocument document, codec::parse_xml(xml));
  TRY(const codec::XmlNode root, codec::required_root(document, "VersioningConfiguration"));
  TRY(const std::string status, codec::required_text(root, "Status"));
  if (status == "Enabled") return Versioning::kEnabled;
  if (status == "Suspended") return Versioning::kSuspended;
  // Rule: oss2's suite asserts MalformedXML for every other status.
  return Error(ErrorCode::kMalformedXML, "The versioning status must be Enabled or Suspended.").with("Status", status);
}

Result<Encryption> read_encryption_rule(BytesView xml) {
  TRY(const codec::XmlDocument document, codec::parse_xml(xml));
  TRY(const codec::XmlNode root, codec::required_root(document, "ServerSideEncryptionRule"));
  TRY(const codec::XmlNode rule, codec::required_child(root, "ApplyServerSideEncryptionByDefault"));
  TRY(const std::string algorithm, codec::required_text(rule, "SSEAlgorithm"));
  if (algorithm == "KMS" || algorithm == "SM4") return not_implemented("SSEAlgorithm " + algorithm);
  if (algorithm != "AES256") return Error(ErrorCode::kInvalidEncryptionAlgorithmError, "").with("ArgumentValue", algorithm);
  const std::string key_id = codec::optional_text(rule, "KMSMasterKeyID").value_or("");
  if (!key_id.empty()) {
    return Error(ErrorCode::kInvalidArgument, "KMSMasterKeyID is not applicable if the default sse algorithm is not KMS.").with("ArgumentName", "KMSMasterKeyID");
  }
  return Encryption::kAes256;
}

Result<std::optional<StorageClass>> read_bucket_configuration(BytesView xml) {
  std::optional<StorageClass> storage_class;
  if (xml.empty()) return storage_class;
  TRY(const codec::XmlDocument document, codec::parse_xml(xml));
  TRY(const codec::XmlNode root, codec::required_root(document, "CreateBucketConfiguration"));
  if (const auto text = codec::optional_text(root, "StorageClass"); text && !text->empty()) {
    storage_class = parse_storage_class(*text);
    if (!storage_class) return Error(ErrorCode::kInvalidArgument, "no such bucket storage class exists").with("ArgumentName", "StorageClass").with("ArgumentValue", *text);
  }
  if (const auto text = codec::optional_text(root, "DataRedundancyType"); text && !text->empty() && *text != "LRS") {
    return not_implemented("DataRedundancyType " + *text);
  }
  return storage_class;
}

}  // namespace farshore::api::oss
