// SPDX-License-Identifier: Apache-2.0
#include "replication/grants.h"

#include "identity/policy_parser.h"

namespace farshore::replication {
namespace {

/// Ordinary actions whose explicit Deny blocks replication too (Rule: OSS, data replication and bucket policies, 2.7).
std::string_view ordinary_action(std::string_view action) {
  if (action == "oss:ReplicateGet") return "oss:GetObject";
  if (action == "oss:ReplicateList") return "oss:ListObjects";
  if (action == "oss:ReplicatePut") return "oss:PutObject";
  return "oss:DeleteObject";
}

}  // namespace

Result<void> Grants::check(const objects::Bucket& bucket, std::string_view action, std::string_view key) {
  const objects::Guard guard = bucket.guard();
  if (!policy_read_ || policy_version_ != guard.version) {
    policy_ = nullptr;
    if (!guard.settings->policy.empty()) {
      TRY(policy_, identity::parse_bucket_policy(guard.settings->policy, guard.settings->name, guard.settings->owner));
    }
    policy_version_ = guard.version;
    policy_read_ = true;
  }
  // Most roles may do it everywhere or nowhere: three policy evaluations for each change say the same every time.
  const auto known = throughout_.find(action);
  const bool fresh = known != throughout_.end() && known->second.directory == directory_.sequence() && known->second.guard == guard.version;
  if (fresh && known->second.allowed && sessions_.check_age()) return {};
  const std::string_view side = destination_ ? "destination" : "source";
  auto principal = sessions_.assume_role_as_service("oss.aliyuncs.com", role_);
  if (!principal) return Error(principal.error()).with("Side", side).with("Action", "sts:AssumeRole").with("Bucket", guard.settings->name.get());

  std::string relative = guard.settings->name.get();
  if (!key.empty()) (relative += '/') += key;
  identity::Resource resource;
  resource.kind = identity::Resource::Kind::kBucket;
  resource.owner = guard.settings->owner;
  resource.name = resource_name("oss", guard.settings->region.get(), guard.settings->owner.get(), relative);
  resource.resource_policy = policy_.get();
  RequestConditions conditions;
  conditions.set("acs:SecureTransport", true);
  conditions.set_instant("acs:CurrentTime", bucket.now_millis());

  auto decision = identity::authorize(directory_.view(), *principal, action, resource, conditions);
  std::string_view refused = action;
  if (decision.allowed) {
    const auto ordinary = identity::authorize(directory_.view(), *principal, ordinary_action(action), resource, conditions);
    if (!ordinary.explicit_deny) {
      if (!fresh) throughout_.insert_or_assign(std::string(action), Throughout{directory_.sequence(), guard.version, allowed_throughout(*principal, action, resource)});
      return {};
    }
    decision = ordinary;
    refused = ordinary_action(action);
  }
  const Error denial = identity::denied(decision, *principal, refused);
  Error error(ErrorCode::kAccessDenied, fmt::format("The replication role {} may not {} on the {} bucket {}: {}. {}", principal->condition_arn(), refused, side,
                                                    guard.settings->name.get(), decision.explicit_deny ? "a policy denies it" : "no policy allows it",
                                                    destination_ ? "Grant it to the role in the destination's bucket policy (role name in lower case)."
                                                                 : "Attach a policy to the role that allows it on the source bucket."));
  for (const auto& [name, value] : denial.details()) error = std::move(error).with(name, value);
  return std::move(error).with("Side", side).with("Action", refused).with("Principal", principal->condition_arn()).with("Bucket", guard.settings->name.get());
}

/// `resource`: of any key, or of the bucket itself.
bool Grants::allowed_throughout(const identity::Principal& principal, std::string_view action, identity::Resource resource) const {
  const identity::RoleSession* session = principal.session();
  const std::size_t bucket_end = resource.name.find('/');
  if (session == nullptr || bucket_end == std::string::npos) return false;
  resource.name.resize(bucket_end + 1);
  return identity::allows_all_below(directory_.view(), *session, action, resource) &&
         !identity::may_be_denied(directory_.view(), *session, ordinary_action(action), resource);
}

}  // namespace farshore::replication
