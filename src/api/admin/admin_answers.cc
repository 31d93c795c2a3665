// SPDX-License-Identifier: Apache-2.0
// What each of the operator's requests answers.
#include "api/admin/admin_json.h"
#include "api/admin/admin_service.h"
#include "api/admin/nearest_name.h"
#include "api/common/explanation_json.h"
#include "codec/date.h"
#include "codec/text.h"

namespace farshore::api::admin {
namespace {

constexpr std::size_t kPageItemsMax = 1000;

http::Response answer(codec::JsonWriter& json, int status = 200) { return http::Response(status).text("application/json", json.take()); }

/// A count from the query. Error: kInvalidArgument.
Result<std::size_t> count_of(const AdminRequest& request, std::string_view name, std::size_t fallback) {
  const auto text = request.query.find(name);
  if (!text || text->empty()) return fallback;
  const auto count = codec::parse_decimal<std::size_t>(*text);
  if (!count || *count == 0 || *count > kPageItemsMax) {
    return Error(ErrorCode::kInvalidArgument, "the parameter " + std::string(name) + " must be from 1 to 1000").with("parameter", name);
  }
  return *count;
}

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

Result<identity::CreateAccount> read_new_account(const codec::JsonValue& body) {
  if (!body.is_object()) return Error(ErrorCode::kInvalidArgument, "the body must be a JSON object with a name");
  identity::CreateAccount create;
  for (const codec::JsonMember& member : body.object()) {
    const bool text = member.value.is_string();
    if (member.name == "name" && text) {
      create.name = member.value.string();
    } else if (member.name == "uid" && text) {
      create.uid = AccountUid(member.value.string());
    } else if (member.name == "regions" && member.value.is_array()) {
      for (const codec::JsonValue& region : member.value.array()) {
        if (!region.is_string()) return Error(ErrorCode::kInvalidArgument, "regions must be texts");
        create.regions.emplace_back(region.string());
      }
    } else {
      return Error(ErrorCode::kInvalidArgument, "the body takes name, uid and regions; this member is unknown or of the wrong type").with("member", member.name);
    }
  }
  if (create.name.empty()) return Error(ErrorCode::kMissingArgument, "the account needs a name").with("member", "name");
  return create;
}

}  // namespace

Task<Result<http::Response>> AdminService::accounts(OpContext, AdminRequest request) {
  CO_TRY(const std::size_t count, count_of(request, "max", kPageItemsMax));
  const auto page = services_.accounts.list(identity::PageRequest{std::string(request.query.find("marker").value_or("")), count});
  codec::JsonWriter json;
  json.begin_object().name("accounts").begin_array();
  for (const identity::AccountEntry& account : page.items) write_account(json, account);
  json.end_array().member("next_marker", page.next_marker).end_object();
  co_return answer(json);
}

Task<Result<http::Response>> AdminService::account(OpContext, AdminRequest request) {
  const auto all = services_.accounts.list(identity::PageRequest{"", 10000});
  std::vector<std::string> names;
  for (const identity::AccountEntry& account : all.items) {
    names.push_back(account.name);
    if (account.uid.get() != request.tail && account.name != request.tail) continue;
    codec::JsonWriter json;
    json.begin_object().name("account");
    write_account(json, account);
    json.name("buckets").begin_array();
    for (const auto& bucket : services_.directory.view().buckets(account.uid, "", identity::PageRequest{"", kPageItemsMax}).items) {
      json.begin_object().member("name", bucket.name.get()).member("region", bucket.region.get());
      write_time(json, "created", bucket.created_millis);
      json.end_object();
    }
    json.end_array().end_object();
    co_return answer(json);
  }
  Error error = Error(ErrorCode::kEntityNotExist, "there is no account of that name or uid").with("account", request.tail);
  if (const auto near = nearest_name(request.tail, names)) error = std::move(error).with("nearest", *near);
  co_return error;
}

Task<Result<http::Response>> AdminService::create_account(OpContext op, AdminRequest request) {
  CO_TRY(identity::CreateAccount create, read_new_account(request.body));
  for (const RegionId& region : create.regions) {
    if (services_.endpoints.find(region.get()) != nullptr) continue;
    co_return Error(ErrorCode::kInvalidArgument, "the realm has no such region").with("region_unknown", region.get());
  }
  const std::string name = create.name;
  // Account names need not be unique to the directory; to an operator two of one name are a mistake.
  for (const identity::AccountEntry& account : services_.accounts.list(identity::PageRequest{"", 10000}).items) {
    if (account.name == name) co_return Error(ErrorCode::kEntityAlreadyExists, "there is an account of that name").with("uid", account.uid.get());
  }
  auto created = co_await services_.accounts.create(op, std::move(create));
  identity::AuditRecord record;
  record.action = "admin:CreateAccount";
  record.principal = kOperatorKeyId;
  record.resource = name;
  record.source_ip = request.source_ip;
  record.outcome = created ? "ok" : std::string(error_code_name(created.error().code()));
  // The account exists whatever becomes of the record, and its secret is shown only once; the log has the line in any case.
  static_cast<void>(co_await services_.audit.write(op, std::move(record)));
  if (!created) co_return created.error();
  codec::JsonWriter json;
  json.begin_object().name("account");
  write_account(json, created->account);
  json.member("access_key_id", created->root_key.id.get()).member("access_key_secret", created->root_key.secret.reveal()).end_object();
  co_return answer(json, 201);
}

Task<Result<http::Response>> AdminService::regions(OpContext, AdminRequest) {
  const Endpoints& endpoints = services_.endpoints;
  codec::JsonWriter json;
  json.begin_object().member("region", endpoints.here.get());
  json.name("directory").begin_object().member("home", services_.directory.is_home());
  json.member("sequence", services_.directory.sequence().get()).member("age_seconds", seconds(services_.directory.age())).end_object();
  json.name("regions").begin_array();
  for (const RegionEndpoints& region : endpoints.regions) {
    json.begin_object().member("id", region.id.get()).member("location", location_of(region.id)).member("endpoint", region.extranet);
    json.member("here", region.id == endpoints.here).name("connected");
    if (region.id == endpoints.here || !services_.connected) {
      json.null();
    } else {
      json.value(services_.connected(region.id));
    }
    json.end_object();
  }
  json.end_array().end_object();
  co_return answer(json);
}

Task<Result<http::Response>> AdminService::rules(OpContext op, AdminRequest request) {
  CO_TRY(const std::string name, request.required("bucket"));
  CO_TRY(objects::BucketRef bucket, co_await open_bucket(op, name));
  std::optional<RuleId> id;
  if (const auto rule = request.query.find("rule"); rule && !rule->empty()) id = RuleId(std::string(*rule));
  CO_TRY(const auto all, co_await progress(op, bucket, id));
  codec::JsonWriter json;
  json.begin_object().member("bucket", name).member("region", services_.endpoints.here.get());
  write_time(json, "time", services_.runtime.clock.now().millis());
  json.name("rules").begin_array();
  for (const replication::RuleProgress& one : all) write_rule(json, one);
  json.end_array().end_object();
  co_return answer(json);
}

Task<Result<http::Response>> AdminService::parked(OpContext op, AdminRequest request) {
  CO_TRY(const std::string name, request.required("bucket"));
  CO_TRY(const std::string rule, request.required("rule"));
  CO_TRY(const std::size_t count, count_of(request, "max", 100));
  CO_TRY(objects::BucketRef bucket, co_await open_bucket(op, name));
  CO_TRY(const auto known, co_await progress(op, bucket, RuleId(rule)));
  CO_TRY(const auto changes, co_await services_.rules.parked(op, bucket, RuleId(rule), count));
  codec::JsonWriter json;
  json.begin_object().member("bucket", name).member("rule", rule);
  json.member("parked", known.empty() ? std::uint64_t(0) : known.front().parked);
  json.name("changes").begin_array();
  for (const replication::ParkedChange& change : changes) write_parked(json, change);
  json.end_array().end_object();
  co_return answer(json);
}

Task<Result<http::Response>> AdminService::explain(OpContext op, AdminRequest request) {
  CO_TRY(const std::string name, request.required("bucket"));
  CO_TRY(const std::string key, request.required("key"));
  std::optional<VersionId> version;
  if (const auto text = request.query.find("version"); text && !text->empty()) {
    CO_TRY(version, VersionId::parse(*text));
  }
  CO_TRY(objects::BucketRef bucket, co_await open_bucket(op, name));
  const auto all = co_await services_.rules.explain(op, bucket, ObjectKey(key), version);
  if (!all && all.error().code() != ErrorCode::kNoSuchReplicationConfiguration) co_return all.error();
  codec::JsonWriter json;
  json.begin_object().member("bucket", name).member("key", key).name("rules").begin_array();
  if (all) {
    for (const replication::Explanation& one : *all) write_explanation(json, one);
  }
  json.end_array().end_object();
  co_return answer(json);
}

Task<Result<http::Response>> AdminService::audit(OpContext op, AdminRequest request) {
  CO_TRY(const std::size_t count, count_of(request, "max", 100));
  CO_TRY(const auto records, co_await services_.audit.recent(std::move(op), count));
  codec::JsonWriter json;
  json.begin_object().name("records").begin_array();
  for (const identity::AuditRecord& record : records) write_audit(json, record);
  json.end_array().end_object();
  co_return answer(json);
}

Task<Result<http::Response>> AdminService::health(OpContext op, AdminRequest) {
  constexpr std::size_t kBucketsMax = 1000;  // looked through for one answer
  const std::vector<identity::BucketEntry> buckets = buckets_here(kBucketsMax);
  std::uint64_t rules = 0, stalled = 0, parked = 0, pending = 0;
  double lag = 0;
  codec::JsonWriter troubles;
  troubles.begin_array();
  for (const identity::BucketEntry& entry : buckets) {
    auto bucket = co_await services_.objects.buckets().open(op, entry.id);
    if (!bucket || (*bucket)->settings().outgoing_rules.empty()) continue;  // a bucket just deleted is no trouble
    CO_TRY(const auto all, co_await progress(op, *bucket, std::nullopt));
    for (const replication::RuleProgress& one : all) {
      ++rules;
      parked += one.parked;
      pending += one.pending;
      lag = std::max(lag, one.lag_seconds);
      if (!one.stall && one.parked == 0) continue;
      if (one.stall) ++stalled;
      troubles.begin_object().member("bucket", entry.name.get()).member("rule", one.rule.id.get()).member("parked", one.parked);
      troubles.member("stalled", one.stall ? replication::reason_name(one.stall->reason) : std::string_view()).end_object();
    }
  }
  troubles.end_array();
  CO_TRY(const codec::JsonValue list, codec::parse_json(troubles.take()));
  codec::JsonWriter json;
  json.begin_object().member("status", stalled > 0 || parked > 0 ? "attention" : "ok").member("region", services_.endpoints.here.get());
  write_time(json, "time", services_.runtime.clock.now().millis());
  json.member("directory_home", services_.directory.is_home()).member("directory_age_seconds", seconds(services_.directory.age()));
  json.member("buckets_looked_at", buckets.size()).member("complete", buckets.size() < kBucketsMax);
  json.member("rules", rules).member("stalled", stalled).member("parked", parked).member("pending", pending).member("lag_seconds_max", lag);
  json.name("troubles").value(list).end_object();
  co_return answer(json);
}

}  // namespace farshore::api::admin
