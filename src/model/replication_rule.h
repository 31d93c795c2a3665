// SPDX-License-Identifier: Apache-2.0
// ReplicationRule: what the source account asked for, as stored; and what it means.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model/ids.h"

namespace farshore {

// Rule: OSS, "Cross-account replication", step 3: up to 10 prefixes by default, 100 on request.
inline constexpr std::size_t kRulePrefixesDefaultMax = 10;
inline constexpr std::size_t kRulePrefixBytesMax = 1023;
// Rule: OSS, PutBucketReplication, ID: at most 255 characters, unique in the bucket.
inline constexpr std::size_t kRuleIdCharactersMax = 255;
// Rule: OSS, "Replication limits": 100 rules out of and 100 into a bucket.
inline constexpr std::size_t kRulesPerBucketMax = 100;

/// Which operations the rule propagates (Rule: OSS, PutBucketReplication, Action). `text` is echoed as it was posted.
struct ReplicationAction {
  std::string text = "ALL";
  bool put = true;
  bool remove = true;
  bool abort = true;
  friend bool operator==(const ReplicationAction&, const ReplicationAction&) = default;
};

enum class RuleStatus : std::uint8_t { kStarting = 0, kDoing = 1, kClosing = 2 };

/// Immutable but for its life: starting, doing, closing, gone. A rule is effective from the commit that stored it:
/// what has a sequence up to `effective` is history, what comes after is incremental.
struct ReplicationRule {
  RuleId id;
  std::vector<std::string> prefixes;  ///< empty: the whole bucket
  ReplicationAction action;
  BucketName destination_name;
  BucketId destination_bucket;
  AccountUid destination_owner;
  RegionId destination_region;
  bool transfer_acceleration = false;  ///< TransferType oss_acc
  bool historical = true;
  std::string sync_role_name;  ///< as posted, echoed
  RoleId sync_role;
  AccountUid source_owner;
  BucketId source_bucket;
  Sequence effective;  ///< the bucket's sequence when the rule was stored
  std::int64_t created_millis = 0;
  std::int64_t closing_millis = 0;  ///< 0 while not closing
  friend bool operator==(const ReplicationRule&, const ReplicationRule&) = default;
};

/// The destination's record of a rule that writes to its bucket.
struct IncomingRule {
  RuleId id;
  BucketId source_bucket;
  BucketName source_name;
  RegionId source_region;
  AccountUid source_owner;
  RoleId sync_role;
  bool confirmed = false;  ///< false until the source stored the rule; an unconfirmed one expires
  std::int64_t registered_millis = 0;
  friend bool operator==(const IncomingRule&, const IncomingRule&) = default;
};

}  // namespace farshore
