// SPDX-License-Identifier: Apache-2.0
// Configurations that this server never stores: reading one gives its own 404 or its default document, because Terraform and
// the published clients read them all; deleting one is done before it began. Setting one is refused by name in the router.
#include <array>

#include "api/oss/call.h"
#include "api/oss/handlers.h"
#include "api/oss/wire.h"

namespace farshore::api::oss {
namespace {

struct Absent {
  std::string_view marker;
  ErrorCode code;
};
constexpr std::array kAbsent = std::to_array<Absent>({
    {"cors", ErrorCode::kNoSuchCORSConfiguration},
    {"website", ErrorCode::kNoSuchWebsiteConfiguration},
    {"lifecycle", ErrorCode::kNoSuchLifecycle},
    {"transferAcceleration", ErrorCode::kNoSuchTransferAccelerationConfiguration},
    {"worm", ErrorCode::kNoSuchWORMConfiguration},
    {"userDefinedLogFieldsConfig", ErrorCode::kNoSuchUserDefinedLogFieldsConfig},
    {"httpsConfig", ErrorCode::kNoSuchHttpsConfig},
    {"overwriteConfig", ErrorCode::kNoSuchBucketOverwriteConfig},
    {"responseHeader", ErrorCode::kNoSuchResponseHeaderConfiguration},
    {"style", ErrorCode::kNoSuchStyle},
});

using Writer = void (*)(codec::XmlWriter& xml);
struct Default {
  std::string_view marker;
  Writer write;
};
// Rule: OSS, each configuration's page: what GET answers when nothing was ever set.
constexpr std::array kDefaults = std::to_array<Default>({
    {"logging", [](codec::XmlWriter& xml) { xml.open("BucketLoggingStatus").close(); }},
    {"referer", [](codec::XmlWriter& xml) { xml.open("RefererConfiguration").element("AllowEmptyReferer", true).element("AllowTruncateQueryString", true).element("TruncatePath", false).open("RefererList").close().close(); }},
    {"tagging", [](codec::XmlWriter& xml) { xml.open("Tagging").open("TagSet").close().close(); }},
    {"requestPayment", [](codec::XmlWriter& xml) { xml.open("RequestPaymentConfiguration").element("Payer", "BucketOwner").close(); }},
    {"accessmonitor", [](codec::XmlWriter& xml) { xml.open("AccessMonitorConfiguration").element("Status", "Disabled").close(); }},
    {"resourceGroup", [](codec::XmlWriter& xml) { xml.open("BucketResourceGroupConfiguration").element("ResourceGroupId", "rg-default").close(); }},
    {"publicAccessBlock", [](codec::XmlWriter& xml) { xml.open("PublicAccessBlockConfiguration").element("BlockPublicAccess", false).close(); }},
    {"bucketArchiveDirectRead", [](codec::XmlWriter& xml) { xml.open("ArchiveDirectReadConfiguration").element("Enabled", false).close(); }},
    {"inventory", [](codec::XmlWriter& xml) { xml.open("ListInventoryConfigurationsResult").element("IsTruncated", false).close(); }},
});

}  // namespace

Task<Result<http::Response>> get_never_set_configuration(OpContext, CallRef call) {
  for (const Absent& each : kAbsent) {
    if (call->query.has(each.marker)) co_return Error(each.code, "").with("BucketName", call->address.bucket.get());
  }
  if (const auto id = call->parameter("inventoryId")) co_return Error(ErrorCode::kNoSuchInventory, "").with("InventoryId", *id);
  for (const Default& each : kDefaults) {
    if (!call->query.has(each.marker)) continue;
    codec::XmlWriter xml;
    xml.declaration();
    each.write(xml);
    co_return xml_reply(xml);
  }
  co_return not_implemented(call->operation->name);
}

Task<Result<http::Response>> delete_never_set_configuration(OpContext, CallRef) { co_return http::Response(204); }

}  // namespace farshore::api::oss
