// SPDX-License-Identifier: Apache-2.0
// DeleteMultipleObjects: up to 1,000 deletions, each with a right of its own.
#include "api/common/read_body.h"
#include "api/oss/call.h"
#include "api/oss/handlers.h"
#include "api/oss/listing.h"
#include "api/oss/wire.h"

namespace farshore::api::oss {
namespace {

// Rule: OSS, "DeleteMultipleObjects": a body of at most 2 MB.
constexpr std::size_t kRuleBodyBytesMax = 2 << 20;

struct Wanted {
  bool quiet = false;
  std::vector<objects::ObjectRef> refs;
};

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

Result<Wanted> read_wanted(BytesView body) {
  TRY(const codec::XmlDocument document, codec::parse_xml(body, {.max_bytes = kRuleBodyBytesMax}));
  TRY(const codec::XmlNode root, codec::required_root(document, "Delete"));
  Wanted wanted;
  TRY(wanted.quiet, codec::optional_bool(root, "Quiet", false));
  const auto nodes = root.children("Object");
  if (nodes.empty() || nodes.size() > objects::kRuleDeleteManyMax) return Error(ErrorCode::kMalformedXML, "A request deletes 1 to 1000 objects.");
  for (const codec::XmlNode& node : nodes) {
    TRY(objects::ObjectRef ref, read_ref(node));
    wanted.refs.push_back(std::move(ref));
  }
  return wanted;
}

void write_deleted(codec::XmlWriter& xml, const objects::ObjectRef& ref, const objects::DeleteResult& result, bool encode) {
  xml.open("Deleted").element("Key", listed(ref.key.get(), encode));
  if (ref.version_id) xml.element("VersionId", ref.version_id->text());
  if (result.delete_marker) {
    xml.element("DeleteMarker", true);
    if (result.version_id) xml.element("DeleteMarkerVersionId", result.version_id->text());
  }
  xml.close();
}

}  // namespace

Task<Result<http::Response>> delete_multiple_objects(OpContext op, CallRef call) {
  CO_TRY(const bool encode, wants_url_encoding(*call));
  std::optional<std::string> md5;
  if (const auto header = call->header("Content-MD5")) md5 = std::string(*header);
  CO_TRY(const Bytes body, co_await read_body(op, std::move(call->request.body), kRuleBodyBytesMax, std::move(md5)));
  CO_TRY(Wanted wanted, read_wanted(body));
  for (const objects::ObjectRef& ref : wanted.refs) {
    const std::string_view action = ref.version_id ? call->operation->versioned_action : call->operation->action;
    call->access.demand({action, ref, call->operation->acl, true, {}});
  }
  CO_TRY_OK(co_await call->access.check(op));
  const objects::BucketRef bucket = call->bucket;
  const auto results = co_await objects::delete_many(op, bucket, call->access, wanted.refs);
  codec::XmlWriter xml;
  xml.declaration().open("DeleteResult");
  if (encode) xml.element("EncodingType", "url");
  for (std::size_t i = 0; i < results.size(); ++i) {
    // The public schema has no per-key error, and repeating a deletion is harmless: the whole call fails.
    if (!results[i]) co_return results[i].error();
    if (!wanted.quiet) write_deleted(xml, wanted.refs[i], *results[i], encode);
  }
  xml.close();
  if (wanted.quiet) co_return http::Response(200);
  co_return xml_reply(xml);
}

}  // namespace farshore::api::oss
