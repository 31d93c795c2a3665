// SPDX-License-Identifier: Apache-2.0
#include "api/common/held_documents.h"

#include <gtest/gtest.h>

#include "sim/world/sim_loop.h"

namespace farshore::api {
namespace {

TEST(HeldDocuments, NoMoreThanTheLimitIsHeldAndStrangersGetAnEighth) {
  sim::SimLoop loop;
  HeldDocuments documents(800);
  auto first = documents.count(memory_body(Bytes(90, 'a')), true);
  EXPECT_TRUE(sim::run(loop, first->read({})));
  auto second = documents.count(memory_body(Bytes(90, 'a')), true);
  EXPECT_EQ(sim::run(loop, second->read({})).error().code(), ErrorCode::kServiceBusy);
  auto known = documents.count(memory_body(Bytes(600, 'a')), false);
  EXPECT_TRUE(sim::run(loop, known->read({})));
  EXPECT_EQ(documents.bytes(), 780u);
  auto more = documents.count(memory_body(Bytes(600, 'a')), false);
  EXPECT_EQ(sim::run(loop, more->read({})).error().code(), ErrorCode::kServiceBusy);
  first.reset();
  second.reset();
  known.reset();
  more.reset();
  EXPECT_EQ(documents.bytes(), 0u);
}

}  // namespace
}  // namespace farshore::api
