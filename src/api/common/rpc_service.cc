// SPDX-License-Identifier: Apache-2.0
#include "api/common/rpc_service.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "http/client.h"
#include "identity/authorize.h"

namespace farshore::api {
namespace {

RpcFault not_found() { return {404, "InvalidApi.NotFound", "Specified api is not found, please check your url and method.", {}, 0, {}}; }

RpcFault not_built(std::string_view what) {
  return {400, "NotImplemented", fmt::format("{} is not implemented by this server.", what), {}, 0, {}};
}

RequestConditions conditions_of(const http::Request& request, WallTime now) {
  RequestConditions out;
  out.set("acs:SourceIp", request.remote.host);
  out.set("acs:SecureTransport", request.secure);
  out.set("acs:MFAPresent", false);
  out.set_instant("acs:CurrentTime", now.millis());
  return out;
}

}  // namespace

RpcService::RpcService(RpcGround ground, RpcServices services, std::vector<RpcProduct> products, RpcNonceSettings settings)
    : ground_(ground), services_(services), products_(std::move(products)), authentication_(ground.authentication, ground.runtime.clock, settings) {
  products_.push_back({"KMS", "2016-01-20", {}});
}

Task<http::Response> RpcService::handle(OpContext op, http::Request request) {
  RpcEnvelope envelope{rpc_format({}, request.headers), make_rpc_request_id(ground_.runtime.random), request.host, {}};
  op.request = std::make_shared<const std::string>(envelope.request_id);
  RequestConditions conditions = conditions_of(request, ground_.runtime.clock.now());
  identity::AuditRecord audit;
  audit.source_ip = request.remote.host;

  auto received = co_await receive(op, std::move(request));
  if (!received) co_return refuse(envelope, received.error());
  envelope.format = received->format;
  envelope.action = received->action;
  const auto action = find_action(*received);
  if (!action) co_return refuse(envelope, action.error());
  auto principal = authentication_.authenticate(*received);
  if (!principal) co_return refuse(envelope, principal.error());

  RpcCall call{std::move(received->parameters), *std::move(principal), std::move(conditions)};
  audit.action = (*action)->action;
  audit.principal = call.principal.arn();
  audit.account = call.account().get();
  auto resources = (*action)->resources != nullptr ? (*action)->resources(call) : Result<std::vector<std::string>>(std::vector<std::string>{});
  if (resources && !resources->empty()) audit.resource = resources->front();
  auto result = resources ? co_await perform(op, **action, std::move(call), *resources) : Result<RpcTree>(resources.error());
  const RpcFault fault = result ? RpcFault{} : rpc_fault(result.error());
  audit.outcome = result ? "ok" : fault.code;
  co_await record(op, std::move(audit));
  co_return result ? rpc_success(envelope, *result) : refuse(envelope, fault);
}

Task<RpcResult<RpcRequest>> RpcService::receive(OpContext op, http::Request request) {
  if (request.method != "GET" && request.method != "POST") {
    co_return RpcFault{400, "UnsupportedHTTPMethod", "This http method is not supported.", {}, 0, {}};
  }
  Bytes body;
  if (request.body != nullptr) {
    auto read = co_await http::read_all(op, *request.body, kRpcBodyBytesMax);
    if (!read) co_return read.error();
    body = *std::move(read);
  }
  auto parsed = read_rpc_request(request, std::move(body));
  if (!parsed) co_return parsed.error();
  co_return *std::move(parsed);
}

RpcResult<const RpcAction*> RpcService::find_action(const RpcRequest& request) const {
  if (request.version.empty()) return rpc_fault(missing_parameter("Version"));
  if (request.action.empty()) return rpc_fault(missing_parameter("Action"));
  const auto product = std::ranges::find(products_, request.version, &RpcProduct::version);
  if (product == products_.end()) return not_found();
  if (product->actions.empty()) return not_built(fmt::format("{} (version {})", product->name, product->version));
  const auto action = std::ranges::find(product->actions, request.action, &RpcAction::name);
  if (action == product->actions.end()) return not_found();
  if (action->handler == nullptr) return not_built(action->name);
  return &*action;
}

Task<Result<RpcTree>> RpcService::perform(OpContext op, const RpcAction& action, RpcCall call, std::vector<std::string> resources) {
  CO_TRY_OK(authorize(action, call, resources));
  co_return co_await action.handler(op, services_, std::move(call));
}

Result<void> RpcService::authorize(const RpcAction& action, const RpcCall& call, const std::vector<std::string>& resources) const {
  if (action.permission != RpcPermission::kPolicies) return {};
  for (const auto& name : resources) {
    identity::Resource resource;
    resource.owner = call.account();
    resource.name = name;
    const auto decision = identity::authorize(ground_.directory.view(), call.principal, action.action, resource, call.conditions);
    if (!decision.allowed) return identity::denied(decision, call.principal, action.action);
  }
  return {};
}

// A record that cannot be stored does not undo what was done: the log has it.
Task<void> RpcService::record(OpContext op, identity::AuditRecord record) {
  const auto written = co_await ground_.audit.write(op, std::move(record));
  if (!written) ground_.runtime.log.warn("api.audit_not_stored", {{"request", op.request_id()}, {"error", written.error().text()}});
}

http::Response RpcService::refuse(const RpcEnvelope& envelope, const RpcFault& fault) const {
  if (!fault.logged.empty()) {
    const auto level = fault.status >= 500 ? LogLevel::kError : LogLevel::kDebug;
    ground_.runtime.log.write(level, "api.rpc_failed", {{"request", envelope.request_id}, {"action", envelope.action}, {"error", fault.logged}});
  }
  return rpc_refusal(envelope, fault);
}

}  // namespace farshore::api
