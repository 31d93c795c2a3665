// SPDX-License-Identifier: Apache-2.0
#include "http/http_fixture.h"

namespace farshore::http {
namespace {
using namespace std::chrono_literals;
using testing::Test;

struct HttpServer : HttpFixture {
  using HttpFixture::loop;
  using HttpFixture::receive_all;
  using HttpFixture::send_all;
};

TEST_F(HttpServer, AnswersInOneWriteWithDateLengthAndConnection) {
  const std::string response = ask("GET /a%20b?x=1&y HTTP/1.1\r\nHost: h:80\r\n\r\n");
  EXPECT_EQ(response,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Length: 5\r\n"
            "Connection: keep-alive\r\n\r\nhello");
  EXPECT_EQ(handler.seen, (std::vector<std::string>{"GET /a%20b?x=1&y h:80"}));
  EXPECT_EQ(server_stream->writes(), 1u);
  EXPECT_FALSE(ended);
}

TEST_F(HttpServer, KeepsHeaderValuesByteForByte) {
  ask("GET / HTTP/1.1\r\nHost: h\r\nx-oss-meta-a:  caf\xc3\xa9 \xe9  \r\nX-OSS-Meta-A: two\r\nEmpty:\r\n\r\n");
  EXPECT_EQ(handler.headers.get("x-oss-meta-a"), "caf\xc3\xa9 \xe9");
  EXPECT_EQ(handler.headers.all("x-oss-meta-A").size(), 2u);
  EXPECT_EQ(handler.headers.find("empty"), std::string_view());
  EXPECT_EQ(handler.headers.size(), 4u);
}

TEST_F(HttpServer, ServesPipelinedRequestsInOrder) {
  const std::string response = ask(
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1;x=y\r\nf\r\n0\r\nTrailer: t\r\n\r\n"
      "\r\nGET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\nGET /never HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(handler.seen, (std::vector<std::string>{"POST /echo h", "POST /echo h", "GET /x h"}));
  EXPECT_NE(response.find("\r\n\r\nabcHTTP/1.1 200"), std::string::npos);
  EXPECT_NE(response.find("\r\n\r\ndefHTTP/1.1 200"), std::string::npos);
  EXPECT_TRUE(response.ends_with("Connection: close\r\n\r\nhello"));
  EXPECT_TRUE(ended);
}

TEST_F(HttpServer, ReadsRequestsThatArriveByteByByte) {
  link->read_bytes_max = 1;
  const std::string response = ask(
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n"
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nConnection: close\r\n\r\nxy");
  EXPECT_NE(response.find("\r\n\r\n0123456789HTTP"), std::string::npos);
  EXPECT_TRUE(response.ends_with("\r\n\r\nxy"));
}

TEST_F(HttpServer, AbsoluteFormOverridesHost) {
  ask("GET http://b.oss-cn.aliyuncs.com:80/k?acl HTTP/1.1\r\nHost: proxy\r\n\r\nGET HTTP://x?q HTTP/1.1\r\nHost: y\r\n\r\n");
  EXPECT_EQ(handler.seen, (std::vector<std::string>{"GET /k?acl b.oss-cn.aliyuncs.com:80", "GET /?q x"}));
}

TEST_F(HttpServer, RefusesEveryRequestThatTwoReadersCouldFrameDifferently) {
  const std::vector<std::string> smuggled{
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3, 3\r\n\r\nabc",
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\nabc",
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: -3\r\n\r\nabc",
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 0x3\r\n\r\nabc",
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\nabc",
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\nabc",
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\x0b\r\n\r\n0\r\n\r\n",
      "POST /echo HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length : 3\r\n\r\nabc",
      "POST /echo HTTP/1.1\r\nHost: h\r\nX: a\r\n Content-Length: 3\r\n\r\nabc",
      "POST /echo HTTP/1.1\r\nHost: h\r\nX: a\r\n\tb\r\n\r\n",
      "POST /echo HTTP/1.1\r\n Host: h\r\n\r\n",
      "GET / HTTP/1.1\nHost: h\n\n",
      "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\n\n",
      "GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n",
      "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /\ta HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET /#f HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
      "GET relative HTTP/1.1\r\nHost: h\r\n\r\n",
      "CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nNo colon\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\n: empty\r\n\r\n",
      std::string("GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n", 35),
      "GET / HTTP/1.1 \r\nHost: h\r\n\r\n",
      "\x16\x03\x01\r\n\r\n",
      "GET /\r\n\r\n",
  };
  for (const std::string& text : smuggled) {
    handler.seen.clear();
    const std::string response = ask(text + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(status_of(response), "HTTP/1.1 400 Bad Request") << text;
    EXPECT_TRUE(ended) << text;
    EXPECT_EQ(response.find("HTTP/1.1", 5), std::string::npos) << "a second answer to " << text;
    EXPECT_TRUE(handler.seen.empty()) << text;
  }
}

TEST_F(HttpServer, RefusesMalformedChunksAndEndsTheConnection) {
  for (const char* body : {"g\r\n", "\r\n", "3\nabc\r\n", "3\r\nabcd\r\n0\r\n\r\n", "3\r\nab\r\n\r\n", "11111111111111111\r\n", "-1\r\n", " 3\r\nabc\r\n", "0\r\nA: b\n\r\n", "1;\nx\r\n"}) {
    const std::string response = ask(std::string("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n") + body + "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(status_of(response), "HTTP/1.1 400 Bad Request") << body;
    EXPECT_EQ(body_of(response), "MalformedRequest") << body;
    EXPECT_TRUE(ended) << body;
  }
}

TEST_F(HttpServer, NamesAnUnsupportedVersionAndExpectation) {
  EXPECT_EQ(status_of(ask("GET / HTTP/2.0\r\nHost: h\r\n\r\n")), "HTTP/1.1 505 HTTP Version Not Supported");
  EXPECT_EQ(status_of(ask("GET / HTTP/1.1\r\nHost: h\r\nExpect: magic\r\n\r\n")), "HTTP/1.1 417 Expectation Failed");
}

TEST_F(HttpServer, Http10ClosesUnlessAskedToKeep) {
  const std::string response = ask("GET / HTTP/1.0\r\n\r\n");
  EXPECT_NE(response.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(ended);
  ask("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
  EXPECT_FALSE(ended);
  EXPECT_TRUE(ask("GET /chunks HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").ends_with("\r\n\r\nxxxxxxxxxx"));
  EXPECT_TRUE(ended);
}

TEST_F(HttpServer, SaysContinueOnlyWhenTheBodyIsRead) {
  connect();
  send("PUT /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(receive(), "HTTP/1.1 100 Continue\r\n\r\n");
  send("ok");
  EXPECT_EQ(body_of(receive()), "ok");
  EXPECT_FALSE(ended);
  send("PUT /drop HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  const std::string refused = receive();
  EXPECT_EQ(status_of(refused), "HTTP/1.1 200 OK");
  EXPECT_NE(refused.find("Connection: close"), std::string::npos);
  send("ok");
  receive(5s);
  EXPECT_TRUE(ended);
}

TEST_F(HttpServer, DoesNotSayContinueWhenTheBodyIsAlreadyThere) {
  EXPECT_EQ(status_of(ask("PUT /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok")), "HTTP/1.1 200 OK");
}

TEST_F(HttpServer, HeadAnswersCarryTheLengthWithoutABody) {
  const std::string response = ask("HEAD /k HTTP/1.1\r\nHost: h\r\n\r\nHEAD /big HTTP/1.1\r\nHost: h\r\n\r\nGET /gone HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(response.find("Content-Length: 1234\r\n"), std::string::npos);
  EXPECT_NE(response.find("Content-Length: 1048576\r\n"), std::string::npos);
  EXPECT_NE(response.find("\r\n\r\nHTTP/1.1 204 No Content"), std::string::npos);
  EXPECT_TRUE(response.ends_with("\r\n\r\n"));
  EXPECT_EQ(response.find("Content-Length", response.find("204")), std::string::npos);
}

TEST_F(HttpServer, StreamsBodiesOfKnownAndUnknownLength) {
  link->bytes_in_flight_max = 1000;
  const std::string big = ask("GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(body_of(big).size(), 1024u * 1024);
  send("GET /chunks HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string chunks = receive();
  EXPECT_NE(chunks.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(body_of(chunks), "5\r\nxxxxx\r\n5\r\nxxxxx\r\n0\r\n\r\n");
  EXPECT_FALSE(ended);
}

TEST_F(HttpServer, PassesALongUploadThroughAsTheResponse) {
  const std::string body(3 * 1024 * 1024 + 7, 'z');
  connect();
  sim::run(loop, [](HttpServer* self, std::string text) -> Task<void> {
    TaskScope scope(self->loop);
    scope.spawn(self->send_all("PUT /pass HTTP/1.1\r\nHost: h\r\nContent-Length: 3145735\r\n\r\n" + text));
    const std::string response = co_await self->receive_all(OpContext().with_deadline(self->loop.now() + 1s));
    EXPECT_EQ(body_of(response), text);
    co_await scope.close();
  }(this, body));
}

TEST_F(HttpServer, ABodyThatFailsAtOnceBecomesAnErrorAndALaterOneACut) {
  EXPECT_EQ(status_of(ask("GET /broken HTTP/1.1\r\nHost: h\r\n\r\n")), "HTTP/1.1 500 Internal Server Error");
  EXPECT_EQ(handler.refused, (std::vector<std::string>{"500 Corrupt"}));
  EXPECT_FALSE(ended);
  EXPECT_EQ(body_of(ask("GET /torn HTTP/1.1\r\nHost: h\r\n\r\n")), "xxxxx");
  EXPECT_TRUE(ended);
}

TEST_F(HttpServer, SkipsASmallUnreadBodyAndClosesOnALargeOne) {
  ask("PUT /drop HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n12345GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(handler.seen.back(), "GET /next h");
  EXPECT_FALSE(ended);
  const std::string response = ask("PUT /drop HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\n12345");
  EXPECT_NE(response.find("Connection: close"), std::string::npos);
  receive(5s);
  EXPECT_TRUE(ended);
}

TEST_F(HttpServer, HeadsBeyondTheLimitsAreTooLarge) {
  const std::string big = ask("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(40000, 'a') + "\r\n\r\n");
  EXPECT_EQ(status_of(big), "HTTP/1.1 400 Bad Request");
  EXPECT_EQ(handler.refused.back(), "400 HeaderTooLarge");
  ask("GET /" + std::string(17000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(handler.refused.size(), 2u);
  std::string many = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 250; ++i) many += "A: b\r\n";
  ask(many + "\r\n");
  EXPECT_EQ(handler.refused.back(), "400 HeaderTooLarge");
  EXPECT_EQ(handler.refused.size(), 3u);
  EXPECT_EQ(status_of(ask("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(30000, 'a') + "\r\n\r\n")), "HTTP/1.1 200 OK");
}

TEST_F(HttpServer, ClosesIdleConnectionsAndAnswersSlowHeads) {
  connect();
  EXPECT_EQ(receive(74s), "");
  EXPECT_FALSE(ended);
  receive(2s);
  EXPECT_TRUE(ended);
  connect();
  send("GET / HT");
  EXPECT_EQ(receive(19s), "");
  EXPECT_EQ(status_of(receive(2s)), "HTTP/1.1 408 Request Timeout");
}

TEST_F(HttpServer, ASlowBodyTimesOutBetweenPiecesAndOnAverage) {
  connect();
  send("PUT /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n1");
  EXPECT_EQ(receive(29s), "");
  EXPECT_EQ(body_of(receive(2s)), "RequestTimeout");
  connect();
  send("PUT /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 50000\r\n\r\n");
  std::string response;
  int pieces = 0;
  for (; pieces < 10 && response.empty(); ++pieces) {
    send("a");
    response = receive(10s);
  }
  EXPECT_EQ(body_of(response), "RequestTimeout");
  EXPECT_LE(pieces, 4);
}

TEST_F(HttpServer, AClientThatLeavesMidBodyGivesIncompleteBody) {
  connect();
  send("PUT /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n123");
  client->close();
  loop.run_until(loop.now() + 1s);
  EXPECT_EQ(handler.body_error, "IncompleteBody");
  EXPECT_EQ(server->connections(), 0u);
}

TEST_F(HttpServer, AReaderThatStopsReadingIsCut) {
  link->bytes_in_flight_max = 1000;
  connect();
  send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
  loop.run_until(loop.now() + 59s);
  EXPECT_EQ(server->connections(), 1u);
  loop.run_until(loop.now() + 10s);
  EXPECT_EQ(server->connections(), 0u);
}

TEST_F(HttpServer, TurnsAwayConnectionsAndRequestsBeyondItsLimits) {
  ServerSettings settings;
  settings.connections_max = 1;
  settings.requests_max = 1;
  start(settings);
  connect();
  send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  auto first = std::move(client);
  EXPECT_EQ(status_of(ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")), "HTTP/1.1 503 Service Unavailable");
  first->close();
  client->close();
  loop.run_until(loop.now() + 2min);
  settings.connections_max = 2;
  start(settings);
  connect();
  send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  loop.run_until(loop.now());
  first = std::move(client);
  EXPECT_EQ(server->requests(), 1u);
  EXPECT_EQ(status_of(ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")), "HTTP/1.1 503 Service Unavailable");
}

TEST_F(HttpServer, HandsAnUpgradedConnectionOver) {
  connect();
  send("POST /up HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: farshore-peer/1\r\n\r\nearly ");
  const std::string response = receive();
  EXPECT_EQ(status_of(response), "HTTP/1.1 101 Switching Protocols");
  EXPECT_NE(response.find("Upgrade: farshore-peer/1\r\n"), std::string::npos);
  EXPECT_NE(response.find("Connection: Upgrade\r\n"), std::string::npos);
  send("late");
  client->close();
  loop.run_until_idle();
  EXPECT_EQ(handler.upgraded, "early late");
  EXPECT_EQ(server->connections(), 0u);
}

TEST_F(HttpServer, DrainClosesIdleConnectionsAndWaitsForRunningRequests) {
  connect();
  loop.run_until(loop.now() + 1s);
  auto idle = std::move(client);
  connect();
  send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  loop.run_until(loop.now() + 1s);
  EXPECT_EQ(server->connections(), 2u);
  const Instant before = loop.now();
  sim::run(loop, server->drain(5min));
  EXPECT_EQ(loop.now() - before, 59s);
  const std::string response = receive();
  EXPECT_EQ(status_of(response), "HTTP/1.1 200 OK");
  EXPECT_NE(response.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(ended);
}

TEST_F(HttpServer, DrainCutsWhatOutlastsItsGrace) {
  connect();
  send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  loop.run_until(loop.now() + 1s);
  const Instant before = loop.now();
  sim::run(loop, server->drain(5s));
  EXPECT_LT(loop.now() - before, 10s);
  EXPECT_EQ(server->connections(), 0u);
}

TEST_F(HttpServer, APowerCutDestroysConnectionsWhereTheyStand) {
  connect();
  auto idle = std::move(client);
  connect();
  send("PUT /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n123");
  auto uploading = std::move(client);
  connect();
  send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  loop.run_until(loop.now() + 1s);
  EXPECT_EQ(server->connections(), 3u);
  server->abandon();
  server.reset();
  loop.run_until_idle();
}

TEST_F(HttpServer, HeaderValuesCannotStartALineOfTheirOwn) {
  Headers headers;
  headers.add("A", "b\r\nC: d");
  EXPECT_EQ(headers.get("a"), "b  C: d");
  headers.set("a", headers.get("A"));
  EXPECT_EQ(headers.size(), 1u);
}

}  // namespace
}  // namespace farshore::http
