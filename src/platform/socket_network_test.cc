// SPDX-License-Identifier: Apache-2.0
#include "platform/socket_network.h"

#include "platform/platform_fixture.h"

namespace farshore::platform {
namespace {
using namespace std::chrono_literals;

class Sockets : public testing::Test {
 public:
  using Pair = std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>>;
  /// A connected client and server end; handshakes of a server end happen in its first read.
  Task<Result<Pair>> pair(std::optional<TlsSettings> server_tls, std::optional<TlsSettings> client_tls, bool plain_too) {
    CO_TRY(auto listener, network.listen(NetworkAddress{"127.0.0.1", 0}, server_tls, plain_too));
    Pair ends;
    std::optional<Error> failure;
    TaskScope scope(loop);
    scope.spawn(serve(listener.get(), &ends.second));
    auto client = co_await network.connect(OpContext().with_deadline(loop.now() + 10s), listener->local(), client_tls);
    if (!client) {
      listener->close();
      if (ends.second) ends.second->close();
    }
    if (client && use_tls) static_cast<void>(co_await write_text(client->get(), OpContext(), "!"));
    co_await scope.drain();
    co_await scope.close();
    if (!client) co_return client.error();
    ends.first = *std::move(client);
    co_return std::move(ends);
  }
  Task<void> serve(Listener* from, std::unique_ptr<Stream>* out) {
    auto accepted = co_await from->accept(OpContext());
    if (!accepted) co_return;
    *out = *std::move(accepted);
    if (!use_tls) co_return;
    // The handshake happens in here, while the client waits in connect(); then the client greets.
    auto greeting = co_await read_text(out->get(), OpContext().with_deadline(loop.now() + 10s), 1);
    served = greeting ? Result<void>() : Result<void>(greeting.error());
  }
  Task<Result<std::string>> talk(Pair* ends, std::string text) {
    CO_TRY_OK(co_await write_text(ends->first.get(), OpContext(), text));
    CO_TRY(const std::string heard, co_await read_text(ends->second.get(), OpContext(), text.size()));
    CO_TRY_OK(co_await write_text(ends->second.get(), OpContext(), heard));
    co_return co_await read_text(ends->first.get(), OpContext(), text.size());
  }
  Task<Result<std::string>> both_ways(Pair* ends, std::string text) {
    TaskScope scope(loop);
    scope.spawn(quiet(write_text(ends->first.get(), OpContext(), text)));
    auto heard = co_await read_text(ends->second.get(), OpContext(), text.size());
    co_await scope.drain();
    co_await scope.close();
    co_return heard;
  }
  static Task<void> quiet(Task<Result<void>> task) { EXPECT_TRUE(co_await task); }

  void SetUp() override {
    authority.save(files / "ca.pem", files / "ca.key");
    server_certificate.save(files / "server.pem", files / "server.key");
    client_certificate.save(files / "client.pem", files / "client.key");
    stranger.save(files / "stranger.pem", files / "stranger.key");
    server_tls.certificate_file = files / "server.pem";
    server_tls.key_file = files / "server.key";
    client_tls.ca_file = files / "ca.pem";
  }

