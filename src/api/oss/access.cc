// SPDX-License-Identifier: Apache-2.0
#include "api/oss/access.h"

#include <algorithm>

#include "api/oss/call.h"

namespace farshore::api::oss {
namespace {

using identity::AclReach;
using identity::Decision;
using identity::Resource;

RequestConditions conditions_of(const Call& call) {
  RequestConditions conditions;
  conditions.set("acs:SourceIp", call.request.remote.host);
  conditions.set("acs:SecureTransport", call.request.secure);
  conditions.set_instant("acs:CurrentTime", call.services.runtime.clock.now().millis());
  if (!call.access_key.empty()) conditions.set("acs:AccessId", call.access_key);
  if (const auto agent = call.header("User-Agent")) conditions.set("acs:UserAgent", std::string(*agent));
  // Rule: OSS, "Conditions": absent listing parameters are empty strings.
  conditions.set("oss:Prefix", std::string(call.parameter("prefix").value_or("")));
  conditions.set("oss:Delimiter", std::string(call.parameter("delimiter").value_or("")));
  return conditions;
}

bool asks(const PolicyDocument& document) {
  constexpr std::string_view kTagKey = "oss:existingobjecttag/";
  return std::any_of(document.statements.begin(), document.statements.end(), [&](const PolicyStatement& statement) {
    return std::any_of(statement.conditions.begin(), statement.conditions.end(), [&](const PolicyCondition& condition) { return condition.key.starts_with(kTagKey); });
  });
}

/// The sentence and number that OSS gives for a denial; authorize()'s own sentence where it has none.
struct DenialText {
  std::string_view message;
  std::string_view ec;
};
DenialText denial_text(const Call& call, const Decision& decision, const Demand& demand) {
  if (decision.explicit_deny) return {"Access denied by bucket policy.", demand.batch ? "0003-00000204" : "0003-00000201"};
  if (call.principal.is_anonymous() && demand.object.key.get().empty()) {
    return {"Anonymous access is forbidden for this operation.", "0003-00000002"};
  }
  if (decision.stage == identity::Stage::kSessionPolicy) return {"Access denied by authorizer's policy.", "0003-00000202"};
  if (demand.acl != AclReach::kNever) return {"You have no right to access this object because of bucket acl.", "0003-00000001"};
  return {"", "0003-00000202"};
}

Error refusal(const Call& call, const Decision& decision, const Demand& demand) {
  const Error reason = identity::denied(decision, call.principal, demand.action);
  const DenialText text = denial_text(call, decision, demand);
  Error error(ErrorCode::kAccessDenied, text.message.empty() ? reason.message() : std::string(text.message));
  for (const auto& [name, value] : reason.details()) error = std::move(error).with(name, value);
  return std::move(error).with("EC", text.ec);
}

}  // namespace

void Access::begin(objects::BucketRef bucket) {
  bucket_ = std::move(bucket);
  demands_.clear();
  decided_.reset();
}

bool Access::plainly_allowed() {
  const objects::Guard guard = bucket_->guard();
  const BucketSettings& settings = *guard.settings;
  if (settings.deleted || !settings.policy.empty() || !call_.principal.is_root_of(settings.owner)) return false;
  decided_ = std::make_pair(guard.version, call_.services.directory.sequence());
  return true;
}

Task<Result<void>> Access::check(OpContext op) {
  if (plainly_allowed()) co_return Result<void>();
  const objects::Guard guard = bucket_->guard();
  const auto under = std::make_pair(guard.version, call_.services.directory.sequence());
  CO_TRY_OK(co_await judge(op, guard));
  decided_ = under;
  co_return Result<void>();
}

Task<Result<Sequence>> Access::decide(OpContext op, const objects::Bucket& bucket) {
  FS_CHECK(&bucket == bucket_.get());
  const objects::Guard guard = bucket.guard();
  const auto under = std::make_pair(guard.version, call_.services.directory.sequence());
  if (decided_ != under && !plainly_allowed()) {
    CO_TRY_OK(co_await judge(op, guard));
    decided_ = under;
  }
  co_return guard.version;
}

bool Access::asks_for_tags(const identity::PolicyPointer& policy) const {
  if (policy && asks(*policy)) return true;
  const auto attached = [&](identity::EntityKind kind, std::string_view id) {
    const identity::AttachedPolicies all = call_.services.directory.view().attached(kind, id);
    return std::any_of(all->begin(), all->end(), [](const identity::AttachedPolicy& one) { return one.document && asks(*one.document); });
  };
  if (const identity::User* user = call_.principal.user()) return attached(identity::EntityKind::kUser, user->id.get());
  if (const identity::RoleSession* session = call_.principal.session()) {
    return (session->session_policy && asks(*session->session_policy)) || attached(identity::EntityKind::kRole, session->role.get());
  }
  return false;
}

Task<Result<void>> Access::judge(OpContext op, objects::Guard guard) {
  const BucketSettings& settings = *guard.settings;
  if (settings.deleted) co_return Error(ErrorCode::kNoSuchBucket, "").with("BucketName", settings.name.get());
  CO_TRY(const identity::PolicyPointer policy, policies_.compiled(guard.settings));
  for (std::size_t i = 0; i < demands_.size(); ++i) CO_TRY_OK(co_await judge_one(op, guard, policy, i));
  co_return Result<void>();
}

Task<Result<void>> Access::judge_one(OpContext op, objects::Guard guard, identity::PolicyPointer policy, std::size_t index) {
  const BucketSettings& settings = *guard.settings;
  const Demand demand = demands_[index];
  const bool on_object = !demand.object.key.get().empty();
  RequestConditions conditions = conditions_of(call_);
  for (const Tag& tag : demand.request_tags) conditions.set("oss:RequestObjectTag/" + tag.key, tag.value);
  std::optional<Version> existing;
  bool looked = false;
  if (on_object && asks_for_tags(policy)) {
    CO_TRY(existing, co_await objects::find_any(op, bucket_, demand.object));
    looked = true;
    if (existing) {
      for (const Tag& tag : existing->tags) conditions.set("oss:ExistingObjectTag/" + tag.key, tag.value);
    }
  }
  Resource resource;
  resource.kind = Resource::Kind::kBucket;
  resource.owner = settings.owner;
  const std::string relative = on_object ? settings.name.get() + "/" + demand.object.key.get() : settings.name.get();
  resource.name = resource_name("oss", settings.region.get(), settings.owner.get(), relative);
  resource.resource_policy = policy.get();
  resource.bucket_acl = settings.acl;
  Decision decision = identity::authorize(call_.services.directory.view(), call_.principal, demand.action, resource, conditions);
  if (!decision.allowed && !decision.explicit_deny && on_object && demand.acl != AclReach::kNever) {
    if (!looked) {
      CO_TRY(existing, co_await objects::find_any(op, bucket_, demand.object));
    }
    resource.object_acl = existing ? existing->acl : ObjectAcl::kDefault;
    resource.acl_reach = demand.acl;
    decision = identity::authorize(call_.services.directory.view(), call_.principal, demand.action, resource, conditions);
  }
  if (!decision.allowed) co_return refusal(call_, decision, demand);
  co_return Result<void>();
}

Result<void> check_own(const Call& call, std::string_view action, std::string_view relative) {
  if (call.principal.is_anonymous()) {
    return Error(ErrorCode::kAccessDenied, "Anonymous access is forbidden for this operation.").with("EC", "0003-00000002");
  }
  Resource resource;
  resource.kind = Resource::Kind::kOwn;
  resource.owner = call.principal.account();
  resource.name = resource_name("oss", call.address.region.get(), resource.owner.get(), relative);
  const Decision decision = identity::authorize(call.services.directory.view(), call.principal, action, resource, conditions_of(call));
  if (decision.allowed) return {};
  return identity::denied(decision, call.principal, action);
}

}  // namespace farshore::api::oss
