// SPDX-License-Identifier: Apache-2.0
#include "sim/realm/sim_region.h"

#include <algorithm>

#include "api/peer/peer_service.h"
#include "http/server.h"
#include "identity/secret_sealer.h"
#include "identity/sessions.h"
#include "keys/key_wrapper.h"
#include "peer/directory_follower.h"
#include "peer/remote_region.h"
#include "replication/receiver.h"

namespace farshore::sim {
namespace {

constexpr std::uint16_t kPort = 80;

class Routes : public replication::Regions {
 public:
  replication::Destination* find(const RegionId& region) override {
    const auto found = ways.find(region);
    return found == ways.end() ? nullptr : found->second;
  }
  std::map<RegionId, replication::Destination*> ways;
};

/// The peer protocol and nothing else: clients of the simulator call objects/ directly.
class PeerFront : public http::Handler {
 public:
  explicit PeerFront(api::peer::PeerService& peers) : peers_(peers) {}
  Task<http::Response> handle(OpContext op, http::Request request) override {
    if (!api::peer::PeerService::is_peer_request(request)) co_return http::Response(404);
    co_return co_await peers_.handle(std::move(op), std::move(request));
  }
  http::Response refuse(int status, const Error&) override { return http::Response(status); }

 private:
  api::peer::PeerService& peers_;
};

RegionNumber number_of(const SimRealm& realm, const RegionId& id) {
  const auto found = std::find(realm.regions.begin(), realm.regions.end(), id);
  FS_CHECK(found != realm.regions.end());
  return RegionNumber(static_cast<std::uint16_t>(found - realm.regions.begin() + 1));
}

}  // namespace

/// All that a crash takes away; declared so that what is used outlives its users.
struct SimRegion::Life {
  explicit Life(Runtime runtime) : background(runtime.executor), requests(runtime.executor) {}
  ~Life() {
    requests.abandon();
    background.abandon();
    if (rules) rules->abandon();
    if (server) server->abandon();
    if (follower) follower->abandon();
    for (auto& [id, remote] : remotes) remote->abandon();
  }