  EventLoop loop;
  SocketNetwork network{loop};
  TemporaryDirectory files;
  TestCertificate authority{"Test CA", nullptr};
  TestCertificate other_authority{"Other CA", nullptr};
  TestCertificate server_certificate{"region-east", &authority};
  TestCertificate client_certificate{"region-west", &authority};
  TestCertificate stranger{"region-west", &other_authority};
  TlsSettings server_tls;
  TlsSettings client_tls;
  bool use_tls = false;
  Result<void> served;
};

#define FS_CO_RUN(...) run(loop, __VA_ARGS__)

TEST_F(Sockets, CarryBytesBothWaysAndTellTheEnd) {
  auto ends = FS_CO_RUN(pair(std::nullopt, std::nullopt, true));
  ASSERT_TRUE(ends) << ends.error().text();
  EXPECT_EQ(FS_CO_RUN(talk(&*ends, "hello")).value(), "hello");
  EXPECT_EQ(FS_CO_RUN(both_ways(&*ends, std::string(20 * 1024 * 1024, 'q'))).value().size(), 20u * 1024 * 1024);
  ends->first->tune(StreamTuning{"cubic", "bbr", 128 * 1024, true});
  EXPECT_TRUE(FS_CO_RUN(ends->first->finish(OpContext())));
  EXPECT_EQ(FS_CO_RUN(read_text(ends->second.get(), OpContext(), 1)).value(), "");
  EXPECT_EQ(FS_CO_RUN(talk(&*ends, "x")).error().code(), ErrorCode::kConnectionClosed);
}

TEST_F(Sockets, ReadsAndWritesEndAtDeadlinesAndCancellations) {
  auto ends = FS_CO_RUN(pair(std::nullopt, std::nullopt, true));
  ASSERT_TRUE(ends);
  auto late = FS_CO_RUN(read_text(ends->first.get(), OpContext().with_deadline(loop.now() + 5ms), 1));
  EXPECT_EQ(late.error().code(), ErrorCode::kDeadlineExceeded);
  auto full = FS_CO_RUN(write_text(ends->first.get(), OpContext().with_deadline(loop.now() + 50ms), std::string(64 * 1024 * 1024, 'x')));
  EXPECT_EQ(full.error().code(), ErrorCode::kDeadlineExceeded);
  CancelSource source;
  std::optional<Result<std::string>> cancelled;
  struct Reader {
    static Task<void> run(Stream* stream, CancelToken token, std::optional<Result<std::string>>* out) {
      *out = co_await read_text(stream, OpContext().with_cancel(token), 1);
    }
  };
  TaskScope scope(loop);
  scope.spawn(Reader::run(ends->first.get(), source.token(), &cancelled));
  loop.post_external([&] { source.cancel(); });
  loop.run_until([&] { return scope.size() == 0; });
  EXPECT_EQ(cancelled->error().code(), ErrorCode::kCancelled);
  scope.spawn(Reader::run(ends->first.get(), CancelToken(), &cancelled));
  loop.post_external([&] { ends->first->close(); });
  loop.run_until([&] { return scope.size() == 0; });
  EXPECT_EQ(cancelled->error().code(), ErrorCode::kConnectionClosed);
}

TEST_F(Sockets, ARefusedConnectionIsUnreachableAndSaysWhere) {
  auto listener = network.listen(NetworkAddress{"127.0.0.1", 0}, std::nullopt, true);
  ASSERT_TRUE(listener);
  const NetworkAddress address = (*listener)->local();
  (*listener)->close();
  auto refused = FS_CO_RUN(network.connect(OpContext(), address, std::nullopt));
  EXPECT_EQ(refused.error().code(), ErrorCode::kUnreachable);
  EXPECT_NE(refused.error().message().find("127.0.0.1"), std::string::npos);
  auto nowhere = FS_CO_RUN(network.connect(OpContext(), NetworkAddress{"no-such-host.invalid", 1}, std::nullopt));
  EXPECT_EQ(nowhere.error().code(), ErrorCode::kUnreachable);
}

TEST_F(Sockets, ResolvesNamesAndListensOnAllAddresses) {
  auto listener = network.listen(NetworkAddress{"", 0}, std::nullopt, true);
  ASSERT_TRUE(listener) << listener.error().text();
  auto stream = FS_CO_RUN(network.connect(OpContext(), NetworkAddress{"localhost", (*listener)->local().port}, std::nullopt));
  EXPECT_TRUE(stream);
}

TEST_F(Sockets, OnePortAnswersTlsAndPlainText) {
  use_tls = true;
  auto secure = FS_CO_RUN(pair(server_tls, client_tls, true));
  ASSERT_TRUE(secure) << secure.error().text();
  EXPECT_EQ(FS_CO_RUN(talk(&*secure, "hello")).value(), "hello");
  EXPECT_TRUE(secure->second->secure());
  EXPECT_EQ(secure->second->peer_name(), std::nullopt);
  EXPECT_EQ(secure->first->peer_name(), "region-east");
  const std::string big(5 * 1024 * 1024 + 3, 'b');
  EXPECT_EQ(FS_CO_RUN(both_ways(&*secure, big)).value(), big);
  EXPECT_TRUE(FS_CO_RUN(secure->first->finish(OpContext())));
  EXPECT_EQ(FS_CO_RUN(read_text(secure->second.get(), OpContext(), 1)).value(), "");
  auto plain = FS_CO_RUN(pair(server_tls, std::nullopt, true));
  ASSERT_TRUE(plain) << plain.error().text();
  EXPECT_EQ(FS_CO_RUN(talk(&*plain, "hello")).value(), "hello");
  EXPECT_FALSE(plain->second->secure());
}

TEST_F(Sockets, MutualTlsNamesBothSidesAndRefusesStrangers) {
  use_tls = true;
  server_tls.ca_file = files / "ca.pem";
  server_tls.require_peer = true;
  client_tls.certificate_file = files / "client.pem";
  client_tls.key_file = files / "client.key";
  client_tls.expected_peer_name = "region-east";
  auto ends = FS_CO_RUN(pair(server_tls, client_tls, false));
  ASSERT_TRUE(ends) << ends.error().text();
  EXPECT_EQ(FS_CO_RUN(talk(&*ends, "hi")).value(), "hi");
  EXPECT_EQ(ends->second->peer_name(), "region-west");
  EXPECT_EQ(ends->first->peer_name(), "region-east");

  client_tls.expected_peer_name = "region-north";
  EXPECT_EQ(FS_CO_RUN(pair(server_tls, client_tls, false)).error().code(), ErrorCode::kUnreachable);

  client_tls.expected_peer_name = "region-east";
  client_tls.certificate_file = files / "stranger.pem";
  client_tls.key_file = files / "stranger.key";
  auto stranger_ends = FS_CO_RUN(pair(server_tls, client_tls, false));
  EXPECT_FALSE(served);
  if (stranger_ends) {
    EXPECT_FALSE(FS_CO_RUN(talk(&*stranger_ends, "hi")));
  }
  client_tls.certificate_file.clear();
  client_tls.key_file.clear();
  (void)FS_CO_RUN(pair(server_tls, client_tls, false));
  EXPECT_FALSE(served);
}

TEST_F(Sockets, AClientTrustsOnlyItsAuthorityAndTheRightHost) {
  use_tls = true;
  other_authority.save(files / "other.pem", files / "other.key");
  client_tls.ca_file = files / "other.pem";
  EXPECT_EQ(FS_CO_RUN(pair(server_tls, client_tls, true)).error().code(), ErrorCode::kUnreachable);
}

TEST_F(Sockets, NewHandshakesSeeAReplacedCertificate) {
  use_tls = true;
  auto listener = network.listen(NetworkAddress{"127.0.0.1", 0}, server_tls, true);
  ASSERT_TRUE(listener);
  const auto name = [&] {
    struct Dialer {
      static Task<std::optional<std::string>> run(Sockets* self, Listener* from, TlsSettings tls) {
        TaskScope scope(self->loop);
        std::unique_ptr<Stream> accepted;
        scope.spawn(self->serve(from, &accepted));
        auto client = co_await self->network.connect(OpContext().with_deadline(self->loop.now() + 10s), from->local(), tls);
        EXPECT_TRUE(client) << client.error().text();
        auto shown = client ? (*client)->peer_name() : std::nullopt;
        if (client) static_cast<void>(co_await write_text(client->get(), OpContext(), "!"));
        co_await scope.drain();
        co_await scope.close();
        co_return shown;
      }
    };
    return FS_CO_RUN(Dialer::run(this, listener->get(), client_tls));
  };
  EXPECT_EQ(name(), "region-east");
  TestCertificate renewed("region-east-renewed", &authority);
  renewed.save(files / "server.pem", files / "server.key");
  std::filesystem::last_write_time(files / "server.pem", std::filesystem::file_time_type::clock::now() + 5s);
  EXPECT_EQ(name(), "region-east-renewed");
  std::ofstream(files / "server.pem") << "garbage";
  std::filesystem::last_write_time(files / "server.pem", std::filesystem::file_time_type::clock::now() + 10s);
  EXPECT_EQ(name(), "region-east-renewed");
}

TEST_F(Sockets, AListenerWithoutAGoodCertificateDoesNotStart) {
  server_tls.certificate_file = files / "absent.pem";
  EXPECT_EQ(network.listen(NetworkAddress{"127.0.0.1", 0}, server_tls, true).error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace farshore::platform
