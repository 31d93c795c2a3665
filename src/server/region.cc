// SPDX-License-Identifier: Apache-2.0
#include "server/region.h"

#include <map>

#include "api/common/bucket_ids.h"
#include "api/ram/ram_product.h"
#include "api/sts/sts_product.h"
#include "identity/access_keys.h"
#include "identity/accounts.h"
#include "identity/audit.h"
#include "identity/authenticate.h"
#include "identity/bucket_registry.h"
#include "identity/directory_store.h"
#include "identity/policies.h"
#include "identity/roles.h"
#include "identity/sessions.h"
#include "identity/users.h"
#include "keys/key_wrapper.h"
#include "objects/objects.h"
#include "peer/directory_follower.h"
#include "peer/remote_region.h"
#include "replication/receiver.h"
#include "replication/rule_service.h"
#include "server/front.h"

namespace farshore::server {
namespace {

/// Finds the way to a region: this one without a detour, the others over their links.
class Routes : public replication::Regions {
 public:
  replication::Destination* find(const RegionId& region) override {
    const auto found = ways.find(region);
    return found == ways.end() ? nullptr : found->second;
  }
  std::map<RegionId, replication::Destination*> ways;
};

}  // namespace

/// Everything of a region, most general first; destroyed in reverse.
struct Region::Parts {
  Parts(Runtime r, MetricsRegistry& m, Network& n, RegionConfig c, const RealmSecrets& s, Secret o)
      : runtime(r), metrics(m), network(n), config(std::move(c)), secrets(s), operator_secret(std::move(o)), background(r.executor) {}

  Runtime runtime;
  MetricsRegistry& metrics;
  Network& network;
  RegionConfig config;
  const RealmSecrets& secrets;
  Secret operator_secret;
  replication::PeerIdentity identity;
  api::Endpoints endpoints;

  std::unique_ptr<StoreHolder> store;
  std::shared_ptr<storage::Partition> directory_partition;
  std::shared_ptr<storage::Partition> region_partition;
  std::unique_ptr<identity::RealmSecretSealer> sealer;
  std::unique_ptr<identity::DirectoryStore> directory;
  std::map<RegionId, std::unique_ptr<peer::RemoteRegion>> remotes;
  std::unique_ptr<peer::DirectoryFollower> follower;
  std::unique_ptr<identity::Sessions> sessions;
  std::unique_ptr<identity::Authentication> authentication;
  std::unique_ptr<identity::Accounts> accounts;
  std::unique_ptr<identity::Users> users;
  std::unique_ptr<identity::AccessKeys> access_keys;
  std::unique_ptr<identity::Roles> roles;
  std::unique_ptr<identity::Policies> policies;
  std::unique_ptr<identity::BucketRegistry> registry;
  std::unique_ptr<identity::AuditTrail> audit;
  std::unique_ptr<keys::RootKeyWrapper> key_wrapper;
  std::unique_ptr<objects::Objects> objects;
  std::unique_ptr<replication::Receiver> receiver;
  Routes routes;
  std::unique_ptr<replication::RuleService> rules;
  std::unique_ptr<api::BucketIds> bucket_ids;
  std::unique_ptr<api::oss::OssService> oss;
  std::unique_ptr<api::RpcService> rpc;
  std::unique_ptr<api::peer::PeerService> peers;
  std::unique_ptr<api::admin::AdminService> admin;
  std::unique_ptr<Front> front;
  std::unique_ptr<http::Server> server;
  bool open = false;
  TaskScope background;

