// SPDX-License-Identifier: Apache-2.0
// Access: what a request must be allowed to do on a bucket, judged now and again whenever the bucket's guard has changed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/oss/bucket_policies.h"
#include "identity/authorize.h"
#include "objects/objects.h"

namespace farshore::api::oss {

struct Call;

/// One right that a request needs. Actions are texts of the operation table, so they live for ever.
struct Demand {
  std::string_view action;
  objects::ObjectRef object;  ///< empty key: the bucket itself
  identity::AclReach acl = identity::AclReach::kNever;
  bool batch = false;         ///< one key of many: a denial says so
  TagSet request_tags;        ///< oss:RequestObjectTag
};

/// The Decider of a request on one bucket. Owned by its Call, or by a handler beside it for a second bucket; refers to both.
/// Loop thread only.
///
/// Rule: OSS, "Authentication": identity policies of the owner's own people, the bucket policy, the owner's root, then ACLs
/// for objects. Policies see tags of an existing object only if one of them asks, and ACLs of objects are read only if
/// nothing else has allowed: a signed request of the owner reads no row for its rights. What was decided holds while neither the
/// bucket's guard nor the directory has changed: a right taken away during a long upload is missing at its commit.
class Access final : public objects::Decider {
 public:
  Access(const Call& call, BucketPolicies& policies) : call_(call), policies_(policies) {}

  /// Names the bucket and forgets all demands.
  void begin(objects::BucketRef bucket);
  void demand(Demand demand) { demands_.push_back(std::move(demand)); }
  /// True, and decided, where nothing could say no: the owner's root without a bucket policy, which is most requests of a small
  /// installation. False: check().
  bool plainly_allowed();
  /// All demands under the bucket's present guard. Error: kAccessDenied with the reason.
  Task<Result<void>> check(OpContext op);
  Task<Result<Sequence>> decide(OpContext op, const objects::Bucket& bucket) override;
  BucketPolicies& policies() const { return policies_; }

 private:
  Task<Result<void>> judge(OpContext op, objects::Guard guard);
  Task<Result<void>> judge_one(OpContext op, objects::Guard guard, identity::PolicyPointer policy, std::size_t index);
  bool asks_for_tags(const identity::PolicyPointer& policy) const;
  const Call& call_;
  BucketPolicies& policies_;
  objects::BucketRef bucket_;
  std::vector<Demand> demands_;
  std::optional<std::pair<Sequence, identity::DirectorySequence>> decided_;
};

/// ok, or kAccessDenied: a service call, or one on a name that nobody has; judged by the caller's own policies.
/// `relative` is the resource behind the account's uid: "*" or a bucket name.
Result<void> check_own(const Call& call, std::string_view action, std::string_view relative);

}  // namespace farshore::api::oss
