// SPDX-License-Identifier: Apache-2.0
// The operator's client and the benchmarks against small stand-ins for regions, on virtual time.
#include <map>

#include <gtest/gtest.h>

#include "api/admin/admin_signature.h"
#include "cli/admin_client.h"
#include "cli/replication_bench.h"
#include "http/server.h"
#include "sim/world/sim_stream.h"

namespace farshore::cli {
namespace {
using namespace std::chrono_literals;

const Secret kKey(std::string(32, 'o'));

/// A region that keeps what is PUT, lists it, and shows it after a delay; as an operator's API it knows one bucket's home.
struct StandIn : http::Handler {
  StandIn(sim::SimLoop& shared_loop, Clock& shared_clock, std::string name) : loop(shared_loop), clock(shared_clock), region(std::move(name)), verifier(kKey, RegionId(region)) {}

  Task<http::Response> handle(OpContext, http::Request request) override {
    ++requests;
    if (request.raw_path.starts_with("/-/admin/")) co_return admin(request);
    if (request.raw_path == "/-/healthy" && !request.headers.has("Authorization")) {
      ++healthy;
      co_return http::Response(200);
    }
    authorization = request.headers.get("Authorization");
    co_await sleep_for(loop, OpContext(), service_time);
    if (refuse_writes && request.method == "PUT") co_return http::Response(403).body(std::string("<Error><Code>AccessDenied</Code><Message>no</Message></Error>"));
    const std::string key = request.raw_path.substr(std::min(request.raw_path.size(), std::string("/bucket/").size()));
    if (request.method == "PUT") {
      objects[key] = loop.now();
      if (replica != nullptr && !(lose_every != 0 && ++written % lose_every == 0)) replica->objects[key] = loop.now() + lag;
      co_return http::Response(200);
    }
    if (!key.empty()) {
      const auto found = objects.find(key);
      co_return http::Response(found != objects.end() && found->second <= loop.now() ? 200 : 404);
    }
    const auto query = codec::Query::parse(request.raw_query);
    std::string body = "<L>";
    std::size_t count = 0;
    for (auto at = objects.upper_bound(std::string(query->find("start-after").value_or(""))); at != objects.end() && count < 1000; ++at) {
      if (at->second > loop.now()) continue;
      body += "<Key>" + codec::percent_encode(at->first) + "</Key>";
      ++count;
    }
    co_return http::Response(200).body(body + (count == 1000 ? "<IsTruncated>true</IsTruncated></L>" : "</L>"));
  }

  http::Response admin(const http::Request& request) {
    const auto query = codec::Query::parse(request.raw_query);
    const auto verified = verifier.verify(request, *query, "", clock.now().millis());
    if (!verified) {
      return http::Response(400).body(R"({"code":"X","message":"m","request_id":"R","signing_region":")" + std::string(verified.error().detail("signing_region")) + "\"}");
    }
    if (region != "west") return http::Response(400).body(std::string(R"({"code":"InvalidRequest","message":"m","request_id":"R","region":"west","endpoint":"west:80"})"));
    return http::Response(200).body(std::string(R"({"rules":[]})"));
  }
  http::Response refuse(int status, const Error&) override { return http::Response(status); }

  sim::SimLoop& loop;
  Clock& clock;
  std::string region;
  api::admin::AdminVerifier verifier;
  std::map<std::string, Instant> objects;
  StandIn* replica = nullptr;
  Duration service_time = 2ms, lag = 7ms;
  std::uint64_t lose_every = 0, written = 0;
  bool refuse_writes = false;
  int requests = 0, healthy = 0;
  std::string authorization;  ///< of the last request for an object
};

class Conversations : public testing::Test {
 protected:
  Conversations() {
    east.replica = &west;
    serve(*east_server, "east");
    serve(*west_server, "west");
  }
  ~Conversations() override {
    client.close_idle();
    sim::run(loop, east_server->drain(Duration::zero()));
    sim::run(loop, west_server->drain(Duration::zero()));
  }
  void serve(http::Server& server, const std::string& host) {
    networks.push_back(std::make_unique<sim::SimNetwork>(wires, host));
    server.listen(*networks.back()->listen(NetworkAddress{host, 80}, std::nullopt, true));
  }
  std::unique_ptr<StoreClient> speaking(Dialect dialect, const std::string& host) {
    const BenchEnd end{"http://" + host, host, "k", Secret("s"), "bucket", dialect};
    return *StoreClient::make(node.runtime, client, end, "");
  }
  std::unique_ptr<StoreClient> oss(const std::string& host) { return speaking(Dialect::kOss, host); }
  LoadSettings puts(std::uint64_t count) {
    LoadSettings settings;
    settings.connections = 4;
    settings.count = count;
    settings.prefix = "p/";
    settings.body = Buffer("body");
    return settings;
  }
  Result<AdminReply> ask(const std::string& host) {
    AdminClient admin(node.runtime, client, kKey, *parse_url("http://" + host, ""), "");
    AdminQuestion question;
    question.path = "rules";
    question.query.add("bucket", "photos");
    return sim::run(loop, admin.ask(std::move(question)));
  }

