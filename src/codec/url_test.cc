// SPDX-License-Identifier: Apache-2.0
#include "codec/url.h"

#include <gtest/gtest.h>

#include <string>

namespace farshore::codec {
namespace {

TEST(Url, PercentEncodeKeepsUnreservedOnly) {
  EXPECT_EQ(percent_encode("AZaz09-_.~"), "AZaz09-_.~");
  EXPECT_EQ(percent_encode("a/b c+*'()!%&=?#"), "a%2Fb%20c%2B%2A%27%28%29%21%25%26%3D%3F%23");
  EXPECT_EQ(percent_encode("a/b c", true), "a/b%20c");
  EXPECT_EQ(percent_encode(std::string_view("\0\x7f\xE4\xB8\xAD", 5)), "%00%7F%E4%B8%AD");
}

TEST(Url, PathDecodingKeepsPlusAndFormDecodingDoesNot) {
  EXPECT_EQ(percent_decode("a+b%20c%2fd%2F"), "a+b c/d/");
  EXPECT_EQ(form_decode("a+b%20c%2B"), "a b c+");
}

TEST(Url, MalformedEscapesAreRefused) {
  for (const auto* text : {"%", "%2", "a%", "%zz", "%2g", "%%20", "% 20", "%-1"}) {
    EXPECT_FALSE(percent_decode(text)) << text;
    EXPECT_FALSE(form_decode(text)) << text;
    EXPECT_FALSE(Query::parse(std::string("k=") + text)) << text;
    EXPECT_FALSE(Query::parse(text)) << text;
  }
}

TEST(Url, EveryByteSurvivesEncodingAndDecoding) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  EXPECT_EQ(percent_decode(percent_encode(bytes)), bytes);
  EXPECT_EQ(percent_decode(percent_encode(bytes, true)), bytes);
  EXPECT_EQ(form_decode(percent_encode(bytes)), bytes);
}

TEST(Query, TellsABareNameFromAnEmptyValue) {
  const auto query = Query::parse("acl&location=&prefix=a%2Fb");
  ASSERT_TRUE(query);
  ASSERT_EQ(query->size(), 3u);
  EXPECT_EQ(query->items()[0], (QueryItem{"acl", "", false}));
  EXPECT_EQ(query->items()[1], (QueryItem{"location", "", true}));
  EXPECT_EQ(query->items()[2], (QueryItem{"prefix", "a/b", true}));
  EXPECT_TRUE(query->has("acl"));
  EXPECT_TRUE(query->has("location"));
  EXPECT_FALSE(query->has("ACL"));
  EXPECT_EQ(query->find("prefix"), "a/b");
  EXPECT_EQ(query->find("acl"), "");
  EXPECT_FALSE(query->find("absent"));
}

TEST(Query, KeepsOrderAndRepeatedNames) {
  const auto query = Query::parse("b=2&a=1&b=3&&");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->size(), 3u);
  EXPECT_EQ(query->find("b"), "2");
  EXPECT_EQ(query->all("b"), (std::vector<std::string_view>{"2", "3"}));
  EXPECT_EQ(query->text(), "b=2&a=1&b=3");
}

TEST(Query, OnlyTheFirstEqualsSeparates) {
  const auto query = Query::parse("k=a=b&=v&%3D=%26");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->find("k"), "a=b");
  EXPECT_EQ(query->find(""), "v");
  EXPECT_EQ(query->find("="), "&");
}

TEST(Query, AFormBodyReadsLikeAQuery) {
  const auto form = Query::parse("Action=AssumeRole&RoleArn=acs%3Aram%3A%3A1%3Arole%2Fr&Policy=a+b");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->find("RoleArn"), "acs:ram::1:role/r");
  EXPECT_EQ(form->find("Policy"), "a b");
}

TEST(Query, TextReadsBackEqual) {
  Query query;
  query.add("a b", "1+2&3=4").add("acl").add("empty", "");
  EXPECT_EQ(query.text(), "a%20b=1%2B2%263%3D4&acl&empty=");
  EXPECT_EQ(Query::parse(query.text()), query);
  EXPECT_EQ(Query::parse(""), Query());
}

}  // namespace
}  // namespace farshore::codec
