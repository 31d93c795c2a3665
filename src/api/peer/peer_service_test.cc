// SPDX-License-Identifier: Apache-2.0
#include "api/peer/peer_service.h"

#include "identity/realm_test.h"
#include "keys/key_wrapper.h"
#include "sim/world/sim_stream.h"

namespace farshore::api::peer {
namespace {
using namespace std::chrono_literals;
using replication::PeerHello;
using replication::PeerMethod;
using replication::PeerReply;

const RegionId kHome("cn-hangzhou");
const RegionId kFar("cn-beijing");

struct NoCalls : replication::PeerCallHandler {
  Task<Result<PeerReply>> handle(OpContext, replication::PeerCall) override { co_return Error(ErrorCode::kProtocolViolation, ""); }
};

Task<void> run_link(replication::PeerLink* link) { static_cast<void>(co_await link->run(OpContext())); }
Task<void> run_upgrade(http::Upgrade upgrade, std::unique_ptr<Stream> stream) { co_await upgrade(std::move(stream), Bytes()); }

/// The home's peer service, and connections to it.
struct PeerServices : ::testing::Test {
  PeerServices()
      : wrapper(keys::RootKey::from(Secret(std::string(32, 'r'))).value(), realm.loop.random()),
        objects(objects::Stores{realm.store, realm.store, wrapper, realm.node.runtime}),
        receiver(realm.node.runtime, objects, realm.directory, realm.sessions, kHome),
        service(realm.node.runtime, receiver, realm.directory, self, {kHome, kFar}, PeerServiceSettings{false, 2, 10s}),
        scope(realm.loop) {
    realm.make_accounts();
  }
  ~PeerServices() override {
    for (auto& link : links) link->close();
    realm.run(scope.close());
  }
  /// A new connection; null if it was refused.
  replication::PeerLink* dial() {
    http::Response response = realm.run(service.handle({}, http::Request()));
    if (!response.upgrade()) return nullptr;
    auto [near, far] = sim::connect_pair(realm.loop);
    scope.spawn(run_upgrade(std::move(response.upgrade()), std::move(near)));
    links.push_back(std::make_unique<replication::PeerLink>(realm.node.runtime, std::move(far), no_calls));
    scope.spawn(run_link(links.back().get()));
    realm.pass(1ms);
    return links.back().get();
  }
  Result<PeerReply> call(replication::PeerLink* link, PeerMethod method, Bytes header) {
    return realm.run(link->call(OpContext(), static_cast<std::uint16_t>(method), std::move(header)));
  }
  void prove(replication::PeerLink* link) {
    PeerHello hello;
    hello.version_min = replication::kPeerVersionMin;
    hello.version_max = replication::kPeerVersionMax;
    hello.realm = self.realm;
    hello.region = kFar;
    hello.nonce = std::string(replication::kPeerNonceBytes, 'n');
    const auto answer = call(link, PeerMethod::kHello, encode(hello));
    ASSERT_TRUE(answer) << answer.error().text();
    PeerHello proof = hello;
    proof.proof = peer_proof(self.secret, replication::PeerSide::kCaller, kFar, kHome, replication::decode_peer_hello(answer->header)->nonce, hello.nonce);
    ASSERT_TRUE(call(link, PeerMethod::kHello, encode(proof)));
  }

  identity::Realm realm;
  keys::RootKeyWrapper wrapper;
  objects::Objects objects;
  replication::Receiver receiver;
  replication::PeerIdentity self{"realm", kHome, Secret("peer secret")};
  PeerService service;
  NoCalls no_calls;
  std::vector<std::unique_ptr<replication::PeerLink>> links;
  TaskScope scope;
};

TEST_F(PeerServices, WithoutProofThereIsLittleRoomAndLittleTime) {
  auto* first = dial();
  auto* second = dial();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(dial(), nullptr);
  EXPECT_EQ(call(second, PeerMethod::kDirectoryFeed, Bytes()).error().code(), ErrorCode::kAccessDenied);
  prove(first);
  EXPECT_NE(dial(), nullptr) << "who has proved itself takes no such room";
  realm.pass(20s);
  EXPECT_FALSE(first->closed());
  EXPECT_TRUE(second->closed());
}

TEST_F(PeerServices, OnceItsLinksAreClosedNewOnesAreRefusedAndAnAcceptedOneEndsAtOnce) {
  http::Response accepted = realm.run(service.handle({}, http::Request()));
  replication::PeerLink* const link = dial();
  service.close_links();
  realm.pass(1s);
  EXPECT_TRUE(link->closed());
  EXPECT_EQ(dial(), nullptr);
  auto [near, far] = sim::connect_pair(realm.loop);
  realm.run(run_upgrade(std::move(accepted.upgrade()), std::move(near)));  // returns: a shutdown would wait for it
}

TEST_F(PeerServices, ARegionSubmitsWhatIsItsOwn) {
  auto* link = dial();
  prove(link);
  const auto submitted = [&](const RegionId& region) {
    const identity::BucketEntry entry{BucketName("bucket-of-" + region.get()), BucketId(5), identity::kS, region, 1};
    identity::DirectoryBatch batch;
    batch.expect_absent(identity::bucket_row(entry.name));
    batch.put(identity::bucket_row(entry.name), encode(entry));
    return call(link, PeerMethod::kDirectorySubmit, identity::encode_directory_batch(batch));
  };
  EXPECT_TRUE(submitted(kFar));
  EXPECT_EQ(submitted(kHome).error().code(), ErrorCode::kAccessDenied);
}

}  // namespace
}  // namespace farshore::api::peer