  sim::SimLoop loop;
  sim::SimNode node{loop};
  sim::SimWires wires{loop};
  sim::SimNetwork here{wires, "here"};
  std::vector<std::unique_ptr<sim::SimNetwork>> networks;
  StandIn west{loop, node.clock, "west"}, east{loop, node.clock, "east"};
  std::unique_ptr<http::Server> east_server = std::make_unique<http::Server>(node.runtime, http::ServerSettings(), east);
  std::unique_ptr<http::Server> west_server = std::make_unique<http::Server>(node.runtime, http::ServerSettings(), west);
  http::Client client{node.runtime, here};
  std::vector<std::string> said;
  Notices notices{loop, [this](const std::string& sentence) { said.push_back(sentence); }};
};

TEST_F(Conversations, TheOperatorsClientLearnsTheRegionAndGoesWhereTheBucketLives) {
  const auto reply = ask("east");
  ASSERT_TRUE(reply) << reply.error().text();
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->from, "http://west:80");
  EXPECT_EQ(east.requests, 2);  // the region's name first, then the way to the other
  EXPECT_EQ(west.requests, 1);
}

TEST_F(Conversations, AnUnreachableRegionIsASentenceWithItsAddress) {
  const auto reply = ask("nowhere");
  ASSERT_FALSE(reply);
  EXPECT_NE(reply.error().message().find("cannot reach http://nowhere"), std::string::npos) << reply.error().message();
}

TEST_F(Conversations, ALoadCountsAndTimesWhatSucceeded) {
  auto source = oss("east");
  Load load(node.runtime, *source, notices, puts(100));
  const LoadResult result = sim::run(loop, load.run());
  EXPECT_EQ(result.operations, 100u);
  EXPECT_EQ(result.errors, 0u);
  EXPECT_EQ(result.bytes, 400u);
  EXPECT_EQ(east.objects.size(), 100u);
  EXPECT_DOUBLE_EQ(result.latency.summary().p50, 2);
  EXPECT_DOUBLE_EQ(result.seconds, 0.05);
  EXPECT_EQ(load.tail_keys().size(), 5u);
}

TEST_F(Conversations, ALoadOfRefusalsStopsAndTellsTheFirst) {
  east.refuse_writes = true;
  auto source = oss("east");
  LoadSettings settings = puts(0);
  settings.seconds = 3600;
  Load load(node.runtime, *source, notices, std::move(settings));
  const LoadResult result = sim::run(loop, load.run());
  EXPECT_EQ(result.operations, 0u);
  EXPECT_LT(result.errors, Load::kErrorsMax + 10);
  EXPECT_EQ(result.first_error, "403 AccessDenied: no");
}

TEST_F(Conversations, PlainHttpIsAskedForUnsignedAndCounted) {
  auto source = oss("east");
  LoadSettings settings = puts(20);
  settings.kind = Benchmark::kHttp;
  Load load(node.runtime, *source, notices, std::move(settings));
  const LoadResult result = sim::run(loop, load.run());
  EXPECT_EQ(result.operations, 20u);
  EXPECT_EQ(east.healthy, 20);
}

TEST_F(Conversations, OnlyKeysOfTheRunAreCountedWhereEarlierOnesStand) {
  west.service_time = 0ms;
  auto source = oss("east"), destination = oss("west");
  LoadSettings settings = puts(1500);
  ASSERT_TRUE(sim::run(loop, measure_replication(node.runtime, source.get(), destination.get(), &notices, settings, {60s})));
  settings.first = 1500;
  settings.count = 1200;
  const auto result = sim::run(loop, measure_replication(node.runtime, source.get(), destination.get(), &notices, settings, {60s}));
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->replicas, 1200u);
}

TEST_F(Conversations, LongWorkIsSpokenOf) {
  east.service_time = 100ms;
  auto source = oss("east");
  LoadSettings settings = puts(0);
  settings.seconds = 12;
  Load load(node.runtime, *source, notices, std::move(settings));
  sim::run(loop, load.run());
  EXPECT_EQ(said.size(), 2u);
}

TEST_F(Conversations, ReplicationIsTimedToTheLastReplica) {
  west.service_time = 0ms;
  east.lag = 300ms;
  auto source = oss("east"), destination = oss("west");
  const auto result = sim::run(loop, measure_replication(node.runtime, source.get(), destination.get(), &notices, puts(2500), {60s}));
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->replicas, 2500u);
  EXPECT_DOUBLE_EQ(result->puts.seconds, 1.25);
  EXPECT_NEAR(result->seconds, 1.55, 0.002);
  EXPECT_NEAR(result->drain_seconds, 0.3, 0.002);
}

