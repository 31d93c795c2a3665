// SPDX-License-Identifier: Apache-2.0
#include "codec/glob.h"

#include <gtest/gtest.h>

#include <string>

namespace farshore::codec {
namespace {

TEST(Glob, AStarIsAnyRunSlashesIncluded) {
  EXPECT_TRUE(glob_match("*", ""));
  EXPECT_TRUE(glob_match("*", "a/b/c"));
  EXPECT_TRUE(glob_match("oss:Get*", "oss:GetObject"));
  EXPECT_TRUE(glob_match("acs:oss:*:*:b/*", "acs:oss:cn-x:1:b/d/e"));
  EXPECT_TRUE(glob_match("a*b*c", "aXbYbZc"));
  EXPECT_TRUE(glob_match("**a**", "a"));
  EXPECT_FALSE(glob_match("a*", "ba"));
  EXPECT_FALSE(glob_match("*a", "ab"));
  EXPECT_FALSE(glob_match("a*b*c", "aXcYb"));
}

TEST(Glob, AQuestionMarkIsExactlyOneByte) {
  EXPECT_TRUE(glob_match("a?c", "abc"));
  EXPECT_TRUE(glob_match("???", "a/c"));
  EXPECT_FALSE(glob_match("?", ""));
  EXPECT_FALSE(glob_match("a?", "a"));
  EXPECT_TRUE(glob_match("*?", "a"));
  EXPECT_FALSE(glob_match("*?", ""));
}

TEST(Glob, EverythingElseIsItself) {
  EXPECT_TRUE(glob_match("", ""));
  EXPECT_FALSE(glob_match("", "a"));
  EXPECT_TRUE(glob_match("[a-z].\\", "[a-z].\\"));
  EXPECT_FALSE(glob_match("[a-z]", "b"));
  EXPECT_FALSE(glob_match("ABC", "abc"));
}

TEST(Glob, CaseCanBeIgnored) {
  EXPECT_TRUE(glob_match_ignoring_case("OSS:get*", "oss:GetObject"));
  EXPECT_FALSE(glob_match_ignoring_case("[", "{"));
}

TEST(Glob, HostilePatternsEndSoon) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  EXPECT_FALSE(glob_match(pattern + "b", std::string(20000, 'a')));
  EXPECT_TRUE(glob_match(pattern, std::string(20000, 'a')));
}

}  // namespace
}  // namespace farshore::codec
