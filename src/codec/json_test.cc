// SPDX-License-Identifier: Apache-2.0
#include "codec/json.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace farshore::codec {
namespace {

TEST(Json, ReadsEveryKind) {
  const auto parsed = parse_json(
      R"({"s":"a\u00e4\n","i":-12,"d":1.50,"t":true,"f":false,"n":null,"a":[1,[],{}],"o":{}})");
  ASSERT_TRUE(parsed) << parsed.error().text();
  const JsonValue& value = *parsed;
  EXPECT_EQ(value.find("s")->string(), "a\xC3\xA4\n");
  EXPECT_EQ(value.find("i")->number().integer(), -12);
  EXPECT_EQ(value.find("d")->number().real(), 1.5);
  EXPECT_FALSE(value.find("d")->number().integer());
  EXPECT_TRUE(value.find("t")->boolean());
  EXPECT_FALSE(value.find("f")->boolean());
  EXPECT_TRUE(value.find("n")->is_null());
  ASSERT_EQ(value.find("a")->array().size(), 3u);
  EXPECT_TRUE(value.find("a")->array()[1].is_array());
  EXPECT_TRUE(value.find("o")->is_object());
  EXPECT_EQ(value.find("absent"), nullptr);
  EXPECT_EQ(value.find("a")->find("s"), nullptr);
  EXPECT_EQ(value.find_string("s"), "a\xC3\xA4\n");
  EXPECT_FALSE(value.find_string("i"));
}

TEST(Json, KeepsMemberOrderAndNumberSpelling) {
  for (const auto* text : {R"({"z":1,"a":{"y":2,"b":3},"m":[{"k":1.0},-0,1e3,18446744073709551615,0.10]})", "[]", "{}",
                           "\"\"", "0", "null", "true", "[[[1]]]"}) {
    const auto parsed = parse_json(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->text(), text);
  }
}

TEST(Json, IntegersBeyondSixtyThreeBitsKeepTheirSpelling) {
  const auto parsed = parse_json("[9223372036854775807,9223372036854775808,123456789012345678901234567890]");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->array()[0].number().integer(), INT64_MAX);
  EXPECT_FALSE(parsed->array()[1].number().integer());
  EXPECT_EQ(parsed->array()[2].number().spelling(), "123456789012345678901234567890");
}

TEST(Json, RepeatedNamesAreRefusedUnlessAllowed) {
  const auto refused = parse_json(R"([{"a":1,"b":2,"a":3}])");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kMalformedRequest);
  const auto allowed = parse_json(R"({"a":1,"b":2,"a":3})", {.allow_repeated_names = true});
  ASSERT_TRUE(allowed);
  EXPECT_EQ(allowed->repeated_name(), "a");
  EXPECT_EQ(allowed->find("a")->number().integer(), 1);
  EXPECT_FALSE(parse_json(R"({"a":{"a":1},"b":{"a":2}})")->repeated_name());
}

TEST(Json, MalformedTextIsRefused) {
  for (const auto* text : {"", " ", "{", "}", "[1,]", "{\"a\":1,}", "{a:1}", "{'a':1}", "[1 2]", "01", "1.", ".5", "+1",
                           "nul", "NaN", "\"\\x\"", "\"\\ud800\"", "\"\xff\"", "\"a\nb\"", "1 2", "{} x", "// c\n1",
                           "\"open", "[\"a\":1]", "{\"a\"}", "tru", "-"}) {
    const auto parsed = parse_json(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code(), ErrorCode::kMalformedRequest);
  }
}

TEST(Json, LimitsAreKept) {
  EXPECT_TRUE(parse_json("[[[]]]", {.max_depth = 3}));
  EXPECT_FALSE(parse_json("[[[[]]]]", {.max_depth = 3}));
  EXPECT_FALSE(parse_json(std::string(100000, '[')));
  EXPECT_TRUE(parse_json("[1]", {.max_bytes = 3}));
  EXPECT_FALSE(parse_json("[12]", {.max_bytes = 3}));
}

TEST(Json, ValuesCompareByContent) {
  EXPECT_EQ(*parse_json(R"({"a": [1, "x"]})"), *parse_json(R"({"a":[1,"x"]})"));
  EXPECT_NE(*parse_json(R"({"a":1,"b":2})"), *parse_json(R"({"b":2,"a":1})"));
  EXPECT_EQ(JsonValue("text"), JsonValue(std::string("text")));
  EXPECT_TRUE(JsonValue("text").is_string());
  JsonValue copy = *parse_json("[{\"a\":1}]");
  const JsonValue kept = copy;
  copy = JsonValue();
  EXPECT_EQ(kept.text(), "[{\"a\":1}]");
}

TEST(JsonWriter, PlacesCommasAndNestsLevels) {
  JsonWriter json;
  json.begin_object().member("RequestId", "r").member("Size", 12).member("On", true).name("Keys").begin_array();
  json.value("a").value(std::string("b")).begin_object().end_object().null().value(-1);
  json.end_array().name("Empty").begin_array().end_array().member("Ratio", 0.5).end_object();
  EXPECT_EQ(json.take(), R"({"RequestId":"r","Size":12,"On":true,"Keys":["a","b",{},null,-1],"Empty":[],"Ratio":0.5})");
}

TEST(JsonWriter, EscapesWhatJsonCannotCarry) {
  EXPECT_EQ(JsonWriter().value(std::string_view("\"\\/\b\x01\n\r\t\x7f\xC3\xA4\0", 12)).take(),
            "\"\\\"\\\\/\\u0008\\u0001\\n\\r\\t\\u007f\xC3\xA4\\u0000\"");
  EXPECT_EQ(JsonWriter().value("a\xff").take(), "\"a\\ufffd\"");
}

TEST(JsonWriter, NumbersThatAreNoneBecomeNull) {
  EXPECT_EQ(JsonWriter().value(std::numeric_limits<double>::infinity()).take(), "null");
  EXPECT_EQ(JsonWriter().value(std::numeric_limits<double>::quiet_NaN()).take(), "null");
  EXPECT_EQ(JsonWriter().value(std::uint64_t{UINT64_MAX}).take(), "18446744073709551615");
}

TEST(JsonWriterDeathTest, MisuseIsNoticed) {
  EXPECT_DEATH((void)JsonWriter().begin_object().value("no name"), "");
  EXPECT_DEATH((void)JsonWriter().begin_array().take(), "");
  EXPECT_DEATH((void)JsonWriter().value(1).value(2), "");
}

}  // namespace
}  // namespace farshore::codec
