// SPDX-License-Identifier: Apache-2.0
// A realm of one region for this folder's tests: a virtual loop, a memory store, a directory at home and all its services.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "backend/memory/memory_store.h"
#include "identity/accounts.h"
#include "identity/authenticate.h"
#include "identity/authorize.h"
#include "identity/bucket_registry.h"
#include "identity/policies.h"
#include "identity/roles.h"
#include "identity/sessions.h"
#include "identity/users.h"
#include "sim/world/sim_loop.h"

namespace farshore::identity {

inline const AccountUid kS("1000000000000001");
inline const AccountUid kD("2000000000000002");
inline const std::string kTrustOss =
    R"({"Version":"1","Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":["oss.aliyuncs.com"]}}]})";

inline std::string trust_of(std::string_view principal) {
  return R"({"Version":"1","Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"RAM":[")" + std::string(principal) +
         R"("]}}]})";
}
inline std::string allow(std::string_view actions, std::string_view resources = R"("*")", std::string_view effect = "Allow") {
  return R"({"Version":"1","Statement":[{"Effect":")" + std::string(effect) + R"(","Action":)" + std::string(actions) + R"(,"Resource":)" +
         std::string(resources) + "}]}";
}

struct Realm {
  explicit Realm(DirectorySettings settings = {}, std::shared_ptr<backend::MemoryMedium> medium = std::make_shared<backend::MemoryMedium>())
      : node(loop),
        store(node.runtime, RegionNumber(1), medium),
        sealer(Secret(std::string(32, 'k')), loop.random()),
        directory(node.runtime, *run(store.open({}, kDirectoryPartition)), settings),
        accounts(node.runtime, directory, sealer),
        keys(node.runtime, directory, sealer),
        users(node.runtime, directory),
        roles(node.runtime, directory),
        policies(node.runtime, directory),
        buckets(node.runtime, directory),
        sessions(node.runtime, directory, sealer, RegionId("cn-hangzhou")),
        authentication(directory, sessions, sealer) {
    EXPECT_TRUE(run(directory.load({})));
    directory.become_home(1);
  }
  template <class T>
  T run(Task<T> task) {
    return sim::run(loop, std::move(task));
  }
  /// Runs a task that must succeed, and gives its value.
  template <class T>
  T good(Task<Result<T>> task) {
    Result<T> result = sim::run(loop, std::move(task));
    if (!result) ADD_FAILURE() << result.error().text();
    if constexpr (!std::is_void_v<T>) return std::move(result).value();
  }
  template <class T>
  Error bad(Task<Result<T>> task) {
    Result<T> result = sim::run(loop, std::move(task));
    return result ? Error(ErrorCode::kInternalError, "it succeeded") : result.error();
  }
  void pass(Duration duration) { loop.run_until(loop.now() + duration); }

  void make_accounts() {
    good(accounts.create({}, CreateAccount{"source", kS, {}, {}}));
    good(accounts.create({}, CreateAccount{"destination", kD, {}, {}}));
    good(sessions.ensure_minting_key({}));
  }
  UserEntry user(const AccountUid& account, const std::string& name) {
    return good(users.create({}, CreateUser{account, name, "", "", "", ""}));
  }
  RoleEntry role(const AccountUid& account, const std::string& name, const std::string& trust = kTrustOss) {
    return good(roles.create({}, CreateRole{account, name, trust, "", {}}));
  }
  void grant(const AccountUid& account, EntityName entity, const std::string& policy, const std::string& document) {
    good(policies.create({}, CreatePolicy{account, policy, document, ""}));
    good(policies.attach({}, PolicyName{account, PolicyType::kCustom, policy}, std::move(entity)));
  }

  sim::SimLoop loop;
  sim::SimNode node;
  backend::MemoryStore store;
  RealmSecretSealer sealer;
  DirectoryStore directory;
  Accounts accounts;
  AccessKeys keys;
  Users users;
  Roles roles;
  Policies policies;
  BucketRegistry buckets;
  Sessions sessions;
  Authentication authentication;
};

}  // namespace farshore::identity
