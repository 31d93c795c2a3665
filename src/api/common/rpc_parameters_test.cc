// SPDX-License-Identifier: Apache-2.0
#include "api/common/rpc_parameters.h"

#include <gtest/gtest.h>

namespace farshore::api {
namespace {

RpcParameters parsed(std::string_view query, std::string_view form = {}) { return RpcParameters::parse(query, form).value(); }

TEST(RpcParameters, ComeFromQueryAndFormTogether) {
  const auto p = parsed("Action=CreateRole&RoleName=r1", "Description=a+b%20c%2B");
  EXPECT_EQ(p.find("RoleName"), "r1");
  EXPECT_EQ(p.find("Description"), "a b c+");
  EXPECT_EQ(p.query().size(), 2u);
  EXPECT_EQ(p.all().size(), 3u);
}

TEST(RpcParameters, AreCaseSensitive) { EXPECT_FALSE(parsed("rolename=r1").has("RoleName")); }

TEST(RpcParameters, OccurOnce) {
  EXPECT_FALSE(RpcParameters::parse("A=1&A=1"));
  EXPECT_FALSE(RpcParameters::parse("A=1", "A=2"));
  EXPECT_TRUE(RpcParameters::parse("A=1", "a=2"));
}

TEST(RpcParameters, RefuseBrokenEscapesForeignTextAndFloods) {
  EXPECT_FALSE(RpcParameters::parse("A=%4"));
  EXPECT_FALSE(RpcParameters::parse("A=%ff%fe"));
  EXPECT_FALSE(RpcParameters::parse("", "%ff=1"));
  std::string many;
  for (std::size_t i = 0; i <= kRpcParametersMax; ++i) many += "n" + std::to_string(i) + "=&";
  EXPECT_FALSE(RpcParameters::parse(many));
}

TEST(RpcParameters, AnEmptyValueIsAbsentExceptWhereItClears) {
  const auto p = parsed("A=&B=x");
  EXPECT_TRUE(p.has("A"));
  EXPECT_FALSE(p.text("A"));
  EXPECT_EQ(p.text_or_clear("A"), "");
  EXPECT_EQ(p.text_or_clear("C"), std::nullopt);
  EXPECT_EQ(p.text_or_empty("B"), "x");
  const auto missing = p.required("A");
  ASSERT_FALSE(missing);
  EXPECT_EQ(rpc_fault(missing.error()).code, "MissingA");
}

TEST(RpcParameters, ReadFlagsInAnyLetterCase) {
  const auto p = parsed("A=True&B=FALSE&C=&D=yes");
  EXPECT_TRUE(p.flag("A", false).value());
  EXPECT_FALSE(p.flag("B", true).value());
  EXPECT_TRUE(p.flag("C", true).value());
  EXPECT_TRUE(p.flag("E", true).value());
  EXPECT_EQ(rpc_fault(p.flag("D", true).error()).code, "InvalidParameter.D");
}

TEST(RpcParameters, ReadNumbersStrictly) {
  const auto p = parsed("A=3600&B=-1&C=99999999999&D=1e3&E=");
  EXPECT_EQ(p.number<std::uint32_t>("A").value(), 3600u);
  EXPECT_EQ(p.number<std::uint32_t>("E").value(), std::nullopt);
  EXPECT_EQ(p.number<std::uint32_t>("F").value(), std::nullopt);
  for (const char* name : {"B", "C", "D"}) EXPECT_FALSE(p.number<std::uint32_t>(name)) << name;
}

TEST(RpcParameters, ReadBothStylesOfLists) {
  const std::vector<std::string> expected{"a", "b"};
  EXPECT_EQ(parsed("N.1=a&N.2=b&N.4=d").list("N").value(), expected);
  EXPECT_EQ(parsed("N=%5B%22a%22%2C%22b%22%5D").list("N").value(), expected);
  EXPECT_TRUE(parsed("N=").list("N").value().empty());
  for (const char* bad : {"N=a", "N=%7B%7D", "N=%5B%5B%5D%5D", "N=%5Bnull%5D"}) EXPECT_FALSE(parsed(bad).list("N")) << bad;
}

TEST(RpcParameters, ReadBothStylesOfTags) {
  for (const char* query : {"Tag.1.Key=k&Tag.1.Value=v&Tag.2.Key=l&Tag.2.Value=1",
                            "Tag=%5B%7B%22Key%22%3A%22k%22%2C%22Value%22%3A%22v%22%7D%2C%7B%22Key%22%3A%22l%22%2C%22Value%22%3A1%7D%5D"}) {
    const auto rows = parsed(query).rows("Tag").value();
    ASSERT_EQ(rows.size(), 2u) << query;
    EXPECT_EQ(rows[0].at("Key"), "k");
    EXPECT_EQ(rows[1].at("Value"), "1");
  }
  EXPECT_FALSE(parsed("Tag=%5B1%5D").rows("Tag"));
}

TEST(RpcParameters, ReadBothStylesOfMaps) {
  const RpcParameters::Row expected{{"a.b", "1"}, {"c", "2"}};
  EXPECT_EQ(parsed("M.a.b=1&M.c=2&Mx=3").map("M").value(), expected);
  EXPECT_EQ(parsed("M=%7B%22a.b%22%3A%221%22%2C%22c%22%3A2%7D").map("M").value(), expected);
  EXPECT_FALSE(parsed("M=%5B%5D").map("M"));
}

}  // namespace
}  // namespace farshore::api
