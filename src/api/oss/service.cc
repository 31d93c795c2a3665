// SPDX-License-Identifier: Apache-2.0
#include "api/oss/service.h"

#include "api/oss/error_reply.h"
#include "api/oss/handlers.h"

namespace farshore::api::oss {
namespace {

constexpr std::string_view kServerName = "AliyunOSS";

Scope scope_of(const Address& address) {
  if (address.is_service()) return Scope::kService;
  return address.is_object() ? Scope::kObject : Scope::kBucket;
}

/// Rule: OSS, AccessDenied: a bucket of another region answers with the endpoint to use, never with a redirect.
Error wrong_endpoint(const Endpoints& endpoints, const RegionId& region, const BucketName& bucket) {
  return Error(ErrorCode::kAccessDenied,
               "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.")
      .with("Bucket", bucket.get())
      .with("Endpoint", endpoints.extranet_of(region))
      .with("EC", "0003-00001403");
}

}  // namespace

OssService::OssService(Services services, OssSettings settings)
    : services_(services), admission_(settings.admission), documents_(settings.document_bytes_max), meter_(services.runtime, "oss"), ids_(services.runtime.random) {}

Task<http::Response> OssService::handle(OpContext op, http::Request request) {
  const Instant began = services_.runtime.executor.now();
  op.request = std::make_shared<const std::string>(ids_.next());
  const CallRef call = std::make_shared<Call>(services_, policies_);
  call->request = std::move(request);
  auto served = co_await serve(op, call);
  const Error* error = served ? nullptr : &served.error();
  http::Response response =
      served ? *std::move(served) : error_reply(*error, ErrorFrame{op.request_id(), call->request.host, call->request.method == "HEAD"});
  finish(response, *call, op, error, services_.runtime.executor.now() - began);
  co_return response;
}

http::Response OssService::refuse(int status, const Error& error) {
  const std::string id = ids_.next();
  http::Response response = error_reply(error, ErrorFrame{id, "", false});
  response.set_status(status);
  response.header("Server", kServerName).header("x-oss-request-id", id);
  return response;
}

Task<Result<http::Response>> OssService::serve(OpContext op, CallRef call) {
  CO_TRY_OK(read(*call));
  CO_TRY_OK(find_bucket(*call));
  CO_TRY_OK(authenticate(*call));
  CO_TRY(call->ticket, admission_.admit(call->principal.account()));
  const bool streams = call->operation->handler == put_object || call->operation->handler == upload_part;
  const bool has_body = call->request.body && call->request.body->length() != 0;
  if (!streams && has_body) call->request.body = documents_.count(std::move(call->request.body), call->principal.is_anonymous());
  if (call->entry && !take_open_bucket(*call)) CO_TRY_OK(co_await open_bucket(op, call));
  if (call->operation->needs == Needs::kBucket) {
    CO_TRY_OK(name_demand(*call));
    if (!call->access.plainly_allowed()) CO_TRY_OK(co_await call->access.check(op));
  }
  co_return co_await call->operation->handler(std::move(op), std::move(call));
}

Result<void> OssService::read(Call& call) const {
  const http::Request& request = call.request;
  if (!request.raw_query.empty()) {
    auto query = codec::Query::parse(request.raw_query);
    if (!query) return Error(ErrorCode::kInvalidArgument, "The query string holds a malformed percent escape.");
    call.query = *std::move(query);
  }
  TRY(call.address, resolve_address(services_.endpoints, request.host, request.raw_path));
  TRY(call.operation, find_operation(request.method, scope_of(call.address), call.query, request.headers.has("x-oss-copy-source")));
  return {};
}

Result<void> OssService::find_bucket(Call& call) const {
  if (call.address.is_service()) return {};
  const RegionId& here = services_.endpoints.here;
  if (const identity::BucketEntry* entry = services_.registry.find(call.address.bucket)) {
    // A name is taken wherever its bucket lies: creating it answers so, and does not point to the other region.
    const bool creates = call.operation->handler == put_bucket;
    if (entry->region != here && !creates) return wrong_endpoint(services_.endpoints, entry->region, call.address.bucket);
    call.entry = *entry;
    return {};
  }
  if (call.operation->needs != Needs::kMaybeBucket) return Error(ErrorCode::kNoSuchBucket, "").with("BucketName", call.address.bucket.get());
  if (call.address.region != here) return wrong_endpoint(services_.endpoints, call.address.region, call.address.bucket);
  return {};
}

Result<void> OssService::authenticate(Call& call) {
  TRY(const Claim claim, read_claim(call.request, call.query));
  if (claim.scheme == Scheme::kAnonymous) return {};
  TRY_OK(check_claim(claim, call.address.region.get(), services_.runtime.clock.now().millis()));
  std::optional<std::string_view> token;
  if (claim.token) token = *claim.token;
  auto credential = services_.authentication.find_credential(AccessKeyId(claim.access_key), token);
  if (!credential) return std::move(credential).error().with("OSSAccessKeyId", claim.access_key);
  TRY_OK(verifier_.verify(
      claim, SignedRequest{call.request.method, call.address.bucket.get(), call.address.key.get(), call.query, call.request.headers}, credential->secret));
  call.principal = std::move(credential->principal);
  call.access_key = claim.access_key;
  return {};
}

bool OssService::take_open_bucket(Call& call) const {
  call.bucket = services_.objects.buckets().find(call.entry->id);
  if (call.bucket) call.access.begin(call.bucket);
  return call.bucket != nullptr;
}

Task<Result<void>> OssService::open_bucket(OpContext op, CallRef call) {
  auto opened = co_await services_.objects.buckets().open(op, call->entry->id);
  if (opened) {
    call->bucket = *std::move(opened);
    call->access.begin(call->bucket);
    co_return Result<void>();
  }
  // The name is taken and the bucket is not there: a creation or deletion stopped half-way. Repeating it finishes it.
  const bool missing = opened.error().code() == ErrorCode::kNoSuchBucket;
  if (missing && call->operation->needs == Needs::kMaybeBucket) co_return Result<void>();
  if (missing) co_return Error(ErrorCode::kNoSuchBucket, "").with("BucketName", call->address.bucket.get());
  co_return std::move(opened).error();
}

Result<void> OssService::name_demand(Call& call) const {
  Demand demand;
  demand.action = call.operation->action;
  demand.acl = call.operation->acl;
  if (call.address.is_object()) {
    TRY(demand.object, call.object_ref());
    if (demand.object.version_id && !call.operation->versioned_action.empty()) demand.action = call.operation->versioned_action;
  }
  call.access.demand(std::move(demand));
  return {};
}

void OssService::finish(http::Response& response, const Call& call, const OpContext& op, const Error* error, Duration took) {
  // Some clients announce a body on GET and never send it: what follows on this connection could not be told from it.
  const bool reads = call.request.method == "GET" || call.request.method == "HEAD";
  if (reads && call.request.body && call.request.body->length() != 0) static_cast<void>(std::move(response).close());
  response.header("Server", kServerName).header("x-oss-request-id", op.request_id());
  response.header("x-oss-server-time", std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
  if (error != nullptr && response.status() >= 500) {
    services_.runtime.log.warn("oss.request_failed", {{"request", op.request_id()},
                                                      {"operation", call.operation != nullptr ? call.operation->name : "unknown"},
                                                      {"bucket", call.address.bucket.get()},
                                                      {"error", error->text()}});
  }
  FinishedRequest finished;
  finished.operation = call.operation != nullptr ? call.operation->name : std::string_view("unknown");
  finished.method = call.request.method;
  finished.request_id = op.request_id();
  finished.account = call.principal.account().get();
  finished.resource = call.address.bucket.get();
  finished.status = response.status();
  if (error != nullptr) finished.error = error_row(error->code()).code;
  finished.took = took;
  meter_.finished(finished);
}

}  // namespace farshore::api::oss
