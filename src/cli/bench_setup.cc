// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_setup.h"

#include <fmt/format.h>

#include "api/common/rpc_sign.h"
#include "cli/replication_bench.h"
#include "codec/json.h"
#include "codec/text.h"
#include "codec/xml.h"

namespace farshore::cli {
namespace {

constexpr std::string_view kRole = "farshore-bench";
constexpr std::string_view kRamVersion = "2015-05-01";
constexpr std::string_view kStsVersion = "2015-04-01";
constexpr Duration kPatience = std::chrono::seconds(30);

Error at_step(std::string_view step, const Error& error) { return Error(error.code(), fmt::format("--setup could not {}: {}", step, error.message())); }

/// {"Version":"1","Statement":[{"Effect":"Allow","Action":[…],…}]}
std::string allow(const std::vector<std::string>& actions, const std::vector<std::string>& resources, const std::string& principal) {
  codec::JsonWriter json;
  json.begin_object().member("Version", "1").name("Statement").begin_array().begin_object().member("Effect", "Allow").name("Action").begin_array();
  for (const std::string& action : actions) json.value(action);
  json.end_array();
  if (!principal.empty()) json.name("Principal").begin_array().value(principal).end_array();
  json.name("Resource").begin_array();
  for (const std::string& resource : resources) json.value(resource);
  return json.end_array().end_object().end_array().end_object().take();
}

}  // namespace

std::string bench_source_policy(const std::string& bucket) {
  return allow({"oss:ReplicateList", "oss:ReplicateGet"}, {"acs:oss:*:*:" + bucket, "acs:oss:*:*:" + bucket + "/*"}, "");
}

std::string bench_destination_policy(const std::string& source_uid, const std::string& destination_uid, const std::string& bucket) {
  const std::string resource = fmt::format("acs:oss:*:{}:{}", destination_uid, bucket);
  return allow({"oss:ReplicatePut", "oss:ReplicateDelete"}, {resource, resource + "/*"}, fmt::format("arn:ram::{}:role/{}", source_uid, kRole));
}

std::string bench_rule(const std::string& bucket, const std::string& location, bool history) {
  codec::XmlWriter xml;
  xml.declaration().open("ReplicationConfiguration").open("Rule").element("Action", "ALL");
  xml.open("Destination").element("Bucket", bucket).element("Location", location).close();
  xml.element("HistoricalObjectReplication", history ? "enabled" : "disabled").element("SyncRole", kRole);
  return xml.close().close().take();
}

Task<Result<void>> BenchSetup::put_bucket(StoreClient* client) {
  StoreRequest put;
  put.method = "PUT";
  const auto made = co_await client->must(OpContext().with_deadline(runtime_.executor.now() + kPatience), std::move(put));
  if (!made) co_return at_step(fmt::format("make bucket {} at {}", client->bucket(), client->url().text), made.error());
  co_return Result<void>();
}

Task<Result<void>> BenchSetup::buckets() {
  CO_TRY_OK(co_await put_bucket(&source_));
  if (destination_ != nullptr) CO_TRY_OK(co_await put_bucket(destination_));
  co_return Result<void>();
}

Task<Result<std::string>> BenchSetup::call(const BenchEnd* end, std::string endpoint, std::string version, std::string action, Parameters parameters) {
  CO_TRY(const ServerUrl url, parse_url(endpoint, options_.ca_file));
  const api::RpcOutgoing outgoing{url.host, version, action, std::move(parameters), true};
  const api::RpcKeys keys{end->access_key, end->secret, ""};
  http::ClientRequest request = api::sign_rpc(outgoing, keys, runtime_.clock.now(), codec::hex_encode(runtime_.random.bytes(16)));
  const OpContext op = OpContext().with_deadline(runtime_.executor.now() + kPatience);
  auto response = co_await client_.send(op, url.endpoint, std::move(request));
  if (!response) co_return at_step(action, Error(response.error().code(), unanswered(url, response.error())));
  CO_TRY(std::string body, co_await http::read_all(op, *response->body, 1 << 20));
  if (response->status < 300) co_return body;
  const auto document = codec::parse_json(body);
  const std::string code(document ? document->find_string("Code").value_or("") : "");
  if (code.starts_with("EntityAlreadyExist")) co_return body;
  co_return at_step(action, Error(ErrorCode::kBadRequest, fmt::format("{} {}: {}", response->status, code, document ? document->find_string("Message").value_or("") : "")));
}

Task<Result<std::string>> BenchSetup::uid_of(const BenchEnd* end) {
  CO_TRY(const std::string body, co_await call(end, end->endpoint, std::string(kStsVersion), "GetCallerIdentity", {}));
  const auto document = codec::parse_json(body);
  if (!document || !document->find_string("AccountId")) co_return at_step("GetCallerIdentity", Error(ErrorCode::kProtocolViolation, "the answer has no AccountId"));
  co_return std::string(*document->find_string("AccountId"));
}

Task<Result<void>> BenchSetup::make_role() {
  const std::string endpoint = options_.identity_endpoint.empty() ? options_.source.endpoint : options_.identity_endpoint;
  const std::string policy = "farshore-bench-" + options_.source.bucket;
  const std::string trust = R"({"Version":"1","Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":["oss.aliyuncs.com"]}}]})";
  const BenchEnd* source = &options_.source;
  const std::string version(kRamVersion);
  Parameters role{{"RoleName", std::string(kRole)}, {"AssumeRolePolicyDocument", trust}};
  CO_TRY_OK(co_await call(source, endpoint, version, "CreateRole", std::move(role)));
  Parameters document{{"PolicyName", policy}, {"PolicyDocument", bench_source_policy(options_.source.bucket)}};
  CO_TRY_OK(co_await call(source, endpoint, version, "CreatePolicy", std::move(document)));
  Parameters attach{{"PolicyType", "Custom"}, {"PolicyName", policy}, {"RoleName", std::string(kRole)}};
  CO_TRY_OK(co_await call(source, endpoint, version, "AttachPolicyToRole", std::move(attach)));
  co_return Result<void>();
}

Task<Result<void>> BenchSetup::let_role_write() {
  CO_TRY(const std::string source_uid, co_await uid_of(&options_.source));
  CO_TRY(const std::string destination_uid, co_await uid_of(&options_.destination));
  StoreRequest put;
  put.method = "PUT";
  put.query.add("policy");
  put.body = Buffer(bench_destination_policy(source_uid, destination_uid, options_.destination.bucket));
  const auto done = co_await destination_->must(OpContext().with_deadline(runtime_.executor.now() + kPatience), std::move(put));
  if (!done) co_return at_step("set the destination's bucket policy", done.error());
  co_return Result<void>();
}

Task<Result<void>> BenchSetup::add_rule(bool history) {
  StoreRequest post;
  post.method = "POST";
  post.query.add("replication").add("comp", "add");
  post.content_type = "application/xml";
  post.body = Buffer(bench_rule(options_.destination.bucket, "oss-" + options_.destination.region, history));
  const auto done = co_await source_.must(OpContext().with_deadline(runtime_.executor.now() + kPatience), std::move(post));
  if (!done && done.error().detail("Code") != "BucketReplicationAlreadyExist") co_return at_step("add the replication rule", done.error());
  co_return Result<void>();
}

Task<Result<void>> BenchSetup::rights() {
  CO_TRY_OK(co_await make_role());
  co_return co_await let_role_write();
}

Task<Result<void>> BenchSetup::rule_with_history() { co_return co_await add_rule(true); }

Task<Result<void>> BenchSetup::replication() {
  CO_TRY_OK(co_await rights());
  CO_TRY_OK(co_await add_rule(false));
  StoreRequest put;
  put.method = "PUT";
  put.key = "bench-setup-" + codec::hex_encode(runtime_.random.bytes(4));
  put.body = Buffer("one object that must arrive before anything is timed");
  const std::string key = put.key;
  const Instant deadline = runtime_.executor.now() + kPatience;
  const auto stored = co_await source_.must(OpContext().with_deadline(deadline), std::move(put));
  if (!stored) co_return at_step("write a first object", stored.error());
  const auto arrived = co_await wait_for_key(runtime_, destination_, key, deadline);
  if (!arrived) co_return at_step("replicate a first object", arrived.error());
  co_return Result<void>();
}

}  // namespace farshore::cli
