// SPDX-License-Identifier: Apache-2.0
// AdminService: what an operator asks of one region: accounts, regions, rules and their progress, explain, audit. JSON over HTTP.
#pragma once

#include <functional>
#include <string>

#include "api/admin/admin_signature.h"
#include "api/common/endpoints.h"
#include "codec/json.h"
#include "http/message.h"
#include "identity/accounts.h"
#include "identity/audit.h"
#include "identity/directory_store.h"
#include "objects/objects.h"
#include "replication/rule_service.h"
#include "runtime/runtime.h"

namespace farshore::api::admin {

/// References that the composition root keeps alive.
struct AdminServices {
  Runtime runtime;
  identity::Accounts& accounts;
  identity::DirectoryStore& directory;
  identity::AuditTrail& audit;
  objects::Objects& objects;
  replication::RuleService& rules;
  const Endpoints& endpoints;
  std::function<bool(const RegionId&)> connected;  ///< whether a link to that region stands; empty: unknown, reported as null
};

/// One request with its parts read.
struct AdminRequest {
  codec::Query query;
  codec::JsonValue body;  ///< null without one
  std::string tail;       ///< what follows the route's path: "/-/admin/accounts/<tail>"
  std::string source_ip;
  /// Error: kMissingArgument.
  Result<std::string> required(std::string_view parameter) const;
};

/// Answers everything below "/-/admin/" (docs/operating/admin.md lists it). '-' is no bucket name, so no path-style bucket is
/// ever meant. Every request is signed by the operator (AdminVerifier); who is not, learns nothing but the region's name.
/// Refusals are {"code","message","request_id", details…}. A bucket of another region is refused with that region's endpoint.
///
/// Not for tenants: accounts act through RAM and OSS. Owned by the composition root; loop thread only.
class AdminService {
 public:
  AdminService(AdminServices services, Secret operator_secret);
  static bool is_admin_request(const http::Request& request) { return request.raw_path.starts_with("/-/admin/"); }
  Task<http::Response> handle(OpContext op, http::Request request);

  struct Route;  ///< the table in admin_service.cc

 private:
  Task<Result<http::Response>> serve(OpContext op, http::Request request);
  Task<Result<http::Response>> accounts(OpContext op, AdminRequest request);
  Task<Result<http::Response>> account(OpContext op, AdminRequest request);
  Task<Result<http::Response>> create_account(OpContext op, AdminRequest request);
  Task<Result<http::Response>> regions(OpContext op, AdminRequest request);
  Task<Result<http::Response>> rules(OpContext op, AdminRequest request);
  Task<Result<http::Response>> parked(OpContext op, AdminRequest request);
  Task<Result<http::Response>> explain(OpContext op, AdminRequest request);
  Task<Result<http::Response>> audit(OpContext op, AdminRequest request);
  Task<Result<http::Response>> health(OpContext op, AdminRequest request);

  Task<Result<objects::BucketRef>> open_bucket(OpContext op, std::string name);
  Task<Result<std::vector<replication::RuleProgress>>> progress(OpContext op, objects::BucketRef bucket, std::optional<RuleId> rule);
  std::vector<std::string> bucket_names() const;
  std::vector<identity::BucketEntry> buckets_here(std::size_t count_max) const;

  AdminServices services_;
  AdminVerifier verifier_;
};

}  // namespace farshore::api::admin
