// SPDX-License-Identifier: Apache-2.0
// What a request's name promises: its shape, and that no other request has it.
#include "api/common/request_id.h"

#include <gtest/gtest.h>

#include <set>

#include "sim/world/sim_loop.h"

namespace farshore::api {
namespace {

TEST(RequestIds, AreTwentyFourUpperCaseHexDigitsAndNeverRepeat) {
  sim::SimLoop loop(1);
  sim::SimNode node(loop);
  Random& random = node.runtime.random;
  RequestIds ids(random);
  RequestIds others(random);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    for (const std::string& id : {ids.next(), others.next()}) {
      EXPECT_EQ(id.size(), 24u);
      EXPECT_EQ(id.find_first_not_of("0123456789ABCDEF"), std::string::npos) << id;
      EXPECT_TRUE(seen.insert(id).second) << id;
    }
  }
}

TEST(RequestIds, NeighboursDoNotLookAlike) {
  sim::SimLoop loop(1);
  sim::SimNode node(loop);
  RequestIds ids(node.runtime.random);
  const std::string first = ids.next();
  const std::string second = ids.next();
  std::size_t alike = 0;
  for (std::size_t i = 8; i < first.size(); ++i) alike += first[i] == second[i] ? 1 : 0;
  EXPECT_LT(alike, 8u) << first << " " << second;
}

}  // namespace
}  // namespace farshore::api
