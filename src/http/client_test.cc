// SPDX-License-Identifier: Apache-2.0
#include "http/client.h"

#include "http/http_fixture.h"

namespace farshore::http {
namespace {
using namespace std::chrono_literals;

/// A client on one host, a server on another, 10 ms apart.
class HttpClient : public testing::Test {
 protected:
  HttpClient() {
    wires.link("here", "there").latency = 10ms;
    start();
  }
  ~HttpClient() override {
    client.close_idle();
    sim::run(loop, server->drain(Duration::zero()));
  }
  void start() {
    server = std::make_unique<Server>(node.runtime, ServerSettings(), handler);
    server->listen(*there.listen(endpoint.address, std::nullopt, true));
  }
  Result<ClientResponse> send(ClientRequest request, OpContext op = OpContext()) { return sim::run(loop, client.send(op, endpoint, std::move(request))); }
  Result<Bytes> body(Result<ClientResponse>& response, std::size_t bytes_max = 1 << 22) {
    return sim::run(loop, read_all(OpContext(), *response->body, bytes_max));
  }
  static ClientRequest request(std::string method, std::string target, std::string bytes = {}) {
    ClientRequest made;
    made.method = std::move(method);
    made.target = std::move(target);
    made.bytes = Buffer(std::move(bytes));
    return made;
  }

  sim::SimLoop loop;
  sim::SimNode node{loop};
  sim::SimWires wires{loop};
  sim::SimNetwork here{wires, "here"};
  sim::SimNetwork there{wires, "there"};
  Endpoint endpoint{NetworkAddress{"there", 8080}, std::nullopt};
  TestHandler handler{loop};
  std::unique_ptr<Server> server;
  Client client{node.runtime, here};
};

TEST_F(HttpClient, SendsBodiesAndKeepsTheConnection) {
  for (int i = 0; i < 3; ++i) {
    const Instant before = loop.now();
    auto response = send(request("PUT", "/echo?x", "abc"));
    ASSERT_TRUE(response) << response.error().text();
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body->length(), 3u);
    EXPECT_EQ(body(response).value(), "abc");
    EXPECT_EQ(loop.now() - before, i == 0 ? 40ms : 20ms);
  }
  EXPECT_EQ(server->connections(), 1u);
  EXPECT_EQ(handler.seen.back(), "PUT /echo?x there:8080");
}

TEST_F(HttpClient, StreamsBodiesOfKnownAndUnknownLength) {
  for (const std::optional<std::uint64_t> length : {std::optional<std::uint64_t>(2000000), std::optional<std::uint64_t>()}) {
    ClientRequest upload = request("POST", "/echo");
    upload.source = std::make_unique<PiecesBody>(20, 100000, length);
    auto response = send(std::move(upload));
    ASSERT_TRUE(response) << response.error().text();
    EXPECT_EQ(handler.headers.has("transfer-encoding"), !length);
    EXPECT_EQ(body(response).value(), std::string(2000000, 'x'));
  }
  auto chunks = send(request("GET", "/chunks"));
  EXPECT_EQ(body(chunks).value(), "xxxxxxxxxx");
  auto big = send(request("GET", "/big"));
  EXPECT_EQ(body(big, 1000).error().code(), ErrorCode::kEntityTooLarge);
}

TEST_F(HttpClient, HeadHasNoBodyWhateverItsLengthSays) {
  auto response = send(request("HEAD", "/k"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->headers.get("content-length"), "1234");
  EXPECT_EQ(body(response).value(), "");
  EXPECT_TRUE(send(request("GET", "/k")));
  EXPECT_EQ(server->connections(), 1u);
}

TEST_F(HttpClient, AKeptConnectionThatDiedIsReplacedForIdempotentRequests) {
  auto first = send(request("GET", "/k"));
  EXPECT_EQ(body(first).value(), "hello");
  wires.cut("here", "there");
  auto second = send(request("PUT", "/echo", "again"));
  ASSERT_TRUE(second) << second.error().text();
  EXPECT_EQ(body(second).value(), "again");
  wires.cut("here", "there");
  auto third = send(request("POST", "/echo", "once"));
  EXPECT_EQ(third.error().code(), ErrorCode::kConnectionClosed);
  EXPECT_EQ(third.error().effect(), Effect::kMaybeApplied);
}

TEST_F(HttpClient, AnIdleServerIsDialedAnew) {
  auto first = send(request("GET", "/k"));
  EXPECT_EQ(body(first).value(), "hello");
  loop.run_until(loop.now() + 3min);
  auto second = send(request("POST", "/echo", "x"));
  ASSERT_TRUE(second) << second.error().text();
}

TEST_F(HttpClient, ATornBodyIsAnErrorAndItsConnectionIsNotKept) {
  auto torn = send(request("GET", "/torn"));
  ASSERT_TRUE(torn);
  EXPECT_EQ(body(torn).error().code(), ErrorCode::kIncompleteBody);
  auto next = send(request("GET", "/k"));
  EXPECT_EQ(body(next).value(), "hello");
}

TEST_F(HttpClient, DeadlinesAndRefusalsAreToldApart) {
  auto slow = send(request("GET", "/slow"), OpContext().with_deadline(loop.now() + 1s));
  EXPECT_EQ(slow.error().code(), ErrorCode::kDeadlineExceeded);
  wires.set_up("here", "there", false);
  auto silent = send(request("GET", "/k"));
  EXPECT_EQ(silent.error().code(), ErrorCode::kUnreachable);
  EXPECT_EQ(silent.error().effect(), Effect::kNone);
  wires.set_up("here", "there", true);
  endpoint.address.port = 1;
  EXPECT_EQ(send(request("GET", "/k")).error().code(), ErrorCode::kUnreachable);
  EXPECT_EQ(send(request("GET", "/k HTTP/1.1\r\nX: y")).error().code(), ErrorCode::kInvalidArgument);
}

TEST_F(HttpClient, UpgradesAConnection) {
  auto upgraded = sim::run(loop, client.upgrade(OpContext(), endpoint, request("POST", "/up"), "farshore-peer/1"));
  ASSERT_TRUE(upgraded) << upgraded.error().text();
  EXPECT_EQ(upgraded->headers.get("upgrade"), "farshore-peer/1");
  struct Talker {
    static Task<void> run(Stream* stream) {
      const std::array<BytesView, 1> parts{"frames"};
      EXPECT_TRUE(co_await stream->write(OpContext(), parts));
      EXPECT_TRUE(co_await stream->finish(OpContext()));
    }
  };
  sim::run(loop, Talker::run(upgraded->stream.get()));
  loop.run_until(loop.now() + 1s);
  EXPECT_EQ(handler.upgraded, "frames");
  auto refused = sim::run(loop, client.upgrade(OpContext(), endpoint, request("POST", "/k"), "farshore-peer/1"));
  EXPECT_EQ(refused.error().code(), ErrorCode::kProtocolViolation);
  EXPECT_EQ(refused.error().detail("status"), "200");
}

}  // namespace
}  // namespace farshore::http
