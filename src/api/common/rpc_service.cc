// SPDX-License-Identifier: Apache-2.0
#include "api/common/rpc_service.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "base/check.h"
#include "http/client.h"
#include "identity/authorize.h"

namespace farshore::api {
namespace {

RpcFault not_found() { return {404, "InvalidApi.NotFound", "Specified api is not found, please check your url and method.", {}, 0, {}}; }

RpcFault not_built(std::string_view what) {
  return {400, "NotImplemented", fmt::format("{} is not implemented by this server.", what), {}, 0, {}};
}

// Parameters may be long; audit records and log lines are not where to keep them.
std::string shortened(std::string_view name) {
  constexpr std::size_t kShownMax = 256;
  if (name.size() <= kShownMax) return std::string(name);
  std::size_t end = kShownMax;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
  return std::string(name.substr(0, end)) + "...";
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

RpcService::RpcService(RpcGround ground, RpcServices services, std::vector<RpcProduct> products, RpcSettings settings)
    : ground_(ground),
      services_(services),
      products_(std::move(products)),
      authentication_(ground.authentication, ground.runtime.clock, settings.nonces),
      admission_(settings.admission),
      meter_(ground.runtime, "rpc") {
  products_.push_back({"KMS", "2016-01-20", {}});
  for (const auto& product : products_) {
    for (const auto& action : product.actions) {
      FS_CHECK(action.handler == nullptr || action.permission != RpcPermission::kPolicies || action.resources != nullptr);
    }
  }
}

Task<http::Response> RpcService::handle(OpContext op, http::Request request) {
  const Instant begun = ground_.runtime.executor.now();
  const std::string method = request.method;
  const RpcEnvelope envelope{rpc_format({}, request.headers), make_rpc_request_id(ground_.runtime.random), request.host, {}};
  op.request = std::make_shared<const std::string>(envelope.request_id);
  Answered done = co_await answer(op, std::move(request), envelope);
  const Duration took = ground_.runtime.executor.now() - begun;
  meter_.finished({done.operation, method, envelope.request_id, done.account, done.resource, done.response.status(), done.code, took});
  co_return std::move(done.response);
}

Task<RpcService::Answered> RpcService::answer(OpContext op, http::Request request, RpcEnvelope envelope) {
  auto ticket = admission_.admit(AccountUid());
  if (!ticket) co_return refused(envelope, rpc_fault(ticket.error()));
  std::string source_ip = request.remote.host;
  RequestConditions conditions = conditions_of(request, ground_.runtime.clock.now());
  auto received = co_await receive(op, std::move(request));
  if (!received) co_return refused(envelope, received.error());
  envelope.format = received->format;
  const auto action = find_action(*received);
  if (!action) co_return refused(envelope, action.error());
  envelope.action = (*action)->name;
  auto principal = authentication_.authenticate(*received);
  if (!principal) co_return refused(envelope, principal.error());
  ticket = admission_.admit(principal->account());
  if (!ticket) co_return refused(envelope, rpc_fault(ticket.error()));
  RpcCall call{std::move(received->parameters), *std::move(principal), std::move(conditions)};
  co_return co_await perform(op, **action, std::move(call), std::move(envelope), std::move(source_ip));
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

Task<RpcService::Answered> RpcService::perform(OpContext op, const RpcAction& action, RpcCall call, RpcEnvelope envelope, std::string source_ip) {
  identity::AuditRecord audit;
  audit.action = action.action;
  audit.principal = call.principal.arn();
  audit.account = call.account().get();
  audit.source_ip = std::move(source_ip);
  auto resources = action.resources != nullptr ? action.resources(call) : Result<std::vector<std::string>>(std::vector<std::string>{});
  if (resources && !resources->empty()) audit.resource = shortened(resources->front());

  Result<RpcTree> result = RpcTree();
  if (!resources) {
    result = resources.error();
  } else if (auto allowed = authorize(action, call, *resources); !allowed) {
    result = allowed.error();
  } else {
    result = co_await action.handler(op, services_, std::move(call));
  }
  Answered done = result ? Answered{rpc_success(envelope, *result), {}, {}, {}, {}} : refused(envelope, rpc_fault(result.error()));
  done.operation = action.action;
  done.account = audit.account;
  done.resource = audit.resource;
  audit.outcome = result ? "ok" : done.code;
  co_await record(op, std::move(audit));
  co_return done;
}

Result<void> RpcService::authorize(const RpcAction& action, const RpcCall& call, const std::vector<std::string>& resources) const {
  if (action.permission != RpcPermission::kPolicies) return {};
  FS_CHECK(!resources.empty());
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

RpcService::Answered RpcService::refused(const RpcEnvelope& envelope, const RpcFault& fault) const {
  if (!fault.logged.empty()) {
    const auto level = fault.status >= 500 ? LogLevel::kError : LogLevel::kDebug;
    ground_.runtime.log.write(level, "api.rpc_failed", {{"request", envelope.request_id}, {"action", envelope.action}, {"error", fault.logged}});
  }
  Answered done{rpc_refusal(envelope, fault), "unknown", {}, {}, fault.code};
  if (!envelope.action.empty()) done.operation = "unauthenticated";
  return done;
}

}  // namespace farshore::api