  replication::PeerIdentity identity;
  std::shared_ptr<storage::Partition> directory_partition;
  std::shared_ptr<storage::Partition> region_partition;
  std::unique_ptr<identity::RealmSecretSealer> sealer;
  std::unique_ptr<identity::DirectoryStore> directory;
  std::map<RegionId, std::unique_ptr<peer::RemoteRegion>> remotes;
  std::unique_ptr<peer::DirectoryFollower> follower;
  std::unique_ptr<identity::Sessions> sessions;
  std::unique_ptr<identity::Accounts> accounts;
  std::unique_ptr<identity::Roles> roles;
  std::unique_ptr<identity::Policies> policies;
  std::unique_ptr<identity::BucketRegistry> registry;
  std::unique_ptr<keys::RootKeyWrapper> key_wrapper;
  std::unique_ptr<objects::Objects> objects;
  std::unique_ptr<replication::Receiver> receiver;
  Routes routes;
  std::unique_ptr<replication::RuleService> rules;
  std::unique_ptr<api::peer::PeerService> peers;
  std::unique_ptr<PeerFront> front;
  std::unique_ptr<http::Server> server;
  TaskScope background;
  TaskScope requests;
};

SimRegion::SimRegion(SimLoop& loop, SimWires& wires, SimTrace& trace, const SimRealm& realm, RegionId id, StoreKind store)
    : wires_(wires), trace_(trace), realm_(realm), id_(std::move(id)), number_(number_of(realm, id_)), clock_(loop), log_(trace, id_.get()),
      runtime_{loop, clock_, loop.random(), log_, metrics_}, network_(wires, id_.get()), store_(make_store(store, loop.random(), realm.local)) {}

SimRegion::~SimRegion() { life_.reset(); }

Task<Result<void>> SimRegion::start(OpContext op) {
  FS_CHECK(!life_);
  CO_TRY_OK(co_await store_->open(runtime_, number_));
  // Built aside and shown when it serves, as a process is.
  auto life = std::make_unique<Life>(runtime_);
  life->identity = replication::PeerIdentity{realm_.realm, id_, Secret(std::string(32, 'p'))};
  CO_TRY(life->directory_partition, co_await store_->metadata().open(op, kDirectoryPartition));
  CO_TRY(life->region_partition, co_await store_->metadata().open(op, kRegionPartition));
  life->sealer = std::make_unique<identity::RealmSecretSealer>(Secret(std::string(32, 'd')), runtime_.random);
  life->directory = std::make_unique<identity::DirectoryStore>(runtime_, life->directory_partition, realm_.directory);
  CO_TRY_OK(co_await life->directory->load(op));
  for (const RegionId& other : realm_.regions) {
    if (other == id_) continue;
    const peer::RegionAddress address{other, NetworkAddress{other.get(), kPort}, std::nullopt};
    auto remote = std::make_unique<peer::RemoteRegion>(runtime_, network_, address, life->identity);
    life->routes.ways[other] = remote.get();
    life->remotes.emplace(other, std::move(remote));
  }
  if (realm_.home == id_) {
    life->directory->become_home(1);
  } else {
    peer::RemoteRegion& home = *life->remotes.at(realm_.home);
    life->directory->follow(home);
    life->follower = std::make_unique<peer::DirectoryFollower>(runtime_, *life->directory, home);
    life->follower->start();
  }
  life->sessions = std::make_unique<identity::Sessions>(runtime_, *life->directory, *life->sealer, id_);
  life->accounts = std::make_unique<identity::Accounts>(runtime_, *life->directory, *life->sealer);
  life->roles = std::make_unique<identity::Roles>(runtime_, *life->directory);
  life->policies = std::make_unique<identity::Policies>(runtime_, *life->directory);
  life->registry = std::make_unique<identity::BucketRegistry>(runtime_, *life->directory);
  life->key_wrapper = std::make_unique<keys::RootKeyWrapper>(keys::RootKey::from(Secret(std::string(32, static_cast<char>(number_.get())))).value(), runtime_.random);
  life->objects = std::make_unique<objects::Objects>(objects::Stores{store_->metadata(), store_->blobs(), *life->key_wrapper, runtime_});
  life->receiver = std::make_unique<replication::Receiver>(runtime_, *life->objects, *life->directory, *life->sessions, id_);
  life->routes.ways[id_] = life->receiver.get();
  life->rules = std::make_unique<replication::RuleService>(runtime_, *life->objects, *life->directory, *life->sessions, life->routes, life->region_partition, id_,
                                                           realm_.regions, realm_.replication);
  life->peers = std::make_unique<api::peer::PeerService>(runtime_, *life->receiver, *life->directory, life->identity, realm_.regions, api::peer::PeerServiceSettings{});
  life->front = std::make_unique<PeerFront>(*life->peers);
  life->server = std::make_unique<http::Server>(runtime_, http::ServerSettings{}, *life->front);
  CO_TRY_OK(co_await life->rules->start(op));
  CO_TRY(auto listener, network_.listen(NetworkAddress{id_.get(), kPort}, std::nullopt, true));
  life->server->listen(std::move(listener));
  life_ = std::move(life);
  trace_.line(id_.get(), "region.up");
  co_return Result<void>();
}

void SimRegion::crash(CrashKind kind) {
  trace_.line(id_.get(), kind == CrashKind::kKilled ? "region.killed" : "region.crash");
  if (kind == CrashKind::kKilled) {
    wires_.forget_listeners(id_.get());
  } else {
    wires_.cut_host(id_.get());
  }
  life_.reset();
  store_->crash(kind);
}

objects::Objects& SimRegion::objects() { return *life_->objects; }
identity::DirectoryStore& SimRegion::directory() { return *life_->directory; }
identity::Accounts& SimRegion::accounts() { return *life_->accounts; }
identity::Roles& SimRegion::roles() { return *life_->roles; }
identity::Policies& SimRegion::policies() { return *life_->policies; }
identity::BucketRegistry& SimRegion::registry() { return *life_->registry; }
replication::RuleService& SimRegion::rules() { return *life_->rules; }
replication::Destination& SimRegion::receiver() { return *life_->receiver; }
TaskScope& SimRegion::requests() { return life_->requests; }

}  // namespace farshore::sim
