// SPDX-License-Identifier: Apache-2.0
#include "api/common/rpc_nonces.h"

#include <gtest/gtest.h>

namespace farshore::api {
namespace {

using Verdict = RpcNonces::Verdict;
const AccessKeyId kKey("LTAI5tone"), kOther("LTAI5ttwo");
constexpr std::int64_t kNow = 1'772'600'767'000;

TEST(RpcNonces, AcceptEachOncePerKey) {
  RpcNonces nonces;
  EXPECT_EQ(nonces.accept(kKey, "n1", kNow, kNow), Verdict::kFresh);
  EXPECT_EQ(nonces.accept(kKey, "n1", kNow, kNow), Verdict::kUsed);
  EXPECT_EQ(nonces.accept(kKey, "n1", kNow + 1000, kNow), Verdict::kUsed);
  EXPECT_EQ(nonces.accept(kKey, "n2", kNow, kNow), Verdict::kFresh);
  EXPECT_EQ(nonces.accept(kOther, "n1", kNow, kNow), Verdict::kFresh);
}

TEST(RpcNonces, RefuseAReplayForAsLongAsItsTimestampIsAccepted) {
  RpcNonces nonces;
  const std::int64_t ahead = kNow + kRpcSkewMaxMillis;
  EXPECT_EQ(nonces.accept(kKey, "n", ahead, kNow), Verdict::kFresh);
  EXPECT_EQ(nonces.accept(kKey, "n", ahead, ahead + kRpcSkewMaxMillis), Verdict::kUsed);
}

TEST(RpcNonces, AreForgottenAfterThirtyMinutes) {
  RpcNonces nonces;
  nonces.accept(kKey, "n", kNow, kNow);
  nonces.accept(kKey, "m", kNow + kRpcNonceLifeMillis + 1, kNow + kRpcNonceLifeMillis + 1);
  EXPECT_EQ(nonces.size(), 1u);
}

TEST(RpcNonces, OneKeyIsSlowedDownBeforeItCrowdsOthersOut) {
  RpcNonces nonces({.nonces_max = 10, .nonces_per_key_max = 3});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(nonces.accept(kKey, std::to_string(i), kNow, kNow), Verdict::kFresh);
  EXPECT_EQ(nonces.accept(kKey, "3", kNow, kNow), Verdict::kTooMany);
  EXPECT_EQ(nonces.accept(kOther, "3", kNow, kNow), Verdict::kFresh);
}

TEST(RpcNonces, WhatAFullTableForgetsItNoLongerAccepts) {
  RpcNonces nonces({.nonces_max = 3, .nonces_per_key_max = 3});
  for (int i = 0; i < 3; ++i) nonces.accept(kKey, std::to_string(i), kNow + i, kNow);
  EXPECT_EQ(nonces.accept(kOther, "x", kNow + 9, kNow), Verdict::kFresh);
  EXPECT_EQ(nonces.size(), 3u);
  EXPECT_EQ(nonces.accept(kKey, "0", kNow, kNow), Verdict::kTooOld);
  EXPECT_EQ(nonces.accept(kKey, "1", kNow + 1, kNow), Verdict::kUsed);
}

}  // namespace
}  // namespace farshore::api
