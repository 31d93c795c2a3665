// SPDX-License-Identifier: Apache-2.0
#include "api/common/admission.h"

#include <gtest/gtest.h>

namespace farshore::api {
namespace {

std::vector<Admission::Ticket> take(Admission& admission, const char* account, std::size_t wanted) {
  std::vector<Admission::Ticket> taken;
  for (std::size_t i = 0; i < wanted; ++i) {
    auto ticket = admission.admit(AccountUid(account));
    if (!ticket) break;
    taken.push_back(std::move(*ticket));
  }
  return taken;
}

TEST(Admission, NeverExceedsTheTotal) {
  Admission admission({.requests_max = 4, .per_account_max = 4});
  const auto one = take(admission, "1", 2);
  const auto two = take(admission, "2", 9);
  EXPECT_EQ(one.size() + two.size(), 4u);
  EXPECT_EQ(admission.in_work(), 4u);
}

TEST(Admission, ABusyAccountLeavesRoomForTheNext) {
  Admission admission({.requests_max = 100, .per_account_max = 80});
  const auto greedy = take(admission, "1", 1000);
  EXPECT_EQ(greedy.size(), 80u);
  const auto other = take(admission, "2", 10);
  EXPECT_EQ(other.size(), 10u);
  EXPECT_TRUE(take(admission, "1", 1).empty()) << "with two accounts at work the first is above its half";
}

TEST(Admission, TicketsGiveTheirPlaceBack) {
  Admission admission({.requests_max = 2, .per_account_max = 2});
  { const auto all = take(admission, "1", 2); }
  EXPECT_EQ(admission.in_work(), 0u);
  EXPECT_EQ(take(admission, "2", 2).size(), 2u);
}

TEST(Admission, ARefusalTellsWhenToComeBack) {
  Admission admission({.requests_max = 1, .per_account_max = 1});
  const auto all = take(admission, "1", 1);
  const auto refused = admission.admit(AccountUid("1"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kServiceBusy);
  EXPECT_EQ(refused.error().detail("RetryAfter"), "1");
}

}  // namespace
}  // namespace farshore::api
