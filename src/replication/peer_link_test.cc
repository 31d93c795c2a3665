// SPDX-License-Identifier: Apache-2.0
#include "replication/peer_link.h"

#include <gtest/gtest.h>

#include <array>

#include "crypto/crc32c.h"
#include "sim/world/sim_stream.h"

namespace farshore::replication {
namespace {
using namespace std::chrono_literals;

/// Answers every call with the same and counts them.
struct Answering : PeerCallHandler {
  explicit Answering(Result<Bytes> with) : answer(std::move(with)) {}
  Task<Result<PeerReply>> handle(OpContext, PeerCall) override {
    ++calls;
    if (!answer) co_return answer.error();
    co_return PeerReply{*answer, Buffer()};
  }
  bool keeps(Duration lasted) const override { return lasted < kept; }
  Result<Bytes> answer;
  std::size_t calls = 0;
  Duration kept = 24h;
};

Task<void> run_link(PeerLink* link) { static_cast<void>(co_await link->run(OpContext())); }

Task<void> write_calls(Stream* stream, std::size_t count) {
  for (std::size_t i = 1; i <= count; ++i) {
    codec::Frame frame;
    frame.method = 9;
    frame.call = i;
    const Bytes head = codec::encode_frame_head(frame, crypto::crc32c_update);
    const std::array<BytesView, 1> parts{head};
    if (!co_await stream->write(OpContext(), parts)) co_return;
  }
}

struct PeerLinks : ::testing::Test {
  ~PeerLinks() override { sim::run(loop, scope.close()); }
  void pass(Duration time) { loop.run_until(loop.now() + time); }
  sim::SimLoop loop;
  sim::SimNode node{loop};
  TaskScope scope{loop};
};

TEST_F(PeerLinks, WhoTakesNoRepliesIsServedNoMoreAndCutOffInTheEnd) {
  Answering handler(Error(ErrorCode::kAccessDenied, std::string(10000, 'x')));
  auto [near, far] = sim::connect_pair(loop);
  PeerLink link(node.runtime, std::move(near), handler);
  scope.spawn(run_link(&link));
  scope.spawn(write_calls(far.get(), 20000));
  pass(10s);
  EXPECT_GT(handler.calls, 50u);
  EXPECT_LT(handler.calls, 2 * PeerLinkSettings().calls_served_max) << "those that arrived together, and then no more";
  pass(60s);
  EXPECT_TRUE(link.closed());
  far->close();
  sim::run(loop, scope.close());
}

TEST_F(PeerLinks, AnAnswerThatFitsIntoNoFrameIsAnErrorAndNotTheEndOfTheProcess) {
  Answering huge(Bytes(1 << 20, 'x'));
  Answering none((Bytes()));
  auto [near, far] = sim::connect_pair(loop);
  PeerLink caller(node.runtime, std::move(near), none);
  PeerLink callee(node.runtime, std::move(far), huge);
  scope.spawn(run_link(&caller));
  scope.spawn(run_link(&callee));
  const auto reply = sim::run(loop, caller.call(OpContext(), 9, Bytes()));
  EXPECT_EQ(reply.error().code(), ErrorCode::kInternalError);
  caller.close();
  callee.close();
  sim::run(loop, scope.close());
}

TEST_F(PeerLinks, PaddingIsSentAndMeansNothing) {
  Answering none((Bytes()));
  Answering handler((Bytes()));
  auto [near, far] = sim::connect_pair(loop);
  PeerLink caller(node.runtime, std::move(near), none);
  PeerLink callee(node.runtime, std::move(far), handler);
  scope.spawn(run_link(&caller));
  scope.spawn(run_link(&callee));
  caller.pad(100'000);
  EXPECT_TRUE(sim::run(loop, caller.call(OpContext(), 9, Bytes())));
  EXPECT_GT(caller.bytes_sent(), 100'000u);
  EXPECT_LT(caller.bytes_sent(), 101'000u);
  EXPECT_EQ(handler.calls, 1u);
  caller.close();
  callee.close();
  sim::run(loop, scope.close());
}

TEST_F(PeerLinks, AHandlerMayEndALinkThatHasLastedTooLong) {
  Answering patient((Bytes()));
  Answering strict((Bytes()));
  strict.kept = 10s;
  auto [near, far] = sim::connect_pair(loop);
  PeerLink caller(node.runtime, std::move(near), patient);
  PeerLink callee(node.runtime, std::move(far), strict);
  scope.spawn(run_link(&caller));
  scope.spawn(run_link(&callee));
  pass(9s);
  EXPECT_FALSE(callee.closed());
  pass(7s);
  EXPECT_TRUE(callee.closed());
  caller.close();
  sim::run(loop, scope.close());
}

}  // namespace
}  // namespace farshore::replication
