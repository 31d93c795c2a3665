// SPDX-License-Identifier: Apache-2.0
// How policies and their versions look in answers.
#pragma once

#include <string>

#include "api/common/rpc_action.h"

namespace farshore::api::ram {

/// PolicyName, PolicyType, Description, DefaultVersion.
RpcTree policy_head(const identity::PolicyEntry& policy);
/// policy_head, dates and AttachmentCount.
RpcTree policy_summary(RpcServices services, const AccountUid& account, const identity::PolicyEntry& policy);
/// VersionId, IsDefaultVersion, PolicyDocument, CreateDate.
RpcTree version_text(const identity::PolicyVersion& version, bool is_default);

}  // namespace farshore::api::ram
