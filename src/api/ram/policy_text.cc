// SPDX-License-Identifier: Apache-2.0
#include "api/ram/policy_text.h"

#include <fmt/format.h>

#include "api/ram/ram_resources.h"

namespace farshore::api::ram {

RpcTree policy_head(const identity::PolicyEntry& policy) {
  return RpcTree()
      .text("PolicyName", policy.name)
      .text("PolicyType", policy_type_text(policy.type))
      .text("Description", policy.description)
      .text("DefaultVersion", fmt::format("v{}", policy.default_version));
}

RpcTree policy_summary(RpcServices services, const AccountUid& account, const identity::PolicyEntry& policy) {
  const auto count = services.policies.attachment_count({account, policy.type, policy.name});
  return policy_head(policy)
      .time("CreateDate", policy.created_millis)
      .time("UpdateDate", policy.updated_millis)
      .number("AttachmentCount", static_cast<std::int64_t>(count));
}

RpcTree version_text(const identity::PolicyVersion& version, bool is_default) {
  return RpcTree()
      .text("VersionId", fmt::format("v{}", version.number))
      .flag("IsDefaultVersion", is_default)
      .text("PolicyDocument", version.document)
      .time("CreateDate", version.created_millis);
}

}  // namespace farshore::api::ram
