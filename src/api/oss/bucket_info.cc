// SPDX-License-Identifier: Apache-2.0
// GetBucketInfo and GetBucketLocation.
#include "api/oss/call.h"
#include "api/oss/handlers.h"
#include "api/oss/wire.h"
#include "codec/date.h"

namespace farshore::api::oss {
namespace {

void write_bucket(codec::XmlWriter& xml, const BucketSettings& settings, const RegionEndpoints* region) {
  const bool replicates = !settings.outgoing_rules.empty() || !settings.incoming_rules.empty();
  xml.element("AccessMonitor", "Disabled").element("BlockPublicAccess", false).element("CreationDate", codec::format_iso_millis(settings.created_millis));
  xml.element("CrossRegionReplication", replicates ? "Enabled" : "Disabled").element("DataRedundancyType", "LRS");
  xml.element("ExtranetEndpoint", region != nullptr ? std::string_view(region->extranet) : "").element("IntranetEndpoint", region != nullptr ? std::string_view(region->intranet) : "");
  xml.element("Location", location_of(settings.region)).element("Name", settings.name.get()).element("ResourceGroupId", "rg-default");
  xml.element("StorageClass", text_of(settings.storage_class)).element("TransferAcceleration", "Disabled");
  if (settings.versioning != Versioning::kDisabled) xml.element("Versioning", settings.versioning == Versioning::kEnabled ? "Enabled" : "Suspended");
  write_owner(xml, settings.owner);
  xml.open("AccessControlList").element("Grant", text_of(settings.acl)).close();
  const std::string_view algorithm = text_of(settings.default_encryption);
  xml.open("ServerSideEncryptionRule").element("SSEAlgorithm", algorithm.empty() ? "None" : algorithm).close();
  xml.open("BucketPolicy").element("LogBucket", "").element("LogPrefix", "").close().element("Comment", "");
}

}  // namespace

Task<Result<http::Response>> get_bucket_info(OpContext, CallRef call) {
  codec::XmlWriter xml;
  xml.declaration().open("BucketInfo").open("Bucket");
  const BucketSettings& settings = call->settings();
  write_bucket(xml, settings, call->services.endpoints.find(settings.region.get()));
  xml.close().close();
  co_return xml_reply(xml);
}

Task<Result<http::Response>> get_bucket_location(OpContext, CallRef call) {
  codec::XmlWriter xml;
  xml.declaration().element("LocationConstraint", location_of(call->settings().region));
  co_return xml_reply(xml);
}

}  // namespace farshore::api::oss