  Task<Result<void>> open_storage(OpContext op, RegionNumber number);
  Task<Result<void>> open_directory(OpContext op);
  Task<Result<void>> open_services(OpContext op, RegionNumber number);
  Task<void> keep_minting_key();
  std::string not_ready() const;
  bool connected(const RegionId& region) const {
    const auto remote = remotes.find(region);
    return region == config.id || (remote != remotes.end() && remote->second->connected());
  }
};

Region::Region(Runtime runtime, MetricsRegistry& metrics, Network& network, RegionConfig config, const RealmSecrets& secrets, Secret operator_secret)
    : parts_(std::make_unique<Parts>(runtime, metrics, network, std::move(config), secrets, std::move(operator_secret))) {}
Region::~Region() = default;

const RegionConfig& Region::config() const { return parts_->config; }
identity::Accounts& Region::accounts() { return *parts_->accounts; }
identity::DirectoryStore& Region::directory() { return *parts_->directory; }
identity::SecretSealer& Region::sealer() { return *parts_->sealer; }
bool Region::store_failed() const { return parts_->store && parts_->store->failed(); }

Task<Result<void>> Region::open(OpContext op) {
  Parts& p = *parts_;
  RegionNumber number;
  p.identity = replication::PeerIdentity{p.secrets.realm, p.config.id, p.secrets.peer_secret};
  p.endpoints.here = p.config.id;
  for (const RealmRegion& region : p.config.realm) {
    p.endpoints.regions.push_back(api::RegionEndpoints{region.id, region.names, region.extranet, (region.https ? "https://" : "http://") + region.extranet});
    if (region.id == p.config.id) number = region.number;
  }
  if (number.get() == 0) co_return Error(ErrorCode::kRegionUnknown, fmt::format("the realm's configuration does not list the region {}", p.config.id.get()));
  CO_TRY_OK(co_await p.open_storage(op, number));
  CO_TRY_OK(co_await p.open_directory(op));
  CO_TRY_OK(co_await p.open_services(op, number));
  p.open = true;
  co_return Result<void>();
}

Task<Result<void>> Region::Parts::open_storage(OpContext op, RegionNumber number) {
  if (const auto made = make_directories(config.data_directory); !made) co_return made.error();
  CO_TRY(Secret root, read_or_make_key(config.data_directory + "/root.key", runtime.random));
  CO_TRY(keys::RootKey root_key, keys::RootKey::from(std::move(root)));
  key_wrapper = std::make_unique<keys::RootKeyWrapper>(std::move(root_key), runtime.random);
  CO_TRY(store, co_await open_local_store(runtime, config.data_directory + "/store", number, config.store));
  CO_TRY(directory_partition, co_await store->metadata().open(op, kDirectoryPartition));
  CO_TRY(region_partition, co_await store->metadata().open(op, kRegionPartition));
  co_return Result<void>();
}

Task<Result<void>> Region::Parts::open_directory(OpContext op) {
  sealer = std::make_unique<identity::RealmSecretSealer>(secrets.directory_key, runtime.random);
  directory = std::make_unique<identity::DirectoryStore>(runtime, directory_partition);
  CO_TRY_OK(co_await directory->load(op));
  for (const RealmRegion& region : config.realm) {
    if (region.id == config.id) continue;
    auto remote = std::make_unique<peer::RemoteRegion>(runtime, network, peer::RegionAddress{region.id, region.address, region.peer_tls}, identity);
    routes.ways[region.id] = remote.get();
    remotes.emplace(region.id, std::move(remote));
  }
  if (config.home == config.id) {
    directory->become_home(config.home_epoch);
    co_return Result<void>();
  }
  const auto home = remotes.find(config.home);
  if (home == remotes.end()) co_return Error(ErrorCode::kRegionUnknown, fmt::format("the home region {} is not among the realm's regions", config.home.get()));
  directory->follow(*home->second);
  follower = std::make_unique<peer::DirectoryFollower>(runtime, *directory, *home->second);
  follower->start();
  co_return Result<void>();
}

Task<Result<void>> Region::Parts::open_services(OpContext op, RegionNumber number) {
  std::vector<RegionId> realm_regions;
  for (const RealmRegion& region : config.realm) realm_regions.push_back(region.id);
  sessions = std::make_unique<identity::Sessions>(runtime, *directory, *sealer, config.id);
  authentication = std::make_unique<identity::Authentication>(*directory, *sessions, *sealer);
  accounts = std::make_unique<identity::Accounts>(runtime, *directory, *sealer);
  users = std::make_unique<identity::Users>(runtime, *directory);
  access_keys = std::make_unique<identity::AccessKeys>(runtime, *directory, *sealer);
  roles = std::make_unique<identity::Roles>(runtime, *directory);
  policies = std::make_unique<identity::Policies>(runtime, *directory);
  registry = std::make_unique<identity::BucketRegistry>(runtime, *directory);
  audit = std::make_unique<identity::AuditTrail>(runtime, region_partition);
  CO_TRY_OK(co_await audit->load(op));

  objects = std::make_unique<objects::Objects>(objects::Stores{store->metadata(), store->blobs(), *key_wrapper, runtime});
  receiver = std::make_unique<replication::Receiver>(runtime, *objects, *directory, *sessions, config.id);
  routes.ways[config.id] = receiver.get();
  rules = std::make_unique<replication::RuleService>(runtime, *objects, *directory, *sessions, routes, region_partition, config.id, realm_regions);
  bucket_ids = std::make_unique<api::BucketIds>(runtime.executor, region_partition, number);

  oss = std::make_unique<api::oss::OssService>(
      api::oss::Services{runtime, *directory, *authentication, *registry, *objects, *bucket_ids, endpoints, rules.get()});
  rpc = std::make_unique<api::RpcService>(api::RpcGround{runtime, *directory, *authentication, *audit},
                                          api::RpcServices{*users, *access_keys, *roles, *policies, *sessions},
                                          std::vector<api::RpcProduct>{api::ram::product(), api::sts::product()});
  peers = std::make_unique<api::peer::PeerService>(runtime, *receiver, *directory, identity, realm_regions, api::peer::PeerServiceSettings{config.require_peer_tls});
  admin = std::make_unique<api::admin::AdminService>(
      api::admin::AdminServices{runtime, *accounts, *directory, *audit, *objects, *rules, endpoints, [this](const RegionId& region) { return connected(region); }},
      operator_secret);
  front = std::make_unique<Front>(FrontServices{*peers, *rpc, *oss, *admin, metrics, [this] { return not_ready(); }});
  server = std::make_unique<http::Server>(runtime, http::ServerSettings{}, *front);
  CO_TRY_OK(co_await rules->start(op));
  background.spawn(keep_minting_key());
  co_return Result<void>();
}

/// A follower can only get its minting key once the home answers; until then it gives no sessions.
Task<void> Region::Parts::keep_minting_key() {
  const OpContext op = OpContext().with_cancel(background.token());
  while (true) {
    const auto made = co_await sessions->ensure_minting_key(op.with_deadline(runtime.executor.now() + std::chrono::seconds(10)));
    if (made) co_return;
    if (co_await sleep_for(runtime.executor, op, std::chrono::milliseconds(200)) == Woken::kCancelled) co_return;
  }
}

std::string Region::Parts::not_ready() const {
  if (!open) return "the region is starting";
  if (store->failed()) return "the store has stopped writing after a disk error; restart the process to recover";
  return {};
}

void Region::listen(std::unique_ptr<Listener> listener) { parts_->server->listen(std::move(listener)); }

Task<void> Region::close(Duration grace) {
  Parts& p = *parts_;
  co_await p.background.close();
  if (p.peers) p.peers->close_links();
  if (p.rules) co_await p.rules->close();
  if (p.server) co_await p.server->drain(grace);
  if (p.follower) co_await p.follower->close();
  for (auto& [id, remote] : p.remotes) co_await remote->close();
  // Services hold partitions; they go before the store.
  p.front.reset();
  p.admin.reset();
  p.peers.reset();
  p.rpc.reset();
  p.oss.reset();
  p.bucket_ids.reset();
  p.rules.reset();
  p.receiver.reset();
  p.objects.reset();
  p.audit.reset();
  p.follower.reset();
  p.directory_partition.reset();
  p.region_partition.reset();
  if (p.store) co_await p.store->close();
}

}  // namespace farshore::server
