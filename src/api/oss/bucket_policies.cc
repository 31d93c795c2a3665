// SPDX-License-Identifier: Apache-2.0
#include "api/oss/bucket_policies.h"

namespace farshore::api::oss {

Result<identity::PolicyPointer> BucketPolicies::compiled(const std::shared_ptr<const BucketSettings>& settings) {
  if (settings->policy.empty()) return identity::PolicyPointer();
  const auto found = entries_.find(settings->id);
  if (found != entries_.end() && found->second.settings == settings) return found->second.policy;
  auto parsed = identity::parse_bucket_policy(settings->policy, settings->name, settings->owner);
  if (!parsed) return Error(ErrorCode::kAccessDenied, "The bucket policy cannot be read, so nothing is allowed.").caused_by(parsed.error());
  if (found == entries_.end() && entries_.size() >= kEntriesMax) entries_.clear();
  entries_.insert_or_assign(settings->id, Entry{settings, *parsed});
  return *std::move(parsed);
}

}  // namespace farshore::api::oss
