// SPDX-License-Identifier: Apache-2.0
// GetService (ListBuckets) and DescribeRegions: the calls that name no bucket.
#include "api/oss/call.h"
#include "api/oss/handlers.h"
#include "api/oss/listing.h"
#include "api/oss/wire.h"
#include "codec/date.h"

namespace farshore::api::oss {
namespace {

/// The class of a bucket of this region; the directory does not know those of others.
Task<StorageClass> class_of(OpContext op, CallRef call, identity::BucketEntry entry) {
  if (entry.region != call->services.endpoints.here) co_return StorageClass::kStandard;
  const auto bucket = co_await call->services.objects.buckets().open(op, entry.id);
  co_return bucket ? (*bucket)->settings().storage_class : StorageClass::kStandard;
}

void write_bucket(codec::XmlWriter& xml, const identity::BucketEntry& entry, StorageClass storage_class, const Endpoints& endpoints) {
  const RegionEndpoints* region = endpoints.find(entry.region.get());
  xml.open("Bucket").element("Comment", "").element("CreationDate", codec::format_iso_millis(entry.created_millis));
  xml.element("ExtranetEndpoint", region != nullptr ? std::string_view(region->extranet) : "").element("IntranetEndpoint", region != nullptr ? std::string_view(region->intranet) : "");
  xml.element("Location", location_of(entry.region)).element("Name", entry.name.get()).element("Region", entry.region.get());
  xml.element("StorageClass", text_of(storage_class)).element("ResourceGroupId", "rg-default").close();
}

}  // namespace

Task<Result<http::Response>> list_buckets(OpContext op, CallRef call) {
  if (auto allowed = check_own(*call, call->operation->action, "*"); !allowed) {
    if (call->principal.is_anonymous()) co_return std::move(allowed).error();
    Error error(ErrorCode::kAccessDenied, "You are forbidden to list buckets.");
    for (const auto& [name, value] : allowed.error().details()) error = std::move(error).with(name, value);
    co_return error;
  }
  CO_TRY(const std::size_t entries_max, page_size(*call, "max-keys", 100));
  const std::string prefix(call->parameter("prefix").value_or(""));
  const std::string marker(call->parameter("marker").value_or(""));
  identity::Page<identity::BucketEntry> page;
  // No bucket carries tags, so a filter on them finds none.
  const bool filtered = call->parameter("tag-key") || call->parameter("tagging");
  if (!filtered) page = call->services.directory.view().buckets(call->principal.account(), prefix, {marker, entries_max});
  codec::XmlWriter xml;
  xml.declaration().open("ListAllMyBucketsResult").element("Prefix", prefix).element("Marker", marker).element("MaxKeys", entries_max);
  xml.element("IsTruncated", !page.next_marker.empty());
  if (!page.next_marker.empty()) xml.element("NextMarker", page.next_marker);
  write_owner(xml, call->principal.account());
  xml.open("Buckets");
  for (const identity::BucketEntry& entry : page.items) {
    const StorageClass storage_class = co_await class_of(op, call, entry);
    write_bucket(xml, entry, storage_class, call->services.endpoints);
  }
  xml.close().close();
  co_return xml_reply(xml);
}

Task<Result<http::Response>> describe_regions(OpContext, CallRef call) {
  CO_TRY_OK(check_own(*call, call->operation->action, "*"));
  const auto wanted = call->parameter("regions");
  const Endpoints& endpoints = call->services.endpoints;
  const RegionEndpoints* only = wanted ? endpoints.find_location(*wanted) : nullptr;
  if (wanted && only == nullptr) co_return Error(ErrorCode::kNoSuchRegion, "").with("Region", *wanted);
  codec::XmlWriter xml;
  xml.declaration().open("RegionInfoList");
  for (const RegionEndpoints& region : endpoints.regions) {
    if (only != nullptr && only != &region) continue;
    xml.open("RegionInfo").element("Region", location_of(region.id)).element("InternetEndpoint", region.extranet);
    xml.element("InternalEndpoint", region.intranet).element("AccelerateEndpoint", region.extranet).close();
  }
  xml.close();
  co_return xml_reply(xml);
}

}  // namespace farshore::api::oss
