// SPDX-License-Identifier: Apache-2.0
// Quotas: how much an account may have. Settings; no restart needed.
#pragma once

#include <cstddef>

namespace farshore::identity {

// Rule: RAM, "Limits"; every number can be configured.
struct Quotas {
  std::size_t users = 5000;
  std::size_t access_keys_per_user = 2;
  std::size_t access_keys_per_root = 3;  ///< two and the one the account was made with
  std::size_t roles = 1000;
  std::size_t policies = 1500;
  std::size_t policy_versions = 5;
  std::size_t system_attachments = 20;
  std::size_t custom_attachments = 10;
  std::size_t buckets = 100;  // Rule: OSS, "Limits": 100 buckets per account and region.
};

}  // namespace farshore::identity
