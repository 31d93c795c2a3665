// SPDX-License-Identifier: Apache-2.0
#include "sim/world/sim_stream.h"

#include <array>

#include <gtest/gtest.h>

namespace farshore::sim {
namespace {
using namespace std::chrono_literals;

Task<Result<std::string>> read_text(Stream* stream, std::size_t count, OpContext op = OpContext()) {
  std::string text(count, '\0');
  std::size_t have = 0;
  while (have < count) {
    CO_TRY(const std::size_t more, co_await stream->read(op, std::span<char>(text).subspan(have)));
    if (more == 0) break;
    have += more;
  }
  text.resize(have);
  co_return text;
}

Task<Result<void>> write_text(Stream* stream, std::string text, OpContext op = OpContext()) {
  const std::array<BytesView, 1> parts{text};
  co_return co_await stream->write(op, parts);
}

TEST(SimStream, BytesArriveInOrderAfterLatencyAndAtTheLinksSpeed) {
  SimLoop loop;
  auto link = std::make_shared<SimLink>();
  link->latency = 50ms;
  link->bytes_per_second = 1000;
  auto [near, far] = connect_pair(loop, link);
  ASSERT_TRUE(run(loop, write_text(near.get(), std::string(500, 'a') + std::string(500, 'b'))));
  ASSERT_TRUE(run(loop, near->finish(OpContext())));
  EXPECT_EQ(run(loop, read_text(far.get(), 2000)).value(), std::string(500, 'a') + std::string(500, 'b'));
  EXPECT_EQ(loop.now().time_since_epoch(), Duration(1050ms));
}

TEST(SimStream, AFullLinkMakesTheWriterWait) {
  SimLoop loop;
  auto link = std::make_shared<SimLink>();
  link->bytes_in_flight_max = 10;
  auto [near, far] = connect_pair(loop, link);
  auto blocked = run(loop, write_text(near.get(), std::string(11, 'a'), OpContext().with_deadline(loop.now() + 1s)));
  EXPECT_EQ(blocked.error().code(), ErrorCode::kDeadlineExceeded);
  EXPECT_EQ(run(loop, read_text(far.get(), 10)).value().size(), 10u);
  EXPECT_TRUE(run(loop, write_text(near.get(), "b")));
}

TEST(SimStream, ClosingLetsWhatWasSentArriveAndThenEnds) {
  SimLoop loop;
  auto [near, far] = connect_pair(loop);
  ASSERT_TRUE(run(loop, write_text(near.get(), "last")));
  near->close();
  EXPECT_EQ(run(loop, read_text(far.get(), 10)).value(), "last");
  EXPECT_EQ(run(loop, read_text(near.get(), 1)).error().code(), ErrorCode::kConnectionClosed);
}

TEST(SimNetwork, ACutBreaksBothEndsAndADownLinkIsOnlySilent) {
  SimLoop loop;
  SimWires wires(loop);
  wires.link("a", "b").latency = 5ms;
  SimNetwork a(wires, "a");
  SimNetwork b(wires, "b");
  auto listener = b.listen(NetworkAddress{"b", 0}, std::nullopt, true);
  ASSERT_TRUE(listener);
  const NetworkAddress address = (*listener)->local();
  auto near = run(loop, a.connect(OpContext(), address, std::nullopt));
  auto far = run(loop, (*listener)->accept(OpContext()));
  ASSERT_TRUE(near && far);
  EXPECT_EQ((*far)->remote().host, "a");
  wires.set_up("a", "b", false);
  ASSERT_TRUE(run(loop, write_text(near->get(), "x")));
  EXPECT_EQ(run(loop, read_text(far->get(), 1, OpContext().with_deadline(loop.now() + 1s))).error().code(), ErrorCode::kDeadlineExceeded);
  EXPECT_EQ(run(loop, a.connect(OpContext().with_deadline(loop.now() + 1s), address, std::nullopt)).error().code(), ErrorCode::kDeadlineExceeded);
  wires.set_up("a", "b", true);
  EXPECT_EQ(run(loop, read_text(far->get(), 1)).value(), "x");
  wires.cut("b", "a");
  EXPECT_EQ(run(loop, read_text(far->get(), 1)).error().code(), ErrorCode::kConnectionClosed);
  EXPECT_EQ(run(loop, write_text(near->get(), "x")).error().code(), ErrorCode::kConnectionClosed);
  wires.cut_host("b");
  EXPECT_EQ(run(loop, (*listener)->accept(OpContext())).error().code(), ErrorCode::kCancelled);
  EXPECT_EQ(run(loop, a.connect(OpContext(), address, std::nullopt)).error().code(), ErrorCode::kUnreachable);
}

TEST(SimNetwork, AOneWayCutSilencesThatWayOnly) {
  SimLoop loop;
  SimWires wires(loop);
  SimNetwork a(wires, "a");
  SimNetwork b(wires, "b");
  auto listener = b.listen(NetworkAddress{"b", 0}, std::nullopt, true);
  auto near = run(loop, a.connect(OpContext(), (*listener)->local(), std::nullopt));
  auto far = run(loop, (*listener)->accept(OpContext()));
  ASSERT_TRUE(near && far);
  wires.set_one_way("a", "b", true);
  ASSERT_TRUE(run(loop, write_text(near->get(), "x")));
  ASSERT_TRUE(run(loop, write_text(far->get(), "y")));
  EXPECT_EQ(run(loop, read_text(near->get(), 1)).value(), "y");
  EXPECT_EQ(run(loop, read_text(far->get(), 1, OpContext().with_deadline(loop.now() + 1s))).error().code(), ErrorCode::kDeadlineExceeded);
  wires.set_one_way("a", "b", false);
  EXPECT_EQ(run(loop, read_text(far->get(), 1)).value(), "x");
}

TEST(SimStream, JitterNeverReordersOneConnection) {
  SimLoop loop(3);
  auto link = std::make_shared<SimLink>();
  link->jitter = 50ms;
  auto [near, far] = connect_pair(loop, link);
  std::string sent;
  for (char c = 'a'; c <= 'z'; ++c) {
    ASSERT_TRUE(run(loop, write_text(near.get(), std::string(1, c))));
    sent += c;
  }
  EXPECT_EQ(run(loop, read_text(far.get(), sent.size())).value(), sent);
  EXPECT_GT(loop.now().time_since_epoch(), Duration(20ms));
}

TEST(SimNetwork, TlsNamesBothSidesByTheirCertificateFiles) {
  SimLoop loop;
  SimWires wires(loop);
  SimNetwork a(wires, "a");
  SimNetwork b(wires, "b");
  TlsSettings east;
  east.certificate_file = "east";
  TlsSettings west;
  west.certificate_file = "west";
  west.expected_peer_name = "east";
  auto listener = b.listen(NetworkAddress{"b", 443}, east, false);
  auto near = run(loop, a.connect(OpContext(), NetworkAddress{"b", 443}, west));
  auto far = run(loop, (*listener)->accept(OpContext()));
  ASSERT_TRUE(near && far);
  EXPECT_TRUE((*far)->secure());
  EXPECT_EQ((*far)->peer_name(), "west");
  west.expected_peer_name = "north";
  EXPECT_EQ(run(loop, a.connect(OpContext(), NetworkAddress{"b", 443}, west)).error().code(), ErrorCode::kUnreachable);
}

}  // namespace
}  // namespace farshore::sim
