// SPDX-License-Identifier: Apache-2.0
// RpcWorld: one home region's identity services on the simulator's loop, called with signed requests. For tests only.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/common/rpc_service.h"
#include "api/common/rpc_sign.h"
#include "backend/memory/memory_store.h"
#include "codec/json.h"
#include "codec/text.h"
#include "identity/accounts.h"
#include "identity/secret_sealer.h"
#include "sim/world/sim_loop.h"

namespace farshore::api {

/// An answer, read as JSON.
struct RpcAnswer {
  int status = 0;
  std::string request_id_header, text;
  codec::JsonValue json;

  /// The text at "Role.RoleName"; a number is a list position; "-" if there is none. Numbers and booleans as spelled.
  std::string at(std::string_view path) const {
    const codec::JsonValue* value = &json;
    for (const auto step : codec::split(path, '.')) {
      const auto index = codec::parse_decimal<std::size_t>(step);
      if (index && value->is_array()) {
        value = *index < value->array().size() ? &value->array()[*index] : nullptr;
      } else {
        value = value->find(step);
      }
      if (value == nullptr) return "-";
    }
    return value->is_string() ? value->string() : value->text();
  }
  std::string code() const { return at("Code"); }
};

class RpcWorld {
 public:
  using Parameters = std::vector<std::pair<std::string, std::string>>;

  explicit RpcWorld(std::vector<RpcProduct> products, RpcSettings settings = {})
      : service({node.runtime, directory, authentication, audit}, {users, access_keys, roles, policies, sessions}, std::move(products), settings) {
    FS_CHECK(sim::run(loop, directory.load({})).has_value());
    directory.become_home(1);
    FS_CHECK(sim::run(loop, audit.load({})).has_value());
    FS_CHECK(sim::run(loop, sessions.ensure_minting_key({})).has_value());
  }

  /// Makes an account and gives its root keys.
  RpcKeys account(const std::string& name, const std::string& uid) {
    identity::CreateAccount request;
    request.name = name;
    request.uid = AccountUid(uid);
    const auto created = sim::run(loop, accounts.create({}, std::move(request))).value();
    return {created.root_key.id.get(), created.root_key.secret, ""};
  }

  static http::Request as_received(http::ClientRequest sent) {
    http::Request request;
    request.method = sent.method;
    request.target = request.raw_path = sent.target;
    if (const auto mark = sent.target.find('?'); mark != std::string::npos) {
      request.raw_path = sent.target.substr(0, mark);
      request.raw_query = sent.target.substr(mark + 1);
      request.has_query = true;
    }
    request.headers = std::move(sent.headers);
    request.host = std::string(request.headers.get("host"));
    request.remote = {"127.0.0.1", 40000};
    request.body = memory_body(Bytes(sent.bytes.view()));
    return request;
  }

  RpcAnswer send(http::ClientRequest request) { return send(as_received(std::move(request))); }
  RpcAnswer send(http::Request request) {
    FS_CHECK(is_rpc_request(request));
    auto response = sim::run(loop, service.handle({}, std::move(request)));
    RpcAnswer answer{response.status(), std::string(response.headers().get("x-acs-request-id")), std::string(response.bytes().view()), {}};
    if (auto json = codec::parse_json(answer.text)) answer.json = *std::move(json);
    return answer;
  }

  http::ClientRequest signed_call(const RpcKeys& keys, std::string version, std::string action, Parameters parameters, bool as_form = false) {
    return sign_rpc({"127.0.0.1:9020", std::move(version), std::move(action), std::move(parameters), as_form}, keys, node.clock.now(),
                    "nonce-" + std::to_string(++nonce_));
  }
  RpcAnswer ram(const RpcKeys& keys, std::string action, Parameters parameters = {}) {
    return send(signed_call(keys, "2015-05-01", std::move(action), std::move(parameters)));
  }
  RpcAnswer sts(const RpcKeys& keys, std::string action, Parameters parameters = {}) {
    return send(signed_call(keys, "2015-04-01", std::move(action), std::move(parameters)));
  }

  /// A user with a key of its own.
  RpcKeys user(const std::string& uid, const std::string& name) {
    identity::CreateUser request;
    request.account = AccountUid(uid);
    request.name = name;
    FS_CHECK(sim::run(loop, users.create({}, std::move(request))).has_value());
    const auto key = sim::run(loop, access_keys.create({}, {AccountUid(uid), name})).value();
    return {key.id.get(), key.secret, ""};
  }
  void role(const std::string& uid, const std::string& name, const std::string& trust) {
    identity::CreateRole request;
    request.account = AccountUid(uid);
    request.name = name;
    request.trust_policy = trust;
    request.session_max_seconds = 7200;
    FS_CHECK(sim::run(loop, roles.create({}, std::move(request))).has_value());
  }
  /// A custom policy, attached to a user or role.
  void grant(const std::string& uid, identity::EntityKind kind, const std::string& entity, const std::string& document) {
    const std::string name = "for-" + entity;
    identity::CreatePolicy request;
    request.account = AccountUid(uid);
    request.name = name;
    request.document = document;
    FS_CHECK(sim::run(loop, policies.create({}, std::move(request))).has_value());
    const identity::PolicyName policy{AccountUid(uid), identity::PolicyType::kCustom, name};
    FS_CHECK(sim::run(loop, policies.attach({}, policy, {kind, entity})).has_value());
  }

  sim::SimLoop loop;
  sim::SimNode node{loop};
  backend::MemoryStore store{node.runtime, RegionNumber(1)};
  identity::DirectoryStore directory{node.runtime, sim::run(loop, store.open({}, kDirectoryPartition)).value()};
  identity::RealmSecretSealer sealer{Secret(std::string(32, 'k')), loop.random()};
  identity::Accounts accounts{node.runtime, directory, sealer};
  identity::Users users{node.runtime, directory};
  identity::AccessKeys access_keys{node.runtime, directory, sealer};
  identity::Roles roles{node.runtime, directory};
  identity::Policies policies{node.runtime, directory};
  identity::Sessions sessions{node.runtime, directory, sealer, RegionId("cn-hangzhou")};
  identity::Authentication authentication{directory, sessions, sealer};
  identity::AuditTrail audit{node.runtime, sim::run(loop, store.open({}, kRegionPartition)).value()};
  RpcService service;

 private:
  int nonce_ = 0;
};

inline constexpr const char* kTrustsOss =
    R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["oss.aliyuncs.com"]}}]})";

}  // namespace farshore::api