TEST_F(Conversations, ARateBeginsRequestsInEvenStepsAndLatencyCountsFromWhenTheyWereDue) {
  east.service_time = 30ms;
  auto source = oss("east");
  LoadSettings settings = puts(100);
  settings.rate = 50;
  settings.connections = 4;
  Load enough(node.runtime, *source, notices, settings);
  LoadResult result = sim::run(loop, enough.run());
  EXPECT_DOUBLE_EQ(result.seconds, 99 * 0.02 + 0.03);
  EXPECT_DOUBLE_EQ(result.latency.summary().max, 30);
  settings.connections = 1;  // 30 ms each, due every 20: the last waits for all before it
  Load late(node.runtime, *source, notices, settings);
  result = sim::run(loop, late.run());
  EXPECT_DOUBLE_EQ(result.seconds, 100 * 0.03);
  EXPECT_DOUBLE_EQ(result.latency.summary().max, 1000 * (100 * 0.03 - 99 * 0.02));
}

TEST_F(Conversations, HistoryIsWaitedForByFewQuestionsAndCounted) {
  west.service_time = 0ms;
  east.lag = 3000ms;
  auto source = oss("east"), destination = oss("west");
  const LoadSettings settings = puts(2500);
  Load load(node.runtime, *source, notices, settings);
  const LoadResult written = sim::run(loop, load.run());
  const Instant end = loop.now() + 3000ms;
  const int before = west.requests;
  const auto arrival = sim::run(loop, wait_for_history(node.runtime, destination.get(), &notices, load.tail_keys(), settings.prefix, written.operations, loop.now() + 60s));
  ASSERT_TRUE(arrival) << arrival.error().text();
  EXPECT_EQ(arrival->replicas, 2500u);
  EXPECT_GE(arrival->last, end - 1ms);
  EXPECT_LT(arrival->last, end + 2 * kHistoryAskEvery);
  EXPECT_LT(west.requests - before, 400);
}

TEST_F(Conversations, ALostReplicaIsAnErrorThatSaysHowToFindOut) {
  east.lose_every = 60;  // none of those that are looked at first
  auto source = oss("east"), destination = oss("west");
  const auto result = sim::run(loop, measure_replication(node.runtime, source.get(), destination.get(), &notices, puts(101), {3s}));
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message().find("1 of 101 replicas did not arrive"), std::string::npos) << result.error().message();
  EXPECT_NE(result.error().message().find("farshore admin progress"), std::string::npos);
}

TEST_F(Conversations, AnotherStoreIsMeasuredTheSameAndGetsNoAdviceOfOurs) {
  auto source = speaking(Dialect::kS3, "east"), destination = speaking(Dialect::kS3, "west");
  const auto all = sim::run(loop, measure_replication(node.runtime, source.get(), destination.get(), &notices, puts(50), {3s}));
  ASSERT_TRUE(all) << all.error().text();
  EXPECT_EQ(all->replicas, 50u);
  EXPECT_TRUE(east.authorization.starts_with("AWS4-HMAC-SHA256 Credential=k/")) << east.authorization;
  west.objects.clear();
  east.lose_every = 60;
  const auto result = sim::run(loop, measure_replication(node.runtime, source.get(), destination.get(), &notices, puts(101), {3s}));
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message().find("did not arrive"), std::string::npos) << result.error().message();
  EXPECT_EQ(result.error().message().find("farshore"), std::string::npos) << result.error().message();
}

TEST_F(Conversations, LagIsFromTheAnswerToTheFirstSight) {
  west.service_time = 0ms;
  auto source = oss("east"), destination = oss("west");
  LagSettings settings{50, 0, {5s}, "p/", Buffer("body")};
  const auto result = sim::run(loop, measure_lag(node.runtime, source.get(), destination.get(), &notices, std::move(settings)));
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->lag.count(), 50u);
  EXPECT_DOUBLE_EQ(result->lag.summary().p50, 7);
  EXPECT_DOUBLE_EQ(result->puts.latency.summary().p50, 2);
  EXPECT_EQ(east.objects.size(), 50u + kLagWarmUps);
}

TEST_F(Conversations, AStoreThatIsAskedRarelyIsSeenLater) {
  west.service_time = 0ms;
  auto source = oss("east"), destination = oss("west");
  LagSettings settings{50, 0, {5s, 30ms}, "p/", Buffer("body")};
  const auto result = sim::run(loop, measure_lag(node.runtime, source.get(), destination.get(), &notices, std::move(settings)));
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_DOUBLE_EQ(result->lag.summary().p50, 30);
}

}  // namespace
}  // namespace farshore::cli
