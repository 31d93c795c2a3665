// SPDX-License-Identifier: Apache-2.0
// BenchSetup: makes what a benchmark stands on, through the signed public APIs, as the documentation's three steps do.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/store_client.h"

namespace farshore::cli {

/// Everything is made if it is missing and left if it is there, but for the destination's bucket policy, which is replaced.
/// Errors are sentences that name the step. Loop thread only.
class BenchSetup {
 public:
  BenchSetup(Runtime runtime, http::Client& client, const BenchOptions& options, StoreClient& source, StoreClient* destination)
      : runtime_(runtime), client_(client), options_(options), source_(source), destination_(destination) {}
  /// The bucket or buckets.
  Task<Result<void>> buckets();
  /// Role, policies and rule, then one object that must arrive.
  Task<Result<void>> replication();
  /// The first half of it, and the second with what is in the bucket already.
  Task<Result<void>> rights();
  Task<Result<void>> rule_with_history();

 private:
  using Parameters = std::vector<std::pair<std::string, std::string>>;
  Task<Result<void>> put_bucket(StoreClient* client);
  /// One RAM or STS call of an end; "…AlreadyExist…" is success. Gives the answer's body.
  Task<Result<std::string>> call(const BenchEnd* end, std::string endpoint, std::string version, std::string action, Parameters parameters);
  Task<Result<std::string>> uid_of(const BenchEnd* end);
  Task<Result<void>> make_role();
  Task<Result<void>> let_role_write();
  Task<Result<void>> add_rule(bool history);
  Runtime runtime_;
  http::Client& client_;
  const BenchOptions& options_;
  StoreClient& source_;
  StoreClient* destination_;
};

/// The three documents of the setup; pure.
std::string bench_source_policy(const std::string& bucket);
std::string bench_destination_policy(const std::string& source_uid, const std::string& destination_uid, const std::string& bucket);
std::string bench_rule(const std::string& bucket, const std::string& location, bool history);

}  // namespace farshore::cli
