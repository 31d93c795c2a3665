// SPDX-License-Identifier: Apache-2.0
// Grants: what a replication role may do at either end, decided from the directory at every use.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
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
  bool allowed_throughout(const identity::Principal& principal, std::string_view action, identity::Resource resource) const;
  identity::DirectoryStore& directory_;
  identity::Sessions& sessions_;
  RoleId role_;
  bool destination_;
  Sequence policy_version_;
  bool policy_read_ = false;
  identity::PolicyPointer policy_;
  /// What was found out about an action under one state of the directory and of the bucket's settings.
  struct Throughout {
    identity::DirectorySequence directory;
    Sequence guard;
    bool allowed = false;  ///< for every key, whatever the time; else each key is asked for
  };
  std::map<std::string, Throughout, std::less<>> throughout_;  ///< by action
};

}  // namespace farshore::replication
