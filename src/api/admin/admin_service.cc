// SPDX-License-Identifier: Apache-2.0
#include "api/admin/admin_service.h"

#include <array>

#include "api/admin/admin_json.h"
#include "api/admin/nearest_name.h"
#include "api/common/read_body.h"
#include "api/common/request_id.h"
#include "codec/text.h"

namespace farshore::api::admin {
namespace {

constexpr std::size_t kBodyBytesMax = 64 * 1024;

http::Response refusal(const Error& error, std::string_view request_id) {
  return http::Response(error_status(error)).text("application/json", error_body(error, request_id));
}

}  // namespace

/// A row of the table: a path that ends in '/' takes whatever follows as the request's tail.
struct AdminService::Route {
  std::string_view method;
  std::string_view path;
  Task<Result<http::Response>> (AdminService::*perform)(OpContext op, AdminRequest request);

  static const std::array<Route, 9> kAll;
};
const std::array<AdminService::Route, 9> AdminService::Route::kAll = {{
    {"GET", "/-/admin/accounts", &AdminService::accounts},
    {"POST", "/-/admin/accounts", &AdminService::create_account},
    {"GET", "/-/admin/accounts/", &AdminService::account},
    {"GET", "/-/admin/regions", &AdminService::regions},
    {"GET", "/-/admin/rules", &AdminService::rules},
    {"GET", "/-/admin/parked", &AdminService::parked},
    {"GET", "/-/admin/explain", &AdminService::explain},
    {"GET", "/-/admin/audit", &AdminService::audit},
    {"GET", "/-/admin/health", &AdminService::health},
}};

namespace {

/// The row for a path and method. Errors: kNotFound with the nearest path, kMethodNotAllowed with the methods there are.
Result<const AdminService::Route*> find_route(const http::Request& request) {
  std::vector<std::string> paths;
  std::string methods;
  for (const AdminService::Route& route : AdminService::Route::kAll) {
    paths.emplace_back(route.path);
    const bool open = route.path.ends_with('/');
    if (open ? !(request.raw_path.starts_with(route.path) && request.raw_path.size() > route.path.size()) : request.raw_path != route.path) continue;
    if (route.method == request.method) return &route;
    methods += (methods.empty() ? "" : ", ") + std::string(route.method);
  }
  if (!methods.empty()) return Error(ErrorCode::kMethodNotAllowed, "this path takes " + methods).with("allow", methods);
  Error error(ErrorCode::kNotFound, "there is no such path");
  if (const auto near = nearest_name(request.raw_path, paths)) error = std::move(error).with("nearest", *near);
  return error;
}

}  // namespace

Result<std::string> AdminRequest::required(std::string_view parameter) const {
  const auto value = query.find(parameter);
  if (value && !value->empty()) return std::string(*value);
  return Error(ErrorCode::kMissingArgument, "the parameter " + std::string(parameter) + " is missing").with("parameter", parameter);
}

AdminService::AdminService(AdminServices services, Secret operator_secret)
    : services_(std::move(services)), verifier_(std::move(operator_secret), services_.endpoints.here) {}

Task<http::Response> AdminService::handle(OpContext op, http::Request request) {
  op.request = std::make_shared<const std::string>(make_request_id(services_.runtime.random));
  const std::string path = request.raw_path;
  auto answer = co_await serve(op, std::move(request));
  if (!answer) {
    const int status = error_status(answer.error());
    services_.runtime.log.write(status == 500 ? LogLevel::kError : LogLevel::kInfo, "admin.refused",
                                {{"request", op.request_id()}, {"path", path}, {"error", answer.error().text()}});
    answer = refusal(answer.error(), op.request_id());
  }
  co_return std::move(*answer).header("x-oss-request-id", op.request_id()).header("Cache-Control", "no-store");
}

Task<Result<http::Response>> AdminService::serve(OpContext op, http::Request request) {
  const auto query = codec::Query::parse(request.raw_query);
  if (!query) co_return Error(ErrorCode::kInvalidArgument, "the query has a malformed escape");
  CO_TRY(const Bytes body, co_await read_body(op, std::move(request.body), kBodyBytesMax, std::nullopt, ErrorCode::kEntityTooLarge));
  CO_TRY_OK(verifier_.verify(request, *query, body, services_.runtime.clock.now().millis()));
  CO_TRY(const Route* route, find_route(request));
  AdminRequest asked;
  asked.query = *query;
  asked.source_ip = request.remote.host;
  if (!body.empty()) {
    CO_TRY(asked.body, codec::parse_json(body));
  }
  if (request.raw_path.size() > route->path.size()) asked.tail = request.raw_path.substr(route->path.size());
  co_return co_await (this->*route->perform)(std::move(op), std::move(asked));
}

std::vector<std::string> AdminService::bucket_names() const {
  constexpr std::size_t kNamesMax = 10000;
  std::vector<std::string> names;
  const identity::Directory& view = services_.directory.view();
  for (const identity::AccountEntry& account : view.accounts(identity::PageRequest{"", kNamesMax}).items) {
    for (const identity::BucketEntry& bucket : view.buckets(account.uid, "", identity::PageRequest{"", kNamesMax}).items) {
      if (names.size() >= kNamesMax) return names;
      names.push_back(bucket.name.get());
    }
  }
  return names;
}

std::vector<identity::BucketEntry> AdminService::buckets_here(std::size_t count_max) const {
  std::vector<identity::BucketEntry> here;
  const identity::Directory& view = services_.directory.view();
  for (const identity::AccountEntry& account : view.accounts(identity::PageRequest{"", count_max}).items) {
    for (identity::BucketEntry& bucket : view.buckets(account.uid, "", identity::PageRequest{"", count_max}).items) {
      if (bucket.region == services_.endpoints.here && here.size() < count_max) here.push_back(std::move(bucket));
    }
  }
  return here;
}

Task<Result<objects::BucketRef>> AdminService::open_bucket(OpContext op, std::string name) {
  const identity::BucketEntry* entry = services_.directory.view().bucket(BucketName(name));
  if (entry == nullptr) {
    Error error = Error(ErrorCode::kNoSuchBucket, "there is no bucket of that name in the realm").with("bucket", name);
    if (const auto near = nearest_name(name, bucket_names())) error = std::move(error).with("nearest", *near);
    co_return error;
  }
  if (entry->region != services_.endpoints.here) {
    co_return Error(ErrorCode::kInvalidRequest, "the bucket lives in another region; ask that one")
        .with("bucket", name)
        .with("region", entry->region.get())
        .with("endpoint", services_.endpoints.extranet_of(entry->region));
  }
  const BucketId id = entry->id;
  co_return co_await services_.objects.buckets().open(std::move(op), id);
}

/// A bucket without rules has an empty list here: for an operator that is an answer, not an error.
Task<Result<std::vector<replication::RuleProgress>>> AdminService::progress(OpContext op, objects::BucketRef bucket, std::optional<RuleId> rule) {
  auto found = co_await services_.rules.progress(op, bucket, rule);
  if (found) co_return std::move(found);
  if (!rule && found.error().code() == ErrorCode::kNoSuchReplicationConfiguration) co_return std::vector<replication::RuleProgress>();
  if (!rule) co_return found.error();
  Error error = found.error();
  std::vector<std::string> ids;
  if (const auto all = co_await services_.rules.progress(op, bucket, std::nullopt)) {
    for (const replication::RuleProgress& one : *all) ids.push_back(one.rule.id.get());
  }
  if (const auto near = nearest_name(rule->get(), ids)) error = std::move(error).with("nearest", *near);
  co_return error;
}

}  // namespace farshore::api::admin
