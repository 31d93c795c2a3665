// SPDX-License-Identifier: Apache-2.0
// BucketPolicies: compiled bucket policies, kept while the settings they were read from are current.
#pragma once

#include <cstddef>
#include <map>
#include <memory>

#include "base/result.h"
#include "identity/policy_parser.h"
#include "model/bucket.h"

namespace farshore::api::oss {

/// Owned by the protocol's entry; loop thread only.
class BucketPolicies {
 public:
  static constexpr std::size_t kEntriesMax = 4096;
  /// Null if the bucket has no policy. Error: kAccessDenied for a stored text that this program cannot compile: a newer
  /// program's Deny must not be lost.
  Result<identity::PolicyPointer> compiled(const std::shared_ptr<const BucketSettings>& settings);

 private:
  struct Entry {
    std::shared_ptr<const BucketSettings> settings;  ///< the snapshot it was compiled from
    identity::PolicyPointer policy;
  };
  std::map<BucketId, Entry> entries_;
};

}  // namespace farshore::api::oss
