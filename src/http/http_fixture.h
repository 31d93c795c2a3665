// SPDX-License-Identifier: Apache-2.0
// HttpFixture: a Server on simulated connections, spoken to in raw text. For this folder's tests.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "http/server.h"
#include "sim/world/sim_stream.h"

namespace farshore::http {

/// Answers by path: /echo gives the body back, /drop ignores it, /big streams 1 MiB, /broken fails at once, /torn later,
/// /slow takes a minute, /chunks streams without a length, /up upgrades.
class TestHandler : public Handler {
 public:
  explicit TestHandler(Executor& executor) : executor_(executor) {}
  Task<Response> handle(OpContext op, Request request) override;
  Response refuse(int status, const Error& error) override {
    refused.push_back(fmt::format("{} {}", status, error_code_name(error.code())));
    return Response(status).text("text/plain", refused.back());
  }
  std::vector<std::string> seen;  ///< "METHOD path?query host"
  std::vector<std::string> refused;
  std::string body_error;
  std::string upgraded;
  Headers headers;  ///< of the last request

 private:
  Task<void> talk(std::unique_ptr<Stream> stream, Bytes already_read);
  Executor& executor_;
};

/// Pieces of a fixed text, then an end or an error.
class PiecesBody : public BodySource {
 public:
  PiecesBody(std::size_t pieces, std::size_t size, std::optional<std::uint64_t> length, std::optional<Error> failure = std::nullopt)
      : pieces_(pieces), size_(size), length_(length), failure_(std::move(failure)) {}
  Task<Result<Buffer>> read(OpContext) override {
    if (pieces_ == 0 && failure_) co_return *failure_;
    if (pieces_ == 0) co_return Buffer();
    --pieces_;
    co_return Buffer(Bytes(size_, 'x'));
  }
  std::optional<std::uint64_t> length() const override { return length_; }

 private:
  std::size_t pieces_;
  std::size_t size_;
  std::optional<std::uint64_t> length_;
  std::optional<Error> failure_;
};

inline Task<Response> TestHandler::handle(OpContext op, Request request) {
  seen.push_back(fmt::format("{} {}{}{} {}", request.method, request.raw_path, request.has_query ? "?" : "", request.raw_query, request.host));
  headers = std::move(request.headers);
  if (request.raw_path == "/echo") {
    Bytes all;
    while (true) {
      auto piece = co_await request.body->read(op);
      if (!piece) {
        body_error = error_code_name(piece.error().code());
        co_return Response(400).text("text/plain", body_error);
      }
      if (piece->empty()) break;
      all += piece->view();
    }
    co_return Response(200).text("text/plain", std::move(all));
  }
  if (request.raw_path == "/pass") co_return Response(200).body(std::move(request.body));
  if (request.raw_path == "/big") co_return Response(200).body(std::make_unique<PiecesBody>(4, 256 * 1024, 1024 * 1024));
  if (request.raw_path == "/chunks") co_return Response(200).body(std::make_unique<PiecesBody>(2, 5, std::nullopt));
  if (request.raw_path == "/broken") {
    co_return Response(200).body(std::make_unique<PiecesBody>(0, 5, 10, Error(ErrorCode::kCorrupt, "bad checksum")));
  }
  if (request.raw_path == "/torn") {
    co_return Response(200).body(std::make_unique<PiecesBody>(1, 5, 10, Error(ErrorCode::kCorrupt, "bad checksum")));
  }
  if (request.raw_path == "/slow") {
    const Woken woken = co_await sleep_for(executor_, op, std::chrono::minutes(1));
    co_return Response(woken == Woken::kCancelled ? 503 : 200);
  }
  if (request.raw_path == "/up") {
    co_return Response().upgrade("farshore-peer/1", [this](std::unique_ptr<Stream> stream, Bytes already_read) {
      return talk(std::move(stream), std::move(already_read));
    });
  }
  if (request.method == "HEAD") co_return Response(200).header("Content-Length", "1234").header("ETag", "\"A\"");
  if (request.raw_path == "/gone") co_return Response(204);
  co_return Response(200).text("text/plain", "hello");
}

inline Task<void> TestHandler::talk(std::unique_ptr<Stream> stream, Bytes already_read) {
  upgraded = std::move(already_read);
  std::array<char, 64> space;
  while (true) {
    const auto count = co_await stream->read(OpContext(), space);
    if (!count || *count == 0) break;
    upgraded.append(space.data(), *count);
  }
  stream->close();
}

class HttpFixture : public testing::Test {
 protected:
  HttpFixture() { start(ServerSettings()); }
  ~HttpFixture() override {
    if (client) client->close();
    if (server) sim::run(loop, server->drain(Duration::zero()));
  }
  void start(ServerSettings settings) {
    if (server) sim::run(loop, server->drain(Duration::zero()));
    server = std::make_unique<Server>(node.runtime, settings, handler);
  }
  void connect() {
    auto [near, far] = sim::connect_pair(loop, link);
    client = std::move(near);
    server_stream = far.get();
    server->serve(std::move(far));
  }
  void send(std::string text) { sim::run(loop, send_all(std::move(text))); }
  /// Everything the server says until it closes or is silent until `until`.
  std::string receive(Duration patience = std::chrono::milliseconds(100)) {
    return sim::run(loop, receive_all(OpContext().with_deadline(loop.now() + patience)));
  }
  /// One connection: sends, and gives what came back.
  std::string ask(std::string text) {
    connect();
    send(std::move(text));
    return receive();
  }
  Task<void> send_all(std::string text) {
    const std::array<BytesView, 1> parts{text};
    if (!co_await client->write(OpContext(), parts)) co_return;
  }
  Task<std::string> receive_all(OpContext op) {
    std::string all;
    std::vector<char> space(100000);
    ended = false;
    while (true) {
      const auto count = co_await client->read(op, space);
      if (count && *count > 0) {
        all.append(space.data(), *count);
        continue;
      }
      ended = count || count.error().code() == ErrorCode::kConnectionClosed;
      co_return all;
    }
  }

  sim::SimLoop loop;
  sim::SimNode node{loop};
  TestHandler handler{loop};
  std::shared_ptr<sim::SimLink> link = std::make_shared<sim::SimLink>();
  std::unique_ptr<Server> server;
  std::unique_ptr<sim::SimStream> client;
  sim::SimStream* server_stream = nullptr;
  bool ended = false;  ///< the server closed during the last receive()
};

inline std::string status_of(const std::string& response) { return response.substr(0, response.find("\r\n")); }
inline std::string body_of(const std::string& response) { return response.substr(std::min(response.find("\r\n\r\n"), response.size() - 4) + 4); }

}  // namespace farshore::http
