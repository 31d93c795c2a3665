// SPDX-License-Identifier: Apache-2.0
// Tags of objects: whatever is taken can be shown, and what is shown can be set again.
#include "api/oss/tagging.h"

#include <gtest/gtest.h>

namespace farshore::api::oss {
namespace {

std::string shown(const TagSet& tags) {
  codec::XmlWriter xml;
  write_tagging(xml, tags);
  return xml.take();
}

TEST(Tagging, WhatIsShownIsReadBack) {
  const TagSet tags = {{"a", ""}, {"b c", " "}, {"\u00e9+-=._:/", "x y"}};
  EXPECT_EQ(read_tagging(shown(tags)).value(), tags);
}

TEST(Tagging, CharactersThatXmlCannotCarryAreNoTag) {
  EXPECT_EQ(read_tagging_header("a=%EF%BF%BE").error().code(), ErrorCode::kInvalidTag);
  EXPECT_EQ(read_tagging_header("%EF%BF%BF=a").error().code(), ErrorCode::kInvalidTag);
  EXPECT_EQ(read_tagging_header("a=%EF%BF%BD").value(), (TagSet{{"a", "\xEF\xBF\xBD"}}));
}

}  // namespace
}  // namespace farshore::api::oss
