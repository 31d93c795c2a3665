// SPDX-License-Identifier: Apache-2.0
// Grants: what a replication role may do at either end, decided from the directory at every use.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "identity/authorize.h"
#include "identity/sessions.h"
#include "objects/bucket.h"

namespace farshore::replication {

/// Decides for one role and one bucket. Loop thread only; cheap to keep.
class Grants {
 public:
  Grants(identity::DirectoryStore& directory, identity::Sessions& sessions, RoleId role, bool destination)
      : directory_(directory), sessions_(sessions), role_(std::move(role)), destination_(destination) {}

  /// What a decision of check() rests on, beside the bucket's guard.
  identity::DirectorySequence directory_sequence() const { return directory_.sequence(); }
  /// ok, or kAccessDenied with authorize's details and details Side (source|destination), Action, Principal and Bucket;
  /// kEntityNotExist if the role is gone; kNoPermission if it no longer trusts oss.aliyuncs.com.
  /// `key` empty: the bucket itself.
  Result<void> check(const objects::Bucket& bucket, std::string_view action, std::string_view key);

 private:
  identity::DirectoryStore& directory_;
  identity::Sessions& sessions_;
  RoleId role_;
  bool destination_;
  Sequence policy_version_;
  bool policy_read_ = false;
  identity::PolicyPointer policy_;
};

}  // namespace farshore::replication
